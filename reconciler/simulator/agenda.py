"""What an org does by itself some seconds later: jobs with the moment at which each is due, and how long things lag."""

from __future__ import annotations

import heapq
import itertools
from collections import UserDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True)
class Lags:
    """How far one thing is behind the other in an org.

    `rules`: group rules behind a change of a profile, a group or a rule. `assignment`: assignments behind memberships.
    `account`: a request about an account behind the assignment. `push`: a group push behind the change that caused it.
    `membership_updated`: how late the API tells ``lastMembershipUpdated`` (recorded: up to 24 s). `search`: how late
    `search` finds what changed. `invalidation`: how late a rule is INVALID after a group that it names was deleted.
    """

    rules: timedelta = timedelta(seconds=12)
    assignment: timedelta = timedelta(seconds=5)
    account: timedelta = timedelta(seconds=20)
    push: timedelta = timedelta(seconds=30)
    membership_updated: timedelta = timedelta(seconds=24)
    search: timedelta = timedelta(seconds=8)
    invalidation: timedelta = timedelta(seconds=3)


AT_ONCE = timedelta(0)
NO_LAGS = Lags(
    rules=AT_ONCE,
    assignment=AT_ONCE,
    account=AT_ONCE,
    push=AT_ONCE,
    membership_updated=AT_ONCE,
    search=AT_ONCE,
    invalidation=AT_ONCE,
)
"""An org in which everything has happened as soon as somebody looks."""


class Agenda:
    """Jobs by the moment at which they are due; those of the same moment in the order in which they were written."""

    def __init__(self) -> None:
        self._jobs: list[tuple[datetime, int, str | None, Callable[[], object]]] = []
        self._numbers = itertools.count()
        self._waiting: set[str] = set()

    def at(self, due: datetime, job: Callable[[], object], name: str | None = None) -> None:
        """Writes a job down. One with a name waits only once: the first keeps its moment, and does for all."""
        if name is not None:
            if name in self._waiting:
                return
            self._waiting.add(name)
        heapq.heappush(self._jobs, (due, next(self._numbers), name, job))

    def due(self) -> datetime | None:
        """When the next job is due."""
        return self._jobs[0][0] if self._jobs else None

    def work(self, by: datetime) -> None:
        """Does the jobs that are due by then; a job written meanwhile is done too, if it is due."""
        while self._jobs and self._jobs[0][0] <= by:
            _, _, name, job = heapq.heappop(self._jobs)
            if name is not None:
                self._waiting.discard(name)
            job()


class Marks(UserDict[str, None]):
    """Ids that a background job has yet to look at, in the order in which they were marked. Whenever one is marked,
    `begun` is called, which sees to it that the job comes."""

    def __init__(self, begun: Callable[[], None]) -> None:
        super().__init__()
        self._begun = begun

    def __setitem__(self, key: str, item: None) -> None:
        super().__setitem__(key, item)
        self._begun()

    def take(self) -> dict[str, None]:
        """All that is marked; afterwards nothing is."""
        taken, self.data = self.data, {}
        return taken
