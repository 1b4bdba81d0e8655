"""Builds a plan: from findings or from what somebody asks for, the changes that mend it, in the safe order.

``choosing`` says which changes, ``holding`` what holds a single one back, ``guards`` how many people all may affect.
Each standing finding ends as mended by a change, as withheld with one, or by hand; of several changes that mend a
finding together, some may be withheld.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace
from pyroaring import FrozenBitMap

from reconciler.about_changes import sentence, sort_key, undo
from reconciler.changes import SetActive
from reconciler.choosing import Need, chosen, needs
from reconciler.drafts import Draft, Hold, each_pushed_once, each_rule_edited_once, one_rule_made
from reconciler.effects import SideEffects, coming_back, expected_ids, okta_names, taken_out, vanishing
from reconciler.findings import Finding, Kind, order
from reconciler.fixing import Fixer, Way
from reconciler.guards import Limits, Populations, Spent, added, judge
from reconciler.holding import Holding
from reconciler.model import Size
from reconciler.plan import ByHand, Ceilings, Plan, Planned, Withheld, change_id, sealed
from reconciler.world import EMPTY, World, fold


class Policy(Struct, frozen=True, kw_only=True):
    """What the configuration says about mending."""

    limits: Limits = Limits()
    kandji_writes: tuple[str, ...] = ()
    """Kinds of drift that may be mended in Kandji itself."""
    protected_people: tuple[str, ...] = ()
    """Patterns of logins and user names that are never touched, on either side."""
    protected_groups: tuple[str, ...] = ()
    """The same of group names and ids."""


class Asked(Struct, frozen=True, kw_only=True):
    """A command's own wish: ``assign``, ``cover``, ``link``, ``unlink``, ``push-now``."""

    why: str
    """"asked for: push-now Sales"."""
    ways: tuple[Way, ...]
    told: tuple[str, ...] = ()
    """What is so already and needs nothing: "Sales is covered already"."""


class About(Struct, frozen=True, kw_only=True):
    """What a plan is made for and of."""

    by: str
    run: int
    run_finished: datetime
    data_digest: str
    scope_set: bool
    """Whether ``[scope]`` says who is meant to be in Kandji."""
    apps_of_groups: tuple[tuple[str, tuple[str, ...] | None], ...] = ()
    """Labels of the other apps that a group gives, by the group's id; None where that could not be read."""


def build(
    world: World,
    findings: Sequence[Finding],
    *,
    fixes: Mapping[str, Fixer],
    kinds: Mapping[str, Kind],
    policy: Policy,
    spent: Spent,
    about: About,
    ceilings: Ceilings,
    asked: Iterable[Asked] = (),
    named: frozenset[str] = frozenset(),
    known: Sequence[Finding] | None = None,
    unconfirmed: Sequence[Size] = (),
) -> Plan:
    """The sealed plan, the same whatever the order of what goes in. Pure: it reads no clock, and dates the plan as its
    data.

    ``named``: ids of findings that somebody asked for one by one. ``known``: every finding of the run, those that
    settle or are accepted too, among which those are looked for that forbid a change; None: ``findings``.
    ``unconfirmed``: lists that shrank and are not believed yet. Raises ``UsageError`` for a ceiling without a reason.
    """
    holding = Holding(
        world,
        findings if known is None else known,
        policy=policy,
        unconfirmed=unconfirmed,
        scope_set=about.scope_set,
    )
    wanted, left = needs(world, order(findings), fixes, policy.kandji_writes, named)
    wishes = [Need(ways=one.ways, asked=(one.why,)) for one in sorted(asked, key=lambda one: one.why) if one.ways]
    numbers = {person.key: number for number, person in enumerate(world.people)}
    drafts = each_pushed_once(chosen(world, (*wanted, *wishes), numbers, _is_held(holding)))
    told = _Telling(world, about)
    held, free = _sorted_out(drafts, holding, told)
    verdict = judge(
        sorted((told.planned(draft) for draft in free), key=_order),
        limits=policy.limits,
        populations=populations(world),
        spent=spent,
        ceilings=ceilings,
    )
    coming = frozenset[str]().union(*map(added, verdict.kept))
    withheld = (*held, *map(told.vanishing, verdict.withheld))
    okta = world.snapshot.okta
    return sealed(
        Plan(
            made=about.run_finished,
            by=about.by,
            org_url=okta.org_url,
            app_id=okta.app.id,
            app_label=okta.app.label,
            scim_url=world.snapshot.scim.base_url,
            run=about.run,
            run_finished=about.run_finished,
            data_digest=about.data_digest,
            changes=verdict.kept,
            withheld=tuple(
                sorted((told.coming_back(one, coming) for one in withheld), key=lambda one: _order(one.planned))
            ),
            by_hand=tuple(_by_hand(finding, why, kinds) for finding, why in _in_order(findings, left)),
            guards=verdict.lines,
            ceilings=ceilings,
            kandji_writes=policy.kandji_writes,
        )
    )


