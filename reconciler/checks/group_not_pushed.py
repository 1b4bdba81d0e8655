"""A mapping is active, yet at least half of its people are missing in the Kandji group: one cause, not a hundred."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.findings import Fact, Finding, How, Kind
from reconciler.fixing import GONE, Fix, offered, push_in
from reconciler.pushing import repush
from reconciler.world import World, youngest

KIND = Kind(
    slug="group-not-pushed",
    title="A group's members were not pushed",
    severity="high",
    means="The Kandji group lacks at least half of the people whom Okta should have pushed.",
    matters="These Macs lack what the group brings.",
    mend="In Okta: Applications → the app → Push Groups → the group → Push now.",
    how=How(
        by_hand=(
            "Okta: Applications → Applications → the app → Push Groups → the group → Push now.",
            "Okta: if people are still missing, see Applications → the app → Assignments for the errors of some of "
            "them.",
            "Run `reconciler run` and see that the group is in step.",
        ),
        if_meant="If the Kandji group shall have other members than Okta's, unlink it and leave it in the target app.",
        okta_alone="The next change of the group sends the whole list of members, whenever that is.",
        side_effects="A push replaces the members of the Kandji group by those of Okta's: who was put in by hand in "
        "Kandji goes.",
        undo="Not needed: a push repeats what Okta already says.",
        with_tool="reconciler plan --kind group-not-pushed",
    ),
    explains=("member-missing",),
    explains_by="group",
    grace_minutes=120,
)


def find(world: World) -> Iterator[Finding]:
    for push in world.pushes:
        if not world.not_pushed(push):
            continue
        lacking, wanted = world.lacking(push), len(world.wanted(push))
        enough = max(3, (wanted + 1) // 2)
        yield world.about_push(
            KIND,
            push,
            f"{len(lacking)} of {wanted} people are missing in the Kandji group {push.target_name}",
            by_mapping=True,
            people=lacking,
            evidence=(Fact(side="kandji", label="missing", value=world.names(lacking)),),
            changed=youngest(push.changed, world.quiet_since(lacking, enough)),
            group_changed=push.group_changed,
        )


def fix(finding: Finding, world: World) -> Fix:
    push = push_in(finding, world)
    return offered(repush(world, push) if push is not None else GONE)
