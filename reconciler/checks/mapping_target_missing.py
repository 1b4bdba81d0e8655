"""A mapping pushes to a Kandji group that no longer exists.

Absence from a list proves nothing: the name is looked up once more by a filter before anybody is told.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.findings import Finding, Kind
from reconciler.world import Push, World, fold

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


def target_missing(world: World, push: Push) -> bool:
    """Whether an active or failed mapping has no Kandji group, by learnt id, by name and by a filtered read."""
    absent = {fold(name) for name in world.snapshot.scim.absent_group_names}
    return (
        push.mapping.status in ("ACTIVE", "ERROR")
        and push.kandji_group is None
        and push.problem is None
        and push.target_name is not None
        and fold(push.target_name) in absent
    )


def find(world: World) -> Iterator[Finding]:
    for push in world.pushes:
        if target_missing(world, push):
            yield world.about_push(
                KIND,
                push,
                f"{push.name} is pushed to {push.target_name}, which does not exist in Kandji",
                by_mapping=True,
                people=world.expected(push),
            )
