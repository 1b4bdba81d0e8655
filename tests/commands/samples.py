"""A tiny integration, directories that hand it out, and a world in which commands are called."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from reconciler.cli import main
from reconciler.directories import GroupsByMapping, Permission, Progress, Unpointed
from reconciler.errors import ReconcilerError
from reconciler.model import (
    App,
    AppGroup,
    AppUser,
    Capabilities,
    Group,
    GroupMembers,
    KandjiSnapshot,
    Member,
    Note,
    OktaSnapshot,
    OktaUser,
    Rule,
    ScimGroup,
    ScimSnapshot,
    ScimUser,
    Source,
)
from reconciler.model import (
    Mapping as PushMapping,
)
from reconciler.outside import Outside

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=30)
ORG, SCIM = "https://acme.okta.com", "https://acme.api.kandji.io/api/v1/scim"
PEOPLE = ("ana", "bo", "cy", "di")


def user(name: str, status: str = "ACTIVE") -> OktaUser:
    return OktaUser(
        id=f"00u{name}", status=status, login=f"{name}@acme.example", email=f"{name}@acme.example", created=LONG_AGO
    )


def app_user(name: str) -> AppUser:
    return AppUser(
        id=f"00u{name}",
        status="ACTIVE",
        scope="GROUP",
        external_id=f"k-{name}",
        user_name=f"{name}@acme.example",
        created=LONG_AGO,
    )


def account(name: str, active: bool = True) -> ScimUser:
    return ScimUser(id=f"k-{name}", user_name=f"{name}@acme.example", active=active)


def okta(assigned: Sequence[str] = PEOPLE) -> OktaSnapshot:
    """One pushed group, Macs, with everybody in it."""
    return OktaSnapshot(
        org_url=ORG,
        app=App(
            id="0oa1",
            name="kandji",
            label="Kandji SCIM",
            status="ACTIVE",
            features=("PUSH_NEW_USERS", "PUSH_PROFILE_UPDATES", "PUSH_USER_DEACTIVATION", "GROUP_PUSH"),
        ),
        users=tuple(user(name) for name in PEOPLE),
        app_users=tuple(app_user(name) for name in assigned),
        app_groups=(AppGroup(id="00gall"),),
        mappings=(
            PushMapping(
                id="gpm1", source_group_id="00gmacs", target_group_id="00gt", status="ACTIVE", created=LONG_AGO
            ),
        ),
        rules=(
            Rule(
                id="0pr1",
                name="Everybody with a Mac",
                status="ACTIVE",
                expression='isMemberOfAnyGroup("00gmacs") AND user.division == "Macs"',
                target_group_ids=("00gall",),
                created=LONG_AGO,
            ),
        ),
        groups=(
            Group(id="00gall", name="kandji_apple_users", type="APP_GROUP", source_id="0oadirectory"),
            Group(id="00gmacs", name="Macs", type="OKTA_GROUP"),
            Group(id="00gt", name="Macs", type="APP_GROUP", source_id="0oa1"),
        ),
        invisible_group_ids=(),
        members=(
            GroupMembers(group_id="00gall", members=tuple(Member(user_id=f"00u{name}") for name in assigned)),
            GroupMembers(group_id="00gmacs", members=tuple(Member(user_id=f"00u{name}") for name in PEOPLE)),
        ),
    )


def scim(members: Sequence[str] = PEOPLE, accounts: Sequence[str] = PEOPLE) -> ScimSnapshot:
    return ScimSnapshot(
        base_url=SCIM,
        capabilities=Capabilities(),
        users=tuple(account(name) for name in accounts),
        groups=(ScimGroup(id="kg-macs", display_name="Macs", member_ids=tuple(f"k-{name}" for name in members)),),
    )


def complete(name: str, rows: int = 1) -> Source:
    return Source(name=name, state="complete", rows=rows, pages=1, how_known="the last page said so")


@dataclass
class SomeRecords:
    """Single records of a snapshot; notes what was asked for."""

    snapshot: OktaSnapshot
    asked: list[str]

    async def read_app_users(self, ids: Sequence[str]) -> dict[str, AppUser | None]:
        self.asked += (f"app user {one}" for one in ids)
        return {one: next((row for row in self.snapshot.app_users if row.id == one), None) for one in ids}

    async def read_users(self, ids: Sequence[str]) -> dict[str, OktaUser | None]:
        self.asked += (f"user {one}" for one in ids)
        return {one: next((row for row in self.snapshot.users if row.id == one), None) for one in ids}

    async def read_mappings(self, ids: Sequence[str]) -> dict[str, PushMapping | None]:
        self.asked += (f"mapping {one}" for one in ids)
        return {one: next((row for row in self.snapshot.mappings if row.id == one), None) for one in ids}

    async def read_groups_of(self, ids: Sequence[str]) -> dict[str, frozenset[str]]:
        self.asked += (f"groups of {one}" for one in ids)
        return {
            one: frozenset(
                group.group_id for group in self.snapshot.members if one in {member.user_id for member in group.members}
            )
            for one in ids
        }

    async def read_groups_by_mapping(self, mappings: Iterable[PushMapping]) -> GroupsByMapping:
        named = {one for row in mappings for one in (row.source_group_id, row.target_group_id)}
        return GroupsByMapping(
            groups=tuple(group for group in self.snapshot.groups if group.id in named),
            members=tuple(group for group in self.snapshot.members if group.group_id in named),
            users=self.snapshot.users,
        )


@dataclass
class SomeOkta:
    """Hands out what it was given; notes whom it looked up. ``now`` is what records say when they are read by id."""

    snapshot: OktaSnapshot = field(default_factory=okta)
    error: Exception | None = None
    strangers: tuple[OktaUser, ...] = ()
    looked_up: list[Unpointed] = field(default_factory=list)
    look_up_error: Exception | None = None
    allowed: tuple[Permission, ...] = ()
    log_since: list[datetime | None] = field(default_factory=list)
    now: OktaSnapshot | None = None
    reread: list[str] = field(default_factory=list)

    async def read(
        self, progress: Progress, *, log_since: datetime | None = None
    ) -> tuple[OktaSnapshot, tuple[Source, ...], tuple[Note, ...]]:
        self.log_since.append(log_since)
        if self.error is not None:
            raise self.error
        progress("okta.app_users", len(self.snapshot.app_users), None)
        return self.snapshot, (complete("okta.app_users", len(self.snapshot.app_users)),), ()

    async def look_up(self, people: Sequence[Unpointed]) -> tuple[tuple[OktaUser, ...], Source]:
        self.looked_up += people
        if self.look_up_error is not None:
            raise self.look_up_error
        return self.strangers, replace(complete("okta.look_ups", len(people)), required=False)

    def records(self, app_id: str) -> SomeRecords:
        assert app_id == self.snapshot.app.id
        now = self.now or self.snapshot
        return SomeRecords(replace(now, users=(*now.users, *self.strangers)), self.reread)

    async def permissions(self) -> tuple[Permission, ...]:
        if isinstance(self.error, ReconcilerError):
            raise self.error
        return self.allowed


@dataclass
class SomeScim:
    snapshot: ScimSnapshot = field(default_factory=scim)
    error: Exception | None = None
    by_id: Mapping[str, ScimUser | None] = field(default_factory=dict)
    by_name: Mapping[str, tuple[ScimGroup, ...]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    reads: int = 0
    now: ScimSnapshot | None = None

    async def read(self, progress: Progress) -> tuple[ScimSnapshot, tuple[Source, ...], tuple[Note, ...]]:
        self.reads += 1
        if self.error is not None:
            raise self.error
        return self.snapshot, (complete("scim.users", len(self.snapshot.users)), complete("scim.groups")), ()

    async def read_users(self, ids: Sequence[str]) -> dict[str, ScimUser | None]:
        self.asked += ids
        listed = {account.id: account for account in (self.now or self.snapshot).users}
        return {one: self.by_id.get(one, listed.get(one)) for one in ids}

    async def read_groups(self, ids: Sequence[str]) -> dict[str, ScimGroup | None]:
        self.asked += ids
        listed = {group.id: group for group in (self.now or self.snapshot).groups}
        return {one: listed.get(one) for one in ids}

    async def find_groups(self, names: Sequence[str]) -> dict[str, tuple[ScimGroup, ...]]:
        self.asked += names
        return {name: self.by_name.get(name, ()) for name in names}

    async def probe(self) -> Capabilities:
        if self.error is not None:
            raise self.error
        return Capabilities(paging_honoured=True)


NO_DEVICES = KandjiSnapshot(api_url="https://acme.api.kandji.io", users=(), devices=())


@dataclass
class SomeKandji:
    snapshot: KandjiSnapshot = NO_DEVICES
    error: Exception | None = None

    async def read(self, progress: Progress) -> tuple[KandjiSnapshot, tuple[Source, ...], tuple[Note, ...]]:
        if self.error is not None:
            raise self.error
        return self.snapshot, (replace(complete("kandji.users", 0), required=False),), ()


async def no_sleep(seconds: float) -> None:
    return None


@dataclass
class Called:
    code: int
    out: str
    err: str


def call(
    *argv: str | Path,
    environ: Mapping[str, str] | None = None,
    now: Callable[[], datetime] = lambda: NOW,
    ask: Callable[[str, bool], str] | None = None,
    transport: object = None,
) -> Called:
    """Runs the real command line in this process."""
    out, err = io.StringIO(), io.StringIO()
    outside = Outside(
        environ=environ or {},
        stdin=io.StringIO(),
        stdout=out,
        stderr=err,
        clock=now,
        sleep=no_sleep,
        ask=ask,
        transport=transport,  # type: ignore[arg-type]
    )
    code = main([str(one) for one in argv], outside)
    return Called(code, out.getvalue(), err.getvalue())


CONFIG = f"""[okta]
org_url = "{ORG}"
app_id = "0oa1"
token = {{ env = "OKTA_API_TOKEN" }}

[kandji]
scim_url = "{SCIM}"
token = {{ env = "KANDJI_SCIM_TOKEN" }}
"""
TOKENS = {"OKTA_API_TOKEN": "00oktaCANARYtoken", "KANDJI_SCIM_TOKEN": "kandjiCANARYtoken"}


def config_in(folder: Path, more: str = "") -> Path:
    file = folder / "config.toml"
    file.write_text(CONFIG + more, encoding="utf-8")
    return file
