"""How fast we may ask: concurrency, rate-limit windows told by headers, and fixed budgets.

A service tells its limits with each answer (``X-Rate-Limit-Limit``, ``-Remaining``, ``-Reset``), and which paths share
a limit differs from org to org. So nothing is hard-coded: paths of the same form (ids left out) share what their last
answer told, and two forms whose answers name the same limit and the same reset share one window and one count.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
from msgspec import Struct

_ID = re.compile(r"[0-9]|^[A-Za-z0-9_-]{16,}$|[@%.:]")
_FARTHEST = 3600.0
"""A reset further away than this many seconds is no one-minute window: the header is not understood."""
_RESERVE = 0.1
"""Part of a window that is left to others even when we have not used up our own share."""
_CALM_ANSWERS = 20


class Policy(Struct, frozen=True):
    """One policy for pace and retry.

    ``rate_share`` is our part of any limit. ``attempts`` and ``total_seconds`` bound one request with all its retries
    (waiting for our turn is not counted). ``limits`` are fixed budgets, (requests, seconds), of services that have
    them without telling; our part of them is ``rate_share``, too.
    """

    concurrency: int = 6
    rate_share: float = 0.5
    attempts: int = 6
    total_seconds: float = 300.0
    timeout_seconds: float = 70.0
    limits: tuple[tuple[int, float], ...] = ()


def bucket_of(path: str) -> str:
    """The form of a path: ``/api/v1/apps/0oa1abcd/users`` → ``/api/v1/apps/*/users``."""
    parts = path.split("/")
    keep = 3 if parts[1:2] == ["api"] else 1
    return "/".join("*" if number >= keep and _ID.search(part) else part for number, part in enumerate(parts))


def retry_after(headers: httpx.Headers, now: datetime) -> float | None:
    """Seconds that ``Retry-After`` asks to wait: a number, or a date, held against the answer's own ``Date``.

    Source: RFC 9110 §10.2.3.
    """
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    if re.fullmatch(r"\d+(\.\d+)?", value):
        return float(value)
    moment = _http_date(value)
    return None if moment is None else max(0.0, (moment - (server_time(headers) or now)).total_seconds())


def server_time(headers: httpx.Headers) -> datetime | None:
    """The answer's own clock (``Date``), aware UTC."""
    return _http_date(headers.get("date", ""))


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class _Told(Struct, frozen=True):
    limit: int
    remaining: int
    reset: int
    """Seconds since 1970 in the service's clock."""
    seconds: float
    """From the answer until the reset, with one second for the headers' coarseness."""


def _told(headers: httpx.Headers, now: datetime) -> _Told | None:
    try:
        limit, remaining, reset = (int(headers[f"x-rate-limit-{name}"]) for name in ("limit", "remaining", "reset"))
    except (KeyError, ValueError):
        return None
    seconds = reset - (server_time(headers) or now).timestamp()
    if limit < 0 or seconds > _FARTHEST:
        return None
    return _Told(limit=limit, remaining=remaining, reset=reset, seconds=max(0.0, seconds + 1.0))


class _Window:
    """One rate-limit window of the service, and how much of it is ours."""

    def __init__(self, told: _Told) -> None:
        self.limit = told.limit
        self.reset = told.reset
        self.remaining = told.remaining
        self.until = datetime.min.replace(tzinfo=UTC)
        self.used = 0

    def is_same(self, told: _Told) -> bool:
        return self.limit == told.limit and abs(self.reset - told.reset) <= 2


class Turn:
    """One request on its way. ``learn`` takes in its answer."""

    def __init__(self, pace: Pace, bucket: str) -> None:
        self.bucket = bucket
        self.counted: _Window | None = None
        self._pace = pace

    def learn(self, status: int, headers: httpx.Headers) -> float | None:
        """For 429 and 503: the seconds that must pass before the next request, or None where it was not said."""
        return self._pace.learn(self, status, headers)


class Pace:
    """Lets requests go when it is their turn, and learns from every answer. One for each service and token."""

    def __init__(
        self,
        policy: Policy,
        *,
        service: str,
        sleep: Callable[[float], Awaitable[None]],
        clock: Callable[[], datetime],
        waiting: Callable[[str], None] | None = None,
    ) -> None:
        self._policy = policy
        self._service = service
        self._sleep = sleep
        self._clock = clock
        self._lag = timedelta()
        self._waiting = waiting or (lambda _: None)
        self._capacity = policy.concurrency
        self._calm = 0
        self._flying: set[Turn] = set()
        self._window_of: dict[str, _Window] = {}
        self._answered: set[str] = set()
        self._pause_until: datetime | None = None
        self._sent: list[deque[datetime]] = [deque() for _ in policy.limits]
        self._changed = asyncio.Event()

    @asynccontextmanager
    async def turn(self, bucket: str) -> AsyncIterator[Turn]:
        """Wait until a request of this form may be sent; hold one of the ``concurrency`` places while it is."""
        turn = await self._admit(Turn(self, bucket))
        try:
            yield turn
        finally:
            self._flying.discard(turn)
            self._wake()

    def learn(self, turn: Turn, status: int, headers: httpx.Headers) -> float | None:
        """Take in an answer; see ``Turn.learn``.

        A concurrency limit (429 with ``X-Rate-Limit-Limit: 0``, whose reset is only an estimate) and a 429 without any
        hint make us send fewer requests at once instead.
        Source: https://developer.okta.com/docs/reference/rl2-monitor/
        """
        now = self._now()
        self._answered.add(turn.bucket)
        told = _told(headers, now)
        if told is not None and told.limit > 0:
            self._note(turn, told, now, refused=status == 429)
        if status not in (429, 503):
            self._settle_down()
            return None
        asked = retry_after(headers, now)
        if asked is not None:
            self._pause_until = max(self._pause_until or now, now + timedelta(seconds=asked))
            return asked
        if status == 429 and told is not None and told.limit > 0:
            return told.seconds
        if status == 429:
            self._capacity, self._calm = max(1, self._capacity // 2), 0
        return None

    def _now(self) -> datetime:
        """The clock, moved on by what it missed while we slept: it may be set back, or stand still."""
        return self._clock() + self._lag

    def _settle_down(self) -> None:
        self._calm += 1
        if self._calm >= _CALM_ANSWERS and self._capacity < self._policy.concurrency:
            self._capacity, self._calm = self._capacity + 1, 0
            self._wake()

    def _note(self, turn: Turn, told: _Told, now: datetime, *, refused: bool) -> None:
        last = self._window_of.get(turn.bucket)
        if last is not None and last.limit == told.limit and told.reset < last.reset - 2:
            return  # overtaken by an answer of the next window
        window = next((one for one in self._window_of.values() if one.is_same(told)), None) or _Window(told)
        window.remaining = min(window.remaining, 0 if refused else told.remaining)
        window.until = max(window.until, now + timedelta(seconds=told.seconds))
        if turn.counted is not window:
            window.used += 1
            turn.counted = window
        self._window_of[turn.bucket] = window

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def _admit(self, turn: Turn) -> Turn:
        while True:
            pause, why = self._pause(turn.bucket)
            if pause is None:
                await self._changed.wait()
            elif pause <= 0:
                break
            else:
                await self._wait(pause, why)
        self._flying.add(turn)
        now = self._now()
        for sent in self._sent:
            sent.append(now)
        window = self._window_of.get(turn.bucket)
        if window is not None and window.until > now:
            window.used += 1
            turn.counted = window
        return turn

    async def _wait(self, pause: float, why: str) -> None:
        if pause >= 1:
            self._waiting(f"{self._service}: waiting {math.ceil(pause)} s: {why}")
        until = self._now() + timedelta(seconds=pause)
        await self._sleep(pause)
        self._lag += max(timedelta(), until - self._now())

    def _pause(self, bucket: str) -> tuple[float | None, str]:
        """Seconds to wait (0: go; None: until somebody else's request is answered) and for what."""
        now = self._now()
        if len(self._flying) >= self._capacity:
            return None, ""
        if self._pause_until is not None and self._pause_until > now:
            return (self._pause_until - now).total_seconds(), "the service asked us to"
        budget = self._budget(now)
        if budget > 0:
            return budget, "our part of its requests in this time is used up"
        window = self._window_of.get(bucket)
        if window is not None:
            return self._pause_for(window, bucket, now)
        # The first request of a form goes alone: what it learns may be that there is room for few.
        may_go = bucket in self._answered or all(one.bucket != bucket for one in self._flying)
        return (0.0 if may_go else None), ""

    def _pause_for(self, window: _Window, bucket: str, now: datetime) -> tuple[float | None, str]:
        share = max(1, int(window.limit * self._policy.rate_share))
        # requests on their way that no window has counted yet, and that may turn out to be of this one
        unknown = sum(one.counted is None and self._window_of.get(one.bucket) in (None, window) for one in self._flying)
        if window.until <= now:
            stale = sum(one.counted is window for one in self._flying)
            return (None, "") if unknown + stale >= share else (0.0, "")
        reserve = int(window.limit * _RESERVE) if self._policy.rate_share < 1 else 0
        if window.used >= share or window.remaining <= reserve:
            return (window.until - now).total_seconds(), f"the rate limit of {bucket} starts anew"
        flying = unknown + sum(one.counted is window for one in self._flying)
        if window.used + unknown >= share or window.remaining - flying <= reserve:
            return (None, "") if flying else (0.0, "")
        return 0.0, ""

    def _budget(self, now: datetime) -> float:
        longest = 0.0
        for (requests, seconds), sent in zip(self._policy.limits, self._sent, strict=True):
            while sent and (now - sent[0]).total_seconds() >= seconds:
                sent.popleft()
            if len(sent) >= max(1, int(requests * self._policy.rate_share)):
                longest = max(longest, seconds - (now - sent[0]).total_seconds())
        return longest
