"""How people come into the assignment group: by hand, by a rule that is extended or made, or by one that is activated.

Rules evaluate everybody but deactivated people, so whoever is staged or suspended joins as well. Where it can't be told
who would join, nothing is offered, and words say why.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter

from pyroaring import FrozenBitMap

from reconciler.changes import ActivateRule, AddToGroup, CreateRule, EditRule, Named
from reconciler.coverage import Coverage
from reconciler.expression import Facts, any_group_added, any_group_of, evaluate
from reconciler.fixing import Effect, Way
from reconciler.model import Group
from reconciler.rules import Ruled
from reconciler.world import EMPTY, World, fold

LONGEST_NAME = 50
"""Of a rule, in characters (Okta API reference, Group Rules)."""
_RULE_IDS = attrgetter("rule_ids")


def filled_elsewhere(world: World) -> bool:
    """Whether an assigned group is filled by Okta itself or by another directory, or it is declared who does."""
    types = {group.id: group.type for group in world.snapshot.okta.groups}
    filled = any(types.get(group) in ("BUILT_IN", "APP_GROUP") for group in world.assigned_groups)
    return filled or world.settings.filled_by is not None


def by_rules(world: World, group_id: str) -> bool:
    """Whether it is known of a group that nobody was put into it by hand."""
    read = (group for group in world.snapshot.okta.members if group.group_id == group_id)
    return any(all(map(_RULE_IDS, group.members)) for group in read)


def coverage(world: World) -> Coverage:
    """What the rules that assign say of the members of any group; for ``World.once``."""
    return Coverage(world.rules or (), world.assigning, world.population.names)


def uncovered(world: World, group: Group) -> bool:
    """Whether it is sure that no active rule sees to everybody of a group."""
    told = world.once(coverage).of(group, by_rules(world, group.id))
    return not (told.covered or told.doubts)


def covered(world: World, group: Group) -> bool:
    """Whether some active rule sees to everybody of a group."""
    return world.once(coverage).of(group, by_rules(world, group.id)).covered


def by_hand(world: World, people: FrozenBitMap, *, rank: int = 0) -> Way | str:
    """Puts each of these people into the assignment group, but those who are in it."""
    into = world.assignment_target.group
    if into is None:
        return world.assignment_target.why
    lacking = sorted(people - world.members(into.id), key=lambda number: (world.people[number].name, number))
    effects = tuple(effect for number in lacking for effect in _put(world, into, number))
    if not effects:
        return f"in {into.name} already, and Okta has not assigned the app"
    return Way(effects=effects, words=f"put {_count(len(effects))} into {into.name} by hand", rank=rank)


def excluded_by(world: World, number: int) -> tuple[Ruled, ...]:
    """Active rules into an assigned group from which somebody is excluded, where no other brings them."""
    if any(number in one.brings for one in world.assigning):
        return ()
    return tuple(one for one in world.assigning if number in one.excluded)


def by_rule(world: World, group: Named) -> Way | str:
    """Extends the rule that feeds the assignment group by this group, else makes one: whichever Okta group it is."""
    into = world.assignment_target.group
    if into is None:
        return world.assignment_target.why
    if world.rules is None:
        return "the org's group rules could not be read"
    if not world.is_read(group.id):
        return f"the members of {group.name} were not read"
    if group.id in world.assigned_groups:
        return f"{group.name} is assigned itself"
    feeding = [(one, any_group_added(one.expression, group.id)) for one in _feeding(world, into)]
    for one, after in feeding:
        if after == one.expression.text:
            return f"the rule {one.rule.name} brings everybody of {group.name} already"
    for one, after in feeding:
        if after is not None and one.rule.target_group_ids == (into.id,):
            return _extended(world, one, after, group, into)
    return _made(world, group, into)


def started(world: World, one: Ruled, *, restart: bool) -> Way | str:
    """Activates a rule; ``restart``: one that is ACTIVE, so that Okta evaluates everybody again."""
    for target_id in one.rule.target_group_ids:
        if (unfit := _unfit(world, target_id)) is not None:
            return f"it fills {world.named(target_id)}, which {unfit}"
    inside = FrozenBitMap.intersection(*(world.members(key) for key in one.rule.target_group_ids or ("",)))
    unknown = world.once(_in_okta) - world.left - one.brings - one.passes - inside
    if unknown:
        return f"of {_count(len(unknown))} it can't be told whether it is true: {world.names(unknown)}"
    if not restart and not _strangers_pass(world, one):
        return "it may be true of people whom no run has read: who would join can't be told"
    brings = one.brings - world.left
    effect = Effect(
        change=ActivateRule(
            rule=Named(name=one.rule.name, id=one.rule.id), expression=one.rule.expression or "", restart=restart
        ),
        joins=brings - inside,
        takes_over=FrozenBitMap.union(EMPTY, *(brings & _held(world, key)[0] for key in one.rule.target_group_ids)),
        side_effects=("Okta evaluates the rule for everybody again",) if restart else (),
    )
    return Way(effects=(effect,), words=f"{'restart' if restart else 'activate'} the rule {one.rule.name}")


def restarts(world: World) -> dict[str, Way | str]:
    """By id, of every active rule: hundreds of people may be missed by one. For ``World.once``."""
    active = (one for one in world.rules or () if one.active and not one.invalid)
    return {one.rule.id: started(world, one, restart=True) for one in active}


def _put(world: World, into: Group, number: int) -> Iterator[Effect]:
    user = world.people[number].user
    if user is not None:
        change = AddToGroup(group=_named(into), person=Named(name=user.login, id=user.id))
        shut_out = tuple(f"the rule {one.rule.name} excludes {user.login}" for one in excluded_by(world, number))
        yield Effect(change=change, joins=FrozenBitMap([number]), side_effects=shut_out)


def _feeding(world: World, into: Group) -> list[Ruled]:
    """Active rules into the assignment group: the one that names most pushed groups first."""
    pushed = frozenset(push.group_id for push in world.pushes)
    rules = [one for one in world.assigning if one.feeds({into.id})]
    return sorted(rules, key=lambda r: (-len(r.expression.group_ids & pushed), r.rule.name.casefold(), r.rule.id))


def _extended(world: World, one: Ruled, after: str, group: Named, into: Group) -> Way:
    change = EditRule(
        rule=Named(name=one.rule.name, id=one.rule.id), before=one.expression.text, after=after, group=group
    )
    effect = _brought(world, change, world.members(group.id) - one.excluded, into)
    return Way(effects=(effect,), words=f"extend the rule {one.rule.name} by {group.name}")


def _made(world: World, group: Named, into: Group) -> Way:
    name = _free_name(world, group)
    change = CreateRule(name=name, expression=any_group_of([group.id]), group=group, target=_named(into))
    people = world.members(group.id)
    shut_out = FrozenBitMap.union(EMPTY, *(one.excluded for one in _feeding(world, into))) & people - world.left
    told = (f"brings in whom other rules exclude: {world.names(shut_out)}",) if shut_out else ()
    return Way(effects=(_brought(world, change, people, into, told),), words=f"make the rule {name}")


def _brought(
    world: World, change: EditRule | CreateRule, people: FrozenBitMap, into: Group, told: tuple[str, ...] = ()
) -> Effect:
    brings = people - world.left
    hand, unknown = _held(world, into.id)
    if unsure := brings & unknown:
        told = (*told, f"of {_count(len(unsure))} it is not known whether they are in {into.name} by hand")
    joins = brings - world.members(into.id)
    if outside := joins - world.scope:
        told = (*told, f"brings in whom [scope] leaves out: {world.names(outside)}")
    return Effect(change=change, joins=joins, takes_over=brings & hand, side_effects=told)


def _free_name(world: World, group: Named) -> str:
    """A name for the rule of a group that no other rule has, nor one made beside it for a group of the same name."""
    taken = {fold(rule.name) for rule in world.snapshot.okta.rules or ()}
    groups = (other for other in world.snapshot.okta.groups if other.type != "APP_GROUP")
    alike = sum(fold(other.name) == fold(group.name) for other in groups)

    name = f"Assign {group.name}"
    if len(name) <= LONGEST_NAME and alike < 2 and fold(name) not in taken:
        return name
    number = 1
    while True:
        more = f" ({group.id})" if number == 1 else f" ({group.id}, {number})"
        name = f"Assign {group.name}"[: LONGEST_NAME - len(more)] + more
        if fold(name) not in taken:
            return name
        number += 1


def _unfit(world: World, group_id: str) -> str | None:
    """Why nobody may be put into a group."""
    group = next((group for group in world.snapshot.okta.groups if group.id == group_id), None)
    if group is None or not world.is_read(group_id):
        return "was not read"
    if group.type != "OKTA_GROUP":
        return "is filled by Okta itself or by another directory"
    if group.has_admin_role:
        return "carries an admin role"
    return "is pushed" if any(push.group_id == group_id for push in world.pushes) else None


def _strangers_pass(world: World, one: Ruled) -> bool:
    """Whether the rule is surely false of anybody who is in none of the groups that were read."""
    outside = {key: world.named(key) for key in one.expression.group_ids if world.is_read(key)}
    return evaluate(one.expression, Facts(not_member_of=outside)).value is False


def _held(world: World, group_id: str) -> tuple[FrozenBitMap, FrozenBitMap]:
    """Who is in a group by hand, and of whom that is not known."""
    held = world.once(_held_in_assigned)
    return held[group_id] if group_id in held else _held_in(world, group_id)


def _held_in_assigned(world: World) -> dict[str, tuple[FrozenBitMap, FrozenBitMap]]:
    return {group_id: _held_in(world, group_id) for group_id in world.assigned_groups}


def _held_in(world: World, group_id: str) -> tuple[FrozenBitMap, FrozenBitMap]:
    numbers = world.once(_numbers)
    members = [one for group in world.snapshot.okta.members if group.group_id == group_id for one in group.members]
    return (
        FrozenBitMap([numbers[one.user_id] for one in members if one.rule_ids == ()]),
        FrozenBitMap([numbers[one.user_id] for one in members if one.rule_ids is None]),
    )


def _in_okta(world: World) -> FrozenBitMap:
    return FrozenBitMap(world.once(_numbers).values())


def _numbers(world: World) -> dict[str, int]:
    """People's numbers by Okta id."""
    return {person.user.id: number for number, person in enumerate(world.people) if person.user is not None}


def _named(group: Group) -> Named:
    return Named(name=group.name, id=group.id)


def _count(people: int) -> str:
    return "1 person" if people == 1 else f"{people:,} people"
