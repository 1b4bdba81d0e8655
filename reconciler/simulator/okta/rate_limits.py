"""Rate limits by bucket, with Okta's headers: windows of a minute for the org, and inside each one for every token.

Times in the headers are seconds UTC. A token or service app may use half of a bucket unless told otherwise. The bucket
with the best fitting path counts; sometimes the method matters. How many requests may run at once is limited too.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler.simulator.okta.answers import refusal
from reconciler.simulator.org.state import OrgRefusal

WINDOW = timedelta(seconds=60)
GENEROUS = 200_000
BUCKETS = (
    ("/api/v1/apps/{id}", re.compile(r"\w+ /api/v1/apps/[^/]+")),
    ("/api/v1/apps", re.compile(r"\w+ /api/v1/apps(/.*)?")),
    ("/api/v1/groups", re.compile(r"\w+ /api/v1/groups")),
    ("/api/v1/groups/{id}", re.compile(r"\w+ /api/v1/groups/.*")),
    ("/api/v1/users", re.compile(r"\w+ /api/v1/users")),
    ("GET /api/v1/users/{id}", re.compile(r"GET /api/v1/users/[^/]+")),
    ("/api/v1/users/{id}", re.compile(r"\w+ /api/v1/users/.*")),
    ("/api/v1/logs", re.compile(r"\w+ /api/v1/logs")),
    ("/oauth2/v1", re.compile(r"\w+ /oauth2/v1/.*")),
    ("/api/v1", re.compile(r".*")),
)
WORKFORCE = {
    "/api/v1/apps": 100,
    "/api/v1/apps/{id}": 500,
    "/api/v1/groups": 500,
    "/api/v1/groups/{id}": 1000,
    "/api/v1/users": 600,
    "GET /api/v1/users/{id}": 2000,
    "/api/v1/users/{id}": 600,
    "/api/v1/logs": 120,
    "/api/v1": 1200,
}
"""Requests a minute of a workforce org, by the last table that Okta published."""


@dataclass(kw_only=True)
class Window:
    """A minute that began with the first request in it. `told`: a refusal in it stands in the System Log already."""

    limit: int
    ends: datetime
    used: int = 0
    told: bool = False

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)


class TooMany(OrgRefusal):
    """429 E0000047. `headers`: the rate-limit headers that go with it; `first`: the first refusal of its window."""

    def __init__(self, headers: dict[str, str], bucket: str, *, first: bool) -> None:
        told = refusal("E0000047")
        super().__init__(told.status, told.code, told.summary)
        self.headers = headers
        self.bucket = bucket
        self.first = first


class RateLimits:
    """How many requests a minute each bucket takes. `limits` is by bucket name (WORKFORCE is what an org has; generous
    where it says nothing, so that nobody waits who does not want to). `share` is the part of each bucket that one token
    or service app may use, `shares` the same by principal. `clock` (aware UTC) is the org's."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.limits: dict[str, int] = {}
        self.share = 0.5
        self.shares: dict[str, float] = {}
        self._windows: dict[tuple[str, str | None], Window] = {}

    def spend(self, method: str, path: str, principal: str | None) -> None:
        """Counts a request. Raises TooMany when the bucket, or the principal's part of it, is empty."""
        windows = self._nested(method, path, principal)
        for window in windows:
            if window.left == 0:
                first, window.told = not window.told, True
                raise TooMany(_told(window), bucket_of(method, path), first=first)
        for window in windows:
            window.used += 1

    def headers(self, method: str, path: str, principal: str | None) -> dict[str, str]:
        """X-Rate-Limit-Limit, -Remaining and -Reset (UTC epoch seconds), of the tighter of the two windows."""
        return _told(min(self._nested(method, path, principal), key=lambda window: window.left))

    def _nested(self, method: str, path: str, principal: str | None) -> list[Window]:
        bucket = bucket_of(method, path)
        limit = self.limits.get(bucket, GENEROUS)
        windows = [self._window(bucket, None, limit)]
        if principal is not None:
            part = max(1, int(limit * self.shares.get(principal, self.share)))
            windows.append(self._window(bucket, principal, part))
        return windows

    def _window(self, bucket: str, principal: str | None, limit: int) -> Window:
        now = self._clock()
        window = self._windows.get((bucket, principal))
        if window is None or window.ends <= now:
            window = self._windows[bucket, principal] = Window(limit=limit, ends=now + WINDOW)
        window.limit = limit
        return window


class Concurrency:
    """How many requests an org answers at once (`limit`, None for any number; a workforce org: 75)."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.limit: int | None = None
        self.running = 0

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Holds a place while a request is answered. Raises TooMany, whose reset is no more than an estimate, when
        there is none."""
        if self.limit is not None and self.running >= self.limit:
            raise TooMany(_told(Window(limit=0, ends=self._clock() + WINDOW)), "concurrency", first=True)
        self.running += 1
        try:
            yield
        finally:
            self.running -= 1


def _told(window: Window) -> dict[str, str]:
    return {
        "X-Rate-Limit-Limit": str(window.limit),
        "X-Rate-Limit-Remaining": str(window.left),
        "X-Rate-Limit-Reset": str(math.ceil(window.ends.timestamp())),
    }


def bucket_of(method: str, path: str) -> str:
    """The bucket that counts a request."""
    return next(name for name, pattern in BUCKETS if pattern.fullmatch(f"{method} {path}"))
