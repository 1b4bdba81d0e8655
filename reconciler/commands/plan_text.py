"""A plan, and what came of one, in words for a terminal: lines whose names may be hostile, so the screen shows them."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from msgspec.structs import replace

from reconciler.about_changes import groups
from reconciler.changes import PHASES, AddToGroup, Named, Phase, ReplaceAttributes, phase
from reconciler.commands.basis import hours
from reconciler.plan import ByHand, Plan, Planned, Withheld

T = TypeVar("T")

MOST_NAMED = 10
"""People named on the screen; the file names all."""
HEADINGS: dict[Phase, str] = {
    "additions": "Additions in Okta",
    "kandji": "Accounts and groups in Kandji, once everybody added is seen there",
    "pushes": "Pushes of whole groups",
    "removals": "Removals",
}
_LABEL = 11
_INDENT = re.compile(r" +")
_LABELLED = re.compile(r"      (?=\S)[a-z ]{11}|  [CF]-[0-9a-f]{12}  ")


def lines(plan: Plan, now: datetime, *, width: int = 100, by_hand: bool = True) -> list[str]:
    """The whole plan: changes by phase, what is withheld with the arithmetic, what is left to be done by hand."""
    told = [*_head(plan, now), *_changes(plan), *_withheld(plan), *(_by_hand(plan.by_hand) if by_hand else ())]
    return [part for line in told for part in _wrapped(line, width)]


def _wrapped(line: str, width: int) -> list[str]:
    """A line in parts; the later ones stand under its text."""
    start = next((match.end() for match in (_LABELLED.match(line), _INDENT.match(line)) if match), 0)
    return wrapped(line, width, start)


def wrapped(line: str, width: int, start: int) -> list[str]:
    """A line in parts of at most ``width`` columns, as far as its words allow; the later ones begin at ``start``."""
    return textwrap.wrap(
        line,
        max(width, 40),
        subsequent_indent=" " * start,
        replace_whitespace=False,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [line]


def counted(count: int, one: str, several: str | None = None) -> str:
    """ "1 change", "1,200 changes"."""
    return f"{count:,} {one if count == 1 else several or one + 's'}"


def _head(plan: Plan, now: datetime) -> Iterator[str]:
    yield f"{plan.app_label}: {plan.org_url} → {plan.scim_url}"
    yield f"by run {plan.run} of {plan.run_finished:%Y-%m-%d %H:%M} UTC, {hours(now - plan.run_finished)} ago"
    if plan.undo_of is not None:
        yield f"takes back what apply {plan.undo_of} did"
    if plan.ceilings.reason is not None:
        lifted = [
            f"{counted(number, word)} allowed"
            for number, word in ((plan.ceilings.removals, "removal"), (plan.ceilings.additions, "addition"))
            if number is not None
        ]
        yield f"guards lifted for this plan: {', '.join(lifted)}, because: {plan.ceilings.reason}"
    yield sentence(plan)


def sentence(plan: Plan) -> str:
    """How much there is to do, in one sentence."""
    if not plan.changes and not plan.withheld and not plan.by_hand:
        return "Nothing to mend." if plan.undo_of is None else "Nothing that can be taken back."
    mended = len({finding for one in plan.changes for finding in one.mends})
    told = [counted(len(plan.changes), "change") if plan.changes else "Nothing that can be changed"]
    if mended:
        told[0] += f" for {counted(mended, 'finding')}"
    if plan.withheld:
        told.append(f"{len(plan.withheld):,} withheld")
    if plan.by_hand:
        told.append(f"{counted(len(plan.by_hand), 'finding')} to be mended by hand")
    return ", ".join(told) + "."


def _changes(plan: Plan) -> Iterator[str]:
    for here in PHASES:
        several = [one for one in plan.changes if phase(one.change) == here]
        if several:
            yield from ("", f"{HEADINGS[here]} ({len(several):,})")
        for told, those in _shared((tuple(_details(one)), one) for one in _in_few_words(several)):
            yield from (f"  {one.id}  {one.sentence}" for one in those)
            yield from told


def _shared(details: Iterable[tuple[tuple[str, ...], Planned]]) -> Iterator[tuple[tuple[str, ...], list[Planned]]]:
    """Changes of which the same is to be told stand together, where the first of them stood: told once, of "each"."""
    found: dict[tuple[str, ...], list[tuple[tuple[str, ...], Planned]]] = {}
    for told, one in details:
        found.setdefault(tuple(_of_each(line, one) for line in (one.sentence, *told)), []).append((told, one))
    for (_, *each), those in found.items():
        yield those[0][0] if len(those) == 1 else tuple(each), [one for _, one in those]


def _of_each(line: str, one: Planned) -> str:
    whom = _whom(one)
    return line if whom is None else re.sub(rf"(?<!\S){re.escape(whom.name)}(?!\S)", "each", line)


def _whom(one: Planned) -> Named | None:
    """The person or account that is changed."""
    found: Named | None = getattr(one.change, "person", None) or getattr(one.change, "account", None)
    return found


def _in_few_words(several: Iterable[Planned]) -> Iterator[Planned]:
    """Additions to one group stand as one, where they are more than are named: each by itself is in the plan's file."""
    for alike in _grouped(several, _alike_additions):
        yield from alike if len(alike) <= MOST_NAMED else [_as_one(alike)]


