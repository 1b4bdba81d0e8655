"""A plan: what would be changed and why, what is left out and why, and the arithmetic of the guards; with a digest.

``planning`` builds one, ``guards`` judges it, ``commands`` writes it to a file and carries it out. It says all that a
person must know to say yes, and all that ``apply`` must know of a change.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from reconciler.changes import Change, Named
from reconciler.errors import Refused

SCHEMA_VERSION = 1
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding raises, whatever the bytes."""


class Planned(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One change with all that it means."""

    id: str
    """``C-`` and twelve hexadecimal digits of a hash over the change: the same wherever it is planned."""
    change: Change
    sentence: str
    """What is done, without a full stop: "put ana@acme.example into kandji_apple_users"."""
    why: tuple[str, ...]
    """Sentences of the findings it mends, or who asked for it."""
    mends: tuple[str, ...] = ()
    """Ids of the findings it mends."""
    kinds: tuple[str, ...] = ()
    """Kinds of these findings."""
    joins: tuple[Named, ...] = ()
    """People (Okta id, login) who come into a group or get an account by it, whether a finding names them or not."""
    others: tuple[Named, ...] = ()
    """Those of ``joins`` whom no finding names."""
    removes: tuple[Named, ...] = ()
    """People (Kandji account id, name) whom it takes out of a Kandji group or deactivates, or may."""
    takes_over: tuple[Named, ...] = ()
    """Held by hand today, and by the rule from then on: leaving all covered groups will deactivate them."""
    expected: tuple[str, ...] | None = None
    """For what makes Okta push: account ids that the Kandji group will then hold, as far as known at the plan."""
    side_effects: tuple[str, ...] = ()
    """Other apps the group gives, other rules it feeds, who stays when they leave."""
    instead_of: tuple[str, ...] = ()
    """The other ways to mend the same, with their reach: why this one was chosen."""
    undo: str = ""
    """How it can be taken back, or why it can't."""


class Withheld(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A change that is not made, and why, with the arithmetic."""

    planned: Planned
    reasons: tuple[str, ...]
    guards: tuple[str, ...] = ()
    """What holds it back: ``group``, ``tenant``, ``run``, ``day``, ``protected``, ``unconfirmed``, ``scope``, …"""
    lift: str | None = None
    """What lifts it: ``--allow-removals 37``; None where nothing does."""


class ByHand(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A finding that this program can't mend, or may not, and what does."""

    finding: str
    kind: str
    sentence: str
    why: str
    """Why it is not planned."""
    clicks: tuple[str, ...]


class GuardLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One guard's arithmetic, kept or broken."""

    guard: Literal["group", "tenant", "run", "day"]
    about: str
    """"members of Sales in Kandji", "active accounts in Kandji", "this plan", "the last 24 hours"."""
    what: Literal["removals", "additions"]
    count: int
    """People affected."""
    before: int
    """Of these, already affected in the last 24 hours."""
    population: int
    most: int
    """How many are allowed."""
    kept: bool
    words: str
    """The arithmetic in one sentence."""


class Ceilings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an admin lifted for this plan alone, and why."""

    removals: int | None = None
    additions: int | None = None
    reason: str | None = None


class Plan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``changes`` stand in the order in which they are made."""

    schema_version: int = SCHEMA_VERSION
    made: datetime
    by: str
    """The command line that made it, redacted."""
    org_url: str
    app_id: str
    app_label: str
    scim_url: str
    run: int
    """The run whose data it was made of."""
    run_finished: datetime
    data_digest: str
    changes: tuple[Planned, ...]
    withheld: tuple[Withheld, ...] = ()
    by_hand: tuple[ByHand, ...] = ()
    guards: tuple[GuardLine, ...] = ()
    ceilings: Ceilings = Ceilings()
    kandji_writes: tuple[str, ...] = ()
    """Kinds of drift that may be mended in Kandji itself."""
    undo_of: int | None = None
    """The apply whose changes it takes back."""
    digest: str = ""
    """SHA-256 over everything else, as canonical JSON."""


def change_id(change: Change) -> str:
    return "C-" + sha256(_canonical(change)).hexdigest()[:12]


def digest(plan: Plan) -> str:
    return sha256(_canonical(replace(plan, digest=""))).hexdigest()


def sealed(plan: Plan) -> Plan:
    """The plan with its digest."""
    return replace(plan, digest=digest(plan))


def written(plan: Plan) -> bytes:
    """The plan as the file that ``read`` takes."""
    return msgspec.json.format(_canonical(plan), indent=2) + b"\n"


def read(content: bytes, name: str) -> Plan:
    """The plan in a file. Raises ``Refused`` where it is no plan, was cut or edited, or another version wrote it."""
    again = f"make it anew: reconciler plan -o {name}"
    try:
        version = msgspec.json.decode(content, type=_Version)
    except _UNREADABLE as error:
        raise Refused(f"{name} is no plan of this program: {error}.", next="make one: reconciler plan") from error
    if version.schema_version != SCHEMA_VERSION:
        raise Refused(
            f"{name} is a plan of schema {version.schema_version}; this version knows {SCHEMA_VERSION}.", next=again
        )
    try:
        plan = msgspec.json.decode(content, type=Plan)
    except _UNREADABLE as error:
        raise Refused(f"{name} is no whole plan: {error}.", why="it was cut or edited.", next=again) from error
    wrong = [one.id for one in plan.changes if one.id != change_id(one.change)]
    if wrong or plan.digest != digest(plan) or len({one.id for one in plan.changes}) != len(plan.changes):
        raise Refused(
            f"{name} is not what this program wrote: its digest does not fit.",
            why="it was edited, or two plans were mixed.",
            next=again,
        )
    return plan


class _Version(Struct):
    schema_version: int


def _canonical(value: object) -> bytes:
    return msgspec.json.encode(value, order="deterministic")
