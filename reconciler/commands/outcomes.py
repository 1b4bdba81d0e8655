"""What came of an apply, a dry run or a verify: as JSON documents and in words for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import Struct

from reconciler.changes import kind
from reconciler.commands.plan_text import wrapped
from reconciler.commands.screen import SCHEMA_VERSION
from reconciler.plan import Plan, Planned, Withheld

if TYPE_CHECKING:
    from reconciler.commands.apply import Applied, Outcome
    from reconciler.commands.applying.procedure import Look

REFUSED = 6
IN_PART = 7
WORDS = {"not seen": "not seen yet"}
"""Words of the journal that people read otherwise."""
WOULD = "would be made"
ALREADY = "already so"
_WIDTH = 13


class OutcomeLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: str
    change: str
    sentence: str
    outcome: str
    """verified · not seen yet · skipped · failed · undone (of verify) · would be made · already so (of a dry run)"""
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


def of_apply(outcomes: Iterable[Outcome]) -> list[OutcomeLine]:
    """What came of each change of an apply, or shows of it at a verify."""
    return [_line(one.planned, WORDS.get(one.word, one.word), one.words) for one in outcomes]


def of_rehearsal(looks: Iterable[tuple[Planned, Look]]) -> list[OutcomeLine]:
    """What an apply would come to now."""
    from reconciler.commands.applying.procedure import AlreadySo, Skip

    told = []
    for planned, look in looks:
        word = "skipped" if isinstance(look, Skip) else ALREADY if isinstance(look, AlreadySo) else WOULD
        told.append(_line(planned, word, look.words if isinstance(look, Skip) else ""))
    return told


def _line(planned: Planned, word: str, told: str) -> OutcomeLine:
    return OutcomeLine(
        id=planned.id,
        change=kind(planned.change),
        sentence=planned.sentence,
        outcome=word,
        told=told,
        mends=list(planned.mends),
    )


def document(
    plan: Plan, outcomes: Sequence[OutcomeLine], code: int, *, applied: Applied | None = None, dry_run: bool = False
) -> AppliedDocument:
    """``applied`` None: nothing was begun."""
    return AppliedDocument(
        schema_version=SCHEMA_VERSION,
        apply=None if applied is None else applied.apply,
        digest=plan.digest,
        dry_run=dry_run,
        exit_code=code,
        stopped=None if applied is None else applied.stopped,
        outcomes=list(outcomes),
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


def verified_document(outcomes: Sequence[OutcomeLine], code: int) -> VerifiedDocument:
    return VerifiedDocument(schema_version=SCHEMA_VERSION, exit_code=code, outcomes=list(outcomes))


def lines(
    outcomes: Iterable[OutcomeLine], withheld: Sequence[Withheld] = (), *, about: str = "", width: int = 100
) -> list[str]:
    """One line a change, under it what is to be said of it (of several alike once), and all in one sentence."""
    told: list[str] = []
    counts: Counter[str] = Counter()
    rows: list[tuple[str, str, tuple[str, ...]]] = []
    rows += [(one.outcome, one.sentence, (one.told,) if one.told else ()) for one in outcomes]
    rows += [("withheld", one.planned.sentence, one.reasons) for one in withheld]
    for (word, more), alike in groupby(rows, key=lambda row: (row[0], row[2])):
        for label, words in (*((word, sentence) for _, sentence, _ in alike), *(("", words) for words in more)):
            told += wrapped(f"{label:<{_WIDTH}} {words}", width, _WIDTH + 1)
            counts[label] += bool(label)
    count = ", ".join(f"{number:,} {word}" for word, number in counts.items() if number)
    return [*told, f"{about}{count}." if count else f"{about}Nothing to change."]


def apply_code(plan: Plan, applied: Applied | None) -> int:
    """As the apply ended; of a plan without changes 6 where all of it is withheld, else 0."""
    if applied is not None:
        return applied.exit_code
    return REFUSED if plan.withheld else 0


def rehearsal_code(plan: Plan, outcomes: Iterable[OutcomeLine]) -> int:
    """What an apply would end with if all that it makes showed."""
    words = {one.outcome for one in outcomes}
    if "skipped" not in words and not plan.withheld:
        return 0
    return IN_PART if WOULD in words else REFUSED
