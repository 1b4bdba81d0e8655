"""What a SCIM server can do, learnt by a handful of reads. Nothing here is required of the server.

Discovery endpoints may be missing (Okta never calls them, so many servers were never tried on them), and filters may be
ignored or answered with nothing. Whatever can't be told stays None.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from reconciler.directories.http import Http
from reconciler.directories.scim_pages import ask
from reconciler.directories.scim_reading import Params
from reconciler.directories.scim_wire import (
    GroupRow,
    Page,
    UserRow,
    read_body,
    read_group,
    read_page,
    read_user,
)
from reconciler.errors import NotAllowed, ReadFailed
from reconciler.model import Capabilities

_NOBODY = "nobody-has-this-name-d41d8cd9"
_TRIES = 3
"""An optional question is not worth more attempts."""


class Announced(Struct, frozen=True, kw_only=True):
    """What ``/ServiceProviderConfig`` says (RFC 7643 §5, RFC 9865 §4). ``index`` is None when it does not say."""

    there: bool | None = None
    patch: bool | None = None
    etag: bool | None = None
    cursor: bool | None = None
    index: bool | None = None
    most_rows: int | None = None

    def capabilities(self) -> Capabilities:
        """What is known from this alone."""
        return Capabilities(
            service_provider_config=self.there,
            page_cap=self.most_rows,
            cursor_paging=self.cursor,
            patch_supported=self.patch,
            etag=self.etag,
        )


def equals(attribute: str, value: str) -> str:
    """A filter ``attribute eq "value"``, quoted as a JSON string (RFC 7644 §3.4.2.2)."""
    return f"{attribute} eq {json.dumps(value, ensure_ascii=False)}"


async def announced(http: Http) -> Announced:
    """What the server says of itself; all None where it says nothing."""
    try:
        answer = await ask(http, "ServiceProviderConfig", {}, attempts=_TRIES)
        body = read_body(answer)
    except (ReadFailed, NotAllowed) as error:
        return Announced(there=False if error.status in (404, 405, 501) else None)
    paging = _part(body, "pagination")
    told = paging.get("maxpagesize") or _part(body, "filter").get("maxresults")
    return Announced(
        there=True,
        patch=_flag(_part(body, "patch").get("supported")),
        etag=_flag(_part(body, "etag").get("supported")),
        cursor=_flag(paging.get("cursor")) if paging else False,
        index=_flag(paging.get("index")) if paging else None,
        most_rows=told if isinstance(told, int) and not isinstance(told, bool) and told > 0 else None,
    )


async def probe(http: Http, said: Announced) -> Capabilities:
    """Ask at most eight small questions, all GET, beyond what the server ``said`` of itself.

    The first user must be readable, and errors there are raised; every other question may go unanswered.
    """
    answer = await ask(http, "Users", {"count": 1})
    page = read_page(answer)
    users = [read_user(resource, answer) for resource in page.resources]
    first = users[0] if users else None
    honoured, exact = await _filtering(http, first.user.user_name if first else None, page.total)
    in_lists, excluded = await _members(http)
    told = said.capabilities()
    return msgspec.structs.replace(
        told,
        paging_honoured=await _paging(http, users, page.total),
        cursor_paging=True if page.next_cursor is not None else told.cursor_paging,
        filter_honoured=honoured,
        user_name_case_exact=exact,
        members_in_lists=in_lists,
        excluded_attributes_honoured=excluded,
        etag=told.etag if told.etag is not None else ("etag" in answer.headers or None),
        numeric_ids=first.numeric_id if first else None,
    )


def _part(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name)
    return value if isinstance(value, dict) else {}


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


async def _page(http: Http, path: str, params: Params) -> tuple[Page, list[UserRow] | list[GroupRow]] | None:
    """A page with its rows; None where this question was refused or not understood."""
    try:
        answer = await ask(http, path, params, attempts=_TRIES)
        page = read_page(answer, past_end=True)
        if path == "Users":
            return page, [read_user(resource, answer) for resource in page.resources]
        return page, [read_group(resource, answer) for resource in page.resources]
    except (ReadFailed, NotAllowed):
        return None


async def _user_ids(http: Http, params: Params) -> tuple[int | None, list[str]] | None:
    found = await _page(http, "Users", params)
    return None if found is None else (found[0].total, [_id(row) for row in found[1]])


def _id(row: UserRow | GroupRow) -> str:
    return row.user.id if isinstance(row, UserRow) else row.id


async def _paging(http: Http, users: list[UserRow], total: int | None) -> bool | None:
    if not users or total is None or total < 2:
        return None
    if len(users) == total:
        return False
    second = await _user_ids(http, {"startIndex": 1 + len(users), "count": 1})
    return None if second is None or not second[1] else second[1][0] != users[0].user.id


async def _filtering(http: Http, user_name: str | None, total: int | None) -> tuple[bool | None, bool | None]:
    """Whether ``userName eq`` is honoured, and whether it minds the case (it must not: RFC 7643 §4.1.1)."""
    if user_name is None:
        return None, None
    nobody = await _user_ids(http, {"filter": equals("userName", _NOBODY), "count": 1})
    if nobody is None:
        return False, None
    if nobody[1] or nobody[0]:
        return False, None
    other = user_name.swapcase()
    if other != user_name and await _finds(http, other):
        return True, False
    if not await _finds(http, user_name):
        return False, None
    return True, True if other != user_name else None


async def _finds(http: Http, user_name: str) -> bool:
    found = await _user_ids(http, {"filter": equals("userName", user_name), "count": 1})
    return found is not None and bool(found[1])


async def _members(http: Http) -> tuple[bool | None, bool | None]:
    """Whether lists show members, and whether ``excludedAttributes`` is honoured (RFC 7644 §3.9)."""
    plain = await _page(http, "Groups", {"count": 1})
    if plain is None or not plain[1]:
        return None, None
    group = plain[1][0]
    if not isinstance(group, GroupRow) or not group.member_ids:
        return None, None
    without = await _page(http, "Groups", {"count": 1, "excludedAttributes": "members"})
    if without is None:
        return True, False
    again = [row for row in without[1] if isinstance(row, GroupRow) and row.id == group.id]
    return True, (again[0].member_ids is None) if again else None
