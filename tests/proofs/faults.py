"""What can go wrong on the wire, on any page of any list: once, for good, or in what the page says of the pages after.

A fault answers one request in place of the service. A meddling says which requests of a run get which fault.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx

from tests.proofs.harness import Asked, Fault, Forward, Meddling

LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Sign in - Acme</title></head><body><form>password</form></body></html>"
_OURS = re.compile(r"(limit|count|expand|sizePerPage)=[^&]*&?")
_NEXT = re.compile(r'<([^>]*)>(; rel="next")')


# --- one answer ------------------------------------------------------------------------------------------------------


def answers(status: int, content: bytes = b"", **headers: str) -> Fault:
    """This answer instead of the service's."""

    async def fault(request: httpx.Request, forward: Forward) -> httpx.Response:
        named = [(name.replace("_", "-"), value) for name, value in headers.items()]
        return httpx.Response(status, headers=named, content=content, request=request)

    return fault


def okta_error(status: int, code: str, summary: str, **headers: str) -> Fault:
    body = {"errorCode": code, "errorSummary": summary, "errorLink": code, "errorId": "oae1", "errorCauses": []}
    return answers(status, json.dumps(body).encode(), content_type="application/json", **headers)


def breaks(error: type[httpx.TransportError], words: str) -> Fault:
    async def fault(request: httpx.Request, forward: Forward) -> httpx.Response:
        raise error(words, request=request)

    return fault


def resets_in_a_minute() -> Fault:
    """Okta's 429: when the window ends stands in seconds of Okta's own clock, which may differ from ours."""

    async def fault(request: httpx.Request, forward: Forward) -> httpx.Response:
        response = await forward(request)
        theirs = httpx.Headers({"date": response.headers.get("date", "Mon, 16 Mar 2026 09:30:00 GMT")})
        moment = _moment(theirs["date"]) + timedelta(seconds=40)
        named = {
            "date": theirs["date"],
            "x-rate-limit-limit": "100",
            "x-rate-limit-remaining": "0",
            "x-rate-limit-reset": str(int(moment.timestamp())),
            "content-type": "application/json",
        }
        return httpx.Response(429, headers=named, content=b'{"errorCode":"E0000047"}', request=request)

    return fault


def _moment(date: str) -> Any:
    from email.utils import parsedate_to_datetime

    return parsedate_to_datetime(date)


