"""The SQLite file that remembers runs, what both sides said, and what was found.

``Store.open(path)`` opens, migrates and closes it; ``lock(path)`` lets one run at a time use it. Importing this room
is cheap: ``sqlite_utils`` and ``filelock`` are imported when they are needed.
"""

from __future__ import annotations

from reconciler.store.lock import lock
from reconciler.store.store import Store

__all__ = ["Store", "lock"]
