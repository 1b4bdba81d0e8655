"""Makes a World in a few readable lines: who is in which Okta group, and what Kandji has.

People are in step unless a test says otherwise: active in Okta, assigned, provisioned, and active in Kandji.

    company = Company()
    company.group("Sales")
    company.person("ana", groups=["Sales"])
    company.person("ben", groups=["Sales"], assigned=False)
    company.push("Sales")
    assert found(company) == {"member-not-assigned": ["user:ben"]}
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from reconciler import checks, joining
from reconciler.findings import Finding, Judgement
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
    Memory,
    OktaSnapshot,
    OktaUser,
    Rule,
    ScimGroup,
    ScimSnapshot,
    ScimUser,
    Snapshot,
    Target,
)
from reconciler.world import Settings, World

NOW = datetime(2025, 11, 20, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=400)
FEATURES = ("PUSH_NEW_USERS", "PUSH_PROFILE_UPDATES", "PUSH_USER_DEACTIVATION", "GROUP_PUSH")


def ago(**parts: float) -> datetime:
    """``ago(minutes=44)``: so long before the run."""
    return NOW - timedelta(**parts)


@dataclass
class Company:
    """Both sides as lists that a test fills; ``snapshot`` freezes them."""

    app: App = field(
        default_factory=lambda: App(id="app", name="kandji", label="Kandji", status="ACTIVE", features=FEATURES)
    )
    users: list[OktaUser] = field(default_factory=list)
    app_users: list[AppUser] = field(default_factory=list)
    app_groups: list[AppGroup] = field(default_factory=lambda: [AppGroup(id="assigned")])
    mappings: list[Mapping] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    members: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    accounts: list[ScimUser] = field(default_factory=list)
    kandji_groups: list[ScimGroup] = field(default_factory=list)
    rows: list[KandjiUser] | None = None
    devices: list[Device] = field(default_factory=list)
    absent_users: list[str] = field(default_factory=list)
    absent_accounts: list[str] = field(default_factory=list)
    absent_groups: list[str] = field(default_factory=list)
    rules: list[Rule] | None = field(default_factory=list)
    """Group rules; None: they could not be read. While there is none, HR is declared to fill the assigned groups."""
    brought: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Rules that brought somebody into their groups; of others that is not known."""
    invisible: list[str] = field(default_factory=list)
    """Okta groups that were asked for by id and not found."""
    looked_up: list[str] | None = None
    """Accounts that were looked up in Okta; None: all of them."""
    events: list[LogEvent] | None = None
    """The System Log; None: it was not read."""

    def group(self, name: str, **more: Any) -> str:
        """An Okta group; its id is its name in lower case."""
        more = {"id": name.lower(), "name": name, "type": "OKTA_GROUP"} | more
        self.groups.append(Group(**more))
        self.members[more["id"]] += []
        return str(more["id"])

    def person(
        self,
        name: str,
        status: str = "ACTIVE",
        *,
        groups: Iterable[str] = (),
        assigned: bool | str = True,
        external_id: str | None = "",
        account: bool = True,
        active: bool | None = True,
        user: dict[str, Any] | None = None,
        app_user: dict[str, Any] | None = None,
        kandji: dict[str, Any] | None = None,
    ) -> str:
        """Somebody of Okta; ``assigned`` may be the app user's status, ``external_id`` None is "never provisioned".

        The user's id is ``name``, the account's ``k-name``; login and user name are ``name@acme.example``.
        """
        address = f"{name}@acme.example"
        known: dict[str, Any] = {"id": name, "status": status, "login": address, "email": address, "created": LONG_AGO}
        self.users.append(OktaUser(**(known | (user or {}))))
        for group in groups:
            self.members[group.lower()].append(name)
        pointer = f"k-{name}" if external_id == "" else external_id
        if assigned:
            told = assigned if isinstance(assigned, str) else "ACTIVE"
            entry: dict[str, Any] = {
                "id": name,
                "status": told,
                "scope": "GROUP",
                "external_id": pointer,
                "user_name": address,
            }
            self.app_users.append(AppUser(**(entry | {"created": LONG_AGO} | (app_user or {}))))
        if account:
            self.account(f"k-{name}", **({"user_name": address, "active": active} | (kandji or {})))
        elif assigned and pointer is not None and not any(account.id == pointer for account in self.accounts):
            self.absent_accounts.append(pointer)
        return name

    def account(self, account_id: str, **more: Any) -> str:
        """An account in Kandji."""
        told: dict[str, Any] = {"id": account_id, "active": True, "user_name": f"{account_id}@acme.example"}
        self.accounts.append(ScimUser(**(told | more)))
        return account_id

    def push(self, name: str, *, members: Iterable[str] | None = (), group: bool = True, **more: Any) -> None:
        """A push mapping of the Okta group ``name`` to a Kandji group of that name, which holds whom it should.

        ``members``: further account ids in the Kandji group; None: Kandji does not tell its members. ``group`` False:
        Kandji has no such group, and a filtered read confirmed it. ``without`` (names): who is missing in it. Call it
        after the people are there.
        """
        without = set(more.pop("without", ()))
        target = more.pop("target", name)
        visible = more.pop("target_visible", True)
        if visible:
            self.groups.append(Group(id=f"t-{name.lower()}", name=target, type="APP_GROUP", source_id="app"))
        told: dict[str, Any] = {
            "id": f"m-{name.lower()}",
            "source_group_id": name.lower(),
            "target_group_id": f"t-{name.lower()}",
        }
        self.mappings.append(Mapping(**(told | {"status": "ACTIVE", "created": LONG_AGO} | more)))
        if not group:
            self.absent_groups.append(target)
            return
        holds = None if members is None else (*self._expected(name.lower(), without), *members)
        self.kandji_group(target, holds)

    def kandji_group(
        self, name: str, members: Iterable[str] | None = (), *, group_id: str | None = None, cut: bool = False
    ) -> None:
        """A group in Kandji with these accounts; ``cut``: the server may have left further ones out."""
        held = None if members is None else tuple(members)
        key = group_id or f"kg-{name.lower()}"
        self.kandji_groups.append(ScimGroup(id=key, display_name=name, member_ids=held, perhaps_cut=cut))

    def _expected(self, group_id: str, without: set[str]) -> list[str]:
        pointers = {user.id: user.external_id for user in self.app_users if user.status == "ACTIVE"}
        staying = {user.id for user in self.users if user.status == "ACTIVE"} - without
        known = {account.id for account in self.accounts}
        held = (pointers.get(user_id) for user_id in self.members[group_id] if user_id in staying)
        return [account_id for account_id in held if account_id in known]

    def rule(self, name: str, expression: str, *targets: str, **more: Any) -> str:
        """An active group rule; its id is its name in lower case, its targets groups by id, else the assigned one."""
        told: dict[str, Any] = {"id": name.lower(), "name": name, "status": "ACTIVE", "expression": expression}
        targets = targets or ("assigned",)
        self.rules = [*(self.rules or []), Rule(**(told | {"target_group_ids": targets} | more))]
        return str(told["id"])

    def event(self, kind: str, *target_ids: str, when: datetime = NOW, **more: Any) -> LogEvent:
        """An event of the System Log about these ids: ``event("user.lifecycle.deactivate", "ana")``."""
        told: dict[str, Any] = {
            "id": f"e{len(self.events or ())}",
            "published": when,
            "type": kind,
            "outcome": "SUCCESS",
            "targets": tuple(Target(type="User", id=target_id) for target_id in target_ids),
        }
        event = LogEvent(**(told | more))
        self.events = [*(self.events or []), event]
        return event

    def row(self, row_id: str, **more: Any) -> None:
        """A row of Kandji's REST API."""
        self.rows = [*(self.rows or []), KandjiUser(id=row_id, **more)]

    def device(self, name: str, **more: Any) -> None:
        """A Mac that Kandji's REST API shows; its id is its name."""
        self.rows = self.rows or []
        self.devices.append(Device(id=name, name=name, **more))

    def snapshot(self) -> Snapshot:
        pointed = {user.external_id for user in self.app_users}
        unpointed = [account.id for account in self.accounts if account.id not in pointed]
        return Snapshot(
            okta=OktaSnapshot(
                org_url="https://acme.okta.com",
                app=self.app,
                users=tuple(self.users),
                app_users=tuple(self.app_users),
                app_groups=tuple(self.app_groups),
                mappings=tuple(self.mappings),
                rules=None if self.rules is None else tuple(self.rules),
                groups=tuple(self.groups),
                invisible_group_ids=tuple(self.invisible),
                members=tuple(
                    GroupMembers(
                        group_id=key,
                        members=tuple(Member(user_id=one, rule_ids=self.brought.get(one)) for one in user_ids),
                    )
                    for key, user_ids in self.members.items()
                ),
                absent_user_ids=tuple(self.absent_users),
                looked_up_scim_ids=tuple(unpointed if self.looked_up is None else self.looked_up),
                events=None if self.events is None else tuple(self.events),
                events_since=None if self.events is None else ago(days=7),
            ),
            scim=ScimSnapshot(
                base_url="https://acme.api.kandji.io/api/v1/scim",
                capabilities=Capabilities(),
                users=tuple(self.accounts),
                groups=tuple(self.kandji_groups),
                absent_user_ids=tuple(self.absent_accounts),
                absent_group_names=tuple(self.absent_groups),
            ),
            kandji=None
            if self.rows is None
            else KandjiSnapshot(
                api_url="https://acme.api.kandji.io", users=tuple(self.rows), devices=tuple(self.devices)
            ),
        )

    def world(self, *, before: Memory | None = None, now: datetime = NOW, **settings: Any) -> World:
        declared = {"filled_by": "HR"} if self.rules == [] else {}
        settings = declared | settings
        return joining.join(self.snapshot(), before=before or Memory(), settings=Settings(**settings), now=now)

    def judge(self, *, before: Memory | None = None, now: datetime = NOW, **settings: Any) -> Judgement:
        return checks.run(self.world(before=before, now=now, **settings))


