"""Rate limits by bucket, with Okta's headers: windows of a minute, one count for every token, times in seconds UTC."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler.simulator.okta_answers import refusal

WINDOW = timedelta(seconds=60)
GENEROUS = 100_000
BUCKETS = (
    ("/api/v1/apps/{id}", re.compile(r"/api/v1/apps/[^/]+")),
    ("/api/v1/apps", re.compile(r"/api/v1/apps(/.*)?")),
    ("/api/v1/groups", re.compile(r"/api/v1/groups")),
    ("/api/v1/groups/{id}", re.compile(r"/api/v1/groups/.*")),
    ("/api/v1/users", re.compile(r"/api/v1/users")),
    ("/api/v1/users/{id}", re.compile(r"/api/v1/users/.*")),
    ("/oauth2/v1", re.compile(r"/oauth2/v1/.*")),
    ("/api/v1", re.compile(r".*")),
)


@dataclass(kw_only=True)
class Window:
    """A minute that began with the first request in it."""

    ends: datetime
    used: int = 0


class RateLimits:
    """How many requests a minute each bucket takes. `limits` is by bucket name; generous where it says nothing, so that
    nobody waits who does not want to. `clock` (aware UTC) is the org's."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.limits: dict[str, int] = {}
        self._windows: dict[str, Window] = {}

    def spend(self, path: str) -> None:
        """Counts a request. Raises OrgRefusal 429 E0000047 when its bucket is empty."""
        bucket = bucket_of(path)
        window = self._window(bucket)
        if window.used >= self._limit(bucket):
            raise refusal("E0000047")
        window.used += 1

    def headers(self, path: str) -> dict[str, str]:
        """X-Rate-Limit-Limit, -Remaining and -Reset (UTC epoch seconds) of a path's bucket."""
        bucket = bucket_of(path)
        window, limit = self._window(bucket), self._limit(bucket)
        return {
            "X-Rate-Limit-Limit": str(limit),
            "X-Rate-Limit-Remaining": str(max(0, limit - window.used)),
            "X-Rate-Limit-Reset": str(int(window.ends.timestamp())),
        }

    def _limit(self, bucket: str) -> int:
        return self.limits.get(bucket, GENEROUS)

    def _window(self, bucket: str) -> Window:
        now = self._clock()
        window = self._windows.get(bucket)
        if window is None or window.ends <= now:
            window = self._windows[bucket] = Window(ends=now + WINDOW)
        return window


def bucket_of(path: str) -> str:
    """The bucket that counts a path."""
    return next(name for name, pattern in BUCKETS if pattern.fullmatch(path))
