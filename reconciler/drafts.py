"""Changes that are wanted, before they stand in a plan: each mapping is pushed once, each rule edited once, and one
rule made for all groups that need a new one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import count

from msgspec import Struct
from msgspec.structs import replace
from pyroaring import FrozenBitMap

from reconciler.about_changes import groups
from reconciler.changes import ActivateMapping, Change, CreateRule, EditRule, LinkGroup, Named, Relink, Repush
from reconciler.expression import any_group_added, any_group_of, parse
from reconciler.findings import Finding
from reconciler.fixing import Effect
from reconciler.world import EMPTY, fold

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


class Hold(Struct, frozen=True, kw_only=True, order=True):
    """Why a draft is held back; ``lift``: what lifts it, if anything does."""

    guard: str
    words: str
    lift: str | None = None


def together(drafts: Sequence[Draft]) -> Draft:
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
    return (*others, *(together(sorted(several, key=_strength)) for several in pushes.values()))


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
    both = together((draft, more))
    change = replace(edit, after=text, also=(*edit.also, *groups(further)))
    return replace(both, effect=replace(both.effect, change=change))


def one_rule_made(drafts: Iterable[Draft], taken: Collection[str]) -> tuple[Draft, ...]:
    """The drafts with one new rule for each group that is filled, which brings the people of every group. ``taken``:
    folded names of the rules that there are."""
    made: dict[Named, list[Draft]] = {}
    others: list[Draft] = []
    for draft in drafts:
        match draft.change:
            case CreateRule(group=group, target=target) as rule if rule.expression == any_group_of([group.id]):
                made.setdefault(target, []).append(draft)
            case _:
                others.append(draft)
    for target, several in sorted(made.items()):
        if len(several) == 1:
            others += several
        else:
            name = next(name for name in _names(len(several)) if fold(name) not in taken)
            taken = {*taken, fold(name)}
            others.append(_made_together(several, target, name))
    return tuple(others)


def _made_together(drafts: Sequence[Draft], target: Named, name: str) -> Draft:
    first, *more = sorted({one for draft in drafts for one in groups(draft.change) if one != target})
    change = CreateRule(
        name=name,
        expression=any_group_of(one.id for one in (first, *more)),
        group=first,
        target=target,
        also=tuple(more),
    )
    made = together(drafts)
    return replace(made, effect=replace(made.effect, change=change))


def _names(groups: int) -> Iterable[str]:
    yield (name := f"Assign people of {groups} groups")
    yield from (f"{name} ({number})" for number in count(2))
