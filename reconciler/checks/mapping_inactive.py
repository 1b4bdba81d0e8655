"""A push mapping is paused, perhaps on purpose: its Kandji group stands still."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.findings import Finding, How, Kind
from reconciler.fixing import GONE, Fix, offered, push_in
from reconciler.pushing import activated
from reconciler.world import World

KIND = Kind(
    slug="mapping-inactive",
    title="A group's push is paused",
    severity="high",
    means="The mapping is inactive: Okta pushes no change of this group.",
    matters="The Kandji group keeps the members it had; who leaves stays in, who joins stays out.",
    mend="In Okta: Applications → the app → Push Groups → the group → Activate group push. "
    "If the pause is meant to be, unlink the group instead.",
    how=How(
        by_hand=(
            "Ask whoever paused the push whether it may go on; Reports → System Log tells who it was.",
            "Okta: Applications → Applications → the app → Push Groups → the group → Activate group push.",
            "Run `reconciler run` and see that the group is in step.",
        ),
        if_meant="If it shall stay so, unlink the group and leave it in the target app, or accept the finding until "
        "a day.",
        okta_alone="Never: a paused push waits until somebody activates it.",
        side_effects="Activating pushes the group at once: everybody who left it meanwhile goes from the Kandji "
        "group as well.",
        undo="Deactivate group push. What was pushed stays pushed.",
        with_tool="reconciler plan FINDING",
    ),
    explains=("member-missing", "member-extra"),
    explains_by="group",
    grace_minutes=120,
)


def find(world: World) -> Iterator[Finding]:
    for push in world.pushes:
        if push.paused:
            yield world.about_push(
                KIND,
                push,
                f"The push of {push.name} is paused",
                by_mapping=True,
                people=world.surplus(push),
                changed=push.changed,
            )


def fix(finding: Finding, world: World) -> Fix:
    push = push_in(finding, world)
    return offered(activated(world, push) if push is not None else GONE, only_by_id=True)
