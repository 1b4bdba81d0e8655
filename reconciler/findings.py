"""Kinds of drift, findings and their stable ids, and the life of a finding over runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Literal, Protocol

from msgspec import Struct
from msgspec.structs import replace

from reconciler.model import Note, Size

if TYPE_CHECKING:
    from reconciler.world import World

Severity = Literal["critical", "high", "medium", "low"]
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low")


class How(Struct, frozen=True, kw_only=True):
    """How to mend a kind of drift: the entry that README, report and ``explain`` show."""

    by_hand: tuple[str, ...]
    """Clicks in order, one a line, in the words of the consoles: "Okta: Applications → the app → Assignments"."""
    if_meant: str
    """What to do where it is meant to be so."""
    okta_alone: str
    """Whether Okta mends it by itself, and how long that takes."""
    side_effects: str
    undo: str
    """Whether it can be undone, and how."""
    with_tool: str = ""
    """The command that mends it; empty where this program only tells."""


class Kind(Struct, frozen=True, kw_only=True):
    """One kind of drift. ``slug`` is its id everywhere: report, config, command line, database."""

    slug: str
    title: str
    """A short sentence about the subject: "In a pushed group, not assigned to the app"."""
    severity: Severity
    means: str
    matters: str
    mend: str
    """What mends it, in one or two sentences that name the side and the clicks."""
    how: How | None = None
    grace_minutes: int = 45
    explains: tuple[str, ...] = ()
    """Slugs of the kinds this one is a cause of; empty for anything that is not a cause."""
    explains_by: Literal["everything", "group", "people"] = "everything"
    """Which of their findings: all, those that share a group with the cause, or those about its people."""


class Subject(Struct, frozen=True, kw_only=True, gc=False):
    """Whom or what a finding is about, and so its id. ``key`` is made of ids alone, never of names."""

    type: Literal["app", "person", "group", "mapping", "rule", "kandji group", "group and person"]
    key: str
    name: str
    """For people: what an admin calls it (login, group name)."""


class Fact(Struct, frozen=True, kw_only=True, gc=False):
    """One line of evidence. ``side`` says who says it."""

    side: Literal["okta", "kandji", "chain", "run"]
    label: str
    value: str
    good: bool | None = None
    """For links of the chain: True ✓, False ✗, None · (not reached)."""


class Finding(Struct, frozen=True, kw_only=True, gc=False):
    kind: str
    severity: Severity
    subject: Subject
    sentence: str
    """What is wrong with whom, without a full stop: "ana@acme.example is in Sales, but not assigned to the app"."""
    person: str | None = None
    """Name (login or user name) of the one person concerned."""
    groups: tuple[tuple[str, str], ...] = ()
    """(Okta group id, or Kandji group id where nothing maps to it; name) of the groups concerned, by name."""
    people: tuple[str, ...] = ()
    """Keys (see ``World.key``) of the people affected; the person themself for findings about a person."""
    evidence: tuple[Fact, ...] = ()
    cause: str | None = None
    """Id of the finding that explains this one."""
    youngest: datetime | None = None
    """The youngest change known that could still be on its way; see ``settling``."""
    group_changed: datetime | None = None
    """When the group last changed, perhaps by somebody else."""
    explains: tuple[str, ...] | None = None
    """Slugs this very finding explains; None for those of its kind."""
    explains_by: Literal["everything", "group", "people"] | None = None
    """As in ``Kind``; None for that of its kind."""
    settling: bool = False
    confirm: str | None = None
    """A question the sentence leaves to the admin, e.g. whether half a group was meant to be left out."""
    accepted: str | None = None
    """Id of the acceptance under which it stands: counted and shown apart, and not drift."""

    @property
    def standing(self) -> bool:
        """Whether it counts as drift: it neither settles nor is accepted."""
        return not self.settling and self.accepted is None

    @property
    def id(self) -> str:
        """``F-`` and twelve hexadecimal digits of a hash over kind and subject: the same on every machine and run."""
        return finding_id(self.kind, self.subject.key)


def skips(kind: str, key: str) -> tuple[str, str]:
    """Two ways to say that a finding was not judged: its whole kind, or its kind for the first id of its subject.

    ``("member-missing", "member-missing group:00g1")`` for somebody missing in that group.
    """
    return kind, f"{kind} {key.split(' ', 1)[0]}"


def finding_id(kind: str, key: str) -> str:
    return "F-" + sha256(f"{kind}\n{key}".encode()).hexdigest()[:12]


class Check(Protocol):
    """A module in ``checks``: its kind, and a function that only looks at the world."""

    KIND: Kind

    def find(self, world: World) -> Iterable[Finding | Note]: ...


class Stage(Struct, frozen=True, kw_only=True):
    """One stage of the chain: how many people reach it, and who falls out before the next."""

    name: str
    people: int
    leaks: tuple[tuple[str, str, int], ...] = ()
    """(slug of the kind that tells it, words, distinct people)."""


class PushedGroup(Struct, frozen=True, kw_only=True):
    """A pushed group and how its people fare."""

    group_id: str
    mapping_id: str
    name: str
    target_name: str | None
    kandji_group_id: str | None
    status: str
    error: str | None
    last_push: datetime | None
    members: int
    should: int
    """In the group, must be in, in scope."""
    in_step: int
    missing: int
    """Expected in the Kandji group and not there."""
    not_assigned: int
    stuck: int
    """Assigned, but not provisioned, not present or not active in Kandji."""
    extra: int
    coverage: str | None = None
    """How group rules bring its people into the assigned groups, in words; None where that was not judged."""
    outside_scope: int = 0
    """In the group and must be in, but not meant to be in Kandji: counted, never findings."""


class RuleLine(Struct, frozen=True, kw_only=True):
    """A group rule that feeds an assigned or pushed group, and what it says of the pushed groups."""

    rule_id: str
    name: str
    status: str
    words: str
    """Whom it holds for, in plain words."""
    targets: tuple[tuple[str, str], ...]
    """(id, name) of the groups it feeds, by name; as all below."""
    covers: tuple[tuple[str, str], ...] = ()
    """Pushed groups whose members it brings, whoever they are."""
    covers_if: tuple[tuple[str, str, str], ...] = ()
    """(id, name, condition in words) of those it brings under a condition."""
    excludes: tuple[tuple[str, str], ...] = ()
    misses: tuple[tuple[str, str], ...] = ()
    """Pushed groups that no active rule covers, and that this one does not look at."""
    trouble: str | None = None
    """What is wrong with it: "INVALID: a group it names is gone", or why its expression was not understood."""


class Foreseen(Struct, frozen=True, kw_only=True, gc=False):
    """What a plan for everything that stands at a run would do about one finding."""

    finding: str
    """Its id."""
    outcome: Literal["planned", "withheld", "by hand"]
    words: str
    """The change that mends it; why that is withheld, with the arithmetic; or why nothing is planned."""
    change: str | None = None
    """Id of the change, planned or withheld."""
    names: tuple[str, ...] = ()
    """Names of people, groups and rules that stand in ``words``, where they are masked in a page to show around."""

    @property
    def told(self) -> str:
        before = {"planned": "would be done", "withheld": "would be withheld", "by hand": "nothing is planned"}
        return f"{before[self.outcome]}: {self.words}"


class Judgement(Struct, frozen=True, kw_only=True):
    """Everything the checks say of one world."""

    findings: tuple[Finding, ...]
    notes: tuple[Note, ...]
    stages: tuple[Stage, ...]
    groups: tuple[PushedGroup, ...]
    rules: tuple[RuleLine, ...] = ()
    """Rules that feed an assigned or pushed group, by name."""
    outside_scope: int = 0
    """People in pushed groups that are outside ``[scope]``: counted, never findings."""
    accepted: tuple[Accepted, ...] = ()
    """Every acceptance known at the run, by the day on which it ends."""
    skipped: tuple[str, ...] = ()
    """What was not judged, as ``skips`` names it: earlier findings of it are not called fixed."""
    sizes: tuple[Size, ...] = ()
    foreseen: tuple[Foreseen, ...] = ()
    """By finding: how each that stands would be mended."""

    @property
    def unconfirmed(self) -> tuple[Size, ...]:
        """Lists that shrank and are not believed yet: nothing may be taken away because of them."""
        return tuple(size for size in self.sizes if size.unconfirmed)


LifeState = Literal["first sight", "new", "open", "back again", "settling", "accepted", "fixed"]
STANDING_STATES: tuple[LifeState, ...] = ("first sight", "new", "open", "back again")
"""What counts as drift."""
FLAPPING = 3
"""So often seen fixed within thirty days, a finding flaps."""


class Life(Struct, frozen=True, kw_only=True):
    """A finding's life, as known at one run."""

    first_seen: datetime
    last_seen: datetime
    first_run: int
    times_seen: int
    state: LifeState
    fixed_run: int | None = None
    times_fixed: int = 0
    """How often it was seen fixed in the thirty days before the run's end."""
    back_since: datetime | None = None
    """When it was seen again after it last was fixed; None where it never was, or still is."""

    @property
    def stands(self) -> bool:
        """Whether it counts as drift: it is neither settling nor accepted nor fixed."""
        return self.state in STANDING_STATES

    @property
    def flapping(self) -> bool:
        """Whether it comes and goes: mending it again will not help before it is known who undoes it."""
        return self.times_fixed >= FLAPPING


