"""Simulated time: it stands still until somebody moves it, or follows the real clock from a moment on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta


class Clock:
    """The time of a simulated world, aware UTC. Org, provisioner and tenant share one."""

    def __init__(self, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError("simulated time must carry a time zone")
        self._now = now
        self._real: Callable[[], datetime] | None = None

    def now(self) -> datetime:
        """The present moment of this world."""
        return self._real() if self._real is not None else self._now

    def __call__(self) -> datetime:
        """The same as :meth:`now`: a clock can be handed to whoever wants a callable."""
        return self.now()

    @property
    def live(self) -> bool:
        """Whether this world's time is real time."""
        return self._real is not None

    def advance(self, by: timedelta) -> datetime:
        """Moves time on and returns it. Raises ValueError for a step backwards, and when time is live."""
        if by < timedelta(0):
            raise ValueError("time runs forwards")
        if self.live:
            raise ValueError("real time can't be moved")
        self._now += by
        return self._now

    def lag(self, by: timedelta) -> None:
        """Lets the little time pass that a background job takes; where time is live it passes by itself."""
        if not self.live:
            self.advance(by)

    def follow(self, real: Callable[[], datetime]) -> None:
        """From now on, time is what `real` returns (aware UTC): history has reached the present."""
        self._real = real
