"""Whether a plan is one that this program could have made, and still passes every guard. Its digest is no signature.

Whoever edits a plan's file can seal it again. So what a plan claims is held against its own changes, the journal of the
apply that it takes back, the configuration of today and the last complete run, before anything of it is begun.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from msgspec import Struct

from reconciler.about_changes import groups, sentence, touched
from reconciler.changes import (
    ActivateRule,
    AddMember,
    AddToGroup,
    Change,
    CreateRule,
    DeactivateRule,
    EditRule,
    KandjiWrite,
    RemoveFromGroup,
    RemoveMember,
    SetActive,
    phase,
)
from reconciler.effects import okta_names
from reconciler.expression import any_group_added, any_group_of, parse
from reconciler.feeding import started
from reconciler.fixing import Way
from reconciler.guards import Populations, Spent, judge
from reconciler.holding import rests_on
from reconciler.model import Size
from reconciler.plan import Plan, Planned
from reconciler.planning import Policy, populations
from reconciler.world import World, declared


class Known(Struct, frozen=True, kw_only=True):
    """What the last complete run knew, as far as a plan is held against it."""

    populations: Populations = Populations(accounts=0, mappings=0)
    names: Mapping[str, tuple[str, ...]] = {}
    """All that a person or a group is called, by each of its ids."""
    brings: Mapping[str, frozenset[str] | str] = {}
    """Okta ids of whom a rule brings once it is switched on, by its id; or why that can't be told."""
    unconfirmed: tuple[Size, ...] = ()
    """Lists that shrank and are not believed yet."""
    cut_at: int | None = None
    """Number of members at which Kandji may cut a group off, as all groups together show it."""
    shows_members: bool = False
    """Whether Kandji tells the members of its groups: then one of which it tells none has none."""
    stale: str = ""
    """Why nothing may be taken away by these data; empty: it may."""


def known(world: World, plan: Plan, *, unconfirmed: tuple[Size, ...] = (), stale: str = "") -> Known:
    """What a world has of all that ``plan`` may name."""
    names: dict[str, tuple[str, ...]] = {}
    for person in world.people:
        user, account = person.user, person.account
        told: tuple[str, ...] = (person.key, person.name)
        told += (user.id, user.login, user.email or "") if user else ()
        told += (account.id, account.user_name or "", account.email or "") if account else ()
        names |= dict.fromkeys((person.key, *(one.id for one in (user, account) if one)), told)
    names |= {group.id: (group.name, group.id) for group in world.snapshot.okta.groups}
    names |= {group.id: (group.display_name or "", group.id) for group in world.snapshot.scim.groups}
    rules = {one.change.rule.id: one.change.restart for one in plan.changes if isinstance(one.change, ActivateRule)}
    brings: dict[str, frozenset[str] | str] = {}
    for ruled in world.rules or ():
        if (key := ruled.rule.id) in rules:
            way = started(world, ruled, restart=rules[key])
            brings[key] = _joining(world, way) if isinstance(way, Way) else way
    return Known(
        populations=populations(world),
        names=names,
        brings=brings,
        unconfirmed=unconfirmed,
        cut_at=next((len(group.member_ids or ()) for group in world.snapshot.scim.groups if group.perhaps_cut), None),
        shows_members=any(group.member_ids for group in world.snapshot.scim.groups),
        stale=stale,
    )


def _joining(world: World, way: Way) -> frozenset[str]:
    return frozenset(one.id for effect in way.effects for one in okta_names(world, effect.joins))


def forged(plan: Plan, inverses: Collection[Change]) -> str | None:
    """Why this program can't have made the plan; None: it may have. ``inverses``: of the apply that the plan says it
    takes back, as the journal has them."""
    whom: dict[tuple[str, str], str] = {}
    for one in plan.changes:
        change, told = one.change, sentence(one.change)
        if one.sentence != told:
            return f"{one.id} says that it would {one.sentence}, and it would {told}"
        if plan.undo_of is not None and change not in inverses:
            return f"apply {plan.undo_of} did nothing that is taken back by this: {told}"
        if plan.undo_of is None and _is_inverse(change):
            return f"only undo makes such a change: {told}"
        if not _is_provable(change):
            return f"its expression says something else than: {told}"
        if (subject := _subject(change)) is not None:
            side, key = subject
            people = {person.id for person in (*one.joins, *one.removes)} or {key}
            if len(people) > 1 or whom.setdefault((side, people.pop()), key) != key:
                return f"it counts others than whom it is about: {told}"
    return None


