"""Okta could not send a change of somebody's profile to Kandji.

It stands beside the chain: Okta knows an account for the person, and what they are called or do is out of date there.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.findings import Fact, Finding, How, Kind
from reconciler.model import LogEvent
from reconciler.system_log import FAILURE, SUCCESS
from reconciler.world import World

KIND = Kind(
    slug="profile-push-failed",
    title="A profile change was not sent",
    severity="medium",
    means="Okta tried to update this person's account in Kandji and failed, and has not tried again since.",
    matters="Title and department drive Assignment Maps; sign-in goes on working, so nobody notices.",
    mend="By hand in Okta: Dashboard → Tasks, retry the task; or Applications → the app → Provisioning → To App → "
    "Force Sync.",
    how=How(
        by_hand=(
            "Okta: Dashboard → Tasks, find the person and read why the update failed.",
            "Mend what it names: an empty or overlong attribute, a user name that somebody else has in Kandji.",
            "Okta: select the task, Retry Selected. Where there is no task: Applications → Applications → the app → "
            "Provisioning → To App, Force Sync.",
            "Kandji: Users → the person, see that the change is there.",
        ),
        if_meant="Accept the finding with a reason and an end date.",
        okta_alone="Only what was answered with 429 is tried again, at most ten times; otherwise when the profile "
        "changes the next time.",
        side_effects="A retry sends the whole profile as Okta has it now.",
        undo="Change the profile in Okta; it is sent again.",
    ),
)
FAILED = frozenset({"ERROR", "OUT_OF_SYNC"})
PROFILE = "application.provision.user.push_profile"


def last_push(world: World, user_id: str) -> LogEvent | None:
    """The last profile push of somebody that the log tells of, if that went well or wrong."""
    told = [e for e in world.events_of(user_id) if e.type == PROFILE and e.outcome in (SUCCESS, FAILURE)]
    return told[-1] if told else None


def find(world: World) -> Iterator[Finding]:
    for number in (world.provisioned & world.scope) - world.left:
        person = world.people[number]
        state = person.app_user.sync_state if person.app_user is not None else None
        last = last_push(world, person.user.id) if person.user is not None else None
        logged = last is not None and last.outcome == FAILURE
        if state not in FAILED and not logged:
            continue
        yield world.about_person(
            KIND,
            number,
            f"{person.name}: Okta could not send a change of the profile to Kandji",
            evidence=(Fact(side="okta", label="sync state", value=state or "not told"),),
            group_changed=last.published if last is not None and logged else None,
        )