class _Broken(httpx.AsyncByteStream):
    """Half a body, and then the connection is gone."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> Any:
        yield self._content[: len(self._content) // 2]
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")


async def cut_on_the_way(request: httpx.Request, forward: Forward) -> httpx.Response:
    whole = await forward(request)
    return httpx.Response(whole.status_code, headers=whole.headers, stream=_Broken(whole.content), request=request)


async def cut_silently(request: httpx.Request, forward: Forward) -> httpx.Response:
    """Half a body as if it were all, as a proxy delivers it that lost its own upstream."""
    whole = await forward(request)
    headers = [(name, value) for name, value in whole.headers.multi_items() if name != "content-length"]
    return httpx.Response(
        whole.status_code, headers=headers, content=whole.content[: len(whole.content) // 2], request=request
    )


ONCE: dict[str, Fault] = {
    "429 with Retry-After": answers(429, b"", retry_after="2"),
    "429 without Retry-After": answers(429, b'{"errorCode":"E0000047","errorSummary":"too many"}'),
    "429 that names its reset": resets_in_a_minute(),
    "500": okta_error(500, "E0000009", "Internal Server Error"),
    "503 in HTML": answers(503, b"<html><title>Service Unavailable</title></html>", content_type="text/html"),
    "reset": breaks(httpx.ReadError, "connection reset by peer"),
    "timeout": breaks(httpx.ReadTimeout, "timed out"),
    "cut body": cut_on_the_way,
    "silently cut body": cut_silently,
}
"""Faults that pass: the program asks again, and nothing else is different."""

FOR_GOOD: dict[str, Fault] = {
    "429": answers(429, b"", retry_after="2"),
    "500": okta_error(500, "E0000009", "Internal Server Error"),
    "reset": breaks(httpx.ReadError, "connection reset by peer"),
    "timeout": breaks(httpx.ReadTimeout, "timed out"),
    "cut body": cut_on_the_way,
    "HTML with 200": answers(200, LOGIN_PAGE, content_type="text/html; charset=utf-8"),
    "JSON of another shape": answers(200, b'{"hello": "world"}', content_type="application/json"),
    "redirect to a login page": answers(302, b"", location="https://login.example/"),
    "400": okta_error(400, "E0000001", "Api validation failed"),
    "not found, in HTML": answers(404, b"<h1>Not Found</h1>", content_type="text/html"),
}
"""Faults that stay: a verdict would be a guess."""

REFUSALS: dict[str, Fault] = {
    "401": okta_error(401, "E0000011", "Invalid token provided"),
    "403": okta_error(403, "E0000006", "You do not have permission to perform the requested action"),
}


# --- which requests --------------------------------------------------------------------------------------------------


def page_of(asked: Asked) -> str:
    """A page, however many rows are asked for and whatever is to be embedded."""
    head, _, query = asked.url.partition("?")
    return f"{head}?{_OURS.sub('', query).rstrip('&')}"


def once(place: Asked, fault: Fault) -> Meddling:
    return lambda asked: fault if asked == place else None


def for_good(place: Asked, fault: Fault) -> Meddling:
    """The page of this place, each time it is asked for, in portions of any size."""
    page = page_of(place)
    return lambda asked: fault if page_of(asked) == page else None


# --- pages that lie about other pages --------------------------------------------------------------------------------


def _spoiling(change: Callable[[httpx.Request, httpx.Response], httpx.Response | None]) -> Fault:
    """A fault that changes what the service says; None leaves it as it is."""

    async def fault(request: httpx.Request, forward: Forward) -> httpx.Response:
        response = await forward(request)
        if response.status_code != 200:
            return response
        return change(request, response) or response

    return fault


def _anew(response: httpx.Response, *, content: bytes | None = None, links: list[str] | None = None) -> httpx.Response:
    headers = [
        (name, value)
        for name, value in response.headers.multi_items()
        if name != "content-length" and (links is None or name != "link")
    ]
    headers += [("link", line) for line in links or ()]
    return httpx.Response(
        response.status_code,
        headers=headers,
        content=response.content if content is None else content,
        request=response.request,
    )


def _with_next(response: httpx.Response, target: str) -> httpx.Response:
    lines = [line for line in response.headers.get_list("link") if 'rel="next"' not in line]
    return _anew(response, links=[*lines, f'<{target}>; rel="next"'])


def _body(response: httpx.Response) -> Any:
    try:
        return json.loads(response.content)
    except ValueError:
        return None


def next_on_another_host(place: Asked) -> Meddling:
    """From this page on, the next page is said to be somewhere else."""

    def change(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        body = _body(response)
        if isinstance(body, list):
            return _with_next(response, "https://evil.example/api/v1/next?after=abc")
        if isinstance(body, dict) and "results" in body:
            if not body["next"]:
                return None
            target = str(httpx.URL(body["next"]).copy_with(host="evil.example"))
            return _anew(response, content=json.dumps({**body, "next": target}).encode())
        return None

    return for_good(place, _spoiling(change))


def endless_cursor(place: Asked) -> Meddling:
    """The pages from this one on never end: each names another cursor, behind which the same rows come again."""
    path = httpx.URL(place.url).path
    counted = iter(range(1, 1_000_000))
    seen: list[str] = []

    def change(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        body = _body(response)
        if isinstance(body, list) and body:
            target = request.url.copy_set_param("after", f"endless{next(counted)}")
            return _with_next(response, str(target))
        if isinstance(body, dict) and "results" in body:
            target = request.url.copy_set_param("cursor", f"endless{next(counted)}")
            return _anew(response, content=json.dumps({**body, "next": str(target)}).encode())
        if isinstance(body, dict) and "Resources" in body:
            return _anew(response, content=json.dumps({**body, "totalResults": 10_000 + next(counted)}).encode())
        return None

    spoil = _spoiling(change)

    async def again(request: httpx.Request, forward: Forward) -> httpx.Response:
        """The page behind a cursor that we made up: the rows of the place itself."""
        plain = httpx.Request("GET", place.url, headers=request.headers)
        response = await spoil(plain, forward)
        response.request = request
        return response

    def meddling(asked: Asked) -> Fault | None:
        if "endless" in asked.url and httpx.URL(asked.url).path == path:
            return again
        if page_of(asked) == page_of(place):
            seen.append(asked.url)
            return spoil
        return None

    return meddling


def next_on_itself(place: Asked) -> Meddling:
    """From this page on, each names itself as the next, where there is a next one."""

    def change(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        body = _body(response)
        if isinstance(body, list) and _NEXT.search(", ".join(response.headers.get_list("link"))):
            return _with_next(response, str(request.url))
        if isinstance(body, dict) and body.get("next"):
            return _anew(response, content=json.dumps({**body, "next": str(request.url)}).encode())
        return None

    return for_good(place, _spoiling(change))


def repeated_page(place: Asked, before: Asked | None) -> Meddling:
    """In place of this page, the one before it comes again, with its links; of a first page there is none."""

    async def earlier(request: httpx.Request, forward: Forward) -> httpx.Response:
        if before is None:
            return await forward(request)
        response = await forward(httpx.Request("GET", before.url, headers=request.headers))
        response.request = request
        return response

    return for_good(place, earlier)


def shrinking_total(place: Asked) -> Meddling:
    """``totalResults`` falls with every page of a SCIM list, from this page on."""
    falls = iter(range(1, 1_000_000))

    def change(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        body = _body(response)
        if not isinstance(body, dict) or "totalResults" not in body:
            return None
        total = max(0, int(body["totalResults"]) - 3 * next(falls))
        return _anew(response, content=json.dumps({**body, "totalResults": total}).encode())

    return for_good(place, _spoiling(change))
