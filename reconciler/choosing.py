"""Which changes mend what: one way for each need, each change once.

A finding whose cause can be mended is mended by what mends the cause. Among several ways the one with the smallest
blast radius wins: the fewest people whom no finding names that the same change mends, beyond those whom a change
reaches that is planned anyway;
where that is equal, a way that needs no further change, then the one that takes over fewest from hand, then
``Way.rank``, then the fewest changes. A way that is held back as a whole comes last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace
from pyroaring import FrozenBitMap

from reconciler.changes import Change
from reconciler.drafts import Draft, together
from reconciler.findings import Finding
from reconciler.fixing import Effect, Fix, Fixer, Way
from reconciler.world import EMPTY, World

TOLD_ONLY = "this program can't mend it"
_NAMES = 10
"""So many people are named whom another way reaches."""


class Need(Struct, frozen=True, kw_only=True):
    """What is to be mended together: a finding with those that it explains, or a command's wish."""

    ways: tuple[Way, ...]
    findings: tuple[Finding, ...] = ()
    """The cause first."""
    asked: tuple[str, ...] = ()


class Offered(Struct, frozen=True, kw_only=True):
    """The ways that the configuration and the command line leave for a finding; without any, ``why``."""

    ways: tuple[Way, ...] = ()
    why: str = ""


def offered(fix: Fix | None, finding: Finding, kandji_writes: Iterable[str], named: frozenset[str]) -> Offered:
    if fix is None or not fix.ways:
        return Offered(why=(fix.why if fix else "") or TOLD_ONLY)
    if fix.only_by_id and finding.id not in named:
        return Offered(why=f"it may be meant so: name it, to mend it: reconciler plan {finding.id}")
    ways = tuple(way for way in fix.ways if finding.kind in kandji_writes or not way.kandji_write)
    closed = f"it is written to Kandji itself, which [fix] kandji_writes does not allow for {finding.kind}"
    return Offered(ways=ways, why="" if ways else closed)


def needs(
    world: World,
    findings: Sequence[Finding],
    fixes: Mapping[str, Fixer],
    kandji_writes: Iterable[str],
    named: frozenset[str],
) -> tuple[tuple[Need, ...], tuple[tuple[Finding, str], ...]]:
    """What can be mended, and the findings that can't, each with the reason. Only what stands is looked at."""
    standing = {finding.id: finding for finding in findings if finding.standing}
    found = {
        finding.id: offered(
            fixes[finding.kind](finding, world) if finding.kind in fixes else None, finding, kandji_writes, named
        )
        for finding in standing.values()
    }
    numbers = {person.key: number for number, person in enumerate(world.people)}
    reach = {key: [_reach(way) for way in one.ways] for key, one in found.items()}
    under: dict[str, list[Finding]] = {}
    for finding in standing.values():
        under.setdefault(_root(finding, standing, reach, numbers).id, []).append(finding)
    mended = [
        Need(ways=found[key].ways, findings=tuple(sorted(together, key=lambda one: one.id != key)))
        for key, together in under.items()
        if found[key].ways
    ]
    left = [(finding, found[key].why) for key, together in under.items() if not found[key].ways for finding in together]
    return tuple(mended), tuple(left)


def _root(
    finding: Finding,
    standing: Mapping[str, Finding],
    reach: Mapping[str, Sequence[FrozenBitMap | None]],
    numbers: Mapping[str, int],
) -> Finding:
    """The furthest cause of which every way mends it as well; the finding itself, where there is none."""
    people = FrozenBitMap([numbers[key] for key in finding.people if key in numbers])
    cause, best, seen = finding, finding, {finding.id}
    while cause.cause is not None and cause.cause in standing and cause.cause not in seen:
        cause = standing[cause.cause]
        seen.add(cause.id)
        ways = reach[cause.id]
        if ways and all(way is None or not finding.people or way & people for way in ways):
            best = cause
    return best


def _reach(way: Way) -> FrozenBitMap | None:
    """Whom a way is for; None where it is for nobody in particular."""
    each = [_whom(effect) for effect in way.effects]
    return FrozenBitMap.union(EMPTY, *each) if all(each) else None


