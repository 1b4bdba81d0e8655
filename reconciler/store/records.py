"""A snapshot taken apart into flat records, one table a type, and put together again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from itertools import chain, groupby, repeat
from typing import Any, Protocol, TypeVar

import msgspec
from msgspec import Struct

from reconciler.model import (
    App,
    AppGroup,
    AppUser,
    Capabilities,
    Device,
    Group,
    GroupMembers,
    KandjiSnapshot,
    KandjiUser,
    LogEvent,
    Mapping,
    Member,
    Note,
    OktaSnapshot,
    OktaUser,
    Rule,
    ScimGroup,
    ScimSnapshot,
    ScimUser,
    Snapshot,
)
from reconciler.store.rows import Record, Row, Table, as_of, batches

_One = TypeVar("_One")


class OktaOrg(Struct, frozen=True, kw_only=True):
    org_url: str
    rules_known: bool
    events_known: bool
    events_since: datetime | None


class MemberList(Struct, frozen=True, kw_only=True):
    """A group whose members were read; without it, nobody in a group and a group not read would look alike."""

    group_id: str


class Membership(Struct, frozen=True, kw_only=True):
    group_id: str
    user_id: str
    rules: tuple[str, ...] | None


class Observation(Struct, frozen=True, kw_only=True):
    """Something told about an id of which there is no record."""

    what: str
    id: str


class ScimServer(Struct, frozen=True, kw_only=True):
    base_url: str
    capabilities: Capabilities


class ScimGroupRow(Struct, frozen=True, kw_only=True):
    id: str
    display_name: str | None
    members_known: bool
    perhaps_cut: bool


class ScimMembership(Struct, frozen=True, kw_only=True):
    group_id: str
    member_id: str


class KandjiApi(Struct, frozen=True, kw_only=True):
    api_url: str


OKTA_ORGS = Table("okta_orgs", OktaOrg, key=("org_url",))
APPS = Table("apps", App, key=("id",))
OKTA_USERS = Table("okta_users", OktaUser, key=("id",))
APP_USERS = Table("app_users", AppUser, key=("id",))
APP_GROUPS = Table("app_groups", AppGroup, key=("id",))
MAPPINGS = Table("mappings", Mapping, key=("id",))
RULES = Table("rules", Rule, key=("id",))
OKTA_GROUPS = Table("okta_groups", Group, key=("id",))
MEMBER_LISTS = Table("member_lists", MemberList, key=("group_id",))
MEMBERSHIPS = Table("memberships", Membership, key=("group_id", "user_id"))
LOG_EVENTS = Table("log_events", LogEvent, key=("id",))
OBSERVATIONS = Table("observations", Observation, key=("what", "id"))
SCIM_SERVERS = Table("scim_servers", ScimServer, key=("base_url",))
SCIM_USERS = Table("scim_users", ScimUser, key=("id",))
SCIM_GROUPS = Table("scim_groups", ScimGroupRow, key=("id",))
SCIM_MEMBERSHIPS = Table("scim_memberships", ScimMembership, key=("group_id", "member_id"))
KANDJI_APIS = Table("kandji_apis", KandjiApi, key=("api_url",))
KANDJI_USERS = Table("kandji_users", KandjiUser, key=("id",))
DEVICES = Table("kandji_devices", Device, key=("id",))
PULL_NOTES = Table("pull_notes", Note, key=("kind", "about", "reason"))

OBSERVED = {
    "okta group not visible or deleted": "invisible_group_ids",
    "okta user deleted": "absent_user_ids",
    "kandji account looked up in okta": "looked_up_scim_ids",
    "kandji account not there": "absent_user_ids",
    "kandji group name not there": "absent_group_names",
}
"""What is told about an id → the field of the snapshot (of Okta's side or SCIM's) that tells it."""
_OF_OKTA = frozenset({"okta group not visible or deleted", "okta user deleted", "kandji account looked up in okta"})


def take_apart(snapshot: Snapshot) -> Iterator[tuple[Table[Any], Iterable[Row]]]:
    """Each table with its rows in the order of their keys, from a canonical snapshot.

    What an optional source did not tell this time (rules, Kandji's REST API) is left out, so that its rows stay as they
    are: not known is not ended. ``okta_orgs.rules_known`` and ``kandji_apis`` say whether they were told.
    """
    for table, records in _records(snapshot):
        yield table, table.ascending(records)
        if table is MEMBER_LISTS:
            yield MEMBERSHIPS, _memberships(snapshot.okta.members)
        elif table is SCIM_GROUPS:
            yield SCIM_MEMBERSHIPS, _scim_memberships(snapshot.scim.groups)


def _records(snapshot: Snapshot) -> Iterator[tuple[Table[Any], Iterable[Struct]]]:
    """All but the memberships: of those there are too many to make a record of each."""
    okta, scim, kandji = snapshot.okta, snapshot.scim, snapshot.kandji
    yield OKTA_ORGS, (_org(okta),)
    yield APPS, (okta.app,)
    yield OKTA_USERS, okta.users
    yield APP_USERS, okta.app_users
    yield APP_GROUPS, okta.app_groups
    yield MAPPINGS, okta.mappings
    if okta.rules is not None:
        yield RULES, okta.rules
    if okta.events is not None:
        yield LOG_EVENTS, okta.events
    yield OKTA_GROUPS, okta.groups
    yield MEMBER_LISTS, (MemberList(group_id=group.group_id) for group in okta.members)
    yield OBSERVATIONS, _observations(snapshot)
    yield SCIM_SERVERS, (ScimServer(base_url=scim.base_url, capabilities=scim.capabilities),)
    yield SCIM_USERS, scim.users
    yield SCIM_GROUPS, (_scim_group(group) for group in scim.groups)
    yield KANDJI_APIS, () if kandji is None else (KandjiApi(api_url=kandji.api_url),)
    if kandji is not None:
        yield KANDJI_USERS, kandji.users
        yield DEVICES, kandji.devices
    yield PULL_NOTES, snapshot.notes


class Reading(Protocol):
    """Gives the records of one table in the order of their keys: all that were true at a run, or some of them."""

    def __call__(self, table: Table[Record]) -> Iterable[Record]: ...


def put_together(connection: sqlite3.Connection, run: int) -> Snapshot:
    """The snapshot that was true at a run; the caller knows that there was one."""

    def read(table: Table[Record]) -> Iterable[Record]:
        return as_of(connection, table, run)

    return put_together_from(read)


def put_together_from(read: Reading) -> Snapshot:
    """A snapshot of the records that ``read`` gives."""
    api = next(iter(read(KANDJI_APIS)), None)
    return Snapshot(
        okta=_okta(read),
        scim=_scim(read),
        kandji=None
        if api is None
        else KandjiSnapshot(api_url=api.api_url, users=tuple(read(KANDJI_USERS)), devices=tuple(read(DEVICES))),
        notes=tuple(read(PULL_NOTES)),
    )


class Digest:
    """SHA-256 over the rows of a canonical snapshot: equal for equal data on any machine and run."""

    def __init__(self) -> None:
        self._sum = sha256()
        self._encoder = msgspec.json.Encoder()

    def taken(self, table: Table[Any], rows: Iterable[Row]) -> Iterator[Row]:
        """The same rows, each batch of them taken in before it goes on."""
        self._sum.update(f"{table.name}({','.join(table.columns)})\n".encode())
        for batch in batches(rows):
            self._sum.update(self._encoder.encode_lines(batch))
            yield from batch

    def hexdigest(self) -> str:
        return self._sum.hexdigest()


def _memberships(groups: Iterable[GroupMembers]) -> Iterator[Row]:
    texts = _RuleTexts()
    return chain.from_iterable(
        [(group.group_id, member.user_id, texts[member.rule_ids]) for member in group.members] for group in groups
    )


class _RuleTexts(dict[tuple[str, ...] | None, str | None]):
    """The column's text for the rules that brought a member; few differ, so each is encoded once."""

    def __missing__(self, rules: tuple[str, ...] | None) -> str | None:
        text = self[rules] = None if rules is None else msgspec.json.encode(rules).decode()
        return text


def _org(okta: OktaSnapshot) -> OktaOrg:
    return OktaOrg(
        org_url=okta.org_url,
        rules_known=okta.rules is not None,
        events_known=okta.events is not None,
        events_since=okta.events_since,
    )


def _scim_group(group: ScimGroup) -> ScimGroupRow:
    return ScimGroupRow(
        id=group.id,
        display_name=group.display_name,
        members_known=group.member_ids is not None,
        perhaps_cut=group.perhaps_cut,
    )


def _scim_memberships(groups: Iterable[ScimGroup]) -> Iterator[Row]:
    return chain.from_iterable(zip(repeat(group.id), group.member_ids or (), strict=False) for group in groups)


def _observations(snapshot: Snapshot) -> Iterator[Observation]:
    for what in sorted(OBSERVED):
        side = snapshot.okta if what in _OF_OKTA else snapshot.scim
        for told in getattr(side, OBSERVED[what]):
            yield Observation(what=what, id=told)


def _observed(read: Reading, *, okta: bool) -> dict[str, tuple[str, ...]]:
    """The observations of one side, by the field that tells them."""
    found: dict[str, tuple[str, ...]] = {OBSERVED[what]: () for what in OBSERVED if (what in _OF_OKTA) is okta}
    for what, told in groupby(read(OBSERVATIONS), key=lambda observation: observation.what):
        if (what in _OF_OKTA) is okta:
            found[OBSERVED[what]] = tuple(observation.id for observation in told)
    return found


def _okta(read: Reading) -> OktaSnapshot:
    org = _only(read(OKTA_ORGS))
    members: dict[str, list[Member]] = {told.group_id: [] for told in read(MEMBER_LISTS)}
    for row in read(MEMBERSHIPS):
        members[row.group_id].append(Member(user_id=row.user_id, rule_ids=row.rules))
    return OktaSnapshot(
        org_url=org.org_url,
        app=_only(read(APPS)),
        users=tuple(read(OKTA_USERS)),
        app_users=tuple(read(APP_USERS)),
        app_groups=tuple(read(APP_GROUPS)),
        mappings=tuple(read(MAPPINGS)),
        rules=tuple(read(RULES)) if org.rules_known else None,
        groups=tuple(read(OKTA_GROUPS)),
        members=tuple(GroupMembers(group_id=group_id, members=tuple(inside)) for group_id, inside in members.items()),
        events=tuple(read(LOG_EVENTS)) if org.events_known else None,
        events_since=org.events_since,
        **_observed(read, okta=True),
    )


def _scim(read: Reading) -> ScimSnapshot:
    server = _only(read(SCIM_SERVERS))
    members: dict[str, list[str]] = {}
    for row in read(SCIM_MEMBERSHIPS):
        members.setdefault(row.group_id, []).append(row.member_id)
    return ScimSnapshot(
        base_url=server.base_url,
        capabilities=server.capabilities,
        users=tuple(read(SCIM_USERS)),
        groups=tuple(
            ScimGroup(
                id=row.id,
                display_name=row.display_name,
                member_ids=tuple(members.get(row.id, ())) if row.members_known else None,
                perhaps_cut=row.perhaps_cut,
            )
            for row in read(SCIM_GROUPS)
        ),
        **_observed(read, okta=False),
    )


def _only(records: Iterable[_One]) -> _One:
    (record,) = records
    return record