def _is_inverse(change: Change) -> bool:
    return isinstance(change, RemoveFromGroup | DeactivateRule) or (isinstance(change, EditRule) and not change.group)


def _is_provable(change: Change) -> bool:
    """Whether a rule's new expression is true of the groups that the change names, and of nobody else besides."""
    match change:
        case EditRule(before=before, after=after, group=group) if group is not None:
            text: str | None = before
            for one in (group, *change.also):
                text = any_group_added(parse(text), one.id) if text is not None else None
            return text == after
        case CreateRule(expression=expression, group=group, also=also):
            return expression == any_group_of(one.id for one in (group, *also))
        case _:
            return True


def _subject(change: Change) -> tuple[str, str] | None:
    """The one whom a change is about, where it reaches nobody else: the side, and the id there."""
    match change:
        case AddToGroup(person=one) | RemoveFromGroup(person=one):
            return "okta", one.id
        case AddMember(account=one) | RemoveMember(account=one) | SetActive(account=one):
            return "kandji", one.id
        case _:
            return None


def held(plan: Plan, known: Known, policy: Policy, spent: Spent) -> dict[str, str]:
    """Why changes of the plan must not be begun now, by their ids. ``policy`` is that of today, its patterns folded;
    ``spent``: what other applies have done."""
    asked: tuple[Callable[[Planned], str | None], ...] = (
        lambda one: _protected(one, known, policy),
        lambda one: _written_to_kandji(plan, one, policy),
        lambda one: _unsure(one, known),
        lambda one: _joined_by_rule(one, known),
    )
    verdict = judge(
        plan.changes, limits=policy.limits, populations=known.populations, spent=spent, ceilings=plan.ceilings
    )
    why = {one.planned.id: f"held back by a guard: {one.reasons[0]}" for one in verdict.withheld}
    for one in plan.changes:
        found = next((words for ask in asked if (words := ask(one)) is not None), None)
        if found is not None:
            why[one.id] = found
    return why


def _protected(planned: Planned, known: Known, policy: Policy) -> str | None:
    """Who or what of a change may not be touched, by any of its names."""
    named = groups(planned.change)
    people = [one for one in touched(planned.change) if one not in named]
    for one in (*people, *planned.removes, *planned.joins):
        if declared(policy.protected_people, (one.name, one.id, *known.names.get(one.id, ()))):
            return f"{one.name} is protected"
    for one in named:
        if declared(policy.protected_groups, (one.name, one.id, *known.names.get(one.id, ()))):
            return f"{one.name} is protected"
    return None


def _written_to_kandji(plan: Plan, planned: Planned, policy: Policy) -> str | None:
    if not isinstance(planned.change, KandjiWrite) or plan.undo_of is not None:
        return None
    if set(planned.kinds) & set(policy.kandji_writes):
        return None
    return f"[fix] kandji_writes does not allow it for {', '.join(planned.kinds) or 'what nobody found'}"


def _unsure(planned: Planned, known: Known) -> str | None:
    """Why nothing is taken away by data that are not to be relied on."""
    change = planned.change
    if not planned.removes and phase(change) != "removals":
        return None
    if known.stale:
        return known.stale
    ids, rests = {one.id for one in touched(change)}, rests_on(change)
    for size in known.unconfirmed:
        if size.about in ids or size.source in rests:
            return f"{size.name}: {size.believed:,} before, {size.size:,} now, and nobody has confirmed that"
    return None


def _joined_by_rule(planned: Planned, known: Known) -> str | None:
    """A rule that is switched on brings whom it is true of, which its own groups do not tell."""
    if not isinstance(planned.change, ActivateRule):
        return None
    brings = known.brings.get(planned.change.rule.id, "the last run does not know this rule")
    if isinstance(brings, str):
        return f"who would join can't be told: {brings}"
    more = brings - {person.id for person in planned.joins}
    names = sorted(known.names.get(key, (key, key))[1] for key in more)
    return f"it would also bring {', '.join(names[:5])}: plan again" if more else None