def _alike_additions(one: Planned) -> object:
    return (one.change.group, one.kinds, one.instead_of) if isinstance(one.change, AddToGroup) else one.id


def _as_one(several: Sequence[Planned]) -> Planned:
    """What they have in common is told first, then some of what they have not."""
    joins = _once(one.joins for one in several)
    common = tuple(words for words in several[0].side_effects if all(words in one.side_effects for one in several))
    rest = tuple(words for words in _once(one.side_effects for one in several) if words not in common)
    return replace(
        several[0],
        id=f"{len(several):,} changes".ljust(len(several[0].id)),
        sentence=f"put {counted(len(joins), 'person', 'people')} into {groups(several[0].change)[0].name}",
        why=_once(one.why for one in several),
        joins=joins,
        others=_once(one.others for one in several),
        side_effects=(*common, *_first(rest)),
    )


def _once(several: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(one for those in several for one in those))


def _details(one: Planned) -> Iterator[str]:
    yield from _told("why", _first(one.why))
    if isinstance(one.change, ReplaceAttributes):
        yield from _told("values", _values(one.change))
    yield from _joining("joins", one)
    if _takes_out(one, one.side_effects):
        yield from _told("takes out", [_people(one.removes)])
    yield from _told("also", one.side_effects)
    yield from _told("instead of", one.instead_of)
    yield from _told("undo", [one.undo] if one.undo else [])


def _values(change: ReplaceAttributes) -> Iterator[str]:
    before = dict(change.before)
    for name, value in change.after:
        yield f"{name}: {value or '(empty)'}, where there is {before.get(name) or '(nothing)'}"


def _takes_out(one: Planned, said: Sequence[str]) -> bool:
    """Whether it is still to be said whom it takes away from: neither its sentence nor ``said`` names them."""
    whole = "\n".join((one.sentence, *said))
    return any(gone.name not in whole and gone.id not in whole for gone in one.removes)


def _joining(label: str, one: Planned) -> Iterator[str]:
    if len(one.joins) > 1 or one.others:
        yield from _told(label, [_people(one.joins)])
    if one.others:
        yield from _told("of these", [f"no finding names {_people(one.others)}"])


def _withheld(plan: Plan) -> Iterator[str]:
    if plan.withheld:
        yield from ("", f"Withheld ({len(plan.withheld):,}): nothing of this is done")
    few = _withheld_in_few_words(plan.withheld)
    for told, those in _shared((tuple(_of_withheld(held)), held.planned) for held in few):
        yield from (f"  {one.id}  {one.sentence}" for one in those[:MOST_NAMED])
        if len(those) > MOST_NAMED:
            yield f"  and {len(those) - MOST_NAMED:,} more of this kind, all in the plan's file"
        yield from told


def _of_withheld(held: Withheld) -> Iterator[str]:
    yield from _told("why", _first(held.planned.why))
    yield from _told("withheld", held.reasons)
    yield from _joining("would join", held.planned)
    if _takes_out(held.planned, held.reasons):
        yield from _told("would take", [f"out {_people(held.planned.removes)}"])
    yield from _told("instead of", held.planned.instead_of)
    yield from _told("lifted by", _lift(held))


def _withheld_in_few_words(several: Iterable[Withheld]) -> Iterator[Withheld]:
    for alike in _grouped(several, lambda one: (_alike_additions(one.planned), one.reasons, one.lift)):
        for planned in _in_few_words([one.planned for one in alike]):
            yield replace(alike[0], planned=planned)


def _lift(held: Withheld) -> list[str]:
    if held.lift is None:
        return []
    return [f'{held.lift} --reason "…"' if held.lift.startswith("--allow") else held.lift]


def _by_hand(several: Sequence[ByHand]) -> Iterator[str]:
    """Findings of one kind that have the same reason and clicks stand together."""
    if several:
        yield from ("", f"By hand ({len(several):,})")
    for those in _grouped(several, lambda one: (one.kind, one.why, one.clicks)):
        kind, why, clicks = those[0].kind, those[0].why, those[0].clicks
        for one in those[:MOST_NAMED]:
            yield f"  {one.finding}  {one.sentence}"
        if len(those) > MOST_NAMED:
            yield f"  and {len(those) - MOST_NAMED:,} more: reconciler findings --kind {kind}"
        yield from _told("why", [why] if why else [])
        yield from _told("clicks", clicks)


def _grouped(several: Iterable[T], key: Callable[[T], object]) -> list[list[T]]:
    """Those of one key together, in the order in which the first of them comes."""
    found: dict[object, list[T]] = {}
    for one in several:
        found.setdefault(key(one), []).append(one)
    return list(found.values())


def _told(label: str, words: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(words):
        yield f"      {'' if number else label:<{_LABEL}}{line}"


def _first(words: Sequence[str]) -> list[str]:
    more = len(words) - 3
    return [*words[:3], *([f"and {more:,} more"] if more > 0 else [])]


def _people(people: Sequence[Named]) -> str:
    """The first ten by name; how many more there are."""
    named = [one.name for one in people[:MOST_NAMED]]
    more = len(people) - len(named)
    if more:
        return f"{len(people):,} people: {', '.join(named)} and {more:,} more, all in the plan's file"
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
