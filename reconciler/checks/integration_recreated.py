"""Okta points to accounts that Kandji does not have: the integration was made anew, or Okta now speaks to another one.

More than half of the external ids (and at least five) are not in Kandji's list, every one of a sample is answered with
404 by its id, and Kandji's own API knows none of them either.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.findings import Fact, Finding, How, Kind
from reconciler.world import World

KIND = Kind(
    slug="integration-recreated",
    title="Okta points to accounts that Kandji no longer has",
    severity="critical",
    means="Most account ids that Okta has learnt do not exist in Kandji: the SCIM integration was deleted and made "
    "anew, or Okta was pointed to another tenant.",
    matters="No change of these people and no group push can succeed: Okta sends ids that Kandji does not know.",
    mend="By hand in Okta, in this order: the new token, then one person as a canary (convert, unassign, assign anew), "
    "then the rest in batches, then push the groups anew, then look at the devices in Kandji.",
    how=How(
        by_hand=(
            "Okta: Applications → Applications → the app → Provisioning → Integration → Edit, see that the address and "
            "the token are those of the integration in Kandji (Integrations → ⋯ → View details), Save.",
            "Okta: the app → Assignments → one person: set the assignment master to Administrator, Save, unassign, "
            "Assign to People, and see that the person arrives in Kandji.",
            "Okta: the same for the rest, in batches, then Convert Assignments, so that groups assign them again.",
            "Okta: the app → Push Groups, push each group anew (Push now).",
            "Kandji: look at each Assignment Map that names a group, and at Devices whether each Mac still has its "
            "user: groups and people that were made anew have new ids.",
            "Run `reconciler run` and see that nobody is missing.",
        ),
        if_meant="If Okta is meant to feed another tenant from now on, the same steps move it there; read with that "
        "tenant's address in [kandji] scim_url.",
        okta_alone="Never: Okta keeps the ids that it learnt when it provisioned these people.",
        side_effects="Unassigning deactivates people in Kandji until they are assigned anew. Devices stay with the old "
        "account until somebody assigns them.",
        undo="The old ids can't be brought back. If the old integration still exists, give Okta its address and token.",
    ),
    explains=("missing-in-kandji", "mapping-target-missing"),
)
LEAST = 5
SAMPLE = 10


def _known_to_api(world: World) -> frozenset[str]:
    """Ids of Kandji's REST API: today's and the older ones."""
    rows = world.snapshot.kandji.users if world.snapshot.kandji is not None else ()
    return frozenset(key for row in rows for key in (row.id, row.old_id) if key)


def find(world: World) -> Iterator[Finding]:
    lost = world.provisioned - world.present
    if len(lost) < LEAST or len(lost) * 2 <= len(world.provisioned) or len(world.absent) < min(SAMPLE, len(lost)):
        return
    pointers = [app_user.external_id for number in lost if (app_user := world.people[number].app_user) is not None]
    if any(pointer in _known_to_api(world) for pointer in pointers):
        return
    again = [number for number in lost if world.people[number].account is not None]
    recreated = len(again) * 2 > len(lost)
    why = "the integration was re-created" if recreated else "Okta speaks to another tenant or integration"
    api = "not read" if world.snapshot.kandji is None else "knows none of these ids either"
    yield world.about_app(
        KIND,
        f"Kandji has none of {len(lost)} of the {len(world.provisioned)} accounts that Okta points to: {why}",
        people=lost,
        evidence=(
            Fact(side="okta", label="accounts that Okta points to", value=str(len(world.provisioned))),
            Fact(side="kandji", label="not in the list", value=str(len(lost))),
            Fact(side="kandji", label="404 when read by id", value=str(len(world.absent))),
            Fact(side="kandji", label="there under another id, by user name", value=str(len(again))),
            Fact(side="kandji", label="Kandji's REST API", value=api),
            Fact(side="okta", label="among them", value=world.names(lost)),
        ),
    )
