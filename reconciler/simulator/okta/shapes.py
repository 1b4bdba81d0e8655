"""How users, groups and rules look in Okta's JSON: keys, nulls and links as in recorded traffic of a live org.

Every function takes the org's base URL (no trailing slash), because links are absolute.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from reconciler.simulator.org.org import Org
from reconciler.simulator.org.rule_language import literals
from reconciler.simulator.org.state import Group, GroupRule, Membership, Person

Body = dict[str, Any]

LIFECYCLE = {
    "STAGED": ("activate", "deactivate"),
    "PROVISIONED": ("suspend", "resetPassword", "reactivate", "resetFactors", "deactivate"),
    "SUSPENDED": ("unsuspend", "deactivate"),
    "LOCKED_OUT": ("unlock", "resetPassword", "resetFactors", "deactivate"),
    "DEPROVISIONED": ("activate",),
}
AT_WORK = ("suspend", "resetPassword", "resetFactors", "deactivate")
PATHS = {"resetPassword": "reset_password", "resetFactors": "reset_factors"}
IMAGES = "https://op3static.oktacdn.com/assets/img/logos"


def moment(at: datetime | None) -> str | None:
    """Milliseconds and Z, as almost everywhere in Okta."""
    return None if at is None else f"{at:%Y-%m-%dT%H:%M:%S}.000Z"


def user(org: Org, base: str, person: Person, *, alone: bool = False) -> Body:
    """A user as in lists, or `alone` (GET by id) with the realm and all links."""
    body: Body = {
        "id": person.id,
        "status": person.status,
        "created": moment(person.created),
        "activated": moment(person.activated),
        "statusChanged": moment(person.status_changed),
        "lastLogin": moment(person.last_login),
        "lastUpdated": moment(person.last_updated),
        "passwordChanged": moment(person.password_changed),
    }
    if alone:
        body["realmId"] = org.realm_id
    own = f"{base}/api/v1/users/{person.id}"
    links: Body = {"self": {"href": own}}
    user_type = person.user_type or org.user_type_id
    if alone:
        for verb in LIFECYCLE.get(person.status, AT_WORK):
            links[verb] = {"href": f"{own}/lifecycle/{PATHS.get(verb, verb)}", "method": "POST"}
        links["schema"] = {"href": f"{base}/api/v1/meta/schemas/user/{org.user_schema_id}"}
        links["type"] = {"href": f"{base}/api/v1/meta/types/user/{user_type}"}
    absent = ("displayName", "title", "department")
    profile = {name: value for name, value in person.profile().items() if value is not None or name not in absent}
    return body | {
        "type": {"id": user_type},
        "profile": profile,
        "credentials": {"provider": {"type": "OKTA", "name": "OKTA"}},
        "_links": links,
    }


def rules_of(org: Org, membership: Membership) -> list[Body]:
    """What expand=group-rules embeds: id and name of the rules that feed a membership."""
    return [{"id": rule_id, "name": org.rules[rule_id].name} for rule_id in sorted(membership.rules)]


def group(base: str, record: Group) -> Body:
    """A group; one that an app brought tells its source."""
    own = f"{base}/api/v1/groups/{record.id}"
    kind = "okta-medium" if record.source_id is None else "app-medium"
    body: Body = {
        "id": record.id,
        "created": moment(record.created),
        "lastUpdated": moment(record.last_updated),
        "lastMembershipUpdated": moment(record.membership_told),
        "objectClass": ["okta:user_group"],
        "type": record.type,
        "profile": {"name": record.name, "description": record.description},
        "_links": {
            "logo": [
                {"name": "medium", "href": f"{IMAGES}/groups/odyssey/{kind}.png", "type": "image/png"},
                {"name": "large", "href": f"{IMAGES}/groups/odyssey/{kind}.png", "type": "image/png"},
            ],
            "owners": {"href": f"{own}/owners"},
            "users": {"href": f"{own}/users"},
            "apps": {"href": f"{own}/apps"},
        },
    }
    if record.source_id is not None:
        body["source"] = {"id": record.source_id}
        body["_links"]["source"] = {"href": f"{base}/api/v1/apps/{record.source_id}"}
    return body


def stats(org: Org, record: Group) -> Body:
    """What expand=stats embeds; the third word is spelt as Okta spells it."""
    mappings = [mapping for app in org.apps.values() for mapping in app.mappings.values()]
    return {
        "usersCount": len(record.members),
        "appsCount": sum(record.id in app.groups for app in org.apps.values()),
        "groupPushMappingsCount": sum(mapping.source_group_id == record.id for mapping in mappings),
        "hasAdminPrivlege": record.admin_role,
    }


def rule(record: GroupRule) -> Body:
    """A group rule."""
    exclusions = {"users": {"exclude": list(record.excluded_user_ids)}, "groups": {"exclude": []}}
    return {
        "type": "group_rule",
        "id": record.id,
        "status": record.status,
        "name": record.name,
        "created": moment(record.created),
        "lastUpdated": moment(record.last_updated),
        "conditions": {
            "people": exclusions,
            "expression": {"value": record.expression, "type": "urn:okta:expression:1.0"},
        },
        "actions": {"assignUserToGroups": {"groupIds": list(record.target_group_ids)}},
        "allGroupsValid": record.all_groups_valid,
    }


def group_names(org: Org, record: GroupRule) -> dict[str, str]:
    """What expand=groupIdToGroupNameMap embeds: groups the rule feeds or names by id, as far as they exist."""
    named = [*record.target_group_ids, *sorted(literals(record.expression))]
    return {group_id: org.groups[group_id].name for group_id in named if group_id in org.groups}
