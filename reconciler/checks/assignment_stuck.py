"""Somebody is assigned, but Okta never learnt an account for them: provisioning failed or never ran."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.findings import Fact, Finding, Kind
from reconciler.model import Note
from reconciler.world import World

KIND = Kind(
    slug="assignment-stuck",
    title="Assigned, but never provisioned",
    severity="high",
    means="The app is assigned, and Okta has no account id for these people: creating the account failed or never ran.",
    matters="They have no account in Kandji; signing in elsewhere still works, so nobody notices.",
    mend="By hand in Okta: Dashboard → Tasks, retry the provisioning task, or Applications → the app → Assignments → "
    "Provision User. Check that user name and display name are filled in.",
)
WAITING = frozenset({"ACTIVE", "STAGED", "APPROVED", "PENDING"})


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
