"""Okta points to an account that Kandji no longer has.

Being left out of a list is not absence: the account was read by its id as well, and Kandji answered 404.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyroaring import FrozenBitMap

from reconciler.findings import Fact, Finding, How, Kind
from reconciler.model import Note
from reconciler.world import World

KIND = Kind(
    slug="missing-in-kandji",
    title="Assigned, but gone from Kandji",
    severity="high",
    means="Okta provisioned an account, and Kandji does not have it any more.",
    matters="Okta's updates for this person fail, and every group they are in may fail with them.",
    mend="By hand in Okta: Applications → the app → Assignments → the person; edit the assignment so that the "
    "assignment master is Administrator, save, unassign, assign to the person again, then Convert Assignments. "
    "Do not take the person out of a group that a rule fills: Okta would exclude them from the rule.",
    how=How(
        by_hand=(
            "Okta: Applications → Applications → the app → Assignments → the person → Edit: assignment master "
            "Administrator, Save.",
            "Okta: unassign the person, and at once Assign → Assign to People → the person.",
            "Okta: the app → Assignments → Convert Assignments, so that the group assigns them again.",
            "Okta: the app → Push Groups → the person's groups → Push now.",
            "Kandji: Devices → the person's Mac → User, assign it to the new account.",
            "Run `reconciler run` and see that the person is back.",
        ),
        if_meant="Unassign whoever is not meant to be in Kandji.",
        okta_alone="Never: Okta keeps the old id, and every change of the person fails with Matching user not found.",
        side_effects="The new account has a new id. Never take the person out of a group that a rule fills: Okta would "
        "exclude them from the rule.",
        undo="None: the old account can't be brought back.",
    ),
)


def unread(world: World) -> FrozenBitMap:
    """People whose account is not in the list and was not read by id: there or gone, nobody knows."""
    return (world.provisioned & world.must_be_in & world.scope) - world.present - world.absent


def find(world: World) -> Iterator[Finding | Note]:
    for number in world.absent & world.must_be_in & world.scope:
        person = world.people[number]
        pushes = world.pushes_of(number)
        facts: tuple[Fact, ...] = ()
        if person.account is not None:
            facts = (Fact(side="kandji", label="re-created", value=f"as {person.account.id}, which Okta ignores"),)
        yield world.about_person(
            KIND,
            number,
            f"{person.name} is assigned, but the account Okta made is gone from Kandji",
            pushes=pushes,
            evidence=(*facts, *(world.chain_facts(number, pushes[0]) if pushes else ())),
        )
    unknown = unread(world)
    if unknown:
        yield Note(
            kind="check-skipped",
            about=KIND.slug,
            reason=f"{len(unknown)} accounts are not in Kandji's list and were not read by id",
        )
