"""A changed user name never reaches Kandji: the app applies it on create only.

That is a setting many apps have; it is told when somebody's user name in Kandji really is another one.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyroaring import FrozenBitMap

from reconciler.checks.attribute_differs import SCIM, compared, differing
from reconciler.findings import Fact, Finding, How, Kind
from reconciler.model import Note
from reconciler.world import Person, World

KIND = Kind(
    slug="username-push-off",
    title="Changed user names are not sent",
    severity="medium",
    means="Okta sends a user name when it creates an account and never again, and somebody's has changed since.",
    matters="Kandji shows the old name; where a new person is given that name, Okta may hand them this account.",
    mend="By hand in Okta: Directory → Profile Editor → the app → Mappings → Okta User to the app → userName → apply "
    "mapping on user create and update.",
    how=How(
        by_hand=(
            "Okta: Directory → Profile Editor → the app → Mappings → Okta User to the app.",
            "Okta: beside userName choose Apply mapping on user create and update, Save Mappings, Apply updates now.",
            "Okta: Applications → Applications → the app → Provisioning → To App, Force Sync.",
            "Kandji: Users → the person, see that the new user name is there.",
        ),
        if_meant="If user names in Kandji are to stay as they were, leave userName out of [compare] attributes, and "
        "switch this kind off under [severity].",
        okta_alone="Never: the name is held back each time.",
        side_effects="Every person whose user name differs is renamed in Kandji; what signs in by the old name must "
        "learn the new one.",
        undo="Choose Apply mapping on user create only; names that were sent stay.",
    ),
)
HELD_BACK = "EXCLUDE_USERNAME_UPDATE_ON_PROFILE_PUSH"


def _alike(person: Person) -> bool:
    """Whether Kandji has the very user name that Okta sends: nobody needs to look closer."""
    app_user, account = person.app_user, person.account
    return app_user is not None and account is not None and app_user.user_name == account.user_name


def find(world: World) -> Iterator[Finding | Note]:
    if not world.snapshot.okta.app.features:
        yield Note(kind="check-skipped", about=KIND.slug, reason="Okta does not tell this app's features")
    if HELD_BACK not in world.snapshot.okta.app.features:
        return
    names = {
        number: pair
        for number in compared(world) & world.scope
        if not _alike(world.people[number])
        for pair in differing(world.people[number], {"userName": SCIM["userName"]})
    }
    people = FrozenBitMap(names)
    if not people:
        return
    examples = [f"{sent} in Okta, {held or 'empty'} in Kandji" for _, sent, held in list(names.values())[:5]]
    count = "1 person has" if len(people) == 1 else f"{len(people)} people have"
    yield world.about_app(
        KIND,
        f"{count} another user name in Kandji, because Okta sends it on create only",
        people=people,
        evidence=(
            Fact(side="okta", label="feature", value=HELD_BACK),
            *(Fact(side="kandji", label="user name", value=example) for example in examples),
        ),
    )
