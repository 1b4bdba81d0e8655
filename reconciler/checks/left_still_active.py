"""Somebody left: deactivated or deleted in Okta, and still active in Kandji.

The verdict needs the Okta person to be found by id or by one unique user name. An e-mail address alone never gives it,
because addresses are given to new people.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyroaring import FrozenBitMap

from reconciler.accounts import switched
from reconciler.findings import Finding, How, Kind
from reconciler.fixing import GONE, Fix, offered, person_in
from reconciler.model import ScimUser
from reconciler.world import World, fold

KIND = Kind(
    slug="left-still-active",
    title="Left, but still active in Kandji",
    severity="critical",
    means="Okta deactivated or deleted this person, and the deactivation never reached Kandji.",
    matters="Somebody who left keeps an account, group memberships and perhaps a Mac.",
    mend="Deactivate the account in Kandji: Users → the person → Archive; this program does it where [fix] "
    "kandji_writes names the kind. Then see whether Deactivate Users is switched on in Okta under Provisioning → To "
    "App.",
    how=How(
        by_hand=(
            "Okta: Directory → People → the person, make sure that they have left. Where the finding names somebody "
            "else who has the account's user name, archive nothing: see that Okta links the account to them (Dashboard "
            "→ Tasks, retry).",
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
        with_tool="reconciler plan --kind left-still-active",
    ),
    grace_minutes=15,
    explains=("member-extra",),
    explains_by="people",
)


def namesakes(world: World, leavers: FrozenBitMap) -> dict[int, str]:
    """By leaver: the login of somebody who works here and has the user name of the leaver's account, as after coming
    back as another person. Whose the account is by now, an admin must see."""
    names = {fold(account.user_name): number for number, account in _accounts(world, leavers) if account.user_name}
    found: dict[int, str] = {}
    for number in world.must_be_in if names else ():
        person = world.people[number]
        sent = person.app_user.user_name if person.app_user is not None else None
        for name in set(map(fold, {person.name, sent or ""})) & names.keys():  # the two are nearly always one
            found[names[name]] = person.name
    return found


def _accounts(world: World, people: FrozenBitMap) -> Iterator[tuple[int, ScimUser]]:
    every = ((number, world.people[number].account) for number in people)
    return ((number, account) for number, account in every if account is not None)


def _leavers(world: World) -> FrozenBitMap:
    return (world.left & world.account_active) - world.fed_by_others


def _their_namesakes(world: World) -> dict[int, str]:
    return namesakes(world, _leavers(world))


def find(world: World) -> Iterator[Finding]:
    leavers, others = _leavers(world), world.once(_their_namesakes)
    for number in leavers:
        person, other = world.people[number], others.get(number)
        how = "deleted" if person.deleted_user_id else "deactivated" if person.user else "deactivated or deleted"
        hint = f"; perhaps it is {other}'s by now, who has its user name" if other else ""
        yield world.about_person(
            KIND,
            number,
            f"{person.name} was {how} in Okta, but is still active in Kandji{hint}",
            pushes=world.pushes_of(number, paused=True),
        )


def fix(finding: Finding, world: World) -> Fix:
    number = person_in(finding, world)
    other = world.once(_their_namesakes).get(number) if number is not None else None
    if number is None or other is not None:
        return offered(GONE if number is None else f"perhaps the account is {other}'s by now, who has its user name")
    return offered(switched(world, number, active=False))
