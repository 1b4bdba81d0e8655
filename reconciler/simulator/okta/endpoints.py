"""Every operation of Okta's API that the simulated org answers, and those it does not, with the reason."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from reconciler.simulator.okta import app_reads as apps
from reconciler.simulator.okta import app_writes, group_writes, mapping_writes, rule_writes, user_writes
from reconciler.simulator.okta import assignment_writes as assigns
from reconciler.simulator.okta import log_reads as logs
from reconciler.simulator.okta import org_reads as orgs
from reconciler.simulator.okta import people_reads as people
from reconciler.simulator.okta.asked import Answer, Asked
from reconciler.simulator.okta.roles import LOGS_READ, ORG_READ, RULES_READ, RULES_WRITE


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """An operation: `name` for the switches (those that write end with ":write"), what answers it and with which
    status, the OAuth scopes and the admin's permissions it takes."""

    name: str
    method: str
    path: str
    answer: Callable[[Asked], Answer]
    status: int
    scopes: tuple[str, ...]
    permissions: tuple[str, ...]


def _read(
    name: str, path: str, answer: Callable[[Asked], Answer], *scopes: str, permissions: Collection[str] | None = None
) -> Endpoint:
    named = tuple(f"okta.{scope}.read" for scope in scopes)
    return Endpoint(
        name=name,
        method="GET",
        path=f"/api/v1/{path}",
        answer=answer,
        status=200,
        scopes=named,
        permissions=named if permissions is None else tuple(permissions),
    )


def _write(
    name: str,
    method: str,
    path: str,
    answer: Callable[[Asked], Answer],
    status: int,
    *scopes: str,
    permissions: Collection[str] | None = None,
) -> Endpoint:
    named = tuple(f"okta.{scope}.manage" for scope in scopes)
    return Endpoint(
        name=f"{name}:write",
        method=method,
        path=f"/api/v1/{path}",
        answer=answer,
        status=status,
        scopes=named,
        permissions=named if permissions is None else tuple(permissions),
    )


MEMBERS = ("okta.groups.members.manage", "okta.users.groupMembership.manage")
APP_USERS = ("okta.apps.assignment.manage", "okta.users.appAssignment.manage")
APP_GROUPS = ("okta.apps.assignment.manage", "okta.groups.appAssignment.manage")
APPS = ("okta.apps.manage",)
RULES = (RULES_WRITE,)
APP_USER = "apps/{app}/users/{user}"
APP_GROUP = "apps/{app}/groups/{group}"
MAPPINGS = "apps/{app}/group-push/mappings"
MAPPING = f"{MAPPINGS}/{{mapping}}"
MEMBER = "groups/{group}/users/{user}"
RULE = "groups/rules/{rule}"

