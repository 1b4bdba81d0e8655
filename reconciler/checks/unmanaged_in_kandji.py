"""An active account in Kandji that is found nowhere in Okta: deleted there, or never there."""

from __future__ import annotations

from collections.abc import Iterator

from pyroaring import FrozenBitMap

from reconciler.findings import Finding, How, Kind
from reconciler.model import Note
from reconciler.world import World

KIND = Kind(
    slug="unmanaged-in-kandji",
    title="Active in Kandji, unknown to Okta",
    severity="high",
    means="Nobody in Okta has this account's id or user name: the person was deleted in Okta, or was never there.",
    matters="Okta will never deactivate this account.",
    mend="Find out who it is. If nobody needs it: Kandji → Users → the person → Archive. If another directory feeds "
    "it, declare that under [match] also_fed_by.",
    how=How(
        by_hand=(
            "Okta: Directory → People, look for the name and the address; the evidence offers who has the same "
            "address.",
            "Kandji: Users → the account, see which directory it belongs to and whether it has a Mac.",
            "Where somebody of Okta's should have it, Okta: give their assignment the user name that the account has, "
            "and assign the app: Okta takes an account with that name over.",
            "Where nobody needs it, move the Mac first (Devices → the Mac → User), then Kandji: Users → the account → "
            "Archive.",
            "Run `reconciler run` and see that the finding is gone.",
        ),
        if_meant="If another directory feeds it, declare that under [match] also_fed_by; accept single accounts, e.g. "
        "of kiosks.",
        okta_alone="Never: Okta does not know the account.",
        side_effects="An account that Okta takes over gets Okta's attributes.",
        undo="Activate the account in Kandji again.",
    ),
    grace_minutes=15,
)


def unjoined(world: World) -> FrozenBitMap:
    """Accounts that belong to nobody in Okta, and could belong to nobody there."""
    return FrozenBitMap(
        [
            number
            for number, person in enumerate(world.people)
            if person.user is None and person.deleted_user_id is None and not person.candidates
        ]
    )


def not_looked_up(world: World) -> FrozenBitMap:
    """Those of them whose look-up in Okta did not come to an end: nothing is known of them."""
    looked_up = set(world.snapshot.okta.looked_up_scim_ids)
    alone = ((number, world.people[number].account) for number in unjoined(world))
    return FrozenBitMap([number for number, account in alone if account is None or account.id not in looked_up])


def strangers(world: World) -> FrozenBitMap:
    """Active accounts that were looked up in Okta and found nowhere."""
    return (unjoined(world) & world.account_active) - not_looked_up(world) - world.fed_by_others


def find(world: World) -> Iterator[Finding | Note]:
    found = strangers(world)
    for number in found:
        person = world.people[number]
        hint = f"; perhaps {person.likely[0]}, who has the same e-mail address" if len(person.likely) == 1 else ""
        yield world.about_person(KIND, number, f"{person.name} is active in Kandji, but unknown to Okta{hint}")
    alone = unjoined(world)
    unread = not_looked_up(world)
    if unread:
        yield Note(
            kind="check-skipped",
            about=KIND.slug,
            reason=f"{len(unread)} of {len(alone)} accounts nobody points to could not be looked up in Okta",
        )
    unclear = sum(1 for person in world.people if person.candidates and not person.candidates_left)
    if unclear:
        yield Note(
            kind="check-skipped",
            about=KIND.slug,
            reason=f"{unclear} accounts could belong to people who have another account, or to more than one",
        )
