"""Somebody is suspended in Okta and active in Kandji: Okta sends nothing on suspend, nor when it ends.

Whether that is drift is a policy: where suspended people are to be deactivated, it is one.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.accounts import switched
from reconciler.findings import Finding, How, Kind
from reconciler.fixing import GONE, Fix, offered, person_in
from reconciler.world import World

KIND = Kind(
    slug="suspended-still-active",
    title="Suspended in Okta, active in Kandji",
    severity="medium",
    means="Okta sends no word to any app when a person is suspended, so their account in Kandji stays as it was.",
    matters="Somebody who may not sign in keeps what Kandji brings to their Mac.",
    mend="Say under [fix] suspended whether they are to be deactivated; this program does it where kandji_writes names "
    "the kind as well. In Kandji: Users → the person → Archive.",
    how=How(
        by_hand=(
            "Okta: Directory → People → the person, see since when and why they are suspended.",
            "If they are to lose Kandji meanwhile, Kandji: Users → the person → Archive.",
            "When they come back, Okta: Directory → People → the person → Unsuspend, and Kandji: activate the account "
            "again, because Okta sends nothing then either.",
        ),
        if_meant='Leave suspended = "report" under [fix]: the finding is then low, and only told.',
        okta_alone="Never: Okta sends nothing when somebody is suspended or unsuspended.",
        side_effects="What the account's groups brought to the Mac goes away with them.",
        undo="Activate the account in Kandji again.",
        with_tool="reconciler plan --kind suspended-still-active",
    ),
    grace_minutes=15,
)
SUSPENDED = "SUSPENDED"


def find(world: World) -> Iterator[Finding]:
    severity = KIND.severity if world.settings.suspended == "deactivate" else "low"
    for number in (world.may_be_in & world.account_active) - world.fed_by_others:
        person = world.people[number]
        if person.user is None or person.user.status != SUSPENDED:
            continue
        yield world.about_person(
            KIND,
            number,
            f"{person.name} is suspended in Okta, but active in Kandji",
            pushes=world.pushes_of(number, paused=True),
            severity=severity,
        )


def fix(finding: Finding, world: World) -> Fix:
    number = person_in(finding, world)
    if world.settings.suspended != "deactivate":
        return offered('the configuration only has it told: suspended = "report" under [fix]')
    return offered(switched(world, number, active=False) if number is not None else GONE)
