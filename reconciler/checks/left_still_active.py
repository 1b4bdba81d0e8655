"""Somebody left: deactivated or deleted in Okta, and still active in Kandji.

The verdict needs the Okta person to be found by id or by one unique user name. An e-mail address alone never gives it,
because addresses are given to new people.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.findings import Finding, Kind
from reconciler.world import World

KIND = Kind(
    slug="left-still-active",
    title="Left, but still active in Kandji",
    severity="critical",
    means="Okta deactivated or deleted this person, and the deactivation never reached Kandji.",
    matters="Somebody who left keeps an account, group memberships and perhaps a Mac.",
    mend="Deactivate the account in Kandji: Users → the person → Archive. Then see whether Deactivate Users is "
    "switched on in Okta under Provisioning → To App.",
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
