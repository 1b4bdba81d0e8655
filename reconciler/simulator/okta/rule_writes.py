"""What Okta's API does to group rules."""

from __future__ import annotations

from typing import NamedTuple

from reconciler.simulator.okta import shapes as okta_shapes
from reconciler.simulator.okta.answers import invalid
from reconciler.simulator.okta.asked import Asked
from reconciler.simulator.okta.shapes import Body
from reconciler.simulator.org.state import Group, Person

EXPRESSION = "urn:okta:expression:1.0"


class _Said(NamedTuple):
    name: str
    expression: str
    groups: list[Group]
    exclude: list[Person]


def create(asked: Asked) -> Body:
    """POST /api/v1/groups/rules: made INACTIVE. What is said of excluded groups is taken and means nothing."""
    said = _said(asked)
    return okta_shapes.rule(asked.org.create_rule(said.name, said.expression, said.groups, exclude=said.exclude))


def replace(asked: Asked) -> Body:
    """PUT /api/v1/groups/rules/{rule}: everything anew, only while INACTIVE; its groups as the org has it."""
    rule, said = asked.rule, _said(asked)
    groups, actions = said.groups, asked.switches.rule_actions
    if actions != "replaced" and {group.id for group in groups} != set(rule.target_group_ids):
        if actions == "refused":
            raise invalid("actions", "actions: The actions of a group rule can't be changed.")
        groups = [asked.group_of(group_id) for group_id in rule.target_group_ids]
    asked.org.replace_rule(rule, said.name, said.expression, groups, said.exclude)
    return okta_shapes.rule(rule)


def delete(asked: Asked) -> Body:
    """DELETE /api/v1/groups/rules/{rule}: its members stay unless removeUsers=true."""
    asked.org.delete_rule(asked.rule, remove_users=asked.flag("removeUsers", default=False))
    return {}


def activate(asked: Asked) -> None:
    """POST /api/v1/groups/rules/{rule}/lifecycle/activate: everybody is looked at later."""
    asked.org.activate_rule(asked.rule)


def deactivate(asked: Asked) -> None:
    """POST /api/v1/groups/rules/{rule}/lifecycle/deactivate: its members stay."""
    asked.org.deactivate_rule(asked.rule)


def _said(asked: Asked) -> _Said:
    name, expression = asked.text("name"), asked.text("conditions", "expression", "value")
    if name is None or expression is None:
        absent = "name" if name is None else "conditions"
        raise invalid(absent, f"{absent}: The field cannot be left blank")
    if asked.text("type") not in (None, "group_rule"):
        raise invalid("type", "type: Only group_rule is allowed.")
    if asked.text("conditions", "expression", "type") not in (None, EXPRESSION):
        raise invalid("type", f"type: Only {EXPRESSION} is allowed.")
    groups = [_known(asked, group_id) for group_id in asked.texts("actions", "assignUserToGroups", "groupIds")]
    exclude = [asked.user_of(user_id) for user_id in asked.texts("conditions", "people", "users", "exclude")]
    return _Said(name, expression, groups, exclude)


def _known(asked: Asked, group_id: str) -> Group:
    found = asked.org.groups.get(group_id)
    if found is None:
        raise invalid("groupIds", f"groupIds: Group {group_id} not found.")
    return found
