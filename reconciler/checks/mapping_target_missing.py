"""A mapping pushes to a Kandji group that no longer exists.

Absence from a list proves nothing: the name is looked up once more by a filter before anybody is told. A name that is
only presumed, because the target is not visible in Okta, proves nothing either.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.findings import Finding, Kind
from reconciler.world import World

KIND = Kind(
    slug="mapping-target-missing",
    title="The pushed group does not exist in Kandji",
    severity="high",
    means="Okta pushes to a group that was deleted in Kandji.",
    matters="Everything in Kandji that was assigned by this group reaches nobody.",
    mend="By hand in Okta: Push Groups → the group → Push now; if that fails, unlink it and push it again. "
    "A group that is made anew has a new id: check every Assignment Map in Kandji.",
    explains=("member-missing", "mapping-error"),
    explains_by="group",
    grace_minutes=120,
)


def find(world: World) -> Iterator[Finding]:
    for push in world.pushes:
        if push.target_missing:
            yield world.about_push(
                KIND,
                push,
                f"{push.name} is pushed to {push.target_name}, which does not exist in Kandji",
                by_mapping=True,
                people=world.wanted(push),
                changed=push.changed,
            )
