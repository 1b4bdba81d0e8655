"""How the Okta API answers: errors in Okta's shape, pages with two Link lines and opaque cursors, limits that bite."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.responses import JSONResponse, Response

from reconciler.simulator.org.state import OrgRefusal

SUMMARIES = {
    "E0000003": "The request body was not well-formed.",
    "E0000006": "You do not have permission to perform the requested action",
    "E0000008": "The requested path was not found",
    "E0000011": "Invalid token provided",
    "E0000015": "You do not have permission to access the feature you are requesting",
    "E0000022": "The endpoint does not support the provided HTTP method",
    "E0000047": "API call exceeded rate limit due to too many requests.",
}
STATUSES = {
    "E0000003": 400,
    "E0000006": 403,
    "E0000008": 404,
    "E0000011": 401,
    "E0000015": 401,
    "E0000022": 405,
    "E0000047": 429,
}


def refusal(code: str) -> OrgRefusal:
    """One of Okta's errors that need no further words."""
    return OrgRefusal(STATUSES[code], code, SUMMARIES[code])


def invalid(what: str, *causes: str) -> OrgRefusal:
    """400 E0000001; the causes stand in errorCauses."""
    return OrgRefusal(400, "E0000001", f"Api validation failed: {what}", causes)


def missing(kind: str, wanted: str) -> OrgRefusal:
    """404 E0000007; `kind` is User, UserGroup, AppInstance, …"""
    return OrgRefusal(404, "E0000007", f"Not found: Resource not found: {wanted} ({kind})")


def error(problem: OrgRefusal, error_id: str) -> Response:
    """Okta's error body."""
    body = {
        "errorCode": problem.code,
        "errorSummary": problem.summary,
        "errorLink": problem.code,
        "errorId": error_id,
        "errorCauses": [{"errorSummary": cause} for cause in problem.causes],
    }
    return JSONResponse(body, status_code=problem.status)


@dataclass(frozen=True, kw_only=True)
class Paging:
    """An endpoint's page sizes. `lost_in_…`: parameters that its links forget. `open`: limit=-1 lets it choose.
    `single`: there is one page, and no more."""

    default: int
    maximum: int
    minimum: int = 1
    open: bool = False
    single: bool = False
    lost_in_self: tuple[str, ...] = ()
    lost_in_next: tuple[str, ...] = ()


class Page:
    """One page of a list, in the order given, and where the next one begins."""

    def __init__(self, rows: Sequence[Any], key: Callable[[Any], str], query: QueryParams, paging: Paging) -> None:
        self.limit = _limit(query.get("limit"), paging)
        start = _start(rows, key, query.get("after"))
        self.rows = rows[start : start + self.limit]
        self.more = start + self.limit < len(rows) and not paging.single
        self._after = _cursor(start + len(self.rows), key(self.rows[-1])) if self.rows else None
        self._query = query
        self._paging = paging

    def links(self, url: str, *, self_referring: bool = False) -> list[str]:
        """The Link header's lines: self, then next. A last page may refer to itself, where an org does that."""
        asked = {name: value for name, value in self._query.items() if value != ""}
        here = _without(asked, self._paging.lost_in_self) | {"limit": str(self.limit)}
        lines = [f'<{url}?{urlencode(here)}>; rel="self"']
        if self.more and self._after is not None:
            there = _without(asked, self._paging.lost_in_next) | {"after": self._after, "limit": str(self.limit)}
            lines.append(f'<{url}?{urlencode(there)}>; rel="next"')
        elif self_referring and "after" in asked:
            lines.append(f'<{url}?{urlencode(here)}>; rel="next"')
        return lines


def _without(asked: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    return {name: value for name, value in asked.items() if name not in names}


def _limit(text: str | None, paging: Paging) -> int:
    if not text or (paging.open and text == "-1"):
        return paging.default
    try:
        limit = int(text)
    except ValueError as error:
        raise invalid("limit", "limit: The limit must be a number.") from error
    if not paging.minimum <= limit <= paging.maximum:
        raise invalid("limit", f"limit: The limit must be between {paging.minimum} and {paging.maximum}.")
    return limit


def _cursor(position: int, last: str) -> str:
    # Standard base64 with a plus sign in front, so that a client which decodes cursors breaks them.
    return "+" + base64.b64encode(f"{position}:{last}".encode()).decode()


def _start(rows: Sequence[Any], key: Callable[[Any], str], after: str | None) -> int:
    """Behind the row the cursor names; where that is gone, at the position it had."""
    if not after:
        return 0
    try:
        position, _, last = base64.b64decode(after.removeprefix("+"), validate=True).decode().partition(":")
        at = int(position)
    except ValueError as error:
        raise invalid("after", "after: The cursor is invalid.") from error
    if 0 < at <= len(rows) and key(rows[at - 1]) == last:
        return at
    found = next((number for number, row in enumerate(rows) if key(row) == last), None)
    return min(at, len(rows)) if found is None else found + 1
