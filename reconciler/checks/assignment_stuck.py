"""Somebody is assigned, but Okta never learnt an account for them: provisioning failed or never ran."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.findings import Fact, Finding, How, Kind
from reconciler.model import AppUser, Note
from reconciler.world import World

KIND = Kind(
    slug="assignment-stuck",
    title="Assigned, but never provisioned",
    severity="high",
    means="The app is assigned, and Okta has no account id for these people: creating the account failed or never ran.",
    matters="They have no account in Kandji; signing in elsewhere still works, so nobody notices.",
    mend="By hand in Okta: Dashboard → Tasks, retry the provisioning task, or Applications → the app → Assignments → "
    "Provision User. Check that user name and display name are filled in.",
    how=How(
        by_hand=(
            "Okta: Dashboard → Tasks, find the person and read why creating the account failed.",
            "Okta: Directory → People → the person → Profile, fill in what is missing: Kandji needs a user name and a "
            "display name or full name.",
            "Okta: Dashboard → Tasks, Retry Selected; or Applications → Applications → the app → Assignments → "
            "Provision User.",
            "Okta: the app → Push Groups → the person's groups → Push now.",
            "Run `reconciler run` and see that the person is in Kandji.",
        ),
        if_meant="Unassign whoever needs no account in Kandji.",
        okta_alone="Okta tries again after a 429 alone, at most ten times; a task that failed waits for an admin.",
        side_effects="An account that has the same user name in Kandji is taken over, and its attributes are replaced.",
        undo="Unassign the person: Okta deactivates the account.",
    ),
)
WAITING = frozenset({"ACTIVE", "STAGED", "APPROVED", "PENDING"})


def required(app_user: AppUser) -> tuple[str, ...]:
    """What Kandji requires and the app profile tells to be empty: without it no account can be made."""
    profile = dict(app_user.profile)
    names = [profile[key] for key in ("displayName", "givenName", "familyName") if key in profile]
    lacking = [] if app_user.user_name else ["user name"]
    return (*lacking, "display or full name") if names and not any(names) else tuple(lacking)


def find(world: World) -> Iterator[Finding | Note]:
    odd: dict[str, int] = {}
    for number in (world.assigned & world.must_be_in & world.scope) - world.provisioned:
        person = world.people[number]
        app_user = person.app_user
        if app_user is None:
            continue
        if app_user.status not in WAITING:
            odd[app_user.status] = odd.get(app_user.status, 0) + 1
            continue
        pushes = world.pushes_of(number)
        facts: tuple[Fact, ...] = (Fact(side="okta", label="sync state", value=app_user.sync_state or "not told"),)
        if lacking := required(app_user):
            facts += (Fact(side="okta", label="missing, and required by Kandji", value=" and ".join(lacking)),)
        if person.account is not None:
            facts += (Fact(side="kandji", label="in Kandji, not linked", value=f"account {person.account.id}"),)
        yield world.about_person(
            KIND,
            number,
            f"{person.name} is assigned to the app, but was never provisioned",
            pushes=pushes,
            evidence=(*facts, *(world.chain_facts(number, pushes[0]) if pushes else ())),
        )
    for status, count in sorted(odd.items()):
        yield Note(
            kind="check-skipped",
            about=KIND.slug,
            reason=f"{count} app users are {status} without an external id: whether they wait can't be told",
        )
