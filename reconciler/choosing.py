"""Which changes mend what: one way for each need, each change once.

A finding whose cause can be mended is mended by what mends the cause. Among several ways the one with the smallest
blast radius wins: the fewest people whom no finding names, beyond those whom a change reaches that is planned anyway;
where that is equal, a way that needs no further change, then the one that takes over fewest from hand, then
``Way.rank``, then the fewest changes. A way that is held back as a whole comes last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace
from pyroaring import FrozenBitMap

from reconciler.about_changes import groups
from reconciler.changes import ActivateMapping, Change, EditRule, KandjiWrite, LinkGroup, Relink, Repush
from reconciler.expression import any_group_added, parse
from reconciler.findings import Finding
from reconciler.fixing import Effect, Fix, Fixer, Way
from reconciler.world import EMPTY, World

TOLD_ONLY = "this program only tells it"
_NAMES = 10
"""So many people are named whom another way reaches."""
_STRONGEST: tuple[type[Change], ...] = (Relink, ActivateMapping, Repush, LinkGroup)
"""Of several pushes of one mapping, the one that mends most is made, and it alone."""


class Draft(Struct, frozen=True, kw_only=True):
    """A change that is wanted, by whom, and instead of what."""

    effect: Effect
    findings: tuple[Finding, ...] = ()
    """Those it mends."""
    asked: tuple[str, ...] = ()
    instead_of: tuple[str, ...] = ()

    @property
    def change(self) -> Change:
        return self.effect.change

    @property
    def reaches(self) -> FrozenBitMap:
        return self.effect.joins | self.effect.removes


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
    ways = tuple(way for way in fix.ways if finding.kind in kandji_writes or not _writes_to_kandji(way))
    closed = f"it is written to Kandji itself, which [fix] kandji_writes does not allow for {finding.kind}"
    return Offered(ways=ways, why="" if ways else closed)


def _writes_to_kandji(way: Way) -> bool:
    return any(isinstance(effect.change, KandjiWrite) for effect in way.effects)


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
    for need in sorted(wanted, key=lambda need: len(need.ways) > 1):
        named = FrozenBitMap([numbers[key] for one in need.findings for key in one.people if key in numbers])

        def radius(way: Way, need: Need = need, known: FrozenBitMap = named | reached) -> _Radius:
            new = [effect for effect in way.effects if effect.change not in drafts]
            return _radius(way, new, known, all(map(is_held, _drafts(way, need, numbers))))

        best, *others = sorted(need.ways, key=radius) if len(need.ways) > 1 else need.ways
        told = tuple(_instead(world, way, named) for way in others)
        for draft in _drafts(best, need, numbers):
            drafts.setdefault(draft.change, []).append(replace(draft, instead_of=told))
            reached |= draft.reaches
    return tuple(_together(several) for several in drafts.values())


_Radius = tuple[bool, int, bool, int, int, int, str]


def _radius(way: Way, new: Sequence[Effect], known: FrozenBitMap, held: bool) -> _Radius:
    others = FrozenBitMap.union(EMPTY, *(effect.joins | effect.removes for effect in new)) - known
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


def _instead(world: World, way: Way, named: FrozenBitMap) -> str:
    """Another way, with its reach."""
    reached = FrozenBitMap.union(EMPTY, *(effect.joins | effect.removes for effect in way.effects))
    told = f"{way.words}: reaches {len(reached)} {'person' if len(reached) == 1 else 'people'}"
    others = reached - named
    if not others:
        return told
    # As many findings as a rule brings people may each tell of the rule: only the names that are shown are looked up.
    names = ", ".join(sorted(world.people[number].name for number in islice(others, _NAMES)))
    more = f" and {len(others) - _NAMES:,} more" if len(others) > _NAMES else ""
    return f"{told}, of whom no finding names {names}{more}"


def _together(drafts: Sequence[Draft]) -> Draft:
    """One change that several want: that of the first."""
    effects = [draft.effect for draft in drafts]
    expected = [effect.expected for effect in effects if effect.expected is not None]
    return Draft(
        effect=Effect(
            change=effects[0].change,
            joins=FrozenBitMap.union(EMPTY, *(effect.joins for effect in effects)),
            removes=FrozenBitMap.union(EMPTY, *(effect.removes for effect in effects)),
            takes_over=FrozenBitMap.union(EMPTY, *(effect.takes_over for effect in effects)),
            expected=FrozenBitMap.union(EMPTY, *expected) if expected else None,
            unknown_members=_once(key for effect in effects for key in effect.unknown_members),
            side_effects=_once(words for effect in effects for words in effect.side_effects),
        ),
        findings=tuple({finding.id: finding for draft in drafts for finding in draft.findings}.values()),
        asked=_once(words for draft in drafts for words in draft.asked),
        instead_of=_once(words for draft in drafts for words in draft.instead_of),
    )


def _once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def each_pushed_once(drafts: Iterable[Draft]) -> tuple[Draft, ...]:
    """Of several pushes of one mapping, or of one group that is linked anew, the strongest, for all of them."""
    pushes: dict[tuple[str, str], list[Draft]] = {}
    others: list[Draft] = []
    for draft in drafts:
        match draft.change:
            case LinkGroup(group=group):
                pushes.setdefault(("link", group.id), []).append(draft)
            case ActivateMapping(mapping_id=key) | Repush(mapping_id=key) | Relink(mapping_id=key):
                pushes.setdefault(("mapping", key), []).append(draft)
            case _:
                others.append(draft)
    return (*others, *(_together(sorted(several, key=_strength)) for several in pushes.values()))


def _strength(draft: Draft) -> tuple[int, str]:
    return _STRONGEST.index(type(draft.change)), str(draft.change)


def each_rule_edited_once(drafts: Iterable[Draft]) -> tuple[tuple[Draft, ...], tuple[Draft, ...]]:
    """The drafts with one edit for each rule, which adds every group; and those whose group can't be added as well,
    since no edit can be proven."""
    edits: dict[str, list[Draft]] = {}
    others: list[Draft] = []
    for draft in drafts:
        match draft.change:
            case EditRule(rule=rule, group=group) if group is not None:
                edits.setdefault(rule.id, []).append(draft)
            case _:
                others.append(draft)
    unproven: list[Draft] = []
    for several in edits.values():
        first, *rest = sorted(several, key=lambda draft: [(one.name, one.id) for one in groups(draft.change)])
        for draft in rest:
            both = _extended(first, draft)
            first = both or first
            unproven += [] if both else [draft]
        others.append(first)
    return tuple(others), tuple(unproven)


def _extended(draft: Draft, more: Draft) -> Draft | None:
    edit, further = draft.change, more.change
    if not isinstance(edit, EditRule) or not isinstance(further, EditRule) or edit.before != further.before:
        return None
    text: str | None = edit.after
    for group in groups(further):
        text = any_group_added(parse(text), group.id) if text is not None else None
    if text is None:
        return None
    both = _together((draft, more))
    change = replace(edit, after=text, also=(*edit.also, *groups(further)))
    return replace(both, effect=replace(both.effect, change=change))
