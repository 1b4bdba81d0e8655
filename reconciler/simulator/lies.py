"""Answers that look whole and are not: a row is gone, the way to the next page is gone, a page comes again.

Each is a fault for ``between``; what is no list passes unharmed. Okta's lists are arrays with Link headers, SCIM's are
``Resources`` with counts, the REST API's are ``results`` with ``next``, or arrays by offset.

No reader of one answer can notice a row, or a whole rest, left out of a list that has no count: Okta's app users, push
mappings, group members, groups, rules; the REST API's rows. Nor a row left out of a SCIM list together with its counts.
Only a second mention tells: a record read by id, a list that names the same people, an earlier reading.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx

from reconciler.simulator.between import Fault, Forward, anew

ROWS = ("Resources", "results")
PAGE_PARAMETERS = ("after", "cursor", "startIndex", "offset")
"""What names a page of a list; without them, the first page is asked for."""


def spoiling(change: Callable[[httpx.Request, httpx.Response], httpx.Response | None]) -> Fault:
    """A fault that changes a good answer; None leaves it as it is."""

    async def fault(request: httpx.Request, forward: Forward) -> httpx.Response:
        response = await forward(request)
        if response.status_code != 200:
            return response
        return change(request, response) or response

    return fault


def body_of(response: httpx.Response) -> Any:
    """The JSON of an answer; None where it has none."""
    try:
        return json.loads(response.content)
    except ValueError:
        return None


def with_body(response: httpx.Response, body: Any) -> httpx.Response:
    """The same answer with this JSON."""
    return anew(response, content=json.dumps(body).encode())


def with_next(response: httpx.Response, target: str | None) -> httpx.Response:
    """The same answer with another next link in its headers; None: without any."""
    lines = [line for line in response.headers.get_list("link") if 'rel="next"' not in line]
    return anew(response, links=lines if target is None else [*lines, f'<{target}>; rel="next"'])


def rows_of(body: Any) -> list[Any] | None:
    """The rows of a list of either service, to be changed in place; None where it is no list."""
    if isinstance(body, list):
        return body
    named = [body[name] for name in ROWS if isinstance(body.get(name), list)] if isinstance(body, dict) else []
    return named[0] if named else None


def row_dropped(fits: Callable[[Any], bool] = lambda row: True, *, counted: bool = False) -> Fault:
    """The first row that fits is gone from the page. ``counted``: from SCIM's counts as well."""

    def change(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        body = body_of(response)
        rows = rows_of(body)
        at = next((number for number, row in enumerate(rows or ()) if fits(row)), None)
        if rows is None or at is None:
            return None
        del rows[at]
        if counted and isinstance(body, dict) and "totalResults" in body:
            body |= {"totalResults": body["totalResults"] - 1, "itemsPerPage": len(rows)}
        return with_body(response, body)

    return spoiling(change)


def _without_next(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
    body = body_of(response)
    if isinstance(body, list):
        return with_next(response, None)
    if isinstance(body, dict) and "Resources" in body:
        start = int(request.url.params.get("startIndex", 1))
        whole = {**body, "totalResults": start - 1 + len(body["Resources"])}
        whole.pop("nextCursor", None)
        return with_body(response, whole)
    return with_body(response, {**body, "next": None}) if isinstance(body, dict) and "next" in body else None


next_dropped: Fault = spoiling(_without_next)
"""The list ends with this page: no next link, or a total that says so."""


def page_repeated(earlier: str | None = None) -> Fault:
    """In place of this page another of its list comes, with its links: the one at this URL; None: the first."""

    async def fault(request: httpx.Request, forward: Forward) -> httpx.Response:
        url = httpx.URL(earlier) if earlier is not None else request.url
        for name in PAGE_PARAMETERS if earlier is None else ():
            url = url.copy_remove_param(name)
        return anew(await forward(httpx.Request(request.method, url, headers=request.headers)), request=request)

    return fault
