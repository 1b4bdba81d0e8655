"""Somebody stands in the list of people whom a rule leaves out, and is missing because of it.

Whoever is taken by hand out of a group that a rule fills gets there without a word.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.about_rules import about_rule_and_person, asked
from reconciler.checks.member_not_assigned import missing
from reconciler.findings import Fact, Finding, How, Kind
from reconciler.world import World

KIND = Kind(
    slug="rule-excludes-member",
    title="A group rule leaves somebody out by name",
    severity="medium",
    means="The person is in a pushed group, is not assigned, and stands in the exclusions of the rule that assigns.",
    matters="Whatever their groups and attributes are, this rule never brings them in again.",
    mend="By hand in Okta: Directory → Groups → Rules → the rule → Actions → Edit, and take the person out of the "
    "exclusions.",
    how=How(
        by_hand=(
            "Ask whether the person shall have a Mac: somebody has taken them out of the group by hand.",
            "Okta: Directory → Groups → Rules → the rule → Actions → Deactivate, then Edit.",
            "Okta: take the person out of the exclusions (Except the following users), save, and Activate.",
            "Run `reconciler run` and see that the person is assigned.",
        ),
        if_meant="Take the person out of the pushed group too, or accept the finding until a day.",
        okta_alone="Never: an exclusion stays until somebody takes it away.",
        side_effects="Activating looks at everybody: all for whom the rule is true join its group.",
        undo="Take the person out of the group by hand: Okta excludes them again.",
    ),
    explains=("member-not-assigned",),
    explains_by="people",
)


def find(world: World) -> Iterator[Finding]:
    left_out = missing(world)
    for one in world.rules or ():
        if one.rule.status == "INACTIVE" or one.invalid or not one.feeds(world.assigned_groups):
            continue  # a rule that is off leaves everybody out: that is told of the rule
        for number in one.excluded & left_out:
            name = world.people[number].name
            outcome = asked(world, one, number)
            yield about_rule_and_person(
                world,
                KIND,
                one,
                number,
                f"The rule {one.rule.name} leaves {name} out by name",
                evidence=(Fact(side="okta", label="but for that", value="; ".join(outcome.why) or "not known"),),
            )
