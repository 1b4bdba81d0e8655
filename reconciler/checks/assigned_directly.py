"""Somebody is assigned to the app by hand, beside all groups.

Okta tells one scope a person, and a direct assignment wins: whoever is in an assigned group as well keeps the app when
they leave it.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyroaring import FrozenBitMap

from reconciler.findings import Fact, Finding, How, Kind
from reconciler.world import EMPTY, World

KIND = Kind(
    slug="assigned-directly",
    title="Assigned by hand, not by a group",
    severity="low",
    means="The app is assigned to the person directly; leaving the assigned groups does not take it away.",
    matters="Movers keep Kandji: nothing but a person will ever take this assignment back.",
    mend="By hand in Okta: Applications → the app → Assignments → Convert Assignments.",
    how=How(
        by_hand=(
            "Okta: Applications → Applications → the app → Assignments, see whether the person is in an assigned group "
            "(the evidence names it).",
            "Okta: where they are in none, Directory → Groups → the assignment group → Assign people, add them.",
            "Okta: the app → Assignments → Convert Assignments, choose the person, Convert Selected.",
            "Run `reconciler run` and see that the finding is gone.",
        ),
        if_meant="Accept the finding with an owner and an end date, or switch the kind off under [severity].",
        okta_alone="Never.",
        side_effects="None at once: the assignment stays, and is from then on the group's. Values that were set for "
        "this person alone give way to the group's.",
        undo="Assign to People, and the person is assigned directly again.",
    ),
)


def in_assigned_groups(world: World) -> FrozenBitMap:
    """Members of the groups assigned to the app, as far as these were read."""
    return FrozenBitMap.union(EMPTY, *(world.members(group.id) for group in world.snapshot.okta.app_groups))


def find(world: World) -> Iterator[Finding]:
    grouped = in_assigned_groups(world)
    names = {group.id: group.name for group in world.snapshot.okta.groups}
    for number in world.assigned & world.must_be_in & world.scope:
        person = world.people[number]
        if person.app_user is None or person.app_user.scope != "USER":
            continue
        also = number in grouped
        of = [group.id for group in world.snapshot.okta.app_groups if number in world.members(group.id)]
        told = ", ".join(names.get(group_id, group_id) for group_id in sorted(of)) or "none"
        survives = ", and the assignment survives leaving the assigned group" if also else ""
        yield world.about_person(
            KIND,
            number,
            f"{person.name} is assigned to the app by hand{survives}",
            severity="medium" if also else "low",
            evidence=(Fact(side="okta", label="in assigned groups", value=told),),
        )
