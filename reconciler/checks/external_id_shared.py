"""Okta points two people to one account in Kandji: whatever it sends for the one, the other gets."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from reconciler.findings import Fact, Finding, How, Kind
from reconciler.world import World

KIND = Kind(
    slug="external-id-shared",
    title="Two people share one account in Kandji",
    severity="high",
    means="Okta has the same account id for more than one person, as when a newcomer was given a user name that an "
    "older account still had.",
    matters="One of them has no account of their own, and when either leaves, Okta deactivates the other's.",
    mend="By hand in Okta: find out whose account it is, then unassign the other and assign them again under a user "
    "name of their own.",
    how=How(
        by_hand=(
            "Kandji: Users → the account, see whose Mac and whose name it has.",
            "Okta: Applications → Applications → the app → Assignments → the other person, see that their user name is "
            "their own and is nobody's in Kandji.",
            "Okta: give the first person a harmless change (of an attribute that no group rule looks at) and retry "
            "what failed under Dashboard → Tasks, so that the account has their user name.",
            "Okta: the app → Assignments → the other person: assignment master Administrator, Save, unassign, and at "
            "once Assign to People; then Convert Assignments.",
            "Kandji: see that there are two accounts, both active. Unassigning deactivates the shared one: where it is "
            "inactive now, unassign and assign the first person, too.",
            "Okta: the app → Push Groups, push their groups anew (Push now).",
        ),
        if_meant="It is never meant.",
        okta_alone="Never: Okta keeps the id that it learnt.",
        side_effects="The shared account is deactivated for a moment, and loses what its groups brought.",
        undo="None: the new account has an id of its own.",
    ),
)


def _holders(world: World) -> dict[str, list[int]]:
    """People by the external id of their assignment, where several have it; whoever has left is none of them."""
    counts = Counter(app_user.external_id for app_user in world.snapshot.okta.app_users)
    holders: dict[str, list[int]] = defaultdict(list)
    if len(counts) < len(world.snapshot.okta.app_users):
        for number in world.provisioned - world.left:
            app_user = world.people[number].app_user
            if app_user is not None and app_user.external_id and counts[app_user.external_id] > 1:
                holders[app_user.external_id].append(number)
    return holders


def find(world: World) -> Iterator[Finding]:
    for account_id, numbers in sorted(_holders(world).items()):
        if len(numbers) < 2:
            continue
        for number in numbers:
            others = ", ".join(sorted(world.people[other].name for other in numbers if other != number))
            yield world.about_person(
                KIND,
                number,
                f"{world.people[number].name} shares one account in Kandji with {others}",
                pushes=world.pushes_of(number),
                evidence=(
                    Fact(side="okta", label="shared external id", value=account_id),
                    Fact(side="okta", label="shared with", value=others),
                ),
            )
