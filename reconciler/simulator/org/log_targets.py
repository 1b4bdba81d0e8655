"""Who and what an event of the System Log is about, as its targets."""

from __future__ import annotations

from reconciler.simulator.org.state import App, AppUser, Group, GroupRule, Person, PushMapping
from reconciler.simulator.org.system_log import Target


def of_user(person: Person) -> Target:
    """A user: told by login."""
    return Target(id=person.id, type="User", name=person.display_name or person.login, alternate=person.login)


def of_group(group: Group) -> Target:
    """A group of any type."""
    return Target(id=group.id, type="UserGroup", name=group.name)


def of_rule(rule: GroupRule) -> Target:
    """A group rule."""
    return Target(id=rule.id, type="GroupRule", name=rule.name)


def of_app(app: App) -> Target:
    """An app of the org."""
    return Target(id=app.id, type="AppInstance", name=app.label, alternate=app.label)


def of_app_user(assigned: AppUser) -> Target:
    """An assignment: told by its user name in the app."""
    return Target(id=assigned.user_id, type="AppUser", name=assigned.user_name, alternate=assigned.user_name)


def of_mapping(mapping: PushMapping) -> Target:
    """A push mapping; it has no name of its own."""
    return Target(id=mapping.id, type="GroupPushMapping", name=mapping.id)
