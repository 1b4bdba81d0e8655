"""Everything holds for this person, and yet they are not in the Kandji group."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.findings import Finding, How, Kind
from reconciler.fixing import GONE, Fix, offered, person_in, push_in
from reconciler.pushing import put_in, repush
from reconciler.world import World

KIND = Kind(
    slug="member-missing",
    title="Missing in the Kandji group",
    severity="high",
    means="The person is in the Okta group, assigned, provisioned and active, the push is healthy, and the Kandji "
    "group does not hold them.",
    matters="Their Mac lacks what the group brings, and Okta never looks back.",
    mend="In Okta: Applications → the app → Push Groups → the group → Push now.",
    how=How(
        by_hand=(
            "Okta: Applications → Applications → the app → Push Groups → the group → Push now.",
            "Run `reconciler run` and see that the person is in the Kandji group.",
            "Okta: if not, take the person out of the group and put them in again, where no rule brings them; else "
            "push again.",
        ),
        if_meant="If the person shall not be in the Kandji group, take them out of the Okta group.",
        okta_alone="The next change of the group sends the whole list of members, whenever that is.",
        side_effects="A push replaces the members of the Kandji group by those of Okta's: who was put in by hand in "
        "Kandji goes.",
        undo="Not needed: a push repeats what Okta already says.",
        with_tool="reconciler plan --kind member-missing",
    ),
    grace_minutes=120,
)


def find(world: World) -> Iterator[Finding]:
    for push in world.pushes:
        if push.mapping.status != "ACTIVE" or world.not_pushed(push):
            continue
        for number in world.lacking(push):
            person = world.people[number]
            told = world.about_person(
                KIND,
                number,
                f"{person.name} is missing in the Kandji group {push.target_name}",
                pushes=(push,),
                evidence=world.chain_facts(number, push),
                group_changed=push.group_changed,
            )
            yield world.in_group(told, push)


def fix(finding: Finding, world: World) -> Fix:
    """A push; else the person alone, in Kandji."""
    number = person_in(finding, world)
    push = push_in(finding, world, lambda push: number is not None and number in world.lacking(push))
    if push is None or number is None:
        return offered(GONE)
    return offered(repush(world, push), put_in(world, push, number))
