"""A simulated company: people and groups by a seed, its life, what goes wrong in it, and the truth about that.

>>> company = build(seed=7, people=60, groups=6, injections=["member-extra"])   # doctest: +SKIP
>>> [row.kind for row in company.truth]                                         # doctest: +SKIP
['member-extra']
"""

from reconciler.simulator.company.build import NOW, build, calm, found
from reconciler.simulator.company.company import Company
from reconciler.simulator.company.history import BY_AND_BY, DAYS, Look, lived
from reconciler.simulator.company.injections import ALONE, APART, INJECTIONS, NEED_A_LOOK, TOGETHER
from reconciler.simulator.company.odd import ODD
from reconciler.simulator.company.truth import Expected, write_truth

__all__ = [
    "ALONE",
    "APART",
    "BY_AND_BY",
    "DAYS",
    "INJECTIONS",
    "NEED_A_LOOK",
    "NOW",
    "ODD",
    "TOGETHER",
    "Company",
    "Expected",
    "Look",
    "build",
    "calm",
    "found",
    "lived",
    "write_truth",
]
