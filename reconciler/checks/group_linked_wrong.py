"""A mapping is linked to a Kandji group that has another name and other people: probably somebody else's."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.findings import Fact, Finding, How, Kind
from reconciler.world import Push, World, fold

KIND = Kind(
    slug="group-linked-wrong",
    title="A group is perhaps linked to the wrong group in Kandji",
    severity="medium",
    means="The group in Kandji has another name than the one in Okta, and hardly any of the same people.",
    matters="The next push replaces its people by others: Macs lose what they have, and others get it.",
    mend="By hand in Okta: Applications → the app → Push Groups → the group → Unlink pushed group → Leave the group in "
    "the target app; then push the group that is meant.",
    how=How(
        by_hand=(
            "Ask whoever linked the two groups whether it is meant to be so.",
            "Okta: Applications → Applications → the app → Push Groups → the group → Unlink pushed group → Leave the "
            "group in the target app.",
            "Okta: Push Groups → Find groups by name → the group → Create Group, or Link Group with the Kandji group "
            "that is meant.",
            "Kandji: see whose Macs the wrong group has reached meanwhile.",
        ),
        if_meant="Say so under [match] names in the configuration: the Okta group's name, and the Kandji group's.",
        okta_alone="Never. Each push makes the Kandji group a copy of the Okta group.",
        side_effects="The Kandji group that is left keeps its members and is pushed by nobody.",
        undo="Link the two groups again by name: that replaces the Kandji group's members.",
    ),
    grace_minutes=120,
)
LEAST, UNLIKE = 5, 0.2
"""So many people at least on both sides, and less than so much of all of them in both."""


def other_name(world: World, push: Push) -> bool:
    """Whether source and target have names of their own, and nobody has declared that."""
    if push.source is None or push.target_name is None or not push.told:
        return False
    meant = dict(world.settings.names).get(push.source.name, push.source.name)
    return fold(push.target_name) not in (fold(push.source.name), fold(meant))


def find(world: World) -> Iterator[Finding]:
    for push in world.live_pushes:
        if not push.comparable or push.perhaps_cut or push.kandji_group is None or not other_name(world, push):
            continue
        due, inside = world.expected(push), world.kandji_members(push.kandji_group)
        if min(len(due), len(inside)) < LEAST or due.jaccard_index(inside) >= UNLIKE:
            continue
        yield world.about_push(
            KIND,
            push,
            f"{push.name} is pushed to {push.target_name}, which holds other people",
            by_mapping=True,
            people=inside,
            evidence=(
                Fact(side="okta", label="should be in it", value=world.names(due)),
                Fact(side="kandji", label="is in it", value=world.names(inside)),
                Fact(side="chain", label="in both", value=str(len(due & inside)), good=False),
            ),
            confirm=f"Is {push.name} meant to be pushed to {push.target_name}?",
            changed=push.changed,
        )
