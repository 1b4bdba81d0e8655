"""SCIM 2.0 bodies as servers really write them, turned into our values.

Attribute names are compared without case (RFC 7643 §2.1), ids may be numbers, ``emails`` may be one object,
``active`` may be a string. What is not understood is an ``UnexpectedAnswer``, never an empty list: a body that could be
mistaken for "nobody" must first say that it is a SCIM list.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias, TypeVar

import msgspec
from msgspec import UNSET, Struct, UnsetType

from reconciler.directories.answers import Answer, asked, clean
from reconciler.directories.scim_usual import UsualUser, usual_group, usual_page, usual_user
from reconciler.errors import UnexpectedAnswer
from reconciler.model import ScimUser

LIST_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:listresponse"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user"

Resource: TypeAlias = Mapping[str, Any] | msgspec.Raw
"""An object with every attribute name in lower case, or the JSON of one as the server wrote it."""
Text: TypeAlias = str | int
T = TypeVar("T")


class Page(Struct, frozen=True, kw_only=True):
    """One page of a list. ``total`` may be None with cursor paging alone (RFC 9865 §2)."""

    total: int | None
    resources: tuple[Resource, ...]
    next_cursor: str | None = None


class UserRow(Struct, frozen=True, kw_only=True, gc=False):
    """A user, and the ids of the groups that its own ``groups`` attribute names."""

    user: ScimUser
    group_ids: tuple[str, ...] = ()
    numeric_id: bool = False


class GroupRow(Struct, frozen=True, kw_only=True, gc=False):
    """A group as one answer showed it: ``member_ids`` is None where there was no ``members``, () where it was empty."""

    id: str
    display_name: str | None
    member_ids: tuple[str, ...] | None
    nested: int = 0
    """Groups among the members; they are not in ``member_ids``."""


def strange(answer: Answer, what: str) -> UnexpectedAnswer:
    """The error for a body that is JSON, but not what SCIM calls for. ``what`` completes "answered with"."""
    return UnexpectedAnswer(
        f"{answer.service} answered with {what}.",
        facts=asked(answer.url, answer.request_id),
        why="Nothing is concluded from an answer that is not understood.",
        next="check that the configured address is the SCIM base URL, then: reconciler doctor",
        status=answer.status,
    )


def read_body(answer: Answer) -> Mapping[str, Any]:
    """The body, which must be a JSON object, with attribute names in lower case."""
    return _object(answer)


def _object(answer: Answer, part: msgspec.Raw | None = None) -> Mapping[str, Any]:
    body = answer.json_as(object, part)
    if not isinstance(body, dict):
        raise strange(answer, "JSON that is not an object")
    folded: Mapping[str, Any] = _fold(body)
    return folded


def read_page(answer: Answer, *, past_end: bool = False) -> Page:
    """A ListResponse (RFC 7644 §3.4.2). ``past_end``: rows were not expected, so ``Resources`` may be missing.

    A body without the ListResponse schema is believed only where it carries both ``totalResults`` and ``Resources``.
    """
    usual = usual_page(answer.content)
    if usual is not None and usual.total_results >= 0 and any(one.lower() == LIST_SCHEMA for one in usual.schemas):
        return Page(total=usual.total_results, resources=tuple(usual.resources))
    body = read_body(answer)
    schemas = body.get("schemas")
    if schemas and not any(isinstance(one, str) and one.lower() == LIST_SCHEMA for one in _listed(schemas)):
        raise strange(answer, "something that is not a SCIM list")
    total = _count(answer, body.get("totalresults"))
    cursor = body.get("nextcursor")
    if cursor is not None and not isinstance(cursor, (str, int)):
        raise strange(answer, "a `nextCursor` that is no text")
    rows = body.get("resources")
    if rows is None and not (schemas and (total == 0 or (past_end and total is not None))):
        raise strange(answer, "a list without `Resources`")
    if total is None and not schemas:
        raise strange(answer, "a list without `totalResults`")
    if not isinstance(rows, (list, type(None))) or not all(isinstance(row, dict) for row in rows or ()):
        raise strange(answer, "`Resources` that are not a list of objects")
    return Page(total=total, resources=tuple(rows or ()), next_cursor=None if cursor is None else str(cursor) or None)


def _fold(value: Any) -> Any:
    if isinstance(value, list):
        return [_fold(one) for one in value]
    if not isinstance(value, dict):
        return value
    folded: dict[str, Any] = {}
    for name, inner in value.items():
        lower = name.lower()
        if folded.get(lower) is None:
            folded[lower] = _fold(inner) if isinstance(inner, (dict, list)) else inner
    return folded


def _listed(value: Any) -> list[Any]:
    """Multi-valued attributes come as a list, as one value, or as null (RFC 7643 §2.4, §2.5)."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _count(answer: Answer, value: Any) -> int | None:
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        return int(value)
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
        return value
    raise strange(answer, "a `totalResults` that is no count")


# --- Resources -------------------------------------------------------------------------------------------------------


class _Name(Struct, frozen=True, kw_only=True):
    formatted: Text | None = None
    givenname: Text | None = None
    familyname: Text | None = None


class _Extension(Struct, frozen=True, kw_only=True):
    department: Text | None = None


class _Meta(Struct, frozen=True, kw_only=True):
    created: Any = None


