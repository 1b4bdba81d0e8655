"""Kandji refuses the token that Okta holds: nothing that Okta sends arrives any more.

It shows as a failed authentication in Okta's System Log, or as a push mapping in error whose summary speaks of 401 or
of credentials. Whatever was sent with success since then shows that it is over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from reconciler.findings import Fact, Finding, How, Kind
from reconciler.model import LogEvent, Mapping
from reconciler.system_log import AUTHENTICATION, FAILURE, SENT, SUCCESS
from reconciler.world import World, youngest

KIND = Kind(
    slug="credentials-refused",
    title="Kandji refuses Okta's token",
    severity="critical",
    means="Kandji answers Okta with 401: the SCIM token that Okta holds is not valid any more.",
    matters="Nothing reaches Kandji: leavers keep their accounts, joiners never arrive, and groups stand still.",
    mend="By hand in Okta: Applications → the app → Provisioning → Integration → Edit, put in the token that Kandji "
    "knows, Test Connector Configuration, Save. Then retry the failed tasks and groups.",
    how=How(
        by_hand=(
            "Find the SCIM token that Kandji knows now: the one this program reads with works. Where nobody kept it, "
            "Kandji: Integrations → the SCIM integration → ⋯ → View details → rotate the token.",
            "Okta: Applications → Applications → the app → Provisioning → Integration → Edit, put the token into the "
            "HTTP header's Authorization, Test Connector Configuration, Save.",
            "Okta: Dashboard → Tasks, retry the provisioning tasks that failed.",
            "Okta: Applications → Applications → the app → Push Groups, and there Retry All Groups.",
            "Give the same token to this program, then run `reconciler run`.",
        ),
        if_meant="A token that was taken away on purpose ends provisioning: deactivate the app in Okta as well, so "
        "that nobody takes Kandji for up to date.",
        okta_alone="Never: Okta goes on asking with the old token, and what failed is not sent again by itself.",
        side_effects="Rotating the token in Kandji ends the old one at once, for everything that uses it. Retried "
        "tasks deactivate leavers and change groups as Okta has them now.",
        undo="A rotated token can't be brought back; make another one.",
    ),
    grace_minutes=15,
    explains=(
        "assignment-stuck",
        "left-still-active",
        "unassigned-still-active",
        "mapping-error",
        "profile-push-failed",
    ),
)

CREDENTIALS = re.compile(r"\b401\b(?! (?:groups|members|people|users))|unauthori[sz]ed|credential", re.IGNORECASE)
"""What a summary or a reason says where the token was refused. Okta's texts are free, and may change."""


def of_this_app(world: World, event: LogEvent) -> bool:
    """Whether an event is about our app, as far as it names one."""
    apps = {target.id for target in event.targets if target.type == "AppInstance"}
    return not apps or world.snapshot.okta.app.id in apps


def sent(world: World, outcome: str) -> list[LogEvent]:
    """What the log says was sent to Kandji with this outcome, oldest first."""
    return [event for event in world.events_of_type(*SENT) if event.outcome == outcome and of_this_app(world, event)]


def last_success(world: World) -> datetime | None:
    """When something was last sent to Kandji with success, as far as mappings and the log tell."""
    pushed = [push.mapping.last_push for push in world.pushes]
    return youngest(*pushed, *(event.published for event in sent(world, SUCCESS)))


def failed_at(mapping: Mapping) -> datetime | None:
    """When a mapping went to ERROR, as nearly as Okta tells; None where it does not."""
    return youngest(mapping.last_updated, mapping.created)


def since(moment: datetime | None, success: datetime | None) -> bool:
    """Whether something happened after the last success; a moment that is not known, only where there was none."""
    return success is None or (moment is not None and moment > success)


def refused(world: World, success: datetime | None) -> tuple[list[Mapping], list[LogEvent]]:
    """Mappings in error and events since the last success that say that the token was refused."""
    mappings = [push.mapping for push in world.pushes if push.mapping.status == "ERROR"]
    events = [event for event in world.events_of_type(AUTHENTICATION) if of_this_app(world, event)]
    events += [event for event in sent(world, FAILURE) if CREDENTIALS.search(event.reason or "")]
    return (
        [m for m in mappings if CREDENTIALS.search(m.error_summary or "") and since(failed_at(m), success)],
        sorted((e for e in events if since(e.published, success)), key=lambda event: (event.published, event.id)),
    )


def find(world: World) -> Iterator[Finding]:
    success = last_success(world)
    mappings, events = refused(world, success)
    if not mappings and not events:
        return
    moments = sorted(moment for moment in (*map(failed_at, mappings), *(e.published for e in events)) if moment)
    began = f"{moments[0]:%Y-%m-%d %H:%M} UTC" if moments else "not told"
    worked = f"{success:%Y-%m-%d %H:%M} UTC" if success else "not told"
    yield world.about_app(
        KIND,
        f"Kandji refuses the token with which Okta sends through {world.snapshot.okta.app.label}",
        evidence=(
            Fact(side="okta", label="refused since", value=began),
            Fact(side="okta", label="last success", value=worked),
            *(Fact(side="okta", label="push mapping in error", value=m.error_summary or m.id) for m in mappings[:5]),
            *world.log_facts(events[-5:]),
            Fact(
                side="kandji",
                label="our own read",
                value="works: a new token was probably made for this program, and Okta still holds the old one",
            ),
        ),
        changed=moments[0] if moments else None,
    )
