"""Most people were assigned before provisioning was switched on, and Okta never made accounts for them.

Switching provisioning on does nothing for those who are assigned already: each waits for *Provision User*.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyroaring import FrozenBitMap

from reconciler.findings import Fact, Finding, How, Kind
from reconciler.world import World

KIND = Kind(
    slug="assigned-before-provisioning",
    title="Most people were assigned before provisioning",
    severity="high",
    means="More than half of the people are assigned without an account id: provisioning was switched on afterwards.",
    matters="Okta makes no account for those who were assigned before, sends nothing about them, and pushes no group "
    "with them in it.",
    mend="By hand in Okta: Applications → the app → Assignments → Provision User.",
    how=How(
        by_hand=(
            "Okta: Applications → Applications → the app → Provisioning → To App, see that Create Users is on.",
            "Okta: the app → Assignments, click Provision User where it is offered; begin with one person and see that "
            "they arrive in Kandji.",
            "Okta: the same for the rest; where the button is not offered, the person → Edit: assignment master "
            "Administrator, Save; unassign, and at once Assign to People; then Convert Assignments.",
            "Okta: the app → Push Groups, push the groups anew (Push now).",
            "Run `reconciler run` and see that nobody is left.",
        ),
        if_meant="An app that is to sign people in, and not to provision them, needs no push groups: this program is "
        "then pointed to the wrong app.",
        okta_alone="Never: what was assigned before is not provisioned by itself.",
        side_effects="Who is in Kandji already under the same user name is linked, and their attributes are replaced "
        "by Okta's. Never take the group out of Assignments for this: Okta would deactivate in Kandji whoever of it is "
        "linked already.",
        undo="An account that was made stays in Kandji; unassigning deactivates it.",
    ),
    explains=("assignment-stuck",),
    explains_by="people",
)
LEAST = 3


def waiting(world: World) -> FrozenBitMap:
    """Assigned and active in the app, and Okta never learnt an account."""
    alone = (world.assigned & world.must_be_in & world.scope) - world.provisioned
    told = ((number, world.people[number].app_user) for number in alone)
    return FrozenBitMap([number for number, app_user in told if app_user is not None and app_user.status == "ACTIVE"])


def find(world: World) -> Iterator[Finding]:
    people, everybody = waiting(world), world.assigned & world.must_be_in & world.scope
    if len(people) < LEAST or len(people) * 2 <= len(everybody):
        return
    unlinked = FrozenBitMap([number for number in people if world.people[number].account is not None])
    yield world.about_app(
        KIND,
        f"{len(people)} of {len(everybody)} people were assigned before provisioning was switched on",
        people=people,
        evidence=(
            Fact(side="okta", label="assigned", value=str(len(everybody))),
            Fact(side="okta", label="without an external id", value=str(len(people))),
            Fact(side="kandji", label="in Kandji, not linked", value=str(len(unlinked))),
            Fact(side="okta", label="among them", value=world.names(people)),
        ),
        changed=world.quiet_since(people, max(LEAST, len(everybody) // 2 + 1)),
    )
