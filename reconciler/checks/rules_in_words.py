"""What the report says of group rules beside findings: each rule in words, and how each pushed group is covered.

Said of the same rules, and of members of whom the same is known, as ``push-group-not-covered`` is judged by, so that
they can't disagree. A rule that fills pushed groups alone brings nobody into the app: it is not asked what it covers.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.about_rules import conditions_in_words
from reconciler.coverage import SEES_TO, Coverage
from reconciler.expression import Stance
from reconciler.feeding import by_rules, filled_elsewhere
from reconciler.findings import RuleLine
from reconciler.rules import Ruled
from reconciler.world import World

Said = Mapping[str, Mapping[str, Stance]]
"""By pushed group, then by rule."""
NAMED = 3
"""So many rules are named where more of them cover a group."""


def in_words(world: World) -> tuple[tuple[RuleLine, ...], dict[str, str]]:
    """The rules that fill an assigned or pushed group, by name; and by id of each pushed group how rules bring its
    people into the assigned groups. Both are empty where rules could not be read."""
    if world.rules is None:
        return (), {}
    said, fed = _said(world, world.rules), world.filled
    seen_to = _seen_to(world, said)
    lines = [_line(world, one, said, seen_to) for one in world.rules if one.feeds(fed)]
    working = {one.rule.id: one.rule.name for one in world.assigning}
    return (
        tuple(sorted(lines, key=lambda line: (line.name.casefold(), line.rule_id))),
        {group_id: _covered(world, group_id, stances, working) for group_id, stances in said.items()},
    )


def _said(world: World, rules: tuple[Ruled, ...]) -> Said:
    assigning = [one for one in rules if one.feeds(world.assigned_groups)]
    coverage = Coverage(rules, assigning, world.population.names)
    groups = {push.group_id: push.source for push in world.live_pushes if push.source is not None}
    said: dict[str, dict[str, Stance]] = {}
    for group_id, group in groups.items():
        ways = list(coverage.stances(group, by_rules(world, group_id)))
        said[group_id] = {one.rule.id: _together([way[at] for way in ways]) for at, one in enumerate(assigning)}
    return said


def _seen_to(world: World, said: Said) -> frozenset[str]:
    """Pushed groups of which nobody can say that rules miss them."""
    working = {one.rule.id for one in world.assigning}
    covered = {
        group_id
        for group_id, rules in said.items()
        if any(stance.says in SEES_TO for rule_id, stance in rules.items() if rule_id in working)
    }
    return frozenset(covered) | world.assigned_groups


def _together(stances: list[Stance]) -> Stance:
    """Of members who come in on several ways: what holds for each of them, else the condition for some."""
    if len({stance.says for stance in stances}) == 1:
        return stances[0]
    conditions = [stance for stance in stances if stance.says == "covers if"]
    if conditions:
        return conditions[0]
    if any(stance.says == "unknown" for stance in stances):
        return next(stance for stance in stances if stance.says == "unknown")
    if any(stance.says == "covers" for stance in stances):
        return Stance("covers if", "rules brought them into it the right way")
    return Stance("does not look")


def _line(world: World, one: Ruled, said: Said, seen_to: frozenset[str]) -> RuleLine:
    about = sorted(
        (
            (group_id, world.named(group_id), rules[one.rule.id])
            for group_id, rules in said.items()
            if one.rule.id in rules
        ),
        key=lambda told: (told[1].casefold(), told[0]),
    )

    def those(says: str) -> tuple[tuple[str, str], ...]:
        return tuple((group_id, name) for group_id, name, stance in about if stance.says == says)

    return RuleLine(
        rule_id=one.rule.id,
        name=one.rule.name,
        status="INVALID" if one.invalid else one.rule.status,
        words=world.once(conditions_in_words)(one.expression.text),
        targets=tuple((target, world.named(target)) for target in one.rule.target_group_ids),
        covers=those("covers"),
        covers_if=tuple(
            (group_id, name, stance.condition or "") for group_id, name, stance in about if stance.says == "covers if"
        ),
        excludes=those("excludes"),
        misses=tuple(told for told in those("does not look") if told[0] not in seen_to),
        trouble=_trouble(one),
    )


def _trouble(one: Ruled) -> str | None:
    if one.invalid:
        return "Okta calls it invalid: a group or an attribute that it names is gone"
    if one.expression.problem is not None:
        return f"its expression is not understood: {one.expression.problem}"
    return None


def _covered(world: World, group_id: str, said: Mapping[str, Stance], working: Mapping[str, str]) -> str:
    if group_id in world.assigned_groups:
        return "the group is assigned itself"
    told = [(name, said[rule_id]) for rule_id, name in working.items() if rule_id in said]
    whole = sorted(name for name, stance in told if stance.says == "covers")
    if whole:
        more = f" and {len(whole) - NAMED} more" if len(whole) > NAMED else ""
        return f"covered by {', '.join(whole[:NAMED])}{more}"
    partly = sorted(f"{name}, if {stance.condition}" for name, stance in told if stance.says == "covers if")
    if partly:
        return f"covered by {'; by '.join(partly[:NAMED])}"
    if filled_elsewhere(world):
        return "no rule; somebody else fills the assigned groups"
    if any(stance.says == "unknown" for _, stance in told):
        return "can't be told from the rules' expressions"
    return "no rule brings its people in"
