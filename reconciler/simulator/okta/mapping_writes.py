"""What Okta's API does to group push mappings."""

from __future__ import annotations

from reconciler.simulator.okta import app_shapes as okta_app_shapes
from reconciler.simulator.okta.answers import invalid
from reconciler.simulator.okta.asked import Asked
from reconciler.simulator.okta.shapes import Body
from reconciler.simulator.org.state import OrgRefusal


def create(asked: Asked) -> Body:
    """POST …/group-push/mappings: with the id of a target group, or the name of one that is made or taken over. 200 as
    recorded, not the 201 of Okta's description."""
    owner, source_id = asked.app, asked.text("sourceGroupId")
    target_id, target_name = asked.text("targetGroupId"), asked.text("targetGroupName")
    if source_id is None:
        raise invalid("sourceGroupId", "sourceGroupId: The field cannot be left blank")
    if bool(target_id) == bool(target_name):
        raise _bad("exactly one of targetGroupId and targetGroupName must be given")
    mapping = asked.org.link_group(
        asked.group_of(source_id),
        target_name,
        target=asked.group_of(target_id) if target_id else None,
        status=_status(asked, "ACTIVE"),
        app=owner,
    )
    return okta_app_shapes.mapping(asked.org, asked.base, owner, mapping)


def update(asked: Asked) -> Body:
    """PATCH …/group-push/mappings/{mapping}: its status. To ACTIVE, a full push follows; one in ERROR is refused,
    unless the org mends them so."""
    mapping, status = asked.mapping, _status(asked, None)
    if status == "INACTIVE":
        asked.org.pause_mapping(mapping)
    else:
        asked.org.resume_mapping(mapping)
    return okta_app_shapes.mapping(asked.org, asked.base, asked.app, mapping)


def delete(asked: Asked) -> None:
    """DELETE …/group-push/mappings/{mapping}: while INACTIVE or in ERROR; deleteTargetGroup must be said."""
    mapping, delete_target = asked.mapping, asked.flag("deleteTargetGroup", default=None)
    if mapping.status == "ACTIVE":
        raise _bad("only a mapping that is INACTIVE or in ERROR can be deleted")
    asked.org.unlink(mapping, delete_target=delete_target)


def _status(asked: Asked, default: str | None) -> str:
    status = asked.text("status") or default
    if status not in ("ACTIVE", "INACTIVE"):
        raise invalid("status", "status: The status must be ACTIVE or INACTIVE.")
    return status


def _bad(why: str) -> OrgRefusal:
    return OrgRefusal(400, "E0000027", f"Group push bad request : {why}")
