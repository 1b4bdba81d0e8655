"""The one form of a snapshot: everything sorted, nothing twice.

Services answer in any order. What is compared, hashed and stored must not depend on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from operator import attrgetter, lt
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from reconciler.errors import StoreError
from reconciler.model import (
    App,
    AppUser,
    GroupMembers,
    KandjiSnapshot,
    Member,
    OktaSnapshot,
    Pairs,
    Rule,
    ScimGroup,
    ScimSnapshot,
    Snapshot,
)

Record = TypeVar("Record", bound=msgspec.Struct)

_by_id = attrgetter("id")


def canonical(snapshot: Snapshot) -> Snapshot:
    """The same snapshot with every tuple sorted: records by id, ids and notes by themselves, and each once.

    Raises ``StoreError`` for two different records with one id.
    """
    return Snapshot(
        okta=_okta(snapshot.okta),
        scim=_scim(snapshot.scim),
        kandji=None if snapshot.kandji is None else _kandji(snapshot.kandji),
        notes=tuple(sorted(set(snapshot.notes))),
    )


def _okta(okta: OktaSnapshot) -> OktaSnapshot:
    return replace(
        okta,
        app=_app(okta.app),
        users=_sorted(okta.users),
        app_users=_sorted(map(_app_user, okta.app_users)),
        app_groups=_sorted(okta.app_groups),
        mappings=_sorted(okta.mappings),
        rules=None if okta.rules is None else _sorted(map(_rule, okta.rules)),
        groups=_sorted(okta.groups),
        invisible_group_ids=_ids(okta.invisible_group_ids),
        members=_sorted(map(_members, okta.members), key=attrgetter("group_id")),
        absent_user_ids=_ids(okta.absent_user_ids),
        looked_up_scim_ids=_ids(okta.looked_up_scim_ids),
        events=None if okta.events is None else _sorted(okta.events),
    )


def _scim(scim: ScimSnapshot) -> ScimSnapshot:
    return replace(
        scim,
        users=_sorted(scim.users),
        groups=_sorted(map(_scim_group, scim.groups)),
        absent_user_ids=_ids(scim.absent_user_ids),
        absent_group_names=_ids(scim.absent_group_names),
    )


def _kandji(kandji: KandjiSnapshot) -> KandjiSnapshot:
    return replace(kandji, users=_sorted(kandji.users), devices=_sorted(kandji.devices))


def _app(app: App) -> App:
    attributes = app.schema_attributes
    return replace(
        app,
        features=tuple(sorted(app.features)),
        schema_attributes=None if attributes is None else tuple(sorted(attributes)),
    )


def _app_user(app_user: AppUser) -> AppUser:
    return replace(app_user, profile=_pairs(app_user.profile)) if len(app_user.profile) > 1 else app_user


def _rule(rule: Rule) -> Rule:
    return replace(
        rule,
        target_group_ids=tuple(sorted(rule.target_group_ids)),
        excluded_user_ids=tuple(sorted(rule.excluded_user_ids)),
    )


def _members(group: GroupMembers) -> GroupMembers:
    return GroupMembers(
        group_id=group.group_id, members=_sorted([_member(one) for one in group.members], key=attrgetter("user_id"))
    )


def _member(member: Member) -> Member:
    rules = member.rule_ids
    return member if rules is None or len(rules) < 2 else replace(member, rule_ids=tuple(sorted(rules)))


def _scim_group(group: ScimGroup) -> ScimGroup:
    return group if group.member_ids is None else replace(group, member_ids=_ids(group.member_ids))


def _pairs(pairs: Pairs) -> Pairs:
    return tuple(sorted(pairs, key=lambda pair: (pair[0], pair[1] is not None, pair[1] or "")))


def _ids(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(ids)))


def _sorted(records: Iterable[Record], *, key: Callable[[Any], str] = _by_id) -> tuple[Record, ...]:
    """By id, each once. Two different records with one id would make one of them vanish, so they are an error."""
    found = sorted(records, key=key)
    keys = list(map(key, found))
    if all(map(lt, keys, islice(keys, 1, None))):
        return tuple(found)
    kept = found[:1]
    for record in found[1:]:
        if key(record) != key(kept[-1]):
            kept.append(record)
        elif record != kept[-1]:
            raise StoreError(
                f"Two different records ({type(record).__name__}) have the id {key(record)}",
                why="keeping either would hide the other",
                next="this is a mistake in the program: please report it. What the database held is still there",
            )
    return tuple(kept)