def sales(*, people: int = 4, **push: Any) -> Company:
    """A company in step: ``people`` of them (p0, p1, …) in the pushed group Sales."""
    company = Company()
    company.group("Sales")
    for number in range(people):
        company.person(f"p{number}", groups=["Sales"])
    company.push("Sales", **push)
    return company


def found(company: Company, *, before: Memory | None = None, **settings: Any) -> dict[str, list[str]]:
    """Keys of the subjects of the findings that stand, by kind."""
    return keys(company.judge(before=before, **settings), settling=False)


def keys(judgement: Judgement, *, settling: bool) -> dict[str, list[str]]:
    """Keys of the subjects by kind, of the findings that settle or of those that stand."""
    by_kind: dict[str, list[str]] = {}
    for finding in judgement.findings:
        if finding.settling is settling:
            by_kind.setdefault(finding.kind, []).append(finding.subject.key)
    return {kind: sorted(subjects) for kind, subjects in by_kind.items()}


def only(judgement: Judgement, kind: str) -> Finding:
    """The one finding of a kind."""
    (finding,) = [finding for finding in judgement.findings if finding.kind == kind]
    return finding


def cause_of(judgement: Judgement, finding: Finding) -> str | None:
    """The kind of the finding that explains this one."""
    return next((cause.kind for cause in judgement.findings if cause.id == finding.cause), None)


def about(judgement: Judgement, subject: str) -> list[str]:
    """What the notes about a subject say."""
    return [note.reason for note in judgement.notes if note.about == subject]