READS = (
    _read("apps", "apps", apps.apps, "apps"),
    _read("app", "apps/{app}", apps.app, "apps"),
    _read("app_users", "apps/{app}/users", apps.app_users, "apps"),
    _read("app_users", APP_USER, apps.app_user, "apps"),
    _read("app_groups", "apps/{app}/groups", apps.app_groups, "apps"),
    _read("app_groups", APP_GROUP, apps.app_group, "apps"),
    _read("mappings", MAPPINGS, apps.mappings, "apps", "groups"),
    _read("mappings", MAPPING, apps.mapping, "apps", "groups"),
    _read("features", "apps/{app}/features", apps.features, "apps"),
    _read("features", "apps/{app}/features/{feature}", apps.feature, "apps"),
    _read("connection", "apps/{app}/connections/default", apps.connection, "apps"),
    _read("schema", "meta/schemas/apps/{app}/default", apps.schema, "schemas", permissions=["okta.apps.read"]),
    _read("groups", "groups", people.groups, "groups"),
    _read("rules", "groups/rules", people.rules, "groups", permissions=[RULES_READ]),
    _read("rules", RULE, people.rule, "groups", permissions=[RULES_READ]),
    _read("groups", "groups/{group}", people.group, "groups"),
    _read("group_apps", "groups/{group}/apps", people.group_apps, "groups"),
    _read("members", "groups/{group}/users", people.members, "groups"),
    _read("members", "groups/{group}/users/{user}/group-rules", people.rules_of_member, "groups"),
    _read("users", "users", people.users, "users"),
    _read("users", "users/{user}", people.user, "users"),
    _read("users", "users/{user}/groups", people.user_groups, "users"),
    _read("logs", "logs", logs.logs, "logs", permissions=[LOGS_READ]),
    _read("org", "org", orgs.settings, "orgs", permissions=[ORG_READ]),
)
WRITES = (
    _write("apps", "POST", "apps", app_writes.create, 200, "apps"),
    _write("apps", "PUT", "apps/{app}", app_writes.replace, 200, "apps"),
    _write("apps", "DELETE", "apps/{app}", app_writes.delete, 204, "apps"),
    _write("apps", "POST", "apps/{app}/lifecycle/activate", app_writes.activate, 200, "apps"),
    _write("apps", "POST", "apps/{app}/lifecycle/deactivate", app_writes.deactivate, 200, "apps"),
    _write("features", "PUT", "apps/{app}/features/{feature}", app_writes.update_feature, 200, "apps"),
    _write("app_users", "POST", "apps/{app}/users", assigns.assign_user, 200, "apps", permissions=APP_USERS),
    _write("app_users", "POST", APP_USER, assigns.update_user, 200, "apps", permissions=APP_USERS),
    _write("app_users", "DELETE", APP_USER, assigns.unassign_user, 204, "apps", permissions=APP_USERS),
    _write("app_groups", "PUT", APP_GROUP, assigns.assign_group, 200, "apps", permissions=APP_GROUPS),
    _write("app_groups", "PATCH", APP_GROUP, assigns.update_group, 200, "apps", permissions=APP_GROUPS),
    _write("app_groups", "DELETE", APP_GROUP, assigns.unassign_group, 204, "apps", permissions=APP_GROUPS),
    _write("mappings", "POST", MAPPINGS, mapping_writes.create, 200, "apps", "groups", permissions=APPS),
    _write("mappings", "PATCH", MAPPING, mapping_writes.update, 200, "apps", "groups", permissions=APPS),
    _write("mappings", "DELETE", MAPPING, mapping_writes.delete, 200, "apps", "groups", permissions=APPS),
    _write("groups", "POST", "groups", group_writes.create, 200, "groups"),
    _write("rules", "POST", "groups/rules", rule_writes.create, 200, "groups", permissions=RULES),
    _write("rules", "PUT", RULE, rule_writes.replace, 200, "groups", permissions=RULES),
    _write("rules", "DELETE", RULE, rule_writes.delete, 202, "groups", permissions=RULES),
    _write("rules", "POST", f"{RULE}/lifecycle/activate", rule_writes.activate, 204, "groups", permissions=RULES),
    _write("rules", "POST", f"{RULE}/lifecycle/deactivate", rule_writes.deactivate, 204, "groups", permissions=RULES),
    _write("groups", "PUT", "groups/{group}", group_writes.replace, 200, "groups"),
    _write("groups", "DELETE", "groups/{group}", group_writes.delete, 204, "groups"),
    _write("members", "PUT", MEMBER, group_writes.add_member, 204, "groups", permissions=MEMBERS),
    _write("members", "DELETE", MEMBER, group_writes.remove_member, 204, "groups", permissions=MEMBERS),
    _write("users", "POST", "users", user_writes.create, 200, "users"),
    _write("users", "POST", "users/{user}", user_writes.update, 200, "users"),
    _write("users", "PUT", "users/{user}", user_writes.replace, 200, "users"),
    _write("users", "DELETE", "users/{user}", user_writes.delete, 204, "users"),
    _write("users", "POST", "users/{user}/lifecycle/activate", user_writes.activate, 200, "users"),
    _write("users", "POST", "users/{user}/lifecycle/deactivate", user_writes.deactivate, 200, "users"),
    _write("users", "POST", "users/{user}/lifecycle/suspend", user_writes.suspend, 200, "users"),
    _write("users", "POST", "users/{user}/lifecycle/unsuspend", user_writes.unsuspend, 200, "users"),
)
ENDPOINTS = (*READS, *WRITES)
NAMES = frozenset(endpoint.name for endpoint in ENDPOINTS)

UNANSWERED = (
    ("POST", "/api/v1/apps/{appId}/connections/default", "how an app of the wizard takes a token this way is unknown"),
    ("GET", "/api/v1/mappings", "no profile mappings: what is mapped is set by an admin's hands"),
    ("GET", "/api/v1/mappings/{mappingId}", "no profile mappings"),
    ("POST", "/api/v1/mappings/{mappingId}", "no profile mappings"),
    ("POST", "/api/v1/meta/schemas/apps/{appId}/default", "the app's attributes are set by an admin's hands"),
    ("POST", "/api/v1/org", "the org's own settings concern nobody who reads the rest"),
    ("PUT", "/api/v1/org", "the org's own settings concern nobody who reads the rest"),
)
"""Operations of Okta's description of these resources that the org does not answer (404 E0000008, or 405 E0000022 where
the path answers another method), and why: method, path as it is
written there, reason."""
