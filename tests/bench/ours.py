"""Our pull, measured in a process of its own: ``python -m tests.bench.ours FOLDER`` runs what ``reconciler pull`` runs.

Clock and sleep are the program's own parameters: the clock stands still while requests are made, and moves only when
the program waits, so that its pace is held to the strictest reading of every limit and nobody waits for it.
"""

from __future__ import annotations

import asyncio
import heapq
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

import reconciler.checks
import reconciler.config_file
import reconciler.store.open
import reconciler.wiring  # all that a pull imports when it comes to it, so that its cost is that of pulling  # noqa: F401
from reconciler.cli import main
from reconciler.directories.http import system_transport
from reconciler.outside import Outside
from tests.bench import cost

_ROUNDS = 100
"""Turns of the event loop after which nobody is about to ask anything: everybody waits."""


class StoodTime:
    """A clock that stands, but for sleeps; they end, the nearest first, when no request is under way or about to be."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._flying = 0
        self._sleepers: list[tuple[datetime, int, asyncio.Event]] = []
        self._number = 0
        self._mover: asyncio.Task[None] | None = None

    def clock(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self._number += 1
        woken = asyncio.Event()
        heapq.heappush(self._sleepers, (self.now + timedelta(seconds=seconds), self._number, woken))
        self._move_soon()
        await woken.wait()

    @contextmanager
    def request(self) -> Iterator[None]:
        """While a request is under way."""
        self._flying += 1
        try:
            yield
        finally:
            self._flying -= 1
            self._move_soon()

    def _move_soon(self) -> None:
        if self._sleepers and not self._flying and (self._mover is None or self._mover.done()):
            self._mover = asyncio.create_task(self._move())

    async def _move(self) -> None:
        while self._sleepers:
            for _ in range(_ROUNDS):
                await asyncio.sleep(0)
                if self._flying:
                    return  # whoever lands last begins again
            until, _, woken = heapq.heappop(self._sleepers)
            self.now = max(self.now, until)
            woken.set()


class Dated(httpx.AsyncBaseTransport):
    """Tells the server our time with each request, and counts the requests under way until their bodies are there."""

    def __init__(self, transport: httpx.AsyncBaseTransport, time: StoodTime) -> None:
        self._transport = transport
        self._time = time

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.headers["X-Bench-Now"] = str(self._time.now.timestamp())
        with self._time.request():
            answer = await self._transport.handle_async_request(request)
            try:
                return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())
            finally:
                await answer.aclose()

    async def aclose(self) -> None:
        await self._transport.aclose()


def pull(config: Path) -> int:
    time = StoodTime(datetime(2026, 6, 1, 8, 0, 0, tzinfo=UTC))
    outside = replace(
        Outside.real(),
        environ=dict(os.environ),
        clock=time.clock,
        sleep=time.sleep,
        transport=lambda _: Dated(system_transport(), time),
    )
    return main(["-c", str(config), "pull"], outside)


if __name__ == "__main__":
    before = cost.seconds()
    code = pull(Path(sys.argv[1]) / "config.toml")
    cost.tell(seconds=cost.seconds() - before, megabytes=cost.megabytes())
    sys.exit(code)
