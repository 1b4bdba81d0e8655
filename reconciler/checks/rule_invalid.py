"""A rule names a group or an attribute that is gone: Okta calls it invalid, and it does nothing."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.about_rules import about_rule
from reconciler.checks.member_not_assigned import missing
from reconciler.expression import parse
from reconciler.findings import Finding, How, Kind, with_severity
from reconciler.rules import Ruled
from reconciler.world import EMPTY, World

KIND = Kind(
    slug="rule-invalid",
    title="A group rule is invalid",
    severity="high",
    means="Something that the rule names, mostly a group, no longer exists.",
    matters="Okta evaluates the rule no more, and does not let anybody mend it: who joins from now on is left out.",
    mend="By hand in Okta: Directory → Groups → Rules: make the rule anew without what is gone, then delete this one.",
    how=How(
        by_hand=(
            "Okta: Directory → Groups → Rules → the rule, and note its condition, its groups and whom it excludes.",
            "Okta: Add Rule, with the same condition but for what is gone, the same groups and exclusions; Save.",
            "Okta: the new rule → Actions → Activate, and wait until its people are in the group.",
            "Okta: the old rule → Actions → Delete, and keep its members in the group.",
            "Run `reconciler run` and see that the people are assigned.",
        ),
        if_meant="Nobody means it. A rule that is needed no more can be deleted.",
        okta_alone="Never: an invalid rule can only be read or deleted.",
        side_effects="Deleting the old rule first, without keeping its members, takes the app from all of them.",
        undo="Delete the new rule and keep its members.",
    ),
    explains=("member-not-assigned",),
    explains_by="people",
)


def find(world: World) -> Iterator[Finding]:
    left_out = missing(world)
    matter = {one.rule.id: one for one in world.rules or ()}
    for rule in world.snapshot.okta.rules or ():
        one = matter.get(rule.id) or Ruled(rule=rule, expression=parse(rule.expression or ""))
        if not one.invalid:
            continue
        people = one.brings & left_out if one.feeds(world.assigned_groups) else EMPTY
        found = about_rule(world, KIND, one, f"The rule {rule.name} is invalid and does nothing", people=people)
        retired = rule.status == "INACTIVE" and not people
        yield with_severity(found, None if one.feeds(world.filled) and not retired else "low")
