"""What Okta answers about the bench's org.

Bodies look like recorded ones and have their size: a group member 620 bytes, an assignment 890 and the person embedded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tests.bench.org import APP, ASSIGNED_GROUPS, HOST, RULES, WHEN, Org, Person, target_id

Body = dict[str, Any]


def user(person: Person) -> Body:
    return {
        "id": person.id,
        "status": "ACTIVE",
        "created": WHEN,
        "activated": WHEN,
        "statusChanged": WHEN,
        "lastLogin": None,
        "lastUpdated": WHEN,
        "passwordChanged": None,
        "type": {"id": "oty5ptm052JMcoADv1d7"},
        "profile": {
            "firstName": person.first,
            "lastName": person.last,
            "mobilePhone": None,
            "secondEmail": None,
            "login": person.login,
            "email": person.login,
            "department": f"Department {person.department}",
        },
        "credentials": {"provider": {"type": "OKTA", "name": "OKTA"}},
        "_links": {"self": {"href": f"{HOST}/api/v1/users/{person.id}"}},
    }


def member(person: Person) -> Body:
    """With the rule that brought them, as ``expand=group-rules`` tells it."""
    rule = {"id": _rule_id(person.department), "name": f"Department {person.department}"}
    return user(person) | {"_embedded": {"group-rules": [rule]}}


def app_user(person: Person) -> Body:
    empty = ("honorificPrefix", "honorificSuffix", "nickName", "profileUrl", "manager", "division", "middleName")
    return {
        "id": person.id,
        "externalId": person.scim_id,
        "created": WHEN,
        "lastUpdated": WHEN,
        "scope": "GROUP",
        "status": "PROVISIONED",
        "statusChanged": WHEN,
        "passwordChanged": None,
        "syncState": "SYNCHRONIZED",
        "credentials": {"userName": person.login},
        "profile": {
            "displayName": person.name,
            "givenName": person.first,
            "familyName": person.last,
            "email": person.login,
            "title": "Engineer",
            "department": f"Department {person.department}",
            "locale": "en_US",
        }
        | dict.fromkeys(empty),
        "_links": {
            "app": {"href": f"{HOST}/api/v1/apps/{APP}"},
            "user": {"href": f"{HOST}/api/v1/users/{person.id}"},
        },
        "_embedded": {"user": user(person)},
    }


def group(id: str, name: str, count: int, *, source: str | None = None) -> Body:
    links = {word: {"href": f"{HOST}/api/v1/groups/{id}/{word}"} for word in ("users", "apps", "owners")}
    return {
        "id": id,
        "created": WHEN,
        "lastUpdated": WHEN,
        "lastMembershipUpdated": WHEN,
        "objectClass": ["okta:windows_security_principal" if source else "okta:user_group"],
        "type": "APP_GROUP" if source else "OKTA_GROUP",
        "profile": {"name": name, "description": "A group of the bench"},
        "_embedded": {"stats": {"usersCount": count, "appsCount": 1, "groupPushMappingsCount": 0 if source else 1}},
        "_links": links,
    } | ({"source": {"id": source}} if source else {})


def mapping(group: str) -> Body:
    href = {"href": f"{HOST}/api/v1/groups/{group}"}
    return {
        "created": "2026-03-25T06:00:40Z",
        "id": f"gPm{group[3:]}",
        "lastUpdated": "2026-03-25T06:00:40Z",
        "sourceGroupId": group,
        "status": "ACTIVE",
        "targetGroupId": target_id(group),
        "_links": {"app": {"href": f"{HOST}/api/v1/apps/{APP}"}, "sourceGroup": href, "targetGroup": href},
    }


def _rule_id(number: int) -> str:
    return f"0pr{number:012d}Ab5d7"


def _rule(number: int, name: str, expression: str, targets: Sequence[str]) -> Body:
    nobody: Body = {"users": {"exclude": []}, "groups": {"exclude": []}}
    return {
        "type": "group_rule",
        "id": _rule_id(number),
        "status": "ACTIVE",
        "name": name,
        "created": WHEN,
        "lastUpdated": WHEN,
        "conditions": {"people": nobody, "expression": {"value": expression, "type": "urn:okta:expression:1.0"}},
        "actions": {"assignUserToGroups": {"groupIds": list(targets)}},
        "allGroupsValid": True,
    }


def rules(org: Org) -> Iterator[Body]:
    """One a department, feeding pushed groups; and one an assigned group, fed by the pushed ones.

    Who is in a group was drawn, so each asks for a cost centre, too, which nobody's profile tells: what is not known is
    held against nobody.
    """
    for number in range(RULES):
        condition = f'user.department == "Department {number}" AND user.costCenter == "{number}"'
        yield _rule(number, f"Department {number}", condition, org.pushed[number::RULES])
    for number, assigned in enumerate(org.assigned):
        named = ",".join(f'"{one}"' for one in org.pushed[number::ASSIGNED_GROUPS])
        yield _rule(
            RULES + number,
            f"Who needs Kandji {number}",
            f'isMemberOfAnyGroup({named}) AND user.costCenter != "0"',
            (assigned,),
        )


def app() -> Body:
    return {
        "id": APP,
        "name": "bench_acme_kandji_1",
        "label": "Kandji",
        "status": "ACTIVE",
        "created": WHEN,
        "lastUpdated": WHEN,
        "features": ["PUSH_NEW_USERS", "PUSH_PROFILE_UPDATES", "PUSH_USER_DEACTIVATION", "GROUP_PUSH"],
        "signOnMode": "SAML_2_0",
        "accessibility": {"selfService": False, "errorRedirectUrl": None, "loginRedirectUrl": None},
        "visibility": {"autoSubmitToolbar": False, "hide": {"iOS": False, "web": False}, "appLinks": {}},
        "credentials": {"userNameTemplate": {"template": "${source.login}", "type": "BUILT_IN"}, "signing": {}},
        "settings": {"app": {}, "notifications": {"vpn": {"network": {"connection": "DISABLED"}}}},
        "_links": {"users": {"href": f"{HOST}/api/v1/apps/{APP}/users"}},
    }


def features() -> list[Body]:
    on: Body = {"status": "ENABLED"}
    able: Body = {"create": {"lifecycleCreate": on}, "update": {"profile": on, "lifecycleDeactivate": on}}
    return [{"name": "USER_PROVISIONING", "status": "ENABLED", "description": "To the app", "capabilities": able}]


def schema() -> Body:
    names = ("userName", "displayName", "givenName", "familyName", "email", "title", "department")
    return {"definitions": {"base": {"properties": {name: {"type": "string"} for name in names}}}}
