"""Somebody left: deactivated or deleted in Okta, and still active in Kandji.

The verdict needs the Okta person to be found by id or by one unique user name. An e-mail address alone never gives it,
because addresses are given to new people.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.findings import Finding, How, Kind
from reconciler.world import World

KIND = Kind(
    slug="left-still-active",
    title="Left, but still active in Kandji",
    severity="critical",
    means="Okta deactivated or deleted this person, and the deactivation never reached Kandji.",
    matters="Somebody who left keeps an account, group memberships and perhaps a Mac.",
    mend="Deactivate the account in Kandji: Users → the person → Archive. Then see whether Deactivate Users is "
    "switched on in Okta under Provisioning → To App.",
    how=How(
        by_hand=(
            "Okta: Directory → People → the person, make sure that they have left.",
            "Kandji: Users → the person, see which Mac they have; lock or collect it first.",
            "Kandji: Users → the person → Archive.",
            "Okta: Applications → Applications → the app → Provisioning → To App, see that Deactivate Users is on, and "
            "Dashboard → Tasks whether deactivations failed.",
            "Run `reconciler run` and see that the finding is gone.",
        ),
        if_meant="Accept the finding with an owner and an end date.",
        okta_alone="Never: Okta sends a deactivation once, when the person leaves.",
        side_effects="What the account's groups brought to the Mac goes away with them.",
        undo="Activate the account in Kandji again.",
    ),
    grace_minutes=15,
    explains=("member-extra",),
    explains_by="people",
)


def find(world: World) -> Iterator[Finding]:
    for number in (world.left & world.account_active) - world.fed_by_others:
        person = world.people[number]
        how = "deleted" if person.deleted_user_id else "deactivated" if person.user else "deactivated or deleted"
        yield world.about_person(
            KIND,
            number,
            f"{person.name} was {how} in Okta, but is still active in Kandji",
            pushes=world.pushes_of(number, paused=True),
        )
