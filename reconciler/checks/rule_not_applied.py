"""A rule is surely true of somebody, and has not brought them into its group: Okta failed to evaluate it.

Only where nothing is unknown, and only when two runs a grace apart have seen it: rules take some minutes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pyroaring import FrozenBitMap

from reconciler.about_rules import about_rule_and_person, asked
from reconciler.checks.member_not_assigned import missing
from reconciler.feeding import restarts
from reconciler.findings import Fact, Finding, How, Kind
from reconciler.fixing import GONE, Fix, offered
from reconciler.world import World

KIND = Kind(
    slug="rule-not-applied",
    title="A group rule has not brought somebody in",
    severity="high",
    means="The rule is active and true of the person, who is not in its group.",
    matters="They are left out of what the group gives, and nothing looks at them again until they change.",
    mend="In Okta: Directory → Groups → Rules → the rule → Actions → Deactivate, then Activate: Okta looks at "
    "everybody again.",
    how=How(
        by_hand=(
            "Okta: Directory → Groups → Rules → the rule → Actions → Preview, with the person: see that it is true.",
            "Okta: Reports → System Log, and look for errors of the rule.",
            "Okta: the rule → Actions → Deactivate, then Actions → Activate.",
            "Run `reconciler run` and see that the person is in the group.",
        ),
        if_meant="Exclude the person in the rule (Except the following users): then it is said, and no finding.",
        okta_alone="When the person, or one of the groups that the rule names, changes next.",
        side_effects="Activating looks at everybody: all for whom the rule is true join its group.",
        undo="Not needed: the rule says so already.",
        with_tool="reconciler plan FINDING",
    ),
    explains=("member-not-assigned",),
    explains_by="people",
)


def usual(world: World) -> FrozenBitMap:
    """People with status ACTIVE, of the type and realm that most have: rules may not look at others."""
    users = ((number, person.user) for number, person in enumerate(world.people))
    active = [(number, user) for number, user in users if user is not None and user.status == "ACTIVE"]
    kinds = Counter((user.type_id, user.realm_id) for _, user in active)
    if not kinds:
        return FrozenBitMap()
    most = max(kinds, key=lambda kind: (kinds[kind], str(kind)))
    return FrozenBitMap([number for number, user in active if (user.type_id, user.realm_id) == most])


def find(world: World) -> Iterator[Finding]:
    left_out, people = missing(world), usual(world)
    for one in world.rules or ():
        if not one.active or one.invalid:
            continue
        assigns = one.feeds(world.assigned_groups)
        for group_id in one.rule.target_group_ids:
            if not world.is_read(group_id):
                continue
            into = world.named(group_id)
            for number in (one.brings & people) - world.members(group_id):
                grave = assigns and number in left_out
                yield about_rule_and_person(
                    world,
                    KIND,
                    one,
                    number,
                    f"The rule {one.rule.name} has not brought {world.people[number].name} into {into}",
                    severity="high" if grave else "low",
                    evidence=(Fact(side="okta", label="true because", value="; ".join(asked(world, one, number).why)),),
                    changed=world.now,
                )


def fix(finding: Finding, world: World) -> Fix:
    """By id alone: Okta evaluates the rule for everybody again."""
    key = finding.subject.key.partition(" ")[0]
    return offered(world.once(restarts).get(key.removeprefix("rule:"), GONE), only_by_id=True)
