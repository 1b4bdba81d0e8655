"""What Okta's API does to groups and their members."""

from __future__ import annotations

from reconciler.simulator.okta import shapes as okta_shapes
from reconciler.simulator.okta.answers import invalid
from reconciler.simulator.okta.asked import Asked
from reconciler.simulator.okta.shapes import Body


def create(asked: Asked) -> Body:
    """POST /api/v1/groups: an OKTA_GROUP; names are unique among them."""
    name, description = _profile(asked)
    return okta_shapes.group(asked.base, asked.org.create_group(name, description=description))


def replace(asked: Asked) -> Body:
    """PUT /api/v1/groups/{group}: the whole profile; 403 for groups that are not the org's own."""
    group = asked.changeable(asked.group)
    name, description = _profile(asked)
    asked.org.rename_group(group, name)
    asked.org.describe_group(group, description)
    return okta_shapes.group(asked.base, group)


def delete(asked: Asked) -> None:
    """DELETE /api/v1/groups/{group}: 403 for built-in groups and the target of a push mapping."""
    asked.org.delete_group(asked.changeable(asked.group))


def add_member(asked: Asked) -> None:
    """PUT /api/v1/groups/{group}/users/{user}: by hand; again, it changes nothing."""
    asked.org.add_member(asked.changeable(asked.group), asked.user)


def remove_member(asked: Asked) -> None:
    """DELETE /api/v1/groups/{group}/users/{user}: whom rules brought, they exclude from now on, and nothing tells so.
    Of somebody who is no member, it changes nothing."""
    asked.org.remove_member(asked.changeable(asked.group), asked.user)


def _profile(asked: Asked) -> tuple[str, str | None]:
    name = asked.text("profile", "name")
    if name is None:
        raise invalid("name", "name: The field cannot be left blank")
    return name, asked.text("profile", "description")
