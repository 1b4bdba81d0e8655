"""People whom Okta has deactivated are still in a pushed or assigned group.

That is how Okta works: rules do not take deactivated people out. They are never pushed, and come back with the person.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.findings import Fact, Finding, How, Kind, Subject
from reconciler.world import World

KIND = Kind(
    slug="inactive-in-pushed-group",
    title="Deactivated people in a pushed or assigned group",
    severity="low",
    means="Okta leaves deactivated people in their groups; it pushes and provisions none of them.",
    matters="Counts of members mislead, and whoever is activated again gets back what these groups bring.",
    mend="Nothing needs to be done. By hand in Okta, where it disturbs: Directory → Groups → the group, take them out.",
    how=How(
        by_hand=(
            "Okta: Directory → Groups → the group → People, look for those with the status Deactivated.",
            "Okta: take out those who were put in by hand. Leave whom a rule put in: Okta would exclude them from it.",
        ),
        if_meant="Nothing needs to be done; switch the kind off under [severity] if the list disturbs.",
        okta_alone="Never: Okta does not evaluate rules again when somebody is deactivated.",
        side_effects="Somebody who comes back is not in the group any more, and whoever a rule had put in stays out of "
        "it.",
        undo="Assign people to the group again.",
    ),
)


def find(world: World) -> Iterator[Finding]:
    okta = world.snapshot.okta
    names = {group.id: group.name for group in okta.groups}
    pushed = {push.group_id: push.name for push in world.pushes}
    assigned = {group.id: names.get(group.id, group.id) for group in okta.app_groups}
    for group_id, name in sorted((assigned | pushed).items()):
        people = world.members(group_id) & world.left
        if not people:
            continue
        roles = [word for word, groups in (("assigned", assigned), ("pushed", pushed)) if group_id in groups]
        count = "1 deactivated person is" if len(people) == 1 else f"{len(people)} deactivated people are"
        yield Finding(
            kind=KIND.slug,
            severity=KIND.severity,
            subject=Subject(type="group", key=f"group:{group_id}", name=name),
            sentence=f"{count} still in {name}",
            groups=((group_id, name),),
            people=tuple(world.people[number].key for number in people),
            evidence=(
                Fact(side="okta", label="group", value=f"{name} ({group_id}), {' and '.join(roles)}"),
                Fact(side="okta", label="deactivated", value=world.names(people)),
            ),
        )
