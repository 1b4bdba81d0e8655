"""What a plan would do about each finding: mended, withheld or left to somebody's hands, in words for the report."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import msgspec

from reconciler.changes import Named
from reconciler.findings import Foreseen
from reconciler.plan import Plan, Planned


def foreseen(plan: Plan, names: Iterable[str] = ()) -> tuple[Foreseen, ...]:
    """By finding id. What needs several changes is withheld where one of them is.

    ``names``: of groups and rules that may stand in reasons.
    """
    known = tuple(filter(None, names))
    within = cache(lambda words: _within(words, known))
    found: dict[str, Foreseen] = {
        one.finding: Foreseen(finding=one.finding, outcome="by hand", words=one.why, names=within(one.why))
        for one in plan.by_hand
    }
    for planned in plan.changes:
        told = Foreseen(finding="", outcome="planned", words=planned.sentence, change=planned.id)
        found |= _of_each(planned, told, known)
    for withheld in plan.withheld:
        words = f"{withheld.planned.sentence}: {'; '.join(withheld.reasons)}"
        if withheld.lift:
            words += f"; to lift it: {withheld.lift}"
        told = Foreseen(finding="", outcome="withheld", words=words, change=withheld.planned.id)
        found |= _of_each(withheld.planned, told, known)
    return tuple(found[finding_id] for finding_id in sorted(found))


def _of_each(planned: Planned, told: Foreseen, known: tuple[str, ...]) -> dict[str, Foreseen]:
    """The same words for every finding that one change mends."""
    names = _within(told.words, (*_names(planned), *known))
    return {finding_id: msgspec.structs.replace(told, finding=finding_id, names=names) for finding_id in planned.mends}


def _within(words: str, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name and name in words))


def _names(planned: Planned) -> Iterable[str]:
    for value in msgspec.structs.astuple(planned.change):
        several = value if isinstance(value, tuple) else (value,)
        yield from (one.name for one in several if isinstance(one, Named))
    for field in ("name", "target_name"):
        yield str(getattr(planned.change, field, ""))
    for people in (planned.joins, planned.others, planned.removes, planned.takes_over):
        yield from (person.name for person in people)
