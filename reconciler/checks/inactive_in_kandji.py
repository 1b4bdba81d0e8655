"""Somebody must be in and is assigned, but the account in Kandji is inactive. A profile push does not repair that."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.accounts import switched
from reconciler.findings import Finding, How, Kind
from reconciler.fixing import GONE, Fix, offered, person_in
from reconciler.world import World

KIND = Kind(
    slug="inactive-in-kandji",
    title="Assigned, but inactive in Kandji",
    severity="high",
    means="The account was deactivated in Kandji, or a late deactivation overtook a reactivation.",
    matters="The person has lost what Kandji gives them, and Okta does not send the status again.",
    mend="In Okta: unassign and assign the person again, so that Okta sends the status anew. "
    "Or activate the account in Kandji, which this program does where [fix] kandji_writes names the kind.",
    how=How(
        by_hand=(
            "Kandji: Users → the person (Archived tab), see since when the account is inactive, and ask who did it.",
            "Okta: Applications → Applications → the app → Assignments → the person → Edit: assignment master "
            "Administrator, Save; unassign, and at once Assign → Assign to People; then Convert Assignments.",
            "Or Kandji: Users → the person → activate the account.",
            "Okta: the app → Push Groups → the person's groups → Push now.",
            "Run `reconciler run` and see that the account is active.",
        ),
        if_meant="Unassign the person in Okta, so that both sides say the same.",
        okta_alone="Never: neither a profile push nor Force Sync sends the status.",
        side_effects="Between unassigning and assigning the person has no app; apps that hang on it may notice.",
        undo="Unassign the person: Okta deactivates the account.",
        with_tool="reconciler plan --kind inactive-in-kandji",
    ),
)


def find(world: World) -> Iterator[Finding]:
    for number in world.must_be_in & world.scope & world.present & world.account_inactive:
        pushes = world.pushes_of(number)
        yield world.about_person(
            KIND,
            number,
            f"{world.people[number].name} is assigned, but inactive in Kandji",
            pushes=pushes,
            evidence=world.chain_facts(number, pushes[0]) if pushes else (),
        )


def fix(finding: Finding, world: World) -> Fix:
    number = person_in(finding, world)
    return offered(switched(world, number, active=True) if number is not None else GONE)
