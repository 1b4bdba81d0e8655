"""What can go wrong on the wire, on any page of any list: once, for good, or in what the page says of the pages after.

The faults themselves are the simulator's; here stands which of them a run gets, and where.
"""

from __future__ import annotations

import re

import httpx

from reconciler.simulator.between import Asked, Fault, Forward, Meddling, anew
from reconciler.simulator.company import NOW
from reconciler.simulator.faults import (
    TOO_MANY,
    answer_lost,
    answers,
    breaks,
    cut_on_the_way,
    cut_silently,
    gateway_error,
    login_page,
    okta_error,
    too_many,
)
from reconciler.simulator.lies import body_of, page_repeated, spoiling, with_body, with_next

_OURS = re.compile(r"(limit|count|expand|sizePerPage)=[^&]*&?")

ONCE: dict[str, Fault] = {
    "429 without a word": answers(429),
    **{f"429, {form}": too_many(form, lambda: NOW) for form in TOO_MANY},
    "500": okta_error(500, "E0000009", "Internal Server Error"),
    "503 in HTML": gateway_error(503),
    "reset": breaks(),
    "reset after the effect": answer_lost(),
    "timeout": answer_lost(httpx.ReadTimeout, "timed out"),
    "cut body": cut_on_the_way,
    "silently cut body": cut_silently,
}
"""Faults that pass: the program asks again, and nothing else is different."""

FOR_GOOD: dict[str, Fault] = {
    "429": answers(429, b"", retry_after="2"),
    "500": okta_error(500, "E0000009", "Internal Server Error"),
    "reset": breaks(),
    "timeout": answer_lost(httpx.ReadTimeout, "timed out"),
    "cut body": cut_on_the_way,
    "HTML with 200": login_page(),
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


def next_on_another_host(place: Asked) -> Meddling:
    """From this page on, the next page is said to be somewhere else."""

    def change(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        body = body_of(response)
        if isinstance(body, list):
            return with_next(response, "https://evil.example/api/v1/next?after=abc")
        if isinstance(body, dict) and "results" in body:
            if not body["next"]:
                return None
            target = str(httpx.URL(body["next"]).copy_with(host="evil.example"))
            return with_body(response, {**body, "next": target})
        return None

    return for_good(place, spoiling(change))


def endless_cursor(place: Asked) -> Meddling:
    """The pages from this one on never end: each names another cursor, behind which the same rows come again."""
    path = httpx.URL(place.url).path
    counted = iter(range(1, 1_000_000))

    def change(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        body = body_of(response)
        if isinstance(body, list) and body:
            target = request.url.copy_set_param("after", f"endless{next(counted)}")
            return with_next(response, str(target))
        if isinstance(body, dict) and "results" in body:
            target = request.url.copy_set_param("cursor", f"endless{next(counted)}")
            return with_body(response, {**body, "next": str(target)})
        if isinstance(body, dict) and "Resources" in body:
            return with_body(response, {**body, "totalResults": 10_000 + next(counted)})
        return None

    spoil = spoiling(change)

    async def again(request: httpx.Request, forward: Forward) -> httpx.Response:
        """The page behind a cursor that we made up: the rows of the place itself."""
        plain = httpx.Request("GET", place.url, headers=request.headers)
        return anew(await spoil(plain, forward), request=request)

    def meddling(asked: Asked) -> Fault | None:
        if "endless" in asked.url and httpx.URL(asked.url).path == path:
            return again
        if page_of(asked) == page_of(place):
            return spoil
        return None

    return meddling


def next_on_itself(place: Asked) -> Meddling:
    """From this page on, each names itself as the next, where there is a next one."""

    def change(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        body = body_of(response)
        if isinstance(body, list) and any('rel="next"' in line for line in response.headers.get_list("link")):
            return with_next(response, str(request.url))
        if isinstance(body, dict) and body.get("next"):
            return with_body(response, {**body, "next": str(request.url)})
        return None

    return for_good(place, spoiling(change))


def repeated_page(place: Asked, before: Asked | None) -> Meddling:
    """In place of this page, the one before it comes again, with its links; of a first page there is none."""
    return for_good(place, page_repeated(place.url if before is None else before.url))


def shrinking_total(place: Asked) -> Meddling:
    """``totalResults`` falls with every page of a SCIM list, from this page on."""
    falls = iter(range(1, 1_000_000))

    def change(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        body = body_of(response)
        if not isinstance(body, dict) or "totalResults" not in body:
            return None
        total = max(0, int(body["totalResults"]) - 3 * next(falls))
        return with_body(response, {**body, "totalResults": total})

    return for_good(place, spoiling(change))
