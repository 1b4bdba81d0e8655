"""The app itself is not active.

Okta provisions nothing, or only in part, to an app that is deactivated; leaving a group may still deactivate people.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.findings import Fact, Finding, How, Kind, Subject
from reconciler.world import World

KIND = Kind(
    slug="app-inactive",
    title="The app in Okta is not active",
    severity="critical",
    means="The app through which Okta reaches Kandji is deactivated.",
    matters="Provisioning to it stops or is partial, while leaving a group may still deactivate people in Kandji.",
    mend="By hand in Okta: Applications → the app → the menu next to its name → Activate.",
    how=How(
        by_hand=(
            "Okta: Reports → System Log, look who deactivated the app, and why.",
            "Okta: Applications → Applications → the app → the menu beside its name (Inactive) → Activate.",
            "Okta: the app → Assignments, see that the groups are assigned, and Dashboard → Tasks, retry what failed.",
            "Okta: the app → Push Groups, push the groups anew (Push now).",
            "Run `reconciler run` and see who is left.",
        ),
        if_meant="If Okta is not to feed Kandji any more, stop running this program against this app.",
        okta_alone="Never: an admin must activate it.",
        side_effects="People who joined meanwhile are provisioned, and those who left are deactivated.",
        undo="Deactivate the app again.",
    ),
    explains=("member-not-assigned", "assignment-stuck", "missing-in-kandji"),
)


def find(world: World) -> Iterator[Finding]:
    app = world.snapshot.okta.app
    if app.status == "ACTIVE":
        return
    yield Finding(
        kind=KIND.slug,
        severity=KIND.severity,
        subject=Subject(type="app", key=f"app:{app.id}", name=app.label),
        sentence=f"The app {app.label} is {app.status} in Okta",
        evidence=(
            Fact(side="okta", label="app", value=f"{app.label} ({app.id})"),
            Fact(side="okta", label="status", value=app.status),
        ),
    )
