"""What can go wrong with one request: a refusal, a break, a delay, a spoilt body. Each is a fault for ``between``.

Two of them happen after the service has done what it was asked: ``answer_lost`` and ``late``. Then a write has taken
effect, and the client can't know.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from email.utils import format_datetime

import httpx

from reconciler.simulator.between import Fault, Forward, anew

Clock = Callable[[], datetime]
LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Sign in - Acme</title></head><body><form>password</form></body></html>"
GATEWAY_PAGE = b"<html><head><title>%d</title></head><body><center><h1>%d</h1></center><hr>nginx</body></html>"
SUMMARY = "API call exceeded rate limit due to too many requests."


# --- an answer instead of the service's ------------------------------------------------------------------------------


def answers(status: int, content: bytes = b"", **headers: str) -> Fault:
    """This answer, and the service hears nothing. Underscores in names of headers become hyphens."""

    async def fault(request: httpx.Request, forward: Forward) -> httpx.Response:
        named = [(name.replace("_", "-"), value) for name, value in headers.items()]
        return httpx.Response(status, headers=named, content=content, request=request)

    return fault


def okta_error(status: int, code: str, summary: str, **headers: str) -> Fault:
    """An error in Okta's shape."""
    body = {"errorCode": code, "errorSummary": summary, "errorLink": code, "errorId": "oae1", "errorCauses": []}
    return answers(status, json.dumps(body).encode(), content_type="application/json", **headers)


def gateway_error(status: int) -> Fault:
    """502, 503 or 504 of a gateway before the service: an HTML page."""
    return answers(status, GATEWAY_PAGE.replace(b"%d", str(status).encode()), content_type="text/html")


def login_page() -> Fault:
    """A portal's login page, with 200."""
    return answers(200, LOGIN_PAGE, content_type="text/html; charset=utf-8")


def too_many(form: str, now: Clock, seconds: int = 40) -> Fault:
    """A 429 in one of the forms of ``TOO_MANY``; the way is free again in so many seconds of ``now`` (aware UTC).

    Okta names the end of the window in epoch seconds; at its limit of concurrent requests Limit and Remaining are 0.
    Kandji's form is not documented: its gateway's default is a message and Retry-After.
    """
    if form not in TOO_MANY:
        raise ValueError(f"no such form: {form}")

    async def fault(request: httpx.Request, forward: Forward) -> httpx.Response:
        then = now() + timedelta(seconds=seconds)
        date = format_datetime(now(), usegmt=True)
        limits = {"x_rate_limit_remaining": "0", "x_rate_limit_reset": str(int(then.timestamp())), "date": date}
        kong = b'{"message":"API rate limit exceeded"}'
        forms = {
            "rate limit": okta_error(429, "E0000047", SUMMARY, x_rate_limit_limit="100", **limits),
            "concurrency limit": okta_error(429, "E0000047", SUMMARY, x_rate_limit_limit="0", **limits),
            "no reset": okta_error(429, "E0000047", SUMMARY),
            "retry after seconds": answers(429, kong, content_type="application/json", retry_after=str(seconds)),
            "retry after date": answers(429, kong, date=date, retry_after=format_datetime(then, usegmt=True)),
        }
        return await forms[form](request, forward)

    return fault


TOO_MANY = ("rate limit", "concurrency limit", "no reset", "retry after seconds", "retry after date")


# --- a connection that breaks ----------------------------------------------------------------------------------------


def breaks(error: type[httpx.TransportError] = httpx.ConnectError, words: str = "connection reset by peer") -> Fault:
    """The connection breaks before the service hears anything."""

    async def fault(request: httpx.Request, forward: Forward) -> httpx.Response:
        raise error(words, request=request)

    return fault


def answer_lost(error: type[httpx.TransportError] = httpx.ReadError, words: str = "connection reset by peer") -> Fault:
    """The service does what it is asked, and its answer is lost: whoever wrote can't know that it took effect."""

    async def fault(request: httpx.Request, forward: Forward) -> httpx.Response:
        await forward(request)
        raise error(words, request=request)

    return fault


def late(seconds: float, sleep: Callable[[float], Awaitable[None]]) -> Fault:
    """The answer comes so much later, by ``sleep``; to a client with less patience never, as with ``answer_lost``."""

    async def fault(request: httpx.Request, forward: Forward) -> httpx.Response:
        answer = await forward(request)
        patience = (request.extensions.get("timeout") or {}).get("read")
        if patience is not None and patience < seconds:
            await sleep(patience)
            raise httpx.ReadTimeout("timed out", request=request)
        await sleep(seconds)
        return answer

    return fault


# --- half a body -----------------------------------------------------------------------------------------------------


class _Broken(httpx.AsyncByteStream):
    """Half a body, and then the connection is gone."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._content[: len(self._content) // 2]
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")


async def cut_on_the_way(request: httpx.Request, forward: Forward) -> httpx.Response:
    """The connection breaks half-way through the body."""
    whole = await forward(request)
    return httpx.Response(whole.status_code, headers=whole.headers, stream=_Broken(whole.content), request=request)


async def cut_silently(request: httpx.Request, forward: Forward) -> httpx.Response:
    """Half a body as if it were all, as a proxy delivers it that lost its own upstream."""
    whole = await forward(request)
    return anew(whole, content=whole.content[: len(whole.content) // 2])
