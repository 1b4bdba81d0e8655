"""A snapshot with what a second reading of disputed records said, put in the place of what the lists said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from reconciler.model import (
    AppUser,
    Group,
    GroupMembers,
    Member,
    OktaSnapshot,
    OktaUser,
    ScimGroup,
    ScimUser,
    Snapshot,
)
from reconciler.model import Mapping as PushMapping

Row = TypeVar("Row", OktaUser, AppUser, PushMapping, ScimUser, ScimGroup)


class SecondOkta(Struct, frozen=True, kw_only=True):
    """What Okta said when it was asked again: None where it answers 404. What could not be asked for is left out."""

    app_users: Mapping[str, AppUser | None] = {}
    users: Mapping[str, OktaUser | None] = {}
    memberships: Mapping[tuple[str, str], bool] = {}
    mappings: Mapping[str, PushMapping | None] = {}
    found: tuple[Group, ...] = ()
    """Groups that only a mapping of the second reading names, with the people in them."""
    members: tuple[GroupMembers, ...] = ()
    people: tuple[OktaUser, ...] = ()


def with_okta(snapshot: Snapshot, again: SecondOkta) -> Snapshot:
    """The snapshot as the second reading has it; the very same where nothing differs."""
    okta = snapshot.okta
    deleted = {user_id for user_id, user in again.users.items() if user is None}
    people = {user.id: user for user in again.people if user.id not in {known.id for known in okta.users}}
    changed = {
        "users": _with(okta.users, {**people, **again.users}),
        "app_users": _with(okta.app_users, {**again.app_users, **dict.fromkeys(deleted)}),
        "mappings": _with(okta.mappings, again.mappings),
        "groups": (*okta.groups, *again.found) if again.found else okta.groups,
        "members": _with_members(okta, again, deleted),
        "absent_user_ids": tuple(sorted({*okta.absent_user_ids, *deleted})) if deleted else okta.absent_user_ids,
    }
    if all(value is getattr(okta, name) for name, value in changed.items()):
        return snapshot
    return replace(snapshot, okta=replace(okta, **changed))


def _with(rows: tuple[Row, ...], again: Mapping[str, Row | None]) -> tuple[Row, ...]:
    """The rows with those of ``again`` in their place, without those that are gone; in order of id, or as they were."""
    known = {row.id: row for row in rows if row.id in again}
    if all(known.get(key) == row for key, row in again.items()):
        return rows
    found = [row for row in rows if row.id not in again]
    found += [row for row in again.values() if row is not None]
    return tuple(sorted(found, key=lambda row: row.id))


def _with_members(okta: OktaSnapshot, again: SecondOkta, deleted: set[str]) -> tuple[GroupMembers, ...]:
    asked: dict[str, dict[str, bool]] = {}
    for (user_id, group_id), is_in in again.memberships.items():
        asked.setdefault(group_id, {})[user_id] = is_in
    groups = []
    for group in okta.members:
        told = {**asked.get(group.group_id, {}), **dict.fromkeys(deleted, False)}
        groups.append(_with_told(group, told) if told else group)
    if all(new is old for new, old in zip(groups, okta.members, strict=True)) and not again.members:
        return okta.members
    return (*groups, *again.members)


def _with_told(group: GroupMembers, told: Mapping[str, bool]) -> GroupMembers:
    inside = {member.user_id for member in group.members}
    if all((user_id in inside) is is_in for user_id, is_in in told.items()):
        return group
    stay = [member for member in group.members if told.get(member.user_id, True)]
    joined = [Member(user_id=user_id) for user_id, is_in in told.items() if is_in and user_id not in inside]
    return replace(group, members=tuple(sorted([*stay, *joined], key=lambda member: member.user_id)))


def with_scim(
    snapshot: Snapshot, accounts: Mapping[str, ScimUser | None], groups: Mapping[str, ScimGroup | None]
) -> Snapshot:
    """As ``with_okta``, for SCIM accounts and groups."""
    scim = snapshot.scim
    before = {group.id: group for group in scim.groups}
    told = {key: None if group is None else _believed(group, before.get(key)) for key, group in groups.items()}
    gone = {account_id for account_id, account in accounts.items() if account is None}
    named = {group.display_name for group in told.values() if group is not None}
    changed = {
        "users": _with(scim.users, accounts),
        "groups": _with(scim.groups, told),
        "absent_user_ids": tuple(sorted({*scim.absent_user_ids, *gone})) if gone else scim.absent_user_ids,
        "absent_group_names": tuple(name for name in scim.absent_group_names if name not in named),
    }
    if all(value == getattr(scim, name) for name, value in changed.items()):
        return snapshot
    return replace(snapshot, scim=replace(scim, **changed))


ROUND = 100
"""Servers that cut members off do so at a multiple of this."""


def _believed(again: ScimGroup, before: ScimGroup | None) -> ScimGroup:
    """The group as it was read by itself, but not fewer members than before where that answer may be cut off, and not
    fewer than none: some servers show members in lists alone."""
    if before is None or before.member_ids is None:
        return again if before is None else before
    fewer = again.member_ids is None or len(again.member_ids) < len(before.member_ids)
    if again.member_ids is None or (fewer and again.member_ids and len(again.member_ids) % ROUND == 0):
        return replace(again, member_ids=before.member_ids, perhaps_cut=before.perhaps_cut)
    return replace(again, perhaps_cut=before.perhaps_cut)
