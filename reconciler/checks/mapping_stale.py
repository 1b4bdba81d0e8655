"""The Okta group changed after its last push, and the Kandji group is not what it should be: that push was lost.

Where Okta does not tell when it pushed last, nothing is known; a push that is not told of is not one that never was.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from reconciler.findings import Fact, Finding, How, Kind
from reconciler.fixing import GONE, Fix, offered, push_in
from reconciler.pushing import repush
from reconciler.world import Push, World, youngest

KIND = Kind(
    slug="mapping-stale",
    title="A group changed and was not pushed since",
    severity="medium",
    means="Somebody joined or left the Okta group after its last push, and the Kandji group does not show it.",
    matters="Policy in Kandji follows the group as it was, and Okta sends nothing until the group changes again.",
    mend="In Okta: Applications → the app → Push Groups → the group → Push now.",
    how=How(
        by_hand=(
            "Okta: Applications → Applications → the app → Push Groups.",
            "Okta: search for the group, open the menu in its column Push Status, and choose Push now.",
            "Okta: wait until the status is Active and the time of the last push is new.",
            "Run `reconciler run` and see that the group is in step.",
        ),
        if_meant="Nobody means a push to be lost. If the group shall stand still, choose Deactivate group push.",
        okta_alone="The next change of the group sends the whole list of members, whenever that is.",
        side_effects="A push replaces the members of the Kandji group by those of Okta's: who was put in by hand in "
        "Kandji goes.",
        undo="Not needed: a push repeats what Okta already says.",
        with_tool="reconciler plan --kind mapping-stale",
    ),
    explains=("member-missing", "member-extra"),
    explains_by="group",
    grace_minutes=120,
)


GRACE = timedelta(minutes=KIND.grace_minutes)


def late(push: Push) -> bool:
    """Whether the group is known to have changed more than a grace after its last push."""
    changed, pushed = push.group_changed, push.mapping.last_push
    return changed is not None and pushed is not None and changed - pushed > GRACE


def find(world: World) -> Iterator[Finding]:
    for push in world.pushes:
        if push.mapping.status != "ACTIVE" or not late(push) or push.perhaps_cut:
            continue
        lacking, surplus = world.lacking(push), world.surplus(push)
        if not lacking | surplus:
            continue
        yield world.about_push(
            KIND,
            push,
            f"{push.name} changed after its last push, and Kandji does not show it",
            by_mapping=True,
            people=lacking | surplus,
            evidence=(
                Fact(side="okta", label="members last changed", value=f"{push.group_changed:%Y-%m-%d %H:%M} UTC"),
                Fact(side="kandji", label="missing", value=world.names(lacking) or "none"),
                Fact(side="kandji", label="in it without being entitled", value=world.names(surplus) or "none"),
            ),
            changed=youngest(push.changed, push.group_changed, world.quiet_since(lacking | surplus, 1)),
        )


def fix(finding: Finding, world: World) -> Fix:
    push = push_in(finding, world)
    return offered(repush(world, push) if push is not None else GONE)
