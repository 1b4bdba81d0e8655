"""The journal of changes, as values: one event a row, never changed, each chained to the one before by a hash.

An apply begins with ``began`` (which holds the whole plan) and ends with ``ended``. Of a change, each step is
``intended`` (on disk before the request leaves), ``sent`` (an answer came) and ``done`` (its effect was read back); and
each change has exactly one closing event.

What is read from events is pure and takes them oldest first, as ``Store.journal`` gives them. What may have taken
effect counts as if it had.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from reconciler.changes import (
    ActivateMapping,
    ActivateRule,
    Change,
    CreateRule,
    DeactivateRule,
    EditRule,
    LinkGroup,
    Pushing,
    Relink,
    Repush,
    UnlinkGroup,
)
from reconciler.errors import NotKnown, StoreError
from reconciler.guards import Spent, added, removed
from reconciler.plan import Plan, Planned

Word = Literal[
    "began", "resumed", "intended", "sent", "done", "verified", "not seen", "skipped", "failed", "learnt", "ended"
]
CLOSING: tuple[Word, ...] = ("verified", "not seen", "skipped", "failed")
"""``verified``: its effect shows where it must. ``not seen``: made, and its effect did not show in time. ``skipped``:
nothing was sent, or nothing written, as somebody else was faster. ``failed``: refused; ``words`` say what is left.
Where it names a step, that step is known not to have taken effect."""

PUSH_REPLACES = "push_replaces"
"""What is learnt of a tenant: whether a push takes out who should not be in the group."""
_SHOWN = 5
"""Applies that are named where another is asked for."""
OFF, ON, CREATE, DELETE = "deactivate", "activate", "create", "delete"
"""Names of the steps by which a rule or a mapping can be left half-way."""


class Event(Struct, frozen=True, kw_only=True):
    """One row. ``seq`` grows by one; ``hash`` is over this row and the hash of the row before."""

    seq: int = 0
    apply: int
    """Number of the apply, from 1."""
    change: str | None = None
    """Id of the planned change; None for the apply itself."""
    step: str | None = None
    event: Word
    at: datetime
    who: str
    """Account and host that asked for it."""
    request_id: str | None = None
    before: Any = None
    """What stood there: JSON. Of ``began``: the plan."""
    after: Any = None
    """What was written, or is read back: where a step made a rule or a mapping, its ``id`` is in it."""
    words: str = ""
    previous: str = ""
    hash: str = ""


class Apply(Struct, frozen=True, kw_only=True):
    """One apply as a whole. ``ended``: None where it was killed, or goes on still."""

    number: int
    began: datetime
    ended: datetime | None
    who: str
    plan: Plan


class LeftHalf(Struct, frozen=True, kw_only=True):
    """A rule or a mapping that a change has left inactive (or unlinked) on its way."""

    apply: int
    planned: Planned
    about: Literal["rule", "mapping"]
    id: str | None
    """Of the rule or mapping; None where we made it and no answer told its id."""
    name: str
    """Of the rule, or of the group whose push it is."""
    at: datetime
    sure: bool
    """Whether it was read back so; else the request may have taken effect."""
    ended: bool
    """Whether its apply has ended, so that there is nothing to resume."""


def hashed(event: Event, previous: str) -> Event:
    """The event with both hashes: SHA-256 over its fields as canonical JSON, ``hash`` being empty."""
    plain = replace(event, previous=previous, hash="")
    told = sha256(msgspec.json.encode(plain, order="deterministic")).hexdigest()
    return replace(plain, hash=told)


def applies(events: Iterable[Event]) -> tuple[Apply, ...]:
    """Every apply whose beginning is among the events. Raises ``StoreError``, as all below, where a plan was spoilt."""
    found: dict[int, Apply] = {}
    for event in events:
        if event.event == "began":
            plan = _plan_in(event)
            found[event.apply] = Apply(number=event.apply, began=event.at, ended=None, who=event.who, plan=plan)
        elif event.event == "ended" and event.apply in found:
            found[event.apply] = replace(found[event.apply], ended=event.at)
    return tuple(found.values())


def _plan_in(event: Event) -> Plan:
    try:
        return msgspec.convert(msgspec.to_builtins(event.before), Plan)
    except msgspec.ValidationError as error:
        raise StoreError(
            f"The plan with which apply {event.apply} began can't be read: {error}.",
            why="the journal was edited, or a newer version wrote it.",
            next="see whether its chain is whole: reconciler doctor",
        ) from error


def plan_of(events: Iterable[Event], apply: int) -> Plan:
    """The plan that an apply carried out. Raises ``NotKnown``, with the last that there are, where it never began."""
    events = tuple(events)
    for one in applies(event for event in events if event.apply == apply):
        return one.plan
    every = applies(events)
    raise NotKnown(
        f"There is no apply {apply} in the journal.",
        facts=tuple(
            (f"apply {one.number}", f"{one.began:%Y-%m-%d %H:%M} UTC: {one.plan.by}") for one in every[-_SHOWN:]
        ),
        next="type one of these numbers instead" if every else "reconciler doctor",
    )


def spent(events: Iterable[Event], since: datetime) -> Spent:
    """Whom the changes that may have taken effect since then affected, as the guards count them; those that are still
    open may at any time."""
    counted = [planned for _, planned, theirs in _changes(events) if _counts(theirs, since)]
    return Spent(
        removed=frozenset[str]().union(*map(removed, counted)),
        added=frozenset[str]().union(*map(added, counted)),
    )


def _counts(theirs: Sequence[Event], since: datetime) -> bool:
    is_open = not any(event.event in CLOSING for event in theirs)
    return any(
        (event.event in ("sent", "done", "verified", "not seen") and event.at >= since)
        or (event.event == "intended" and is_open)
        for event in theirs
    )


def pushed(events: Iterable[Event], since: datetime) -> dict[str, datetime]:
    """When each group was last made to be pushed since then, by the id of the Okta group."""
    return {
        planned.change.group.id: event.at
        for _, planned, theirs in _changes(events)
        for event in theirs
        if isinstance(planned.change, Pushing) and event.event in ("sent", "done") and event.step in (ON, CREATE)
        if event.at >= since
    }


def _changes(events: Iterable[Event]) -> Iterator[tuple[Apply, Planned, tuple[Event, ...]]]:
    """Every change of every apply, in the order of the plans, with its events."""
    events = tuple(events)
    theirs: dict[tuple[int, str | None], list[Event]] = {}
    for event in events:
        theirs.setdefault((event.apply, event.change), []).append(event)
    for one in applies(events):
        for planned in one.plan.changes:
            yield one, planned, tuple(theirs.get((one.number, planned.id), ()))


def left_half(events: Iterable[Event]) -> tuple[LeftHalf, ...]:
    """Rules and mappings that were switched off on the way and, as far as the journal knows, are not on again."""
    events = tuple(events)
    begun = applies(events)
    ended = {one.number for one in begun if one.ended is not None}
    plans: dict[str | None, Planned] = {planned.id: planned for one in begun for planned in one.plan.changes}
    found: dict[tuple[int, str], LeftHalf] = {}
    for event in events:
        planned = plans.get(event.change)
        if planned is None:
            continue
        key = (event.apply, planned.id)
        before = found.get(key)
        if _is_whole(event, planned.change):
            found = {other: one for other, one in found.items() if not _is_of_same(one.planned.change, planned.change)}
        elif event.step in _steps_to_half(planned.change):
            if event.event in ("intended", "sent", "done"):
                found[key] = _half(event, planned, before, is_ended=event.apply in ended)
            elif event.event in CLOSING and before is not None and not before.sure:
                del found[key]
    return tuple(found.values())


def words_of(left: LeftHalf) -> tuple[str, str]:
    """What was left half-way, without a full stop, and what to type or click next."""
    what = f"the rule {left.name}" if left.about == "rule" else f"the push of {left.name}"
    told = f"{what} was {'' if left.sure else 'perhaps '}left inactive by apply {left.apply}"
    if not left.ended:
        return told, "reconciler apply --resume"
    if left.about == "rule":
        return told, "Okta: Directory → Groups → Rules → the rule → Activate; then: reconciler run"
    return told, "Okta: Applications → the app → Push Groups, see that the group is pushed; then: reconciler run"


def _half(event: Event, planned: Planned, before: LeftHalf | None, *, is_ended: bool) -> LeftHalf:
    change = planned.change
    about, known, name = _about(change)
    if isinstance(change, Relink):
        known = change.mapping_id
    made = event.after.get("id") if isinstance(event.after, dict) else None
    return LeftHalf(
        apply=event.apply,
        planned=planned,
        about="rule" if about == "rule" else "mapping",
        id=known or made or (before.id if before else None),
        name=name,
        at=event.at,
        sure=event.event == "done" or (before is not None and before.sure),
        ended=is_ended,
    )


def _steps_to_half(change: Change) -> tuple[str, ...]:
    """After which of its steps something does not work until its last one is done."""
    match change:
        case EditRule() | ActivateRule() | Repush() | UnlinkGroup():
            return (OFF,)
        case Relink():
            return (OFF, DELETE)
        case CreateRule():
            return (CREATE,)
        case _:
            return ()


def _is_whole(event: Event, change: Change) -> bool:
    """Whether, from this event on, what the change is about stands as it should."""
    if event.event in ("verified", "not seen"):
        return True
    match change:
        case UnlinkGroup():
            last = DELETE
        case Relink() | LinkGroup():
            last = CREATE
        case DeactivateRule():
            last = OFF
        case _:
            last = ON
    return event.event == "done" and event.step in (last, ON)


def _about(change: Change) -> tuple[str, str | None, str]:
    """``rule`` or ``mapping`` (else nothing), the id where it has one that lasts, and the name that people know."""
    match change:
        case EditRule() | ActivateRule() | DeactivateRule():
            return "rule", change.rule.id, change.rule.name
        case CreateRule():
            return "rule", None, change.name
        case ActivateMapping() | Repush() | UnlinkGroup():
            return "mapping", change.mapping_id, change.group.name
        case Relink() | LinkGroup():
            return "mapping", None, change.group.name
        case _:
            return "", None, ""


def _is_of_same(one: Change, other: Change) -> bool:
    """Whether two changes are about one rule or one push: by id, else by name, for what is made has a new id."""
    (about, known, name), (about_other, known_other, name_other) = _about(one), _about(other)
    same = known == known_other if known and known_other else name == name_other
    return about == about_other and same