class _User(Struct, frozen=True, kw_only=True):
    id: Text
    username: Text | None = None
    active: bool | int | str | None = None
    externalid: Text | None = None
    displayname: Text | None = None
    name: _Name | str | None = None
    emails: Any = None
    title: Text | None = None
    department: Text | None = None
    flat_department: Text | None = msgspec.field(default=None, name=f"{ENTERPRISE}:department")
    extension: _Extension | None = msgspec.field(default=None, name=ENTERPRISE)
    groups: Any = None
    meta: _Meta | None = None


class _Group(Struct, frozen=True, kw_only=True):
    id: Text
    displayname: Text | None = None
    members: Any | UnsetType = UNSET


def read_user(resource: Resource, answer: Answer) -> UserRow:
    """A User resource. Empty e-mails and unreadable times become None; wrong types are an ``UnexpectedAnswer``."""
    usual = usual_user(resource) if isinstance(resource, msgspec.Raw) else None
    if usual is not None:
        return _of_usual(usual)
    wire = _as(_User, resource, answer, "user")
    name = wire.name if isinstance(wire.name, _Name) else _Name(formatted=wire.name)
    user = ScimUser(
        id=_id(wire.id, answer),
        user_name=_text(wire.username),
        active=_active(wire.active, answer),
        external_id=_text(wire.externalid) or None,
        display_name=_text(wire.displayname),
        formatted_name=_text(name.formatted),
        given_name=_text(name.givenname),
        family_name=_text(name.familyname),
        email=_email(wire.emails, answer),
        title=_text(wire.title),
        department=_department(wire),
        created=_time(wire.meta.created) if wire.meta else None,
    )
    groups = (one.get("value") if isinstance(one, dict) else one for one in _listed(wire.groups))
    return UserRow(
        user=user,
        group_ids=tuple(str(one) for one in groups if isinstance(one, (str, int)) and one != ""),
        numeric_id=isinstance(wire.id, int),
    )


def _of_usual(user: UsualUser) -> UserRow:
    value = ScimUser(
        id=user.id,
        user_name=user.user_name,
        active=user.active,
        external_id=user.external_id or None,
        display_name=user.display_name,
        formatted_name=user.name.formatted,
        given_name=user.name.given_name,
        family_name=user.name.family_name,
        email=user.email(),
        title=user.title,
        department=user.extension.department,
        created=_time(user.meta.created),
    )
    return UserRow(user=value, group_ids=tuple(one.value for one in user.groups or () if one.value))


def read_group(resource: Resource, answer: Answer) -> GroupRow:
    """A Group resource. ``members`` that are missing or null are None: this answer did not say."""
    usual = usual_group(resource) if isinstance(resource, msgspec.Raw) else None
    if usual is not None:
        return GroupRow(id=usual.id, display_name=usual.display_name, member_ids=usual.people(), nested=usual.nested())
    wire = _as(_Group, resource, answer, "group")
    group_id, display_name = _id(wire.id, answer), _text(wire.displayname)
    if wire.members is UNSET or wire.members is None:
        return GroupRow(id=group_id, display_name=display_name, member_ids=None)
    entries = _listed(wire.members)
    people = [one for one in entries if not _is_group(one)]
    ids = dict.fromkeys(_member_id(one, answer) for one in people)
    return GroupRow(id=group_id, display_name=display_name, member_ids=tuple(ids), nested=len(entries) - len(people))


def _as(type: type[T], resource: Resource, answer: Answer, word: str) -> T:
    if isinstance(resource, msgspec.Raw):
        resource = _object(answer, resource)
    try:
        return msgspec.convert(resource, type=type)
    except msgspec.ValidationError as error:
        raise strange(answer, f"a {word} that this program can't read: {clean(str(error))}") from error


def _id(value: Text, answer: Answer) -> str:
    if value == "":
        raise strange(answer, "a resource whose `id` is empty")
    return str(value)


def _text(value: Text | None) -> str | None:
    return None if value is None else str(value)


def _active(value: bool | int | str | None, answer: Answer) -> bool | None:
    word = str(value).strip().lower()
    if value is None or word == "":
        return None
    if word in ("true", "1"):
        return True
    if word in ("false", "0"):
        return False
    raise strange(answer, "a user whose `active` is neither true nor false")


def _email(emails: Any, answer: Answer) -> str | None:
    """The primary address, else the one of type work, else the first (RFC 7643 §2.4, §4.1.2)."""
    ranked: list[tuple[int, str]] = []
    for one in _listed(emails):
        entry = one if isinstance(one, dict) else {"value": one}
        value = entry.get("value")
        if not isinstance(value, (str, type(None))):
            raise strange(answer, "an e-mail address that is no text")
        if value and value.strip():
            primary = str(entry.get("primary")).lower() in ("true", "1")
            work = str(entry.get("type")).lower() == "work"
            ranked.append((0 if primary else 1 if work else 2, value))
    return min(ranked, key=lambda pair: pair[0])[1] if ranked else None


def _department(wire: _User) -> str | None:
    extended = wire.extension.department if wire.extension else None
    found = (one for one in (extended, wire.flat_department, wire.department) if one is not None)
    return _text(next(found, None))


def _time(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def _is_group(entry: Any) -> bool:
    return isinstance(entry, dict) and str(entry.get("type")).lower() == "group"


def _member_id(entry: Any, answer: Answer) -> str:
    value = entry.get("value") if isinstance(entry, dict) else entry
    if isinstance(value, bool) or not isinstance(value, (str, int)) or value == "":
        raise strange(answer, "a group member without an id")
    return str(value)
