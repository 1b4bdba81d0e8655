"""What an admin may do: Okta's standard roles, and custom roles with permissions over a set of apps and groups.

Names of permissions as in Okta's guide to custom roles. Where that has none (rules, the System Log, the org itself) the
name is ours and belongs to standard roles alone; so is the division among standard roles that no public table tells.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

RULES_READ, RULES_WRITE, LOGS_READ, ORG_READ = "rules.read", "rules.write", "logs.read", "org.read"
ADMIN_GROUPS = "admins.manage"
"""To change a group whose members have an admin's role: a super admin's alone, or others could make admins."""
IMPLIED = {
    "okta.apps.manage": ("okta.apps.assignment.manage", "okta.apps.read"),
    "okta.apps.assignment.manage": ("okta.apps.read",),
    "okta.groups.manage": ("okta.groups.members.manage", "okta.groups.appAssignment.manage", "okta.groups.read"),
    "okta.groups.members.manage": ("okta.groups.read",),
    "okta.groups.appAssignment.manage": ("okta.groups.read",),
    "okta.users.manage": ("okta.users.groupMembership.manage", "okta.users.appAssignment.manage", "okta.users.read"),
    "okta.users.groupMembership.manage": ("okta.users.read",),
    "okta.users.appAssignment.manage": ("okta.users.read",),
}
READS = ("okta.apps.read", "okta.groups.read", "okta.users.read", RULES_READ, LOGS_READ, ORG_READ)
GROUPS = ("okta.groups.members.manage", "okta.users.groupMembership.manage")


@dataclass(frozen=True, kw_only=True)
class Role:
    """An admin's role. `permissions`: all that it allows. `apps` and `groups`: ids of those it may see and touch, None
    for all. `sees_everyone`: whether the built-in group of all people is among them."""

    name: str
    permissions: frozenset[str]
    apps: frozenset[str] | None = None
    groups: frozenset[str] | None = None
    sees_everyone: bool = True

    def allows(self, permissions: Collection[str]) -> bool:
        """Whether it has every one of them."""
        return self.permissions.issuperset(permissions)

    def sees_app(self, app_id: str) -> bool:
        return self.apps is None or app_id in self.apps

    def sees_group(self, group_id: str, type: str) -> bool:
        return (self.groups is None or group_id in self.groups) and (self.sees_everyone or type != "BUILT_IN")


def role(
    name: str,
    permissions: Collection[str],
    *,
    apps: Collection[str] | None = None,
    groups: Collection[str] | None = None,
    sees_everyone: bool = True,
) -> Role:
    """A role; what a permission implies comes with it. A custom role names the apps and groups of its resource set."""
    held = set(permissions)
    for permission in permissions:
        held.update(IMPLIED.get(permission, ()))
    return Role(
        name=name,
        permissions=frozenset(held),
        apps=None if apps is None else frozenset(apps),
        groups=None if groups is None else frozenset(groups),
        sees_everyone=sees_everyone,
    )


SUPER_ADMIN = role("Super Administrator", (*READS, *IMPLIED, RULES_WRITE, ADMIN_GROUPS))
ORG_ADMIN = role("Organizational Administrator", (*READS, "okta.groups.manage", "okta.users.manage", RULES_WRITE))
READ_ONLY_ADMIN = role("Read-Only Administrator", READS)
GROUP_ADMIN = role(
    "Group Administrator",
    ("okta.groups.manage", "okta.users.manage", RULES_READ, ORG_READ),
    sees_everyone=False,
)
GROUP_MEMBERSHIP_ADMIN = role("Group Membership Administrator", (*GROUPS, ORG_READ), sees_everyone=False)
APP_ADMIN = role(
    "Application Administrator",
    ("okta.apps.manage", "okta.groups.appAssignment.manage", "okta.users.appAssignment.manage", LOGS_READ, ORG_READ),
)
REPORT_ADMIN = role("Report Administrator", (LOGS_READ, ORG_READ))
