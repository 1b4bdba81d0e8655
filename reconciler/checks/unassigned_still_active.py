"""Somebody works here and is active in Kandji, but the app is no longer assigned to them."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.checks.mapping_source_missing import gone
from reconciler.checks.member_not_assigned import missing
from reconciler.findings import Finding, How, Kind
from reconciler.model import Note
from reconciler.world import World

KIND = Kind(
    slug="unassigned-still-active",
    title="No longer assigned, still active in Kandji",
    severity="high",
    means="The person is active in Okta, but the app is not assigned to them and they are in no pushed group, or "
    "outside the scope.",
    matters="Either they kept access that was taken away, or they were dropped by mistake.",
    mend="Decide which: assign the app again in Okta, or archive the account in Kandji.",
    how=How(
        by_hand=(
            "Ask whether the person is meant to have Kandji.",
            "If so, Okta: Directory → Groups → the assigned group (or the pushed group that a rule looks at) → Assign "
            "people, add them.",
            "If not, Kandji: Users → the person → Archive.",
            "Run `reconciler run` and see that the finding is gone.",
        ),
        if_meant="Accept the finding with an owner and an end date.",
        okta_alone="Never: Okta sends a deactivation once, when the assignment ends.",
        side_effects="Archiving takes from the Mac what the account's groups brought.",
        undo="Activate the account in Kandji again, or take the person out of the group again.",
    ),
    grace_minutes=15,
)


def unread(world: World) -> bool:
    """Whether the members of some pushed group are not known: anybody might be in it, unless it is gone."""
    return any(not push.readable and not gone(world, push) for push in world.live_pushes)


def find(world: World) -> Iterator[Finding | Note]:
    if unread(world):
        reason = "the members of a pushed group were not read: anybody might be in it"
        yield Note(kind="check-skipped", about=KIND.slug, reason=reason)
        return
    told = missing(world)  # being left out of a push wins over having too much
    for number in (world.must_be_in & world.account_active) - world.assigned - world.fed_by_others - told:
        pushes, paused = world.pushes_of(number), world.pushes_of(number, paused=True)
        where = "in pushed groups only outside the scope" if pushes else "in no pushed group"
        where += " but those that are paused" if paused and not pushes else ""
        yield world.about_person(
            KIND,
            number,
            f"{world.people[number].name} is active in Kandji, but not assigned to the app and {where}",
            pushes=pushes,
        )
