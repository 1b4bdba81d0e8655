"""Who is who, and the set algebra that every check reads.

Every person has a small number, and each set is a ``FrozenBitMap`` of these numbers. ``joining.join`` makes a World
from a snapshot; nothing changes it afterwards.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, Literal, TypeVar

from msgspec import Struct
from msgspec.structs import replace
from pyroaring import FrozenBitMap

from reconciler import evidence as said
from reconciler.assignment import AssignmentTarget, target
from reconciler.findings import Acceptance, Fact, Finding, Kind, Severity, Subject
from reconciler.model import (
    AppUser,
    Group,
    KandjiUser,
    LogEvent,
    Memory,
    Note,
    OktaUser,
    ScimGroup,
    ScimUser,
    Snapshot,
)
from reconciler.model import Mapping as PushMapping
from reconciler.population import Population
from reconciler.rules import Ruled
from reconciler.system_log import SystemLog, fact

T = TypeVar("T")

MUST_BE_IN = frozenset({"ACTIVE", "LOCKED_OUT", "PASSWORD_EXPIRED", "RECOVERY"})
MUST_NOT = frozenset({"DEPROVISIONED"})
MAY_BE_IN = frozenset({"PROVISIONED", "STAGED", "SUSPENDED"})
NOT_ASSIGNED = frozenset({"DEPROVISIONED", "INACTIVE", "REVOKED", "UNASSIGNED"})
ASSIGNED = frozenset(
    {"ACTIVE", "APPROVED", "IMPLICIT", "IMPORTED", "MATCHED", "PENDING", "PROVISIONED", "STAGED", "SUSPENDED"}
)
MAPPING_STATES = frozenset({"ACTIVE", "INACTIVE", "ERROR"})

EMPTY = FrozenBitMap()
_LAST_EVENTS = 5
"""Events of the System Log in the evidence about a person."""


def fold(text: str) -> str:
    """The form in which names and addresses are compared: NFC, case-folded, without surrounding space."""
    if text.isascii():
        return text.lower().strip()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()).strip()


def declared(patterns: Iterable[str], told: Iterable[str | None]) -> bool:
    """Whether one of these words fits a folded pattern, whatever its case; ``*`` stands for anything."""
    words = [fold(text) for text in told if text]
    return any(fnmatchcase(word, pattern) for pattern in patterns for word in words)


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
    assignment_group: str | None = None
    """Name or id of the assigned group that rules and fixes feed."""
    filled_by: str | None = None
    """Who fills the assigned groups, where group rules don't: "HR's import", "Active Directory"."""
    suspended: Literal["report", "deactivate"] = "report"
    push_replaces: bool | None = None
    """Whether a push takes out who should not be in the group, as learnt in this tenant; None: not learnt yet."""
    acceptances: tuple[Acceptance, ...] = ()
    """What somebody answers for, from the configuration and by command."""
    max_shrink: float = 0.1
    """The part of a list that may be gone since the last complete pull without a word."""
    accept_shrink: tuple[str, ...] = ()
    """Names of sources that somebody confirms to have shrunk."""


