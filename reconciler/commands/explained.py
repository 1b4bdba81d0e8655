"""What ``explain`` says, as the document that ``--format json`` prints; text and Markdown are made of it."""

from __future__ import annotations

from msgspec import Struct

SCHEMA_VERSION = 1


class Told(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of what a side says."""

    side: str
    label: str
    value: str
    good: bool | None


class Named(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: str
    name: str


class LinkTold(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``holds`` is null where it is unknown, or not reached."""

    name: str
    holds: bool | None
    evidence: str


class ChainTold(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From one pushed Okta group to its Kandji group."""

    group: Named
    mapping: str
    status: str
    target: str | None
    links: list[LinkTold]


class RuleTold(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A group rule, and what it says of the person: yes, no, unknown or excluded; or of the group: covers, covers if,
    excludes, misses or feeds."""

    id: str
    name: str
    status: str
    words: str
    says: str
    why: list[str]
    targets: list[Named]


class PersonTold(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    key: str
    login: str
    records: list[Told]
    chains: list[ChainTold]
    """Of every pushed group they are in, or whose Kandji group they are in."""
    unmanaged_groups: list[Named]
    """Kandji groups they are in and nothing pushes to."""


class FallingOut(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Members of a pushed group who fail at one link; ``names`` are the first few."""

    link: str
    kind: str
    people: int
    names: list[str]


class MappingTold(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One push mapping, both its ends, and how its people fare as the run counted them."""

    id: str
    status: str
    records: list[Told]
    members: int
    should: int
    in_step: int
    coverage: str | None


class GroupTold(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    group_id: str | None
    kandji_group_id: str | None
    records: list[Told]
    mappings: list[MappingTold]
    falling_out: list[FallingOut]


class FindingTold(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: str
    kind: str
    title: str
    severity: str
    state: str
    sentence: str
    groups: list[Named]
    people: int
    cause: str | None
    first_seen: str
    last_seen: str
    times_seen: int
    flapping: bool
    accepted: str | None
    """By whom it is accepted, until when and why."""
    confirm: str | None
    plan: str | None = None
    """What a plan of that run would do about it; None where that was not told."""


class Mending(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What mends one kind of drift."""

    kind: str
    mend: str
    with_tool: str
    by_hand: list[str]
    if_meant: str
    okta_alone: str
    side_effects: str
    undo: str


class Happened(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    run: int
    finished: str
    what: str
    change: str


class Logged(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An event of Okta's System Log."""

    id: str
    published: str
    words: str


class Swing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A field that went to and fro between two values, as of the last time."""

    record: str
    field: str
    before: str
    after: str


class LiveLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the run knew and what is so now."""

    record: str
    field: str
    stored: str
    now: str


class Live(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    read_at: str
    read: list[str]
    """Which records were read."""
    differences: list[LiveLine]


class ExplainDocument(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``explain WHO``: one person, group or finding, as one run knew it."""

    schema_version: int = SCHEMA_VERSION
    type: str
    name: str
    run: int
    finished: str
    notes: list[str]
    """What must be known to read it: rules that were not read, a configuration that has changed."""
    person: PersonTold | None = None
    group: GroupTold | None = None
    finding: FindingTold | None = None
    """The one that was asked for, be it fixed meanwhile."""
    evidence: list[Told] = []
    """Of the finding that was asked for."""
    alternating: list[Swing] = []
    """Of findings that come and go: the fields that went to and fro, with both values."""
    rules: list[RuleTold] = []
    findings: list[FindingTold] = []
    """What stands or settles about it, and what explains that."""
    mending: list[Mending] = []
    events: list[Happened] = []
    """What changed over the runs, oldest first."""
    log: list[Logged] = []
    """Oldest first."""
    live: Live | None = None
