"""Rows as Okta's and Kandji's APIs write them, of people, groups and mappings that are in step."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]

LONG_AGO = "2024-03-01T09:00:00.000Z"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def user(number: int) -> Row:
    login = f"p{number}@acme.example"
    profile = {"login": login, "email": login, "firstName": "Pat", "lastName": f"No{number}"}
    return {"id": f"00u{number}", "status": "ACTIVE", "created": LONG_AGO, "profile": profile}


def app_user(user: Row, account_id: str) -> Row:
    """Somebody's assignment, provisioned as this account."""
    login = user["profile"]["login"]
    name = f"{user['profile']['firstName']} {user['profile']['lastName']}"
    return {
        "id": user["id"],
        "status": "ACTIVE",
        "scope": "GROUP",
        "externalId": account_id,
        "syncState": "DISABLED",
        "created": LONG_AGO,
        "statusChanged": LONG_AGO,
        "credentials": {"userName": login},
        "profile": {"displayName": name, "email": login, "title": "Chief of few", "department": "Art"},
        "_embedded": {"user": user},
    }


def account(number: int) -> Row:
    """An active account that says what the assignment of the person of this number says."""
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": f"k{number}",
        "userName": f"p{number}@acme.example",
        "active": True,
        "displayName": f"Pat No{number}",
        "name": {"formatted": f"Pat No{number}", "givenName": "Pat", "familyName": f"No{number}"},
        "emails": emails(f"p{number}"),
        "title": "Chief of few",
        ENTERPRISE: {"department": "Art"},
    }


def emails(name: str) -> list[Row]:
    return [{"value": f"{name}@acme.example", "type": "work", "primary": True}]


def group(key: str, name: str, kind: str = "OKTA_GROUP") -> Row:
    return {"id": key, "type": kind, "created": LONG_AGO, "profile": {"name": name}}


def mapping(key: str, source: str, target: str) -> Row:
    return {
        "id": key,
        "status": "ACTIVE",
        "sourceGroupId": source,
        "targetGroupId": target,
        "created": LONG_AGO,
        "lastUpdated": LONG_AGO,
    }


def kandji_group(key: str, name: str) -> Row:
    return {"id": key, "displayName": name, "members": []}
