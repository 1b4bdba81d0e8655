"""A push mapping is in error: Okta has stopped pushing this group until somebody acts."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.findings import Fact, Finding, Kind
from reconciler.world import World

KIND = Kind(
    slug="mapping-error",
    title="A group's push has failed",
    severity="high",
    means="Okta could not push the group and has stopped trying.",
    matters="Who joins or leaves the group from now on does not change anything in Kandji.",
    mend="By hand in Okta: Applications → the app → Push Groups → Retry All Groups, after the cause in the error "
    "is gone. If it is refused: unlink, leave the group in the target app, and link it again.",
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
