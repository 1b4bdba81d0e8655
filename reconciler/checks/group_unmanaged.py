"""A Kandji group that no mapping reaches: its members stand still for good."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.findings import Fact, Finding, Kind, Subject
from reconciler.world import World

KIND = Kind(
    slug="group-unmanaged",
    title="A Kandji group that Okta does not push",
    severity="medium",
    means="The group came over SCIM once, and no push mapping reaches it now.",
    matters="Nobody leaves it any more, and whatever Kandji assigns by it goes to the people of that day.",
    mend="In Okta, push the Okta group of that name again (Push Groups → by name; it links to the existing group and "
    "overwrites its members), or delete the group in Kandji once no Assignment Map uses it.",
)


def find(world: World) -> Iterator[Finding]:
    reached = {push.kandji_group.id for push in world.pushes if push.kandji_group is not None}
    unclear = {push.target_name for push in world.pushes if push.problem is not None}
    for group in sorted(world.snapshot.scim.groups, key=lambda group: group.id):
        if group.id in reached or group.display_name in unclear:
            continue
        inside = world.kandji_members(group) & world.account_active
        size = "not told" if group.member_ids is None else str(len(group.member_ids))
        name = group.display_name or group.id
        yield Finding(
            kind=KIND.slug,
            severity=KIND.severity,
            subject=Subject(type="kandji group", key=f"kandji-group:{group.id}", name=name),
            sentence=f"No push mapping reaches the Kandji group {name}",
            groups=((group.id, name),),
            people=tuple(world.people[number].key for number in inside),
            evidence=(
                Fact(side="kandji", label="group", value=f"{name} ({group.id})"),
                Fact(side="kandji", label="members", value=size),
                Fact(side="kandji", label="active people", value=world.names(inside) or "none"),
                Fact(side="okta", label="push mapping", value="none"),
            ),
        )
