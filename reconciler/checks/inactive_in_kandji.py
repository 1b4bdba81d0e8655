"""Somebody must be in and is assigned, but the account in Kandji is inactive. A profile push does not repair that."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.findings import Finding, Kind
from reconciler.world import World

KIND = Kind(
    slug="inactive-in-kandji",
    title="Assigned, but inactive in Kandji",
    severity="high",
    means="The account was deactivated in Kandji, or a late deactivation overtook a reactivation.",
    matters="The person has lost what Kandji gives them, and Okta does not send the status again.",
    mend="By hand in Okta: unassign and assign the person again, so that Okta sends the status anew. "
    "Or activate the account in Kandji.",
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
