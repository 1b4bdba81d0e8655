"""What came of an apply, a dry run or a verify: as JSON documents and in words for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from reconciler.changes import kind
from reconciler.commands.exits import first_code
from reconciler.commands.plan_text import counted
from reconciler.commands.screen import SCHEMA_VERSION
from reconciler.plan import Plan

if TYPE_CHECKING:
    from reconciler.commands.apply import Applied, Outcome

REFUSED = 6
IN_PART = 7
WORDS = {"not seen": "not seen yet"}
"""Words of the journal that people read otherwise."""


class OutcomeLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: str
    change: str
    sentence: str
    outcome: str
    """verified · not seen yet · skipped · failed; of a dry run: would be made · skipped; of verify also: undone"""
    told: str
    mends: list[str]


class HeldLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: str
    change: str
    sentence: str
    reasons: list[str]
    lift: str | None


class AppliedDocument(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``apply``. ``apply`` is the number for ``undo``; none where nothing was begun, as with ``--dry-run``."""

    schema_version: int
    apply: int | None
    digest: str
    dry_run: bool
    exit_code: int
    stopped: str | None
    outcomes: list[OutcomeLine]
    withheld: list[HeldLine]


class VerifiedDocument(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``verify``."""

    schema_version: int
    exit_code: int
    outcomes: list[OutcomeLine]


def applied_document(plan: Plan, applied: Applied | None, code: int, dry: Sequence[Outcome] = ()) -> AppliedDocument:
    """``applied`` None: nothing was begun; ``dry``: what a dry run came to."""
    return AppliedDocument(
        schema_version=SCHEMA_VERSION,
        apply=None if applied is None else applied.apply,
        digest=plan.digest,
        dry_run=bool(dry),
        exit_code=code,
        stopped=None if applied is None else applied.stopped,
        outcomes=_lines(dry if applied is None else applied.outcomes),
        withheld=[
            HeldLine(
                id=held.planned.id,
                change=kind(held.planned.change),
                sentence=held.planned.sentence,
                reasons=list(held.reasons),
                lift=held.lift,
            )
            for held in plan.withheld
        ],
    )


def verified_document(outcomes: Sequence[Outcome], code: int) -> VerifiedDocument:
    return VerifiedDocument(schema_version=SCHEMA_VERSION, exit_code=code, outcomes=_lines(outcomes))


def _lines(outcomes: Iterable[Outcome]) -> list[OutcomeLine]:
    return [
        OutcomeLine(
            id=one.planned.id,
            change=kind(one.planned.change),
            sentence=one.planned.sentence,
            outcome=WORDS.get(one.word, one.word),
            told=one.words,
            mends=list(one.planned.mends),
        )
        for one in outcomes
    ]


def lines(outcomes: Sequence[Outcome]) -> list[str]:
    """One line a change, with what is to be said of it under it."""
    told = []
    for one in outcomes:
        told.append(f"{WORDS.get(one.word, one.word):<13} {one.planned.sentence}")
        told += [f"{'':<13} {one.words}"] if one.words else []
    return told


def applied_lines(plan: Plan, applied: Applied | None) -> list[str]:
    """What came of each change, what was withheld, and all in one sentence."""
    done = () if applied is None else applied.outcomes
    told = lines(done)
    for held in plan.withheld:
        told.append(f"{'withheld':<13} {held.planned.sentence}")
        told += [f"{'':<13} {reason}" for reason in held.reasons]
    number = "" if applied is None else f"apply {applied.apply}: "
    told.append(number + sentence(done, len(plan.withheld)))
    if applied is not None and applied.stopped:
        told.append(f"stopped: {applied.stopped}")
    return told


def apply_code(plan: Plan, applied: Applied | None) -> int:
    """As the apply ended; of a plan without changes 6 where all of it is withheld, else 0."""
    if applied is not None:
        return applied.exit_code
    return REFUSED if plan.withheld else 0


def next_step(applied: Applied | None) -> str | None:
    """Reads both sides anew once something was changed."""
    return None if applied is None else "reconciler run"


def sentence(outcomes: Sequence[Outcome], withheld: int = 0) -> str:
    """How many changes came to what."""
    count = Counter(WORDS.get(one.word, one.word) for one in outcomes)
    told = [f"{number:,} {word}" for word, number in count.items()]
    told += [f"{withheld:,} withheld"] if withheld else []
    return f"{counted(len(outcomes), 'change')}: {', '.join(told)}." if told else "Nothing to change."


def verify_code(outcomes: Iterable[Outcome]) -> int:
    """7 where a change does not show."""
    return first_code(IN_PART for one in outcomes if one.word != "verified")
