"""What Okta's API does to assignments: people and groups of an app."""

from __future__ import annotations

from typing import Any

from reconciler.simulator.okta import app_shapes as okta_app_shapes
from reconciler.simulator.okta.answers import invalid, missing, refusal
from reconciler.simulator.okta.asked import Asked
from reconciler.simulator.okta.shapes import Body
from reconciler.simulator.org.state import AppGroup, OrgRefusal, Person

MOST_PRIORITY = 100


def assign_user(asked: Asked) -> Body:
    """POST /api/v1/apps/{app}/users: directly; somebody who is assigned is changed."""
    user_id = asked.text("id")
    if user_id is None:
        raise invalid("id", "id: The field cannot be left blank")
    return _assigned(asked, asked.user_of(user_id))


def update_user(asked: Asked) -> Body:
    """POST /api/v1/apps/{app}/users/{user}: user name and profile of an assignment, which becomes a direct one."""
    _existing(asked)
    return _assigned(asked, asked.user)


def unassign_user(asked: Asked) -> None:
    """DELETE /api/v1/apps/{app}/users/{user}: whom an assigned group brought comes back through it."""
    _existing(asked)
    asked.flag("sendEmail", default=False)
    asked.org.unassign_user(asked.user, app=asked.app)


def assign_group(asked: Asked) -> Body:
    """PUT /api/v1/apps/{app}/groups/{group}: the body may say priority and profile."""
    owner, group = asked.app, asked.group
    said = {} if asked.body is None else asked.document
    row = asked.org.assign_group(group, app=owner, priority=_priority(said.get("priority")), profile=_profile(said))
    return okta_app_shapes.app_group(asked.base, owner, row)


def update_group(asked: Asked) -> Body:
    """PATCH /api/v1/apps/{app}/groups/{group}: a JSON Patch of priority and profile."""
    owner, group, row = asked.app, asked.group, _group_row(asked)
    changed: Body = {"priority": row.priority, "profile": dict(row.profile)}
    if not isinstance(asked.body, list):
        raise refusal("E0000003")
    for step in asked.body:
        _patch(changed, step)
    row = asked.org.assign_group(group, app=owner, priority=_priority(changed["priority"]), profile=_profile(changed))
    return okta_app_shapes.app_group(asked.base, owner, row)


def unassign_group(asked: Asked) -> None:
    """DELETE /api/v1/apps/{app}/groups/{group}"""
    _group_row(asked)
    asked.org.unassign_group(asked.group, app=asked.app)


def _assigned(asked: Asked, person: Person) -> Body:
    owner = asked.app
    if owner.status != "ACTIVE":
        raise invalid("app", "app: The application is not active.")
    profile = asked.within("profile") or {}
    if not isinstance(profile, dict) or not all(value is None or isinstance(value, str) for value in profile.values()):
        raise invalid("profile", "profile: The values must be strings.")
    if "PUSH_PROFILE_UPDATES" in owner.features and set(profile) & set(owner.attributes):
        text = "Cannot modify the {0} attribute because it has a field mapping and profile push is enabled."
        raise OrgRefusal(403, "E0000075", text.format(sorted(set(profile) & set(owner.attributes))[0]))
    asked.org.assign_user(person, app=owner, user_name=asked.text("credentials", "userName"), profile=profile)
    return okta_app_shapes.app_user(asked.org, asked.base, owner, owner.users[person.id], embed=False)


def _existing(asked: Asked) -> None:
    if asked.user.id not in asked.app.users:
        raise missing("AppUser", asked.path["user"])


def _group_row(asked: Asked) -> AppGroup:
    row = asked.app.groups.get(asked.group.id)
    if row is None:
        raise missing("ApplicationGroupAssignment", asked.path["group"])
    return row


def _priority(value: Any) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_PRIORITY:
        raise invalid("priority", f"priority: The priority must be a number from 0 to {MOST_PRIORITY}.")
    return value


def _profile(said: Body) -> Body | None:
    profile = said.get("profile")
    if profile is not None and not isinstance(profile, dict):
        raise invalid("profile", "profile: The field must be an object.")
    return profile


def _patch(changed: Body, step: Any) -> None:
    if not isinstance(step, dict) or step.get("op") not in ("add", "replace", "remove"):
        raise refusal("E0000003")
    names = str(step.get("path", "")).split("/")[1:]
    if names[:1] not in (["priority"], ["profile"]) or len(names) > (1 if names == ["priority"] else 2):
        raise invalid("path", f"path: {step.get('path')} can't be changed.")
    within = changed if len(names) == 1 else changed.get("profile")
    if not isinstance(within, dict):
        raise invalid("profile", "profile: The field must be an object.")
    if step["op"] == "remove" and names == ["priority"]:
        raise invalid("path", "path: An assigned group has a priority.")
    if step["op"] == "remove" and len(names) == 1:
        within["profile"] = {}
    elif step["op"] == "remove":
        within.pop(names[-1], None)
    else:
        within[names[-1]] = step.get("value")
