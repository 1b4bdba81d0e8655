"""Simulated time, and who works while it passes: it stands still until somebody moves it, or follows the real clock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Protocol

MOST_MOMENTS = 20_000
"""So many moments of work in one go, and it is clear that the world never comes to rest."""


class Worker(Protocol):
    """Somebody with something to do later."""

    def due(self) -> datetime | None:
        """When there is something to do next (aware UTC); None: nothing waits."""

    def work(self, by: datetime) -> None:
        """Does what is due by then, and no more."""


class Clock:
    """The time of a simulated world, aware UTC. Org, provisioner and tenant share one.

    Time and work are one: whoever is employed does each job at the moment at which it is due, before time moves past
    it. Where time is live, it moves by itself, and `catch_up` does what has become due meanwhile, dated when it was.
    """

    def __init__(self, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError("simulated time must carry a time zone")
        self._now = now
        self._real: Callable[[], datetime] | None = None
        self._workers: list[Worker] = []
        self._alone = threading.RLock()
        self._working = False
        # Only the thread that catches up lives in the past.
        self._past = threading.local()

    def now(self) -> datetime:
        """The present moment of this world."""
        if self._real is None:
            return self._now
        past: datetime | None = getattr(self._past, "moment", None)
        return past if past is not None else self._real()

    def __call__(self) -> datetime:
        """The same as :meth:`now`: a clock can be handed to whoever wants a callable."""
        return self.now()

    @property
    def live(self) -> bool:
        """Whether this world's time is real time."""
        return self._real is not None

    def employ(self, worker: Worker) -> None:
        """From now on, this worker is called when it has something to do. At one moment, whoever came first begins."""
        self._workers.append(worker)

    def advance(self, by: timedelta) -> datetime:
        """Moves time on, past all that becomes due on the way, and returns it. Raises ValueError for a step backwards,
        and when time is live."""
        if by < timedelta(0):
            raise ValueError("time runs forwards")
        if self.live:
            raise ValueError("real time can't be moved")
        goal = self._now + by
        self._work(self._workers, goal)
        self._now = goal
        return self._now

    def catch_up(self) -> None:
        """What is due by now is done. Whoever is about to show this world, or to change it, calls this first."""
        self._work(self._workers, self.now())

    def settle(self, *only: Worker) -> None:
        """Time moves from one job to the next until nobody (of these workers, if any are named) has one left. Live time
        can't be moved: there, all is done at once. Raises RuntimeError when that never ends."""
        self._work(only or self._workers, None)

    def follow(self, real: Callable[[], datetime]) -> None:
        """From now on, time is what `real` returns (aware UTC): history has reached the present."""
        self._real = real

    def _work(self, workers: Sequence[Worker], until: datetime | None) -> None:
        with self._alone:
            if self._working:
                # A job that looks at this world sees it as it is just then.
                return
            self._working = True
            try:
                self._moment_by_moment(workers, until)
            finally:
                self._working = False

    def _moment_by_moment(self, workers: Sequence[Worker], until: datetime | None) -> None:
        for _ in range(MOST_MOMENTS):
            waiting = [(due, worker) for worker in workers if (due := worker.due()) is not None]
            if not waiting:
                return
            first = min(due for due, _ in waiting)
            if until is not None and first > until:
                return
            with self._at(first):
                for due, worker in waiting:
                    if due == first:
                        worker.work(first)
        raise RuntimeError("this world does not come to rest")

    @contextmanager
    def _at(self, moment: datetime) -> Iterator[None]:
        if self._real is None:
            self._now = max(self._now, moment)
            yield
            return
        self._past.moment = min(moment, self._real())
        try:
            yield
        finally:
            self._past.moment = None
