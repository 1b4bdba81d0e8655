"""Okta points to an account that Kandji no longer has.

Being left out of a list is not absence: the account was read by its id as well, and Kandji answered 404.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyroaring import FrozenBitMap

from reconciler.findings import Fact, Finding, Kind
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
