"""Who is who, and the set algebra that every check reads.

Every person has a small number, and each set is a ``FrozenBitMap`` of these numbers. ``joining.join`` makes a World
from a snapshot; nothing changes it afterwards.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace
from pyroaring import FrozenBitMap

from reconciler.findings import Fact, Finding, Kind, Severity, Subject
from reconciler.model import (
    AppUser,
    Group,
    KandjiUser,
    Memory,
    Note,
    OktaUser,
    ScimGroup,
    ScimUser,
    Snapshot,
)
from reconciler.model import Mapping as PushMapping

MUST_BE_IN = frozenset({"ACTIVE", "LOCKED_OUT", "PASSWORD_EXPIRED", "RECOVERY"})
MUST_NOT = frozenset({"DEPROVISIONED"})
MAY_BE_IN = frozenset({"PROVISIONED", "STAGED", "SUSPENDED"})
NOT_ASSIGNED = frozenset({"DEPROVISIONED", "INACTIVE", "REVOKED", "UNASSIGNED"})
ASSIGNED = frozenset(
    {"ACTIVE", "APPROVED", "IMPLICIT", "IMPORTED", "MATCHED", "PENDING", "PROVISIONED", "STAGED", "SUSPENDED"}
)
MAPPING_STATES = frozenset({"ACTIVE", "INACTIVE", "ERROR"})

EMPTY = FrozenBitMap()


def fold(text: str) -> str:
    """The form in which names and addresses are compared: NFC, case-folded, without surrounding space."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()).strip()


class Settings(Struct, frozen=True, kw_only=True):
    """What the configuration lets an admin say about the integration."""

    scope_groups: tuple[str, ...] = ()
    """Names or ids of the Okta groups whose members are meant to be in Kandji; empty: all in pushed groups."""
    names: tuple[tuple[str, str], ...] = ()
    """Okta group name → Kandji group name, where they differ by design."""
    also_fed_by: tuple[str, ...] = ()
    """Patterns of user names, or names or ids of Kandji integrations, that another directory feeds."""
    severity: tuple[tuple[str, Severity], ...] = ()
    off: tuple[str, ...] = ()
    """Kinds that are switched off."""
    grace_minutes: tuple[tuple[str, int], ...] = ()
    compare: tuple[str, ...] = ("userName", "name", "email", "title", "department")


class Person(Struct, frozen=True, kw_only=True):
    """One person: what Okta knows, the assignment, and the Kandji account, as far as each exists."""

    key: str
    user: OktaUser | None = None
    app_user: AppUser | None = None
    account: ScimUser | None = None
    joined_by: str | None = None
    """How the account was joined: ``external id``, ``earlier run``, ``account's external id`` or ``user name``."""
    candidates: tuple[str, ...] = ()
    """Logins of the Okta people it could also be: more than one, or one who has another account."""
    likely: tuple[str, ...] = ()
    """Logins with the same e-mail address: a hint, never a verdict."""
    deleted_user_id: str | None = None
    """The Okta id an earlier run knew and Okta has since deleted."""
    row: KandjiUser | None = None
    """The row of Kandji's REST API."""

    @property
    def name(self) -> str:
        """What an admin calls this person: login, else the user name in Kandji."""
        if self.user is not None:
            return self.user.login
        if self.account is not None and self.account.user_name:
            return self.account.user_name
        return self.key


class Push(Struct, frozen=True, kw_only=True):
    """A push mapping with both its ends."""

    mapping: PushMapping
    name: str
    """Of the source group; its id where it is not visible."""
    source: Group | None
    target_name: str | None
    kandji_group: ScimGroup | None
    problem: str | None = None
    """Why the Kandji end can't be told: two groups of that name, or two mappings to one group."""

    @property
    def group_id(self) -> str:
        return self.mapping.source_group_id

    @property
    def paused(self) -> bool:
        return self.mapping.status == "INACTIVE"

    @property
    def comparable(self) -> bool:
        """Whether the Kandji group's members are known and are this mapping's alone."""
        return self.problem is None and self.kandji_group is not None and self.kandji_group.member_ids is not None


class Link(Struct, frozen=True, kw_only=True):
    """One link of the chain. ``holds`` is None when it is unknown, or not reached."""

    name: str
    holds: bool | None
    evidence: str


