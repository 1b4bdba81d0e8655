"""A rule fills a group that is neither assigned nor pushed, and seems to be meant to.

Of the many groups that have nothing to do with this app, two sorts are told: those named like an assigned group, and
those that get people of pushed groups who are not assigned.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyroaring import FrozenBitMap

from reconciler.about_rules import about_rule
from reconciler.checks.member_not_assigned import missing
from reconciler.findings import Fact, Finding, How, Kind, with_severity
from reconciler.rules import resembles
from reconciler.world import EMPTY, World

KIND = Kind(
    slug="rule-feeds-unassigned-group",
    title="A group rule fills a group that is not assigned",
    severity="low",
    means="The rule brings people into a group that gives them no app and is pushed nowhere.",
    matters="Whoever wrote it probably believes that these people have an account in Kandji.",
    mend="By hand in Okta: assign that group to the app, or let the rule fill the group that is assigned.",
    how=How(
        by_hand=(
            "Ask whoever made the rule what its group is for.",
            "Okta: Directory → Groups → Rules → the rule → Actions → Deactivate, then Edit: choose the group that is "
            "assigned, save, and Activate.",
            "Okta: or Applications → Applications → the app → Assignments → Assign to Groups → the rule's group.",
            "Run `reconciler run` and see that the people are assigned.",
        ),
        if_meant="If the group is for something else, switch the kind off under [severity], or accept the finding.",
        okta_alone="Never.",
        side_effects="Everybody whom the rule brings gets the app and an account in Kandji.",
        undo="Take the assignment of the group away again: Okta deactivates the accounts.",
    ),
)


def leading_on(world: World) -> frozenset[str]:
    """Groups that are assigned or pushed, and those from which active rules bring people on into one, in any number of
    steps. A rule that asks by a part of the name may mean any group."""
    names = world.population.names
    wanted, reached = set(world.filled), set[str]()
    while reached != wanted:
        reached = set(wanted)
        for one in world.rules or ():
            if one.active and one.feeds(wanted):
                wanted |= one.expression.group_ids
                by_part = one.expression.looks_at_groups_by_pattern
                wanted |= {key for key, name in names.items() if by_part or name in one.expression.group_names}
    return frozenset(wanted)


def find(world: World) -> Iterator[Finding]:
    left_out, led_on = missing(world), leading_on(world)
    elsewhere = FrozenBitMap.union(EMPTY, *(one.brings for one in world.assigning))
    for one in world.rules or ():
        targets = one.rule.target_group_ids
        if not one.active or not targets or one.feeds(led_on):
            continue
        people = (one.brings & world.must_be_in) - elsewhere
        alike = any(
            resembles(world.named(target), world.named(group)) for target in targets for group in world.assigned_groups
        )
        forgotten = bool(people) or not one.brings  # whom it brings may be in no group that was read
        if not (alike and forgotten) and not people & left_out:
            continue
        names = ", ".join(world.named(target) for target in targets)
        found = about_rule(
            world,
            KIND,
            one,
            f"The rule {one.rule.name} fills {names}, which is neither assigned nor pushed",
            people=people,
            evidence=(Fact(side="okta", label="brought by no other rule", value=world.names(people) or "not known"),),
        )
        yield with_severity(found, "medium" if alike else None)