def _whom(effect: Effect) -> FrozenBitMap:
    return effect.joins | effect.removes | (effect.expected or EMPTY)


def chosen(
    world: World, wanted: Iterable[Need], numbers: Mapping[str, int], is_held: Callable[[Draft], bool]
) -> tuple[Draft, ...]:
    """One draft for each change. Needs that leave no choice come first, so that the others can build upon them."""
    drafts: dict[Change, list[Draft]] = {}
    reached = EMPTY
    wanted = tuple(wanted)
    named = _named(wanted, numbers)
    for need in sorted(wanted, key=lambda need: len(need.ways) > 1):

        def radius(way: Way, need: Need = need, known: FrozenBitMap = reached) -> _Radius:
            new = [effect for effect in way.effects if effect.change not in drafts]
            others = _others(new, named) - known
            return _radius(way, new, others, all(map(is_held, _drafts(way, need, numbers))))

        best, *rest = sorted(need.ways, key=radius) if len(need.ways) > 1 else need.ways
        told = tuple(_instead(world, way, named) for way in rest)
        for draft in _drafts(best, need, numbers):
            drafts.setdefault(draft.change, []).append(replace(draft, instead_of=told))
            reached |= draft.reaches
    return tuple(together(several) for several in drafts.values())


_Radius = tuple[bool, int, bool, int, int, int, str]


def _named(wanted: Iterable[Need], numbers: Mapping[str, int]) -> dict[Change, FrozenBitMap]:
    """By change, the people of all findings that it may mend."""
    found: dict[Change, list[FrozenBitMap]] = {}
    for need in wanted:
        people = FrozenBitMap([numbers[key] for one in need.findings for key in one.people if key in numbers])
        for change in {effect.change for way in need.ways for effect in way.effects}:
            found.setdefault(change, []).append(people)
    return {change: FrozenBitMap.union(EMPTY, *several) for change, several in found.items()}


def _others(effects: Iterable[Effect], named: Mapping[Change, FrozenBitMap]) -> FrozenBitMap:
    """Whom these changes reach, and no finding names that they mend."""
    return FrozenBitMap.union(EMPTY, *((one.joins | one.removes) - named[one.change] for one in effects))


def _radius(way: Way, new: Sequence[Effect], others: FrozenBitMap, held: bool) -> _Radius:
    unknown = {key for effect in new for key in effect.unknown_members}
    taken_over = FrozenBitMap.union(EMPTY, *(effect.takes_over for effect in new))
    return held, len(others) + len(unknown), bool(new), len(taken_over), way.rank, len(new), way.words


def _drafts(way: Way, need: Need, numbers: Mapping[str, int]) -> list[Draft]:
    """Each change of a way with the findings that it mends: the cause, and of the rest those about whom it is for."""
    about: dict[int, list[int]] = {}
    for position, finding in enumerate(need.findings[1:], start=1):
        for key in finding.people:
            if key in numbers:
                about.setdefault(numbers[key], []).append(position)
    everybody = {position for position in range(1, len(need.findings)) if not need.findings[position].people}
    people = FrozenBitMap(about)
    found = []
    for effect in way.effects:
        whom = _whom(effect)
        places = {place for number in whom & people for place in about[number]} | everybody
        rest = tuple(need.findings[place] for place in sorted(places)) if whom else need.findings[1:]
        found.append(Draft(effect=effect, findings=need.findings[:1] + rest, asked=need.asked))
    return found


def _instead(world: World, way: Way, named: Mapping[Change, FrozenBitMap]) -> str:
    """Another way, with its reach."""
    reached = FrozenBitMap.union(EMPTY, *(effect.joins | effect.removes for effect in way.effects))
    told = f"{way.words}: reaches {len(reached)} {'person' if len(reached) == 1 else 'people'}"
    others = _others(way.effects, named)
    if not others:
        return told
    # As many findings as a rule brings people may each tell of the rule: only the names that are shown are looked up.
    names = ", ".join(sorted(world.people[number].name for number in islice(others, _NAMES)))
    more = f" and {len(others) - _NAMES:,} more" if len(others) > _NAMES else ""
    return f"{told}, of whom no finding names {names}{more}"