class Acceptance(Struct, frozen=True, kw_only=True):
    """Drift that somebody answers for until a day. Every pattern that is set must match; ``*`` stands for anything."""

    id: str
    """``A-`` and eight hexadecimal digits of a hash over what it says."""
    reason: str
    owner: str
    until: date
    """The last day on which it holds, in UTC."""
    made: datetime | None = None
    """None for one that stands in the configuration."""
    made_by: str | None = None
    finding: str | None = None
    """Id of one finding."""
    kind: str | None = None
    person: str | None = None
    """Pattern of a login or user name."""
    group: str | None = None
    """Pattern of a group's name."""


class Accepted(Struct, frozen=True, kw_only=True):
    """An acceptance as one run saw it."""

    acceptance: Acceptance
    findings: int
    """How many findings stand under it; of an expired one, how many are findings again."""
    expired: bool


class Standing(Struct, frozen=True, kw_only=True):
    """How many findings are open, by severity. Settling ones don't count."""

    critical: int = 0
    high: int = 0
    medium: int = 0
    low: int = 0


class TrendPoint(Struct, frozen=True, kw_only=True):
    """What one run adds to the trend."""

    run: int
    finished: datetime
    state: str
    """in-step, drift, incomplete or failed."""
    open: Standing | None
    """None where the run gave no verdict."""


