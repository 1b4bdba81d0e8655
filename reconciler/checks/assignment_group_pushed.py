"""A group is assigned to the app and pushed to it as well, which Okta does not support.

Members race: the push can run before provisioning is done, and who leaves may linger in Kandji, because the assignment
is gone before the membership is taken back.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.findings import Fact, Finding, How, Kind
from reconciler.world import World, youngest

KIND = Kind(
    slug="assignment-group-pushed",
    title="The same group is assigned and pushed",
    severity="high",
    means="One Okta group serves both as assignment group and as push group.",
    matters="Okta does not support it: new members may be missing in Kandji, and people who leave may linger there.",
    mend="By hand in Okta: Push Groups → Unlink pushed group → leave the group in the target app; make a second "
    "group with the same people and link it by name. A new Kandji group would have a new id, and Assignment Maps "
    "refer to it.",
    how=How(
        by_hand=(
            "Okta: Directory → Groups → Add group, a second group, and put the same people in it, best by a rule.",
            "Okta: Applications → Applications → the app → Push Groups → the group → Unlink pushed group → Leave the "
            "group in the target app.",
            "Okta: Push Groups → Find groups by name → the second group → Link Group → the Kandji group that is there.",
            "Kandji: see that there is still one group only, and that Assignment Maps still refer to it.",
        ),
        if_meant="It works most of the time, and Okta does not support it. Accept the finding until a day if it must "
        "stay.",
        okta_alone="Never. The next push adds whom a race left out, but nobody knows when it comes.",
        side_effects="Linking replaces the members of the Kandji group by those of the second group.",
        undo="Unlink the second group and push the first one again.",
    ),
    explains=("member-missing", "member-extra"),
    explains_by="group",
)


def find(world: World) -> Iterator[Finding]:
    assigned = {group.id: group.last_updated for group in world.snapshot.okta.app_groups}
    done: set[str] = set()
    for push in world.pushes:
        if push.group_id not in assigned or push.group_id in done:
            continue
        done.add(push.group_id)
        yield world.about_push(
            KIND,
            push,
            f"{push.name} is assigned to the app and pushed as well",
            by_mapping=False,
            people=world.should(push),
            changed=youngest(push.changed, assigned[push.group_id]),
            evidence=(Fact(side="okta", label="assigned to the app", value="yes"),),
        )