@dataclass(frozen=True, slots=True)
class World:
    """Both sides joined. Every set holds people's numbers."""

    now: datetime
    settings: Settings
    before: Memory
    snapshot: Snapshot
    people: tuple[Person, ...]
    pushes: tuple[Push, ...]
    """By source group name, then mapping id."""
    must_be_in: FrozenBitMap
    may_be_in: FrozenBitMap
    left: FrozenBitMap
    """Deactivated in Okta, or deleted there since an earlier run."""
    assigned: FrozenBitMap
    provisioned: FrozenBitMap
    """Assigned, and Okta has learnt an external id."""
    present: FrozenBitMap
    """Provisioned, and that id exists in Kandji."""
    absent: FrozenBitMap
    """Provisioned, and Kandji answers 404 for that id."""
    has_account: FrozenBitMap
    account_active: FrozenBitMap
    account_inactive: FrozenBitMap
    scope: FrozenBitMap
    fed_by_others: FrozenBitMap
    """Declared as fed by another directory."""
    notes: tuple[Note, ...]
    _members: Mapping[str, FrozenBitMap] = field(repr=False)
    _kandji_members: Mapping[str, FrozenBitMap] = field(repr=False)

    def members(self, group_id: str) -> FrozenBitMap:
        """Members of an assigned or pushed Okta group."""
        return self._members.get(group_id, EMPTY)

    def kandji_members(self, group: ScimGroup) -> FrozenBitMap:
        """People whose account is in a Kandji group, as far as the ids are known."""
        return self._kandji_members.get(group.id, EMPTY)

    @property
    def live_pushes(self) -> tuple[Push, ...]:
        """Mappings that are not paused: their people are meant to arrive."""
        return tuple(push for push in self.pushes if not push.paused)

    def should(self, push: Push) -> FrozenBitMap:
        """In the pushed group, must be in, in scope."""
        return self.members(push.group_id) & self.must_be_in & self.scope

    def expected(self, push: Push) -> FrozenBitMap:
        """Whom a push of this group would carry: in the group, must be in, assigned, provisioned, known in Kandji."""
        return self.members(push.group_id) & self.must_be_in & self.assigned & self.provisioned & self.present

    def lacking(self, push: Push) -> FrozenBitMap:
        """Expected and active in Kandji, but not in the Kandji group. Empty where that can't be compared."""
        if not push.comparable or push.kandji_group is None:
            return EMPTY
        return (self.expected(push) & self.account_active) - self.kandji_members(push.kandji_group)

    def surplus(self, push: Push) -> FrozenBitMap:
        """Active in Kandji and in the Kandji group, but neither in the Okta group and assigned, nor perhaps in."""
        if not push.comparable or push.kandji_group is None:
            return EMPTY
        entitled = self.members(push.group_id) & self.assigned - self.left
        return (
            (self.kandji_members(push.kandji_group) & self.account_active)
            - entitled
            - self.may_be_in
            - self.fed_by_others
        )

    def not_pushed(self, push: Push) -> bool:
        """Whether the mapping is active and the Kandji group lacks at least half, and at least three, of expected."""
        lacking = len(self.lacking(push))
        wanted = len(self.expected(push) & self.account_active)
        return push.mapping.status == "ACTIVE" and lacking >= 3 and lacking * 2 >= wanted

    def subject(self, number: int) -> Subject:
        person = self.people[number]
        return Subject(type="person", key=person.key, name=person.name)

    def pushes_of(self, number: int, *, paused: bool = False) -> tuple[Push, ...]:
        """The pushed groups somebody is in."""
        return tuple(
            push for push in self.pushes if (paused or not push.paused) and number in self.members(push.group_id)
        )

    def youngest_of(self, number: int) -> datetime | None:
        """The youngest change known of the person or their assignment.

        ``lastUpdated`` is left out: it moves with every profile push.
        """
        person = self.people[number]
        user, app_user = person.user, person.app_user
        return youngest(
            user.created if user else None,
            user.activated if user else None,
            user.status_changed if user else None,
            app_user.created if app_user else None,
            app_user.status_changed if app_user else None,
        )

    def chain(self, number: int, push: Push) -> tuple[Link, ...]:
        """The links from the Okta group to the Kandji group for one person, in order, with evidence.

        A link behind the first broken one is None: not reached.
        """
        links: list[Link] = []
        broken = False
        for name, holds, evidence in self._links(number, push):
            links.append(Link(name=name, holds=None if broken else holds, evidence=evidence))
            broken = broken or holds is False
        return tuple(links)

    def _links(self, number: int, push: Push) -> Iterator[tuple[str, bool | None, str]]:
        person = self.people[number]
        app_user, account = person.app_user, person.account
        member = number in self.members(push.group_id)
        in_group = f"{'in' if member else 'not in'} {push.name}, Okta status {_status(person)}"
        if number not in self.scope:
            in_group += ", outside the scope"
        may = number in self.may_be_in
        must = member and number in self.must_be_in and number in self.scope
        yield "in the Okta group, must be in", None if member and may else must, in_group
        told = f"app user {app_user.status}, scope {app_user.scope}" if app_user else "no app user"
        yield "assigned to the app", number in self.assigned, told
        external = app_user.external_id if app_user else None
        yield "provisioned", number in self.provisioned, f"external id {external}" if external else "no external id"
        yield "present in Kandji", self._is_present(number), self._presence(number)
        active = account.active if account else None
        yield "active in Kandji", active, "active not told" if active is None else f"active: {str(active).lower()}"
        status = push.mapping.status
        healthy = status == "ACTIVE" and push.kandji_group is not None
        target = "" if push.kandji_group else f", no Kandji group named {push.target_name}"
        yield "mapping healthy", None if push.problem else healthy, push.problem or f"mapping {status}{target}"
        if not push.comparable or push.kandji_group is None:
            yield "in the Kandji group", None, push.problem or "members of the Kandji group are not known"
        else:
            inside = number in self.kandji_members(push.kandji_group)
            words = f"{'in' if inside else 'not in'} {push.kandji_group.display_name} ({push.kandji_group.id})"
            yield "in the Kandji group", inside, words

    def _is_present(self, number: int) -> bool | None:
        if number in self.present:
            return True
        return False if number in self.absent or number not in self.provisioned else None

    def _presence(self, number: int) -> str:
        person = self.people[number]
        external = person.app_user.external_id if person.app_user else None
        if number in self.present:
            return f"account {external} found"
        if number in self.absent:
            told = f"no account {external}: not in the list, 404 when read by id"
            return f"{told}; re-created as {person.account.id}" if person.account else told
        return "not known" if external else "no account to look for"

    def about_person(
        self,
        kind: Kind,
        number: int,
        sentence: str,
        *,
        pushes: tuple[Push, ...] = (),
        severity: Severity | None = None,
        evidence: tuple[Fact, ...] = (),
        explains: tuple[str, ...] | None = None,
        group_changed: datetime | None = None,
    ) -> Finding:
        """A finding about one person, with both records as evidence before ``evidence``."""
        return Finding(
            kind=kind.slug,
            severity=severity or kind.severity,
            subject=self.subject(number),
            sentence=sentence,
            person=self.people[number].name,
            groups=tuple((push.group_id, push.name) for push in pushes),
            people=(self.people[number].key,),
            evidence=(*self.person_facts(number), *evidence),
            explains=explains,
            explains_by="people" if explains else None,
            youngest=self.youngest_of(number),
            group_changed=group_changed,
        )

    def about_push(
        self,
        kind: Kind,
        push: Push,
        sentence: str,
        *,
        by_mapping: bool,
        people: FrozenBitMap = EMPTY,
        evidence: tuple[Fact, ...] = (),
        confirm: str | None = None,
        moved: bool = True,
    ) -> Finding:
        """A finding about a pushed group (or its mapping), with the people it concerns.

        ``moved``: whether a recent change of the mapping may still be on its way to Kandji.
        """
        key = f"mapping:{push.mapping.id}" if by_mapping else f"group:{push.group_id}"
        changed = youngest(push.mapping.created, push.mapping.last_updated) if moved else None
        return Finding(
            kind=kind.slug,
            severity=kind.severity,
            subject=Subject(type="mapping" if by_mapping else "group", key=key, name=push.name),
            sentence=sentence,
            groups=((push.group_id, push.name),),
            people=tuple(self.people[number].key for number in people),
            evidence=(*_push_facts(push), *evidence),
            youngest=changed,
            confirm=confirm,
        )

    def in_group(self, finding: Finding, push: Push) -> Finding:
        """The same finding, about this person *in this group*."""
        key = f"group:{push.group_id} {finding.subject.key}"
        name = f"{finding.subject.name} in {push.name}"
        return replace(finding, subject=Subject(type="group and person", key=key, name=name))

    def names(self, people: FrozenBitMap, most: int = 10) -> str:
        """The first few of these people by name, and how many more there are."""
        shown = sorted(self.people[number].name for number in people)
        rest = len(shown) - most
        return ", ".join(shown[:most]) + (f" and {rest} more" if rest > 0 else "")

    def chain_facts(self, number: int, push: Push) -> tuple[Fact, ...]:
        """The chain as evidence of a finding."""
        return tuple(
            Fact(side="chain", label=link.name, value=link.evidence, good=link.holds)
            for link in self.chain(number, push)
        )

    def person_facts(self, number: int) -> tuple[Fact, ...]:
        """What each side says of a person, side by side."""
        return tuple(_person_facts(self.people[number]))


