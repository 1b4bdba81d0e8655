"""What reaches the services: every write is written down, and somebody else's hand may come in before a request.

A meddling, so that it is the same in memory and on sockets, and lets other faults through: what a fault answers in the
service's place never reached it, and is not noted.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from reconciler.simulator.between import Asked, Fault, Forward, Meddling, nothing

Json = dict[str, Any]
Fits = Callable[[str, str], bool]
"""Whether a request is meant, by method and path."""


@dataclass(frozen=True, kw_only=True)
class Write:
    """One write that reached a service, and what it answered. ``path`` is without its query."""

    method: str
    path: str
    query: str
    body: Json | None
    status: int

    @property
    def taken(self) -> bool:
        return self.status < 300

    @property
    def line(self) -> str:
        """Method, path and query."""
        return f"{self.method} {self.path}" + (f"?{self.query}" if self.query else "")


@dataclass
class Hand:
    """Somebody else's deed, done once, right before the ``nth`` request that fits."""

    fits: Fits
    deed: Callable[[], object]
    nth: int = 1
    done: bool = False

    def look(self, method: str, path: str) -> None:
        if self.done or not self.fits(method, path):
            return
        self.nth -= 1
        if self.nth == 0:
            self.done = True
            self.deed()


class Notebook:
    """``over`` other faults, it is a meddling."""

    def __init__(self) -> None:
        self.writes: list[Write] = []
        self.hands: list[Hand] = []

    def over(self, faults: Meddling = nothing) -> Meddling:
        """Notes whatever these faults let through."""

        def meddling(asked: Asked) -> Fault:
            return self._noting(faults(asked))

        return meddling

    def _noting(self, inner: Fault | None) -> Fault:
        async def noting(request: httpx.Request, forward: Forward) -> httpx.Response:
            for hand in self.hands:
                hand.look(request.method, request.url.path)

            async def noted(passed: httpx.Request) -> httpx.Response:
                answer = await forward(passed)
                self._note(passed, answer)
                return answer

            return await (noted(request) if inner is None else inner(request, noted))

        return noting

    def _note(self, request: httpx.Request, answer: httpx.Response) -> None:
        if request.method == "GET" or request.url.path.endswith("/token"):
            return
        self.writes.append(
            Write(
                method=request.method,
                path=request.url.path,
                query=request.url.query.decode(),
                body=json.loads(request.content) if request.content else None,
                status=answer.status_code,
            )
        )


def write_to(*parts: str, method: str | None = None) -> Fits:
    """Fits writes whose path has one of these parts; none given: every write."""
    return lambda verb, path: (
        verb != "GET" and method in (None, verb) and (not parts or any(part in path for part in parts))
    )


def read_of(part: str) -> Fits:
    """Fits reads whose path has this part."""
    return lambda verb, path: verb == "GET" and part in path
