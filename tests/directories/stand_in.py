"""A service made of one function, a clock that only sleeping moves, and a client that talks to both."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import httpx

from reconciler.directories.auth import SswsAuth
from reconciler.directories.http import Exchange, Http, Policy

T = TypeVar("T")
ORG = "https://acme.okta.com"
TOKEN = "00canary-token-never-to-be-seen"
NOON = datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)
Respond = Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]


class Time:
    """Stands still unless somebody sleeps."""

    def __init__(self) -> None:
        self.now = NOON
        self.slept: list[float] = []

    def clock(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        until = self.now + timedelta(seconds=seconds)
        await asyncio.sleep(0)
        self.now = max(self.now, until)


class Service(httpx.AsyncBaseTransport):
    """Answers with ``respond`` and keeps every request."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond
        self.requests: list[httpx.Request] = []
        self.at_once = self.most_at_once = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.requests.append(request)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(0)
            answer = self.respond(request)
            return answer if isinstance(answer, httpx.Response) else await answer
        finally:
            self.at_once -= 1

    @property
    def asked(self) -> list[str]:
        """Paths with their queries, in the order in which they came."""
        return [request.url.raw_path.decode() for request in self.requests]


def client(
    respond: Respond | httpx.AsyncBaseTransport,
    *,
    time: Time | None = None,
    policy: Policy | None = None,
    auth: httpx.Auth | None = None,
    base: str = ORG,
    service: str = "Okta",
    watch: Callable[[Exchange], None] | None = None,
    waiting: Callable[[str], None] | None = None,
) -> Http:
    time = time or Time()
    return Http(
        base,
        service=service,
        auth=auth or SswsAuth(TOKEN),
        transport=respond if isinstance(respond, httpx.AsyncBaseTransport) else Service(respond),
        policy=policy or Policy(),
        sleep=time.sleep,
        clock=time.clock,
        watch=watch,
        waiting=waiting,
    )


def answer(
    body: Any, status: int = 200, headers: dict[str, str] | list[tuple[str, str]] | None = None
) -> httpx.Response:
    pairs = list(headers.items()) if isinstance(headers, dict) else headers or []
    return httpx.Response(
        status, content=json.dumps(body).encode(), headers=[("content-type", "application/json"), *pairs]
    )


def okta_error(status: int, code: str, summary: str = "No.", headers: dict[str, str] | None = None) -> httpx.Response:
    body = {"errorCode": code, "errorSummary": summary, "errorLink": code, "errorId": "oae1", "errorCauses": []}
    return answer(body, status, {"x-okta-request-id": "ZzT1", **(headers or {})})


def page(text: str, status: int = 200) -> httpx.Response:
    return httpx.Response(status, content=text.encode(), headers={"content-type": "text/html;charset=utf-8"})


def then(*responses: httpx.Response | Exception | Respond) -> Respond:
    """Answers one after the other; the last one again and again."""
    left = list(responses)

    def respond(request: httpx.Request) -> httpx.Response | Awaitable[httpx.Response]:
        one = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(one, Exception):
            raise one
        if isinstance(one, httpx.Response):
            return httpx.Response(one.status_code, content=one.content, headers=one.headers)
        return one(request)

    return respond


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)
