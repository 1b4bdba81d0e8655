"""Between a client and the services: each request passes, or a fault meets it. One mechanism, in memory and on sockets.

A fault answers one request in place of the service, or asks the service and spoils the answer. A meddling says which
requests meet which fault; ``weather.py`` makes one of rules, ``faults.py`` and ``lies.py`` hold the faults.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass(frozen=True)
class Asked:
    """One request: which, and the how manieth time it was asked. The same in every run of the same client."""

    method: str
    url: str
    occurrence: int = 1

    @property
    def list_name(self) -> str:
        """Path without ids, for people: ``acme.okta.com/apps/…/users``."""
        url = httpx.URL(self.url)
        parts = [part if len(part) < 17 or "." in part else "…" for part in url.path.split("/")]
        return f"{url.host}{'/'.join(parts)}"


Forward = Callable[[httpx.Request], Awaitable[httpx.Response]]
Fault = Callable[[httpx.Request, Forward], Awaitable[httpx.Response]]
Meddling = Callable[[Asked], Fault | None]


def nothing(asked: Asked) -> Fault | None:
    """Leaves every request alone."""
    return None


class Between(httpx.AsyncBaseTransport):
    """A transport before another: passes each request on, or hands it to the fault that is meant for it.

    ``asked`` holds every request, in the order in which they came.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, meddling: Meddling = nothing) -> None:
        self._inner = inner
        self._meddling = meddling
        self._times: Counter[tuple[str, str]] = Counter()
        self.asked: list[Asked] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        place = (request.method, str(request.url))
        self._times[place] += 1
        asked = Asked(*place, self._times[place])
        self.asked.append(asked)
        fault = self._meddling(asked)
        return await (self._pass(request) if fault is None else fault(request, self._pass))

    async def _pass(self, request: httpx.Request) -> httpx.Response:
        """The service's own answer, read whole. The request stays as it was asked."""
        url = request.url
        sent = httpx.Request(request.method, url, headers=request.headers, content=await request.aread())
        answer = await self._inner.handle_async_request(sent)
        await answer.aread()
        return anew(answer, request=request)

    async def aclose(self) -> None:
        await self._inner.aclose()


def anew(
    answer: httpx.Response,
    *,
    request: httpx.Request | None = None,
    content: bytes | None = None,
    links: list[str] | None = None,
) -> httpx.Response:
    """The same answer with another body, other Link lines, or to another request; its length is counted anew."""
    left_out = {"content-length", "content-encoding"} | (set() if links is None else {"link"})
    headers = [(name, value) for name, value in answer.headers.multi_items() if name not in left_out]
    headers += [("link", line) for line in links or ()]
    return httpx.Response(
        answer.status_code,
        headers=headers,
        content=answer.content if content is None else content,
        request=answer.request if request is None else request,
    )


class Exposed:
    """An ASGI application with the same faults before it, for sockets.

    A fault that breaks the connection, before or within a body, ends the answer short of its announced length; uvicorn
    then closes the connection, and no client takes that for a whole answer. What this can't do is to close it without a
    word: a status line and headers have gone out by then.
    """

    def __init__(self, app: ASGIApp, meddling: Meddling) -> None:
        self._app = app
        self._between = Between(httpx.ASGITransport(app=app), meddling)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = await _request(scope, receive)
        try:
            answer = await self._between.handle_async_request(request)
        except httpx.TransportError:
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]})
            return
        await send({"type": "http.response.start", "status": answer.status_code, "headers": answer.headers.raw})
        try:
            async for part in answer.aiter_bytes():
                await send({"type": "http.response.body", "body": part, "more_body": True})
        except httpx.TransportError:
            return
        await send({"type": "http.response.body", "body": b""})


async def _request(scope: Scope, receive: Receive) -> httpx.Request:
    """The request of an ASGI scope, its body read whole."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    host = dict(scope["headers"]).get(b"host", b"").decode()
    target = scope.get("raw_path") or scope["path"].encode()
    query = scope.get("query_string", b"")
    url = httpx.URL(f"{scope['scheme']}://{host}").copy_with(raw_path=target + (b"?" + query if query else b""))
    return httpx.Request(scope["method"], url, headers=scope["headers"], content=body)
