"""The tenant's budget of requests, one for everybody: so many in a second and in an hour, by the clock's own seconds.

Headers as on answers saved in Kandji's public collection: RateLimit-* speak of the second alone. What a refusal looks
like is not known of Kandji: it is the default of the gateway in front of it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime

from reconciler.simulator.kandji.ways import Ways

REFUSED = {"message": "API rate limit exceeded"}
SECOND, HOUR = 1, 3600


class Budget:
    """Counts requests where `ways` say that the limits bite; where not, it always tells of the first request."""

    def __init__(self, clock: Callable[[], datetime], ways: Callable[[], Ways]) -> None:
        self._clock = clock
        self._ways = ways
        self._used: dict[int, tuple[int, int]] = {}

    def spend(self) -> bool:
        """Counts a request; False where a limit is used up, and the request is not counted."""
        ways = self._ways()
        if not ways.limits_bite:
            return True
        if self._count(SECOND) >= ways.second_limit or self._count(HOUR) >= ways.hour_limit:
            return False
        for span in (SECOND, HOUR):
            self._used[span] = (self._window(span), self._count(span) + 1)
        return True

    def headers(self) -> dict[str, str]:
        """RateLimit-* and X-RateLimit-*: what is left after the request that was counted last."""
        ways = self._ways()
        second, hour = (
            max(0, limit - (self._count(span) if ways.limits_bite else 1))
            for span, limit in ((SECOND, ways.second_limit), (HOUR, ways.hour_limit))
        )
        return {
            "RateLimit-Limit": str(ways.second_limit),
            "RateLimit-Remaining": str(second),
            "RateLimit-Reset": "1",
            "X-RateLimit-Limit-Second": str(ways.second_limit),
            "X-RateLimit-Remaining-Second": str(second),
            "X-RateLimit-Limit-Hour": str(ways.hour_limit),
            "X-RateLimit-Remaining-Hour": str(hour),
        }

    def refusal(self) -> dict[str, str]:
        """The headers of a 429: those of every answer, and when to come again."""
        ways = self._ways()
        span = HOUR if self._count(HOUR) >= ways.hour_limit else SECOND
        again = (self._window(span) + 1) * span
        headers = self.headers()
        if ways.retry_after == "seconds":
            headers["Retry-After"] = str(max(1, again - int(self._clock().timestamp())))
        elif ways.retry_after == "date":
            headers["Retry-After"] = format_datetime(datetime.fromtimestamp(again, UTC), usegmt=True)
        return headers

    def _window(self, span: int) -> int:
        return int(self._clock().timestamp()) // span

    def _count(self, span: int) -> int:
        window, used = self._used.get(span, (-1, 0))
        return used if window == self._window(span) else 0
