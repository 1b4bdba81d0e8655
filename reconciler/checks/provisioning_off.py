"""One of the provisioning actions that the guide asks for is switched off.

The app's features tell which actions Okta carries out. No features at all means that the org does not tell, and that is
unknown, not off. A push of the last seven days shows that pushing groups is on, whatever the features say.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from reconciler.findings import Fact, Finding, Kind, Severity, Subject
from reconciler.model import Note
from reconciler.world import World

KIND = Kind(
    slug="provisioning-off",
    title="A provisioning action is switched off",
    severity="critical",
    means="The guide asks for Create, Update and Deactivate Users and for Push Groups; one of them is off.",
    matters="What is switched off never reaches Kandji: leavers stay active, joiners never arrive, or groups stand "
    "still.",
    mend="By hand in Okta: Applications → the app → Provisioning → To App → Edit, tick the action, Save. "
    "Push Groups stands under General → App Settings → Provisioning.",
    explains=(
        "left-still-active",
        "assignment-stuck",
        "member-missing",
        "member-extra",
        "mapping-error",
        "mapping-inactive",
        "mapping-target-missing",
        "group-not-pushed",
        "mapping-stale",
        "attribute-differs",
    ),
)

FEATURES: tuple[tuple[str, str, Severity, tuple[str, ...]], ...] = (
    ("PUSH_USER_DEACTIVATION", "Deactivate Users", "critical", ("left-still-active",)),
    ("PUSH_NEW_USERS", "Create Users", "high", ("assignment-stuck",)),
    (
        "GROUP_PUSH",
        "Push Groups",
        "high",
        (
            "member-missing",
            "member-extra",
            "mapping-error",
            "mapping-inactive",
            "mapping-target-missing",
            "group-not-pushed",
            "mapping-stale",
        ),
    ),
    ("PUSH_PROFILE_UPDATES", "Update User Attributes", "medium", ("attribute-differs",)),
)
RECENT = timedelta(days=7)


def find(world: World) -> Iterator[Finding | Note]:
    app = world.snapshot.okta.app
    if not app.features:
        yield Note(kind="check-skipped", about=KIND.slug, reason="Okta does not tell this app's features")
        return
    pushed = any(
        push.mapping.last_push is not None and world.now - push.mapping.last_push < RECENT for push in world.pushes
    )
    for feature, action, severity, explains in FEATURES:
        if feature in app.features:
            continue
        if feature == "GROUP_PUSH" and pushed:
            yield Note(
                kind="check-skipped",
                about=f"{KIND.slug}: {action}",
                reason="the features leave it out, but Okta pushed a group in the last seven days",
            )
            continue
        yield Finding(
            kind=KIND.slug,
            severity=severity,
            subject=Subject(type="app", key=f"app:{app.id} feature:{feature}", name=f"{app.label}: {action}"),
            sentence=f"{action} is switched off for {app.label}",
            evidence=(
                Fact(side="okta", label="app", value=f"{app.label} ({app.id})"),
                Fact(side="okta", label="features", value=", ".join(sorted(app.features))),
                Fact(side="okta", label="missing feature", value=feature),
            ),
            explains=explains,
            explains_by="everything",
        )