def with_severity(finding: Finding, severity: Severity | None) -> Finding:
    """The finding with the severity an admin gave its kind, if any."""
    return finding if severity is None else replace(finding, severity=severity)


def fold_causes(findings: Iterable[Finding], kinds: Mapping[str, Kind], causes: Iterable[str]) -> list[Finding]:
    """Gives each finding its cause: the first kind of ``causes`` that has a finding which explains it.

    Among several of one kind, the one whose group comes first by name. A cause may itself be explained, but not by one
    of its own kind. What settles explains nothing.
    """
    every = list(findings)
    rank = {slug: position for position, slug in enumerate(causes)}
    known = [finding for finding in every if finding.kind in rank and not finding.settling]
    known.sort(key=lambda f: (rank[f.kind], f.subject.name.casefold(), f.subject.key))
    explained = _Explained(known, kinds)
    return [replace(finding, cause=explained.cause_of(finding)) for finding in every]


class _Explained:
    """What each cause explains, looked up by kind, group and person: findings may be many, and causes too."""

    __slots__ = ("causes", "first")

    def __init__(self, causes: list[Finding], kinds: Mapping[str, Kind]) -> None:
        self.causes = causes
        self.first: dict[tuple[str, str, str], int] = {}
        """(kind explained, way, group id or person's key) → position of the first cause that explains it."""
        for position, cause in enumerate(causes):
            kind = kinds[cause.kind]
            way = cause.explains_by or kind.explains_by
            for slug in kind.explains if cause.explains is None else cause.explains:
                if slug != cause.kind:
                    for about in _concerned(cause, way):
                        self.first.setdefault((slug, way, about), position)

    def cause_of(self, finding: Finding) -> str | None:
        """Id of the first cause that explains a finding."""
        positions = [
            self.first[finding.kind, way, about]
            for way in ("everything", "group", "people")
            for about in _concerned(finding, way)
            if (finding.kind, way, about) in self.first
        ]
        return self.causes[min(positions)].id if positions else None


def _concerned(finding: Finding, way: str) -> tuple[str, ...]:
    if way == "group":
        return tuple(group_id for group_id, _ in finding.groups)
    return finding.people if way == "people" else ("",)


def order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, by severity, kind and subject. Of one that is told twice, the one that weighs more stands."""
    unique = {finding.id: finding for finding in sorted(findings, key=_weight)}
    return tuple(
        sorted(
            unique.values(),
            key=lambda f: (SEVERITIES.index(f.severity), f.kind, f.subject.name.casefold(), f.subject.key),
        )
    )


def _weight(finding: Finding) -> tuple[bool, int, str]:
    return finding.standing, -SEVERITIES.index(finding.severity), finding.sentence
