"""Most people of a pushed group are not assigned to the app: nothing brings this group into the assignment group.

This is the mistake behind most of what else goes wrong: a group was pushed, and forgotten in the rule that assigns.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyroaring import FrozenBitMap

from reconciler.feeding import by_hand, by_rule, excluded_by
from reconciler.findings import Fact, Finding, How, Kind
from reconciler.fixing import GONE, Fix, offered, people_in, push_in
from reconciler.pushing import source
from reconciler.world import EMPTY, World

KIND = Kind(
    slug="group-feeds-no-assignment",
    title="A pushed group feeds no assignment",
    severity="high",
    means="More than half of the people of a pushed group are not assigned to the app.",
    matters="The group arrives in Kandji nearly empty, and whoever joins it next is left out as well.",
    mend="In Okta: Directory → Groups → Rules, extend the rule that fills the assignment group by this group "
    "(deactivate it, edit, activate). If these people are not meant to be in Kandji, say so under [scope].",
    how=How(
        by_hand=(
            "Okta: Directory → Groups → Rules → the rule that fills the assignment group → Actions → Deactivate.",
            "Okta: Actions → Edit, and add the pushed group to the groups that the rule looks at.",
            "Okta: Actions → Activate, and wait until the people are under Applications → the app → Assignments.",
            "Okta: Applications → the app → Push Groups → the group → Push now, once they are provisioned.",
            "Run `reconciler run` and see that they are assigned.",
        ),
        if_meant="If these people are not meant to be in Kandji, name the groups of those who are under [scope] in "
        "the configuration.",
        okta_alone="Never: Okta leaves out of a push whoever is not assigned, without a word.",
        side_effects="Everybody in the group gets the app and an account in Kandji. While a rule is inactive it "
        "moves nobody; activating it looks at everybody again.",
        undo="Take the group out of the rule again: whom it brought loses the assignment, and Okta deactivates the "
        "accounts.",
        with_tool="reconciler cover GROUP",
    ),
    explains=("member-not-assigned",),
    explains_by="group",
)


def find(world: World) -> Iterator[Finding]:
    done: set[str] = set()
    unbrought = "" if world.rules is None else ", and no rule brings them"
    brought = FrozenBitMap.union(EMPTY, *(one.brings for one in world.assigning))
    for push in world.live_pushes:
        if push.group_id in done:
            continue
        done.add(push.group_id)
        should = world.should(push)
        left_out = should - world.assigned - brought
        if len(left_out) < 3 or len(left_out) * 2 <= len(should):
            continue
        question = None if world.settings.scope_groups else f"Are all people of {push.name} meant to be in Kandji?"
        yield world.about_push(
            KIND,
            push,
            f"{len(left_out)} of {len(should)} people in {push.name} are not assigned{unbrought}",
            by_mapping=False,
            people=left_out,
            evidence=(
                Fact(side="okta", label="members who must be in", value=str(len(should))),
                Fact(side="okta", label="not assigned", value=world.names(left_out)),
                Fact(side="okta", label="assignment group", value=world.assignment_target.told),
            ),
            confirm=question,
            changed=world.quiet_since(left_out, max(3, len(should) // 2 + 1)),
            group_changed=push.group_changed,
        )


def fix(finding: Finding, world: World) -> Fix:
    """The rule, so that the next who joins comes in as well; else those who lack the app, by hand."""
    push, filled_by = push_in(finding, world), world.settings.filled_by
    if push is None or filled_by is not None:
        return offered(GONE if push is None else f"{filled_by} fills the assigned groups, as the configuration says")
    people = people_in(finding, world)
    kept_out = FrozenBitMap([number for number in people if excluded_by(world, number)])
    return offered(by_rule(world, source(push)), by_hand(world, people - kept_out, rank=1))
