"""A push mapping is in error: Okta has stopped pushing this group until somebody acts."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.findings import Fact, Finding, How, Kind
from reconciler.fixing import GONE, Fix, offered, push_in
from reconciler.pushing import relinked
from reconciler.world import World

KIND = Kind(
    slug="mapping-error",
    title="A group's push has failed",
    severity="high",
    means="Okta could not push the group and has stopped trying.",
    matters="Who joins or leaves the group from now on does not change anything in Kandji.",
    mend="In Okta: Applications → the app → Push Groups → Retry All Groups, after the cause in the error "
    "is gone. If it is refused: unlink, leave the group in the target app, and link it again.",
    how=How(
        by_hand=(
            "Okta: Applications → Applications → the app → Push Groups, and read the error beside the group.",
            "Mend its cause: a token that Kandji refuses, a name that is taken, a time-out of a large group.",
            "Okta: Push Groups → Retry All Groups; or the group's menu → Push now.",
            "Okta: if that is refused, Unlink pushed group → Leave the group in the target app, and link it again by "
            "its name.",
            "Run `reconciler run` and see that the group is in step.",
        ),
        if_meant="Nobody means an error. If the group shall not be pushed any more, unlink it.",
        okta_alone="Never: after an error Okta stops pushing the group until somebody acts.",
        side_effects="A push replaces the members of the Kandji group by those of Okta's.",
        undo="A push can't be taken back; unlinking can, by linking to the same group again.",
        with_tool="reconciler plan --kind mapping-error",
    ),
    explains=("member-missing", "member-extra"),
    explains_by="group",
    grace_minutes=0,  # nothing is on its way: Okta has stopped
)


def find(world: World) -> Iterator[Finding]:
    for push in world.pushes:
        if push.mapping.status != "ERROR" or push.target_missing:
            continue
        lacking = world.lacking(push)
        evidence = (Fact(side="chain", label="missing because of it", value=world.names(lacking)),) if lacking else ()
        reason = f": {push.mapping.error_summary}" if push.mapping.error_summary else ""
        yield world.about_push(
            KIND,
            push,
            f"Okta has stopped pushing {push.name}{reason}",
            by_mapping=True,
            people=lacking,
            evidence=evidence,
            changed=push.changed,
        )


def fix(finding: Finding, world: World) -> Fix:
    push = push_in(finding, world)
    return offered(relinked(world, push) if push is not None else GONE)
