"""One of the provisioning actions that the guide asks for is switched off.

The app's features tell which actions Okta carries out. No features at all means that the org does not tell, and that is
unknown, not off. What the log or a last push shows of the last seven days is on, whatever the features say.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from reconciler.checks.credentials_refused import of_this_app
from reconciler.findings import Fact, Finding, How, Kind, Severity, Subject
from reconciler.model import Note
from reconciler.system_log import SUCCESS
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
    how=How(
        by_hand=(
            "Okta: Applications → Applications → the app → Provisioning → To App → Edit, tick Create Users, Update "
            "User Attributes and Deactivate Users as the guide asks, Save.",
            "Okta: for Push Groups, the app → General → App Settings → Edit, tick Push Groups under the provisioning "
            "actions, Save.",
            "Okta: the app → Assignments: Provision User for those who joined meanwhile; Provisioning → To App → Force "
            "Sync for changed profiles; Push Groups → Push now for groups.",
            "Kandji: Users → whoever left meanwhile → Archive: Okta does not send that afterwards.",
            "Run `reconciler run` and see that nothing is left.",
        ),
        if_meant="Accept the finding with a reason and an end date, or switch the kind off under [severity].",
        okta_alone="Never; and what fell into the gap is not sent afterwards, even when the action is on again.",
        side_effects="From then on Okta carries the action out for everybody. Never change this through Okta's API: "
        "updating the app there can drop its SCIM settings.",
        undo="Untick the action again.",
    ),
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
EVENTS = {
    "PUSH_USER_DEACTIVATION": ("application.provision.user.deactivate",),
    "PUSH_NEW_USERS": ("application.provision.user.push",),
    "GROUP_PUSH": ("application.provision.group_push.push_memberships", "application.provision.group_push.pushed"),
    "PUSH_PROFILE_UPDATES": ("application.provision.user.push_profile",),
}
"""Events of the log that show an action, where they are of a success."""
RECENT = timedelta(days=7)


def shown(world: World, feature: str) -> bool:
    """Whether the log or a last push shows that Okta carried this action out in the last seven days."""
    events = world.events_of_type(*EVENTS[feature])
    moments = [e.published for e in events if e.outcome == SUCCESS and of_this_app(world, e)]
    if feature == "GROUP_PUSH":
        moments += [push.mapping.last_push for push in world.pushes if push.mapping.last_push is not None]
    return any(world.now - moment < RECENT for moment in moments)


def find(world: World) -> Iterator[Finding | Note]:
    app = world.snapshot.okta.app
    if not app.features:
        yield Note(kind="check-skipped", about=KIND.slug, reason="Okta does not tell this app's features")
        return
    for feature, action, severity, explains in FEATURES:
        if feature in app.features:
            continue
        if shown(world, feature):
            yield Note(
                kind="check-skipped",
                about=f"{KIND.slug}: {action}",
                reason="the features leave it out, but Okta did just that in the last seven days",
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
