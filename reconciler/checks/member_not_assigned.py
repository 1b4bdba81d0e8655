"""Somebody is in a pushed group, but the app is not assigned to them.

Okta then silently leaves them out of the pushed group: no error, no log line that names them. The usual story is a
group rule that was to put everybody of the push groups into the assignment group, and misses one.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyroaring import FrozenBitMap

from reconciler.checks.push_group_not_covered import unread
from reconciler.feeding import by_hand, by_rule, excluded_by, filled_elsewhere, uncovered
from reconciler.findings import Fact, Finding, How, Kind
from reconciler.fixing import GONE, Fix, Way, offered, person_in
from reconciler.pushing import source
from reconciler.world import EMPTY, World, youngest

KIND = Kind(
    slug="member-not-assigned",
    title="In a pushed group, not assigned to the app",
    severity="high",
    means="Okta pushes only those members of a group to whom the app is also assigned; these people are left out.",
    matters="They have no account in Kandji, or not in this group, so their Mac lacks what the group brings.",
    mend="In Okta, put them into the assignment group of the app, or extend the group rule that fills it "
    "by their group.",
    how=How(
        by_hand=(
            "Okta: Applications → Applications → the app → Assignments → Groups, see which group is assigned.",
            "Okta: Directory → Groups → Rules, see whether the rule that fills it names the person's pushed group; "
            "deactivate it, edit it, activate it, so that everybody of that group comes in.",
            "Okta: where there is no rule, Directory → Groups → the assigned group → Assign people, add the person.",
            "Okta: the app → Assignments, wait until the person is there with an account, then Push Groups → the group "
            "→ Push now.",
            "Run `reconciler run` and see that the person is in the group in Kandji.",
        ),
        if_meant="Say under [scope] groups who is meant to be in Kandji: everybody else is counted, and no finding.",
        okta_alone="Never: Okta leaves them out of each push without a word, until they are assigned.",
        side_effects="The assigned group may give other apps as well; an activated rule brings everybody it is true "
        "for. Whoever is put in by hand keeps the app after leaving the pushed group.",
        undo="Take the person out of the assigned group again, if they were put in by hand. Never take out whom a rule "
        "put in: Okta would exclude them from it.",
        with_tool="reconciler plan --kind member-not-assigned",
    ),
)


def missing(world: World) -> FrozenBitMap:
    """Everybody in a live pushed group who must be in, is in scope, and is not assigned."""
    wanted = FrozenBitMap.union(EMPTY, *(world.should(push) for push in world.live_pushes))
    return wanted - world.assigned


def find(world: World) -> Iterator[Finding]:
    into = world.assignment_target.told
    for number in missing(world):
        pushes = world.pushes_of(number)
        names = ", ".join(push.name for push in pushes)
        yield world.about_person(
            KIND,
            number,
            f"{world.people[number].name} is in {names}, but not assigned to the app",
            pushes=pushes,
            evidence=(
                Fact(side="okta", label="assignment group", value=into),
                *world.chain_facts(number, pushes[0]),
            ),
            group_changed=youngest(*(push.group_changed for push in pushes)),
        )


def fix(finding: Finding, world: World) -> Fix:
    """By hand, or by a rule for one of the person's groups that no rule sees to."""
    number, filled_by = person_in(finding, world), world.settings.filled_by
    if number is None or filled_by is not None:
        return offered(GONE if number is None else f"{filled_by} fills the assigned groups, as the configuration says")
    rules = ", ".join(one.rule.name for one in excluded_by(world, number))
    if rules:
        return offered(f"excluded from the rule {rules}, perhaps on purpose")
    groups = dict.fromkeys(push.group_id for push in world.pushes_of(number))
    ways = world.once(_by_rules)
    return offered(by_hand(world, FrozenBitMap([number]), rank=1), *(ways[key] for key in groups if key in ways))


def _by_rules(world: World) -> dict[str, Way]:
    """How a rule would bring in the people of each pushed group that no rule sees to."""
    if filled_elsewhere(world) or unread(world) is not None:
        return {}
    pushes = {push.group_id: push for push in world.live_pushes}.values()
    missed = [push for push in pushes if push.source is not None and uncovered(world, push.source)]
    ways = [(push.group_id, by_rule(world, source(push))) for push in missed]
    return {group_id: way for group_id, way in ways if isinstance(way, Way)}
