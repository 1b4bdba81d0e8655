"""SCIM bodies in which every name is spelled as the RFCs spell it: read straight into values, without folding names.

That is nearly every body of nearly every server, and much cheaper than the lenient way of ``scim_wire``. Each function
gives None for a body that holds anything else (a name in other letters, a number where text belongs, an attribute that
the RFCs don't know): then ``scim_wire`` reads it its own way, and decides.
Source: RFC 7643 §4.1, §4.2, §4.3; RFC 7644 §3.4.2.
"""

from __future__ import annotations

from sys import intern
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, field

Left = Raw | UnsetType
"""An attribute that we don't read: left as it is."""


class _Usual(Struct, frozen=True, forbid_unknown_fields=True, gc=False, rename="camel"):
    """Keys in camelCase, and no others."""


class UsualPage(_Usual, frozen=True):
    """A ListResponse. Rows stay JSON until each one's turn comes: a page of groups carries all their members, and as
    objects they would be many times the size of the page."""

    schemas: list[str]
    total_results: int
    resources: list[Raw] = field(name="Resources")
    start_index: int | None = None
    items_per_page: int | None = None


class UsualMember(_Usual, frozen=True):
    value: str
    display: Left = UNSET
    type: str | None = None
    ref: Left = field(name="$ref", default=UNSET)


class UsualGroup(_Usual, frozen=True):
    id: str
    display_name: str
    members: list[UsualMember]
    schemas: Left = UNSET
    external_id: Left = UNSET
    meta: Left = UNSET

    def people(self) -> tuple[str, ...]:
        """Ids of the members that are no groups, each once. One id stands in many groups, and is kept once."""
        values = [intern(one.value) for one in self.members if one.type is None or one.type.lower() != "group"]
        return tuple(dict.fromkeys(values))

    def nested(self) -> int:
        """How many of the members are groups."""
        return sum([one.type is not None and one.type.lower() == "group" for one in self.members])


class UsualName(_Usual, frozen=True):
    formatted: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    middle_name: Left = UNSET
    honorific_prefix: Left = UNSET
    honorific_suffix: Left = UNSET


class UsualEmail(_Usual, frozen=True):
    value: str | None = None
    type: str | None = None
    primary: bool | None = None
    display: Left = UNSET


class UsualExtension(_Usual, frozen=True):
    department: str | None = None
    employee_number: Left = UNSET
    cost_center: Left = UNSET
    organization: Left = UNSET
    division: Left = UNSET
    manager: Left = UNSET


class UsualMeta(_Usual, frozen=True):
    created: str | None = None
    resource_type: Left = UNSET
    last_modified: Left = UNSET
    location: Left = UNSET
    version: Left = UNSET


class UsualUser(_Usual, frozen=True):
    id: str
    user_name: str
    active: bool
    external_id: str | None = None
    display_name: str | None = None
    name: UsualName = UsualName()
    emails: list[UsualEmail] | None = None
    title: str | None = None
    extension: UsualExtension = field(
        name="urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", default=UsualExtension()
    )
    meta: UsualMeta = UsualMeta()
    groups: list[UsualMember] | None = None
    schemas: Left = UNSET
    nick_name: Left = UNSET
    profile_url: Left = UNSET
    user_type: Left = UNSET
    preferred_language: Left = UNSET
    locale: Left = UNSET
    timezone: Left = UNSET
    phone_numbers: Left = UNSET
    addresses: Left = UNSET
    photos: Left = UNSET
    roles: Left = UNSET

    def email(self) -> str | None:
        """The primary address, else the one of type work, else the first (RFC 7643 §2.4, §4.1.2)."""
        told = [one for one in self.emails or () if one.value and one.value.strip()]
        return min(told, key=_rank).value if told else None


def _rank(email: UsualEmail) -> int:
    if email.primary:
        return 0
    return 1 if email.type is not None and email.type.lower() == "work" else 2


def _decoded(decoder: msgspec.json.Decoder[Any], body: bytes | Raw) -> Any:
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


_page: msgspec.json.Decoder[UsualPage] = msgspec.json.Decoder(UsualPage)
_group: msgspec.json.Decoder[UsualGroup] = msgspec.json.Decoder(UsualGroup)
_user: msgspec.json.Decoder[UsualUser] = msgspec.json.Decoder(UsualUser)


def usual_page(body: bytes) -> UsualPage | None:
    page: UsualPage | None = _decoded(_page, body)
    rows = () if page is None else page.resources
    return page if all(memoryview(row)[0] == ord("{") for row in rows) else None


def usual_group(body: Raw) -> UsualGroup | None:
    group: UsualGroup | None = _decoded(_group, body)
    return None if group is None or "" in (group.id, *[one.value for one in group.members]) else group


def usual_user(body: Raw) -> UsualUser | None:
    user: UsualUser | None = _decoded(_user, body)
    return None if user is None or user.id == "" else user