def _push_facts(push: Push) -> tuple[Fact, ...]:
    mapping = push.mapping
    pushed = f"{mapping.last_push:%Y-%m-%d %H:%M} UTC" if mapping.last_push else "not told"
    facts = [
        Fact(side="okta", label="group", value=f"{push.name} ({push.group_id})"),
        Fact(side="okta", label="push mapping", value=f"{mapping.status} ({mapping.id})"),
        Fact(side="okta", label="last push", value=pushed),
        Fact(side="okta", label="pushes to", value=push.target_name or "not known"),
    ]
    if mapping.error_summary:
        facts.append(Fact(side="okta", label="error", value=mapping.error_summary))
    group = push.kandji_group
    told = f"{group.display_name} ({group.id})" if group else "no group of that name"
    facts.append(Fact(side="kandji", label="group", value=told))
    if group is not None and group.member_ids is not None:
        facts.append(Fact(side="kandji", label="members", value=str(len(group.member_ids))))
    return tuple(facts)


def youngest(*moments: datetime | None) -> datetime | None:
    known = [moment for moment in moments if moment is not None]
    return max(known) if known else None


def _status(person: Person) -> str:
    if person.user is not None:
        return person.user.status
    return "deleted" if person.deleted_user_id else "not known to Okta"


def _person_facts(person: Person) -> Iterator[Fact]:
    user, app_user, account, row = person.user, person.app_user, person.account, person.row
    if user is not None:
        yield Fact(side="okta", label="user", value=f"{user.login} ({user.id})")
        since = f" since {user.status_changed:%Y-%m-%d %H:%M} UTC" if user.status_changed else ""
        yield Fact(side="okta", label="status", value=f"{user.status}{since}")
    elif person.deleted_user_id:
        yield Fact(side="okta", label="user", value=f"{person.deleted_user_id}, deleted in Okta")
    else:
        yield Fact(side="okta", label="user", value="found nowhere in Okta")
    if app_user is not None:
        yield Fact(side="okta", label="assignment", value=f"{app_user.status}, scope {app_user.scope or 'not told'}")
        yield Fact(side="okta", label="external id", value=app_user.external_id or "none")
    elif user is not None:
        yield Fact(side="okta", label="assignment", value="none")
    if account is None:
        yield Fact(side="kandji", label="account", value="none")
    else:
        yield Fact(side="kandji", label="account", value=f"{account.user_name} ({account.id})")
        told = {True: "yes", False: "no", None: "not told"}[account.active]
        yield Fact(side="kandji", label="active", value=told)
        if person.joined_by:
            yield Fact(side="kandji", label="joined by", value=person.joined_by)
    if row is not None:
        where = f" ({row.integration_name})" if row.integration_name else ""
        yield Fact(side="kandji", label="directory row", value=f"{row.email}{where}, devices: {row.device_count or 0}")
    if person.likely:
        yield Fact(side="okta", label="same e-mail address", value=", ".join(person.likely))
    if person.candidates:
        yield Fact(side="okta", label="could be", value=", ".join(person.candidates))
