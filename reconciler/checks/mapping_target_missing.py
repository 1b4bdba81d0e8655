"""A mapping pushes to a Kandji group that no longer exists.

Absence from a list proves nothing: the name is looked up once more by a filter before anybody is told. A name that is
only presumed, because the target is not visible in Okta, proves nothing either.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.checks.group_renamed import alike
from reconciler.findings import Finding, How, Kind
from reconciler.fixing import GONE, Fix, offered, push_in
from reconciler.pushing import pushed_again
from reconciler.world import World

KIND = Kind(
    slug="mapping-target-missing",
    title="The pushed group does not exist in Kandji",
    severity="high",
    means="Okta pushes to a group that was deleted in Kandji.",
    matters="Everything in Kandji that was assigned by this group reaches nobody.",
    mend="In Okta: Push Groups → the group → Push now; if that fails, unlink it and push it again. "
    "A group that is made anew has a new id: check every Assignment Map in Kandji.",
    how=How(
        by_hand=(
            "Kandji: see whether the group stands there under another name; then name it back, and stop here.",
            "Okta: Applications → Applications → the app → Push Groups → the group → Push now.",
            "Okta: if that fails, Unlink pushed group → Leave the group in the target app, and push the group by "
            "name again.",
            "Kandji: put the new group into every Assignment Map that referred to the old one: it has a new id.",
            "Run `reconciler run` and see that the group is in step.",
        ),
        if_meant="If the group was deleted on purpose, unlink the push as well.",
        okta_alone="Never: Okta believes that the group is there, and its next push ends in an error.",
        side_effects="A new group reaches no Mac until Assignment Maps refer to it.",
        undo="A group that was deleted in Kandji does not come back with its id.",
        with_tool="reconciler plan --kind mapping-target-missing",
    ),
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


def fix(finding: Finding, world: World) -> Fix:
    """A new link by name makes the group again; a push alone ends in an error."""
    push = push_in(finding, world)
    if push is None:
        return offered(GONE)
    if any(other.mapping.id == push.mapping.id for other, _ in alike(world)):
        return offered("its group seems to have another name now: a second one must not be made")
    return offered(pushed_again(world, push))
