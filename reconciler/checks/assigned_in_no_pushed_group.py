"""People have the app and are in no pushed group: they are in Kandji, and no group rule there knows them."""

from __future__ import annotations

from collections.abc import Iterator

from pyroaring import FrozenBitMap

from reconciler.findings import Fact, Finding, How, Kind
from reconciler.model import Note
from reconciler.world import EMPTY, World

KIND = Kind(
    slug="assigned-in-no-pushed-group",
    title="Assigned, and in no pushed group",
    severity="low",
    means="People are assigned to the app, but none of their groups is pushed.",
    matters="In Kandji they are in no group from Okta, so rules by group give their Mac nothing.",
    mend="Decide: add them to a pushed group, or take the app from them.",
    how=How(
        by_hand=(
            "Okta: look at the list, and say of each person which team's Mac they should have.",
            "Okta: Directory → Groups → the pushed group → Assign people, add them; or change the attribute that the "
            "group's rule looks at.",
            "Okta: where they need no account in Kandji, take them out of the assigned group, unless a rule put them "
            "there: Okta would exclude them from that rule.",
            "Run `reconciler run` and see that the list is shorter.",
        ),
        if_meant="If rules in Kandji look at title and department alone, accept the finding or switch the kind off "
        "under [severity].",
        okta_alone="Never.",
        side_effects="A group may give other apps as well: Directory → Groups → the group → Applications.",
        undo="Take them out of the group again.",
    ),
)


def unread(world: World) -> bool:
    """Whether the members of some pushed group are not known: anybody might be in it."""
    return any(not push.readable for push in world.pushes)


def find(world: World) -> Iterator[Finding | Note]:
    if not world.pushes:
        return
    if unread(world):
        reason = "the members of a pushed group were not read: anybody might be in it"
        yield Note(kind="check-skipped", about=KIND.slug, reason=reason)
        return
    pushed = FrozenBitMap.union(EMPTY, *(world.members(push.group_id) for push in world.pushes))
    people = (world.assigned & world.must_be_in & world.scope) - pushed
    if not people:
        return
    count = "1 person is" if len(people) == 1 else f"{len(people)} people are"
    yield world.about_app(
        KIND,
        f"{count} assigned to the app, but in no pushed group",
        people=people,
        evidence=(Fact(side="okta", label="people", value=world.names(people, most=50)),),
    )
