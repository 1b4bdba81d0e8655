"""Tells the truth about one integration: Okta assigns people and pushes groups, over SCIM, to Kandji.

Data flows one way, and the directory listing tells the story in order:

    config      the file the admin wrote, as a frozen value
    directories read Okta and Kandji whole            → Snapshot (model)
    world       who is who, every set a bitmap        → World
    checks      one kind of drift a file              → Findings
    store       one SQLite file that remembers
    reports     HTML, terminal, JSON, CSV
"""

__version__ = "0.1.0"
