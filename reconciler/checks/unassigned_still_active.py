"""Somebody works here and is active in Kandji, but the app is no longer assigned to them."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.findings import Finding, Kind
from reconciler.world import World

KIND = Kind(
    slug="unassigned-still-active",
    title="No longer assigned, still active in Kandji",
    severity="high",
    means="The person is active in Okta, but the app is not assigned to them and they are in no pushed group.",
    matters="Either they kept access that was taken away, or they were dropped by mistake.",
    mend="Decide which: assign the app again in Okta, or archive the account in Kandji.",
    grace_minutes=15,
)


def find(world: World) -> Iterator[Finding]:
    for number in (world.must_be_in & world.account_active) - world.assigned - world.fed_by_others:
        if world.pushes_of(number):
            continue
        yield world.about_person(
            KIND,
            number,
            f"{world.people[number].name} is active in Kandji, but not assigned to the app and in no pushed group",
        )
