"""Somebody is active in Kandji and in a pushed group there, without a right to be in it.

They are not in the Okta group, or no longer assigned. What somebody has and should not have is always told, whatever
else is broken.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.findings import Fact, Finding, How, Kind
from reconciler.fixing import GONE, Fix, offered, person_in, push_in
from reconciler.pushing import repush, take_out
from reconciler.world import World

KIND = Kind(
    slug="member-extra",
    title="In the Kandji group without being entitled",
    severity="high",
    means="The Kandji group holds somebody whom Okta's group, or the assignment, does not.",
    matters="Their Mac gets what is meant for others.",
    mend="In Okta: Applications → the app → Push Groups → the group → Push now. Whether that takes people "
    "out is not documented; if it does not, take them out in Kandji, which this program does where [fix] kandji_writes "
    "names the kind.",
    how=How(
        by_hand=(
            "Okta: Applications → Applications → the app → Push Groups → the group → Push now.",
            "Run `reconciler run` and see whether the push took the person out.",
            "Kandji: if not, take them out of the group there.",
        ),
        if_meant="If the person shall be in it, put them into the Okta group and assign them to the app.",
        okta_alone="The next change of the group sends the members anew; whether that takes others out is not "
        "documented.",
        side_effects="The person's Mac loses what the group brings, at its next check-in or within a day.",
        undo="Put the person into the Okta group.",
        with_tool="reconciler plan --kind member-extra",
    ),
    grace_minutes=120,
)


def find(world: World) -> Iterator[Finding]:
    for push in world.pushes:
        for number in world.surplus(push):
            person = world.people[number]
            inside = number in world.members(push.group_id)
            why = "not assigned to the app" if inside else f"not in {push.name} in Okta"
            told = world.about_person(
                KIND,
                number,
                f"{person.name} is in the Kandji group {push.target_name}, but {why}",
                pushes=(push,),
                evidence=(Fact(side="chain", label="why not entitled", value=why, good=False),),
                group_changed=push.group_changed,
            )
            yield world.in_group(told, push)


def fix(finding: Finding, world: World) -> Fix:
    """A push, until it is learnt that pushes take nobody out here; then the person alone, in Kandji."""
    number = person_in(finding, world)
    push = push_in(finding, world, lambda push: number is not None and number in world.surplus(push))
    if push is None or number is None:
        return offered(GONE)
    if world.settings.push_replaces is False:
        return offered(take_out(world, push, number))
    return offered(repush(world, push))