def _is_held(holding: Holding) -> Callable[[Draft], bool]:
    """Whether anything holds a draft back, asked once of a change and the groups for whose sake it is made: thousands
    of findings may want the same push."""
    known: dict[object, bool] = {}

    def held(draft: Draft) -> bool:
        groups = frozenset(key for finding in draft.findings for key, _ in finding.groups)
        asked = (draft.change, draft.asked, groups)
        if asked not in known:
            known[asked] = bool(holding.of(draft))
        return known[asked]

    return held


def populations(world: World) -> Populations:
    """Of what the people whom a plan affects are a part."""
    okta = {group.group_id: len(world.members(group.group_id)) for group in world.snapshot.okta.members}
    kandji = {group.id: len(set(group.member_ids or ())) for group in world.snapshot.scim.groups}
    return Populations(
        accounts=len(world.account_active),
        mappings=len(world.pushes),
        groups=tuple(sorted((okta | kandji).items())),
    )


def _order(planned: Planned) -> tuple[int, int, str, str]:
    return sort_key(planned.change)


def _in_order(findings: Iterable[Finding], left: Iterable[tuple[Finding, str]]) -> list[tuple[Finding, str]]:
    place = {finding.id: position for position, finding in enumerate(order(findings))}
    return sorted(left, key=lambda told: place[told[0].id])


def _by_hand(finding: Finding, why: str, kinds: Mapping[str, Kind]) -> ByHand:
    kind = kinds.get(finding.kind)
    clicks = kind.how.by_hand if kind is not None and kind.how is not None else ()
    return ByHand(finding=finding.id, kind=finding.kind, sentence=finding.sentence, why=why, clicks=clicks)


def _sorted_out(drafts: Iterable[Draft], holding: Holding, told: _Telling) -> tuple[list[Withheld], tuple[Draft, ...]]:
    """What is held back, and the rest with one edit for each rule and one new rule: a group that is held back leaves
    the others'."""
    every = tuple(drafts)
    joining = FrozenBitMap.union(EMPTY, *(draft.effect.joins for draft in every))
    held: list[Withheld] = []
    free: list[Draft] = []
    for draft in every:
        holds = holding.of(draft)
        if isinstance(draft.change, SetActive) and draft.effect.removes & joining:
            holds += (Hold(guard="order", words="the same plan brings them in"),)
        if holds:
            held.append(told.withheld(draft, holds))
        else:
            free.append(draft)
    rest, unproven = each_rule_edited_once(one_rule_made(free, told.rule_names))
    why = Hold(guard="expression", words="no edit of the rule can be proven that adds this group to the others")
    return [*held, *(told.withheld(draft, (why,)) for draft in unproven)], rest


class _Telling:
    """Drafts as they stand in a plan."""

    def __init__(self, world: World, about: About) -> None:
        self._world = world
        self._sides = SideEffects(world, dict(about.apps_of_groups))
        self._keys = {person.key: number for number, person in enumerate(world.people)}

    @property
    def rule_names(self) -> frozenset[str]:
        return frozenset(fold(rule.name) for rule in self._world.snapshot.okta.rules or ())

    def planned(self, draft: Draft) -> Planned:
        effect, change = draft.effect, draft.change
        gone = taken_out(self._world, effect)
        mended = order(draft.findings)
        named = FrozenBitMap([self._keys[key] for one in mended for key in one.people if key in self._keys])
        return Planned(
            id=change_id(change),
            change=change,
            sentence=sentence(change),
            why=tuple(dict.fromkeys((*(one.sentence for one in mended), *draft.asked))),
            mends=tuple(one.id for one in mended),
            kinds=tuple(sorted({one.kind for one in mended})),
            joins=okta_names(self._world, effect.joins),
            others=okta_names(self._world, effect.joins - named) if mended else (),
            removes=gone,
            takes_over=okta_names(self._world, effect.takes_over),
            expected=expected_ids(self._world, effect),
            side_effects=self._sides.of(effect, mended, gone),
            instead_of=draft.instead_of,
            undo=undo(change),
        )

    def withheld(self, draft: Draft, holds: Sequence[Hold]) -> Withheld:
        """What lifts it is told only where something lifts every reason."""
        lifts = [hold.lift for hold in holds]
        return self.vanishing(
            Withheld(
                planned=self.planned(draft),
                reasons=tuple(hold.words for hold in holds),
                guards=tuple(dict.fromkeys(hold.guard for hold in holds)),
                lift=None if None in lifts else "; ".join(dict.fromkeys(lift for lift in lifts if lift)),
            )
        )

    def vanishing(self, withheld: Withheld) -> Withheld:
        """With those whom a push would take out, and why: this is what it is withheld for."""
        words = vanishing(self._world, withheld.planned.change, withheld.planned.removes)
        return replace(withheld, reasons=(*withheld.reasons, *([words] if words else [])))

    def coming_back(self, withheld: Withheld, coming: frozenset[str]) -> Withheld:
        """With those whom this plan brings back: they count, as nothing has brought them yet. ``coming``: Okta ids of
        everybody whom the plan brings."""
        words = coming_back(self._world, withheld.planned.change, withheld.planned.removes, coming)
        return replace(withheld, reasons=(*withheld.reasons, *([words] if words else [])))