class Person(Struct, frozen=True, kw_only=True, gc=False):
    """One person: what Okta knows, the assignment, and the Kandji account, as far as each exists."""

    key: str
    user: OktaUser | None = None
    app_user: AppUser | None = None
    account: ScimUser | None = None
    joined_by: str | None = None
    """How the account was joined: ``external id``, ``earlier run``, ``account's external id`` or ``user name``."""
    candidates: tuple[str, ...] = ()
    """Logins of the Okta people it could also be: more than one, or one who has another account."""
    candidate_ids: tuple[str, ...] = ()
    """The same by Okta id."""
    candidates_left: bool = False
    """Whether every one of them was deactivated or deleted in Okta."""
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
    readable: bool = True
    """Whether the members of the Okta group were read. Not read is not empty."""
    target_name: str | None
    told: bool = True
    """Whether the target's name is known, not presumed to be that of the source group."""
    kandji_group: ScimGroup | None
    absent: bool = False
    """Whether Kandji has no group of that name: none in the list, and none found by a filtered read."""
    problem: str | None = None
    """Why the Kandji end can't be told: two groups of that name, two mappings to one group, a target not visible."""

    @property
    def group_id(self) -> str:
        return self.mapping.source_group_id

    @property
    def paused(self) -> bool:
        return self.mapping.status == "INACTIVE"

    @property
    def comparable(self) -> bool:
        """Whether both groups' members are known, and the Kandji group's are this mapping's alone."""
        known = self.kandji_group is not None and self.kandji_group.member_ids is not None
        return known and self.readable and self.problem is None and self.mapping.status in MAPPING_STATES

    @property
    def perhaps_cut(self) -> bool:
        """Whether Kandji may tell only some of the group's members: who is told is in it, others may be, too."""
        return self.kandji_group is not None and self.kandji_group.perhaps_cut

    def reaches(self, group: ScimGroup) -> bool:
        return self.kandji_group is not None and self.kandji_group.id == group.id

    @property
    def target_missing(self) -> bool:
        """Whether an active or failed mapping pushes to a Kandji group that does not exist."""
        return self.absent and self.mapping.status in ("ACTIVE", "ERROR")

    @property
    def changed(self) -> datetime | None:
        """The youngest change known of the mapping itself."""
        return youngest(self.mapping.created, self.mapping.last_updated)

    @property
    def group_changed(self) -> datetime | None:
        """When somebody last joined or left the Okta group."""
        return self.source.last_membership_updated if self.source else None


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
    """Deactivated in Okta, or deleted there since an earlier run; whoever of several it is."""
    assigned: FrozenBitMap
    provisioned: FrozenBitMap
    """Assigned, and Okta has learnt an external id."""
    present: FrozenBitMap
    """Provisioned, and the account of that id is in Kandji, be it archived and shown by the REST API alone."""
    absent: FrozenBitMap
    """Provisioned, and Kandji answers 404 for that id."""
    account_active: FrozenBitMap
    account_inactive: FrozenBitMap
    scope: FrozenBitMap
    scope_read: bool
    """False where no group that ``[scope]`` names could be read: then everybody counts as in scope."""
    fed_by_others: FrozenBitMap
    """Declared as fed by another directory."""
    shared: tuple[FrozenBitMap, ...]
    """People to whom Okta gave one and the same account."""
    notes: tuple[Note, ...]
    log: SystemLog
    """Empty where the System Log was not read: ``log_read`` tells the one from the other."""
    rules: tuple[Ruled, ...] | None
    """Rules that matter to assigned and pushed groups, by id; None where rules could not be read."""
    population: Population = field(repr=False)
    """What rules are worked out with."""
    _members: Mapping[str, FrozenBitMap] = field(repr=False)
    _kandji_members: Mapping[str, FrozenBitMap] = field(repr=False)
    _could_be: Mapping[int, FrozenBitMap] = field(repr=False)
    _meant: FrozenBitMap = field(repr=False)
    """Who must be in, in scope, whatever the group."""
    _due: FrozenBitMap = field(repr=False)
    """Whom a push would carry, whatever the group."""
    _pushed: tuple[FrozenBitMap, ...] = field(repr=False)
    """Members of the Okta group of each of ``pushes``."""
    _pushed_to: Mapping[str, Push] = field(repr=False)
    """The first mapping that reaches each Kandji group."""
    _worked_out: dict[Callable[[World], Any], Any] = field(init=False, default_factory=dict, repr=False, compare=False)
    """By ``once``."""

    def members(self, group_id: str) -> FrozenBitMap:
        """Members of an Okta group; empty, too, where they were not read: see ``is_read``."""
        return self._members.get(group_id, EMPTY)

    def is_read(self, group_id: str) -> bool:
        """Whether it is known who is in an Okta group."""
        return group_id in self._members

    @property
    def assigned_groups(self) -> frozenset[str]:
        return frozenset(group.id for group in self.snapshot.okta.app_groups)

    @property
    def filled(self) -> frozenset[str]:
        """Groups that are assigned or pushed."""
        return self.assigned_groups | {push.group_id for push in self.pushes}

    @property
    def assigning(self) -> tuple[Ruled, ...]:
        """Active rules that fill an assigned group."""
        groups = self.assigned_groups
        return tuple(one for one in self.rules or () if one.active and not one.invalid and one.feeds(groups))

    def named(self, group_id: str) -> str:
        """The name of an Okta group; its id where it is not visible."""
        return self.population.names.get(group_id, group_id)

    def kandji_members(self, group: ScimGroup) -> FrozenBitMap:
        """People whose account is in a Kandji group, as far as the ids are known."""
        return self._kandji_members.get(group.id, EMPTY)

    @property
    def log_read(self) -> bool:
        """Whether the System Log was read: only then does an event that is not there say something."""
        return self.snapshot.okta.events is not None

    def events_of(self, user_id: str) -> tuple[LogEvent, ...]:
        """The log's events about an Okta user, oldest first; those since ``snapshot.okta.events_since`` are whole."""
        return self.log.about(user_id)

    def events_of_group(self, group_id: str) -> tuple[LogEvent, ...]:
        """The log's events about an Okta group, be it the source or the target of a mapping, oldest first."""
        return self.log.about(group_id)

    def events_of_type(self, *types: str) -> tuple[LogEvent, ...]:
        """Events of any of these types, oldest first; ``application.provision.user.`` stands for all that begin so."""
        return self.log.of_type(*types)

    def log_facts(self, events: Iterable[LogEvent]) -> tuple[Fact, ...]:
        """These events as evidence, each in one line with its time, outcome, reason and id."""
        return tuple(fact(event) for event in events)

    @property
    def assignment_target(self) -> AssignmentTarget:
        """The assigned group that fixes and rules feed, with the reason."""
        return self.once(_assignment_target)

    @property
    def assignment_group(self) -> Group | None:
        """The assigned group to put people into; None where none fits, or nobody can tell which."""
        return self.assignment_target.group

    @property
    def live_pushes(self) -> tuple[Push, ...]:
        """Mappings that are not paused: their people are meant to arrive."""
        return tuple(push for push in self.pushes if not push.paused)

    def should(self, push: Push) -> FrozenBitMap:
        """In the pushed group, must be in, in scope."""
        return self.members(push.group_id) & self._meant

    def carried(self, group_id: str) -> FrozenBitMap:
        """Whom a push of this Okta group would carry: in it, must be in, assigned, provisioned, known in Kandji."""
        return self.members(group_id) & self._due

    def expected(self, push: Push) -> FrozenBitMap:
        """Whom a push of this mapping would carry."""
        return self.carried(push.group_id)

    def wanted(self, push: Push) -> FrozenBitMap:
        """Of the expected, those in scope and active in Kandji: whom the Kandji group must hold."""
        return self.expected(push) & self.scope & self.account_active

    def lacking(self, push: Push) -> FrozenBitMap:
        """Wanted, but not in the Kandji group. Empty where that can't be compared, or the list may be cut off."""
        return EMPTY if push.perhaps_cut else self.untold(push)

    def untold(self, push: Push) -> FrozenBitMap:
        """Wanted, and not among the members that Kandji tells, though its list may be cut off."""
        if not push.comparable or push.kandji_group is None:
            return EMPTY
        return self.wanted(push) - self.kandji_members(push.kandji_group)

    def surplus(self, push: Push) -> FrozenBitMap:
        """Active in Kandji and in the Kandji group, but neither in the Okta group and assigned, nor perhaps in."""
        if not push.comparable or push.kandji_group is None:
            return EMPTY
        entitled = (self.members(push.group_id) & self.assigned) - self.left | self.may_be_in
        spared = entitled.union(*(people for people in self.shared if people & entitled))
        extra = self.kandji_members(push.kandji_group) & self.account_active - spared - self.fed_by_others
        return extra - FrozenBitMap([number for number in extra if self._could_be.get(number, EMPTY) & entitled])

    def not_pushed(self, push: Push) -> bool:
        """Whether the mapping is active and the Kandji group lacks at least half, and at least three, of its people."""
        lacking = len(self.lacking(push))
        return push.mapping.status == "ACTIVE" and lacking >= 3 and lacking * 2 >= len(self.wanted(push))

    def declared(self, *told: str | None) -> bool:
        """Whether ``[match] also_fed_by`` names this user name, address or Kandji integration."""
        return declared(map(fold, self.settings.also_fed_by), told)

    def subject(self, number: int) -> Subject:
        person = self.people[number]
        return Subject(type="person", key=person.key, name=person.name)

    def once(self, work: Callable[[World], T]) -> T:
        """What ``work`` makes of this world, worked out when it is first asked for: several checks read the same."""
        if work not in self._worked_out:
            self._worked_out[work] = work(self)
        found: T = self._worked_out[work]
        return found

    def pushes_of(self, number: int, *, paused: bool = False) -> tuple[Push, ...]:
        """The pushed groups somebody is in."""
        found = (push for push, inside in zip(self.pushes, self._pushed, strict=True) if number in inside)
        return tuple(push for push in found if paused or not push.paused)

    def youngest_of(self, number: int) -> datetime | None:
        """The youngest change known of the person, their assignment or their account.

        ``lastUpdated`` is left out: it moves with every profile push.
        """
        person = self.people[number]
        user, app_user, account = person.user, person.app_user, person.account
        return youngest(
            user.created if user else None,
            user.activated if user else None,
            user.status_changed if user else None,
            app_user.created if app_user else None,
            app_user.status_changed if app_user else None,
            account.created if account else None,
        )

    def quiet_since(self, people: FrozenBitMap, count: int) -> datetime | None:
        """Since when at least ``count`` of these people have not changed; None where no change of theirs is known.

        Whoever changed later does not matter to a finding that needs ``count`` people.
        """
        moments = sorted(moment for moment in map(self.youngest_of, people) if moment is not None)
        unknown = len(people) - len(moments)
        return moments[count - unknown - 1] if count > unknown else None

    def chain(self, number: int, push: Push) -> tuple[Link, ...]:
        """The links from the Okta group to the Kandji group for one person, in order, with evidence.

        A link behind the first broken one is None: not reached.
        """
        links: list[Link] = []
        broken = False
        for name, holds, evidence in said.links(self, number, push):
            links.append(Link(name=name, holds=None if broken else holds, evidence=evidence))
            broken = broken or holds is False
        return tuple(links)

    def about_person(
        self,
        kind: Kind,
        number: int,
        sentence: str,
        *,
        pushes: tuple[Push, ...] = (),
        severity: Severity | None = None,
        evidence: tuple[Fact, ...] = (),
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
            youngest=self.youngest_of(number),
            group_changed=group_changed,
        )

    def about_app(
        self,
        kind: Kind,
        sentence: str,
        *,
        part: str = "",
        people: FrozenBitMap = EMPTY,
        severity: Severity | None = None,
        evidence: tuple[Fact, ...] = (),
        changed: datetime | None = None,
    ) -> Finding:
        """A finding about the integration itself; ``part`` names which of several, ``feature:GROUP_PUSH``."""
        app = self.snapshot.okta.app
        return Finding(
            kind=kind.slug,
            severity=severity or kind.severity,
            subject=Subject(type="app", key=f"app:{app.id} {part}".strip(), name=app.label),
            sentence=sentence,
            people=tuple(self.people[number].key for number in people),
            evidence=(Fact(side="okta", label="app", value=f"{app.label} ({app.id})"), *evidence),
            youngest=changed,
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
        changed: datetime | None = None,
        group_changed: datetime | None = None,
        also: tuple[tuple[str, str], ...] = (),
    ) -> Finding:
        """A finding about a pushed group (or its mapping), with the people it concerns.

        ``changed`` is the youngest change that may still be on its way to Kandji; ``also`` are further groups, by
        id and name.
        """
        key = f"mapping:{push.mapping.id}" if by_mapping else f"group:{push.group_id}"
        return Finding(
            kind=kind.slug,
            severity=kind.severity,
            subject=Subject(type="mapping" if by_mapping else "group", key=key, name=push.name),
            sentence=sentence,
            groups=((push.group_id, push.name), *also),
            people=tuple(self.people[number].key for number in people),
            evidence=(*said.of_push(push), *evidence),
            youngest=changed,
            group_changed=group_changed,
            confirm=confirm,
        )

    def about_kandji_group(
        self,
        kind: Kind,
        group: ScimGroup,
        sentence: str,
        *,
        part: str = "",
        people: FrozenBitMap = EMPTY,
        evidence: tuple[Fact, ...] = (),
    ) -> Finding:
        """A finding about a Kandji group, under the Okta group that is pushed to it where there is one.

        ``part`` names which of several: ``account:81``.
        """
        name = group.display_name or group.id
        push, key = self.push_to(group), self.kandji_group_key(group)
        size = "not told" if group.member_ids is None else str(len(group.member_ids))
        facts = (
            said.of_push(push)
            if push
            else (
                Fact(side="kandji", label="group", value=f"{name} ({group.id})"),
                Fact(side="kandji", label="members", value=size),
            )
        )
        return Finding(
            kind=kind.slug,
            severity=kind.severity,
            subject=Subject(
                type="group" if push else "kandji group", key=f"{key} {part}".strip(), name=push.name if push else name
            ),
            sentence=sentence,
            groups=((push.group_id, push.name) if push else (group.id, name),),
            people=tuple(self.people[number].key for number in people),
            evidence=(*facts, *evidence),
        )

    def push_to(self, group: ScimGroup) -> Push | None:
        """The first mapping that reaches a Kandji group, be it paused."""
        return self._pushed_to.get(group.id)

    def kandji_group_key(self, group: ScimGroup) -> str:
        """What a Kandji group goes by in ids of findings: the Okta group that is pushed to it, where there is one."""
        push = self.push_to(group)
        return f"group:{push.group_id}" if push else f"kandji-group:{group.id}"

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
        """What each side says of a person, side by side, and the last events of the System Log about them."""
        person = self.people[number]
        user_id = person.user.id if person.user else person.deleted_user_id
        events = self.events_of(user_id)[-_LAST_EVENTS:] if user_id else ()
        return (*said.of_person(person), *self.log_facts(events))


def youngest(*moments: datetime | None) -> datetime | None:
    known = [moment for moment in moments if moment is not None]
    return max(known) if known else None


def _assignment_target(world: World) -> AssignmentTarget:
    """Of those that fit: the configured one, else the only one, else the one that most active and valid rules feed."""
    pushed, chosen = {push.group_id for push in world.pushes}, world.settings.assignment_group
    groups = [group for group in world.snapshot.okta.groups if group.id in world.assigned_groups - pushed]
    fit = [group for group in groups if group.type == "OKTA_GROUP" and not group.has_admin_role]
    named = {group.id: group.id == chosen or fold(group.name) == fold(chosen or "") for group in fit}
    feeding = None
    if world.rules is not None:
        feeding = {group.id: sum(one.feeds({group.id}) for one in world.assigning) for group in fit}
    return target(fit, chosen, named, feeding)
