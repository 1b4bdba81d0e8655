"""How an app's provisioning looks in Okta's JSON: features, connection, schema of its users."""

from __future__ import annotations

from typing import Any

from reconciler.simulator.okta.shapes import moment
from reconciler.simulator.org.state import App

Body = dict[str, Any]

TITLES = {
    "userName": "Username",
    "displayName": "Display name",
    "givenName": "Given name",
    "familyName": "Family name",
    "email": "Primary email",
    "title": "Title",
    "department": "Department",
}


def feature(base: str, owner: App) -> Body:
    """USER_PROVISIONING, told from the app's features."""

    def status(name: str) -> Body:
        return {"status": "ENABLED" if name in owner.features else "DISABLED"}

    own = f"{base}/api/v1/apps/{owner.id}/features/USER_PROVISIONING"
    return {
        "name": "USER_PROVISIONING",
        "status": "ENABLED",
        "description": "User provisioning settings from Okta to a downstream application",
        "capabilities": {
            "create": {"lifecycleCreate": status("PUSH_NEW_USERS")},
            "update": {
                "profile": status("PUSH_PROFILE_UPDATES"),
                "lifecycleDeactivate": status("PUSH_USER_DEACTIVATION"),
                "password": {"status": "DISABLED", "seed": "RANDOM", "change": "KEEP_EXISTING"},
            },
        },
        "_links": {"self": {"href": own, "hints": {"allow": ["GET", "PUT"]}}},
    }


def connection(base: str, owner: App) -> Body:
    """The provisioning connection of an app made with the wizard: UNKNOWN, as reported."""
    own = f"{base}/api/v1/apps/{owner.id}/connections/default"
    return {
        "authScheme": "UNKNOWN",
        "status": "UNKNOWN",
        "profile": {"authScheme": "UNKNOWN"},
        "_links": {
            "activate": {"href": f"{own}/lifecycle/activate", "hints": {"allow": ["POST"]}},
            "deactivate": {"href": f"{own}/lifecycle/deactivate", "hints": {"allow": ["POST"]}},
            "self": {"href": own, "hints": {"allow": ["GET", "POST"]}},
        },
    }


def schema(base: str, owner: App) -> Body:
    """The default schema of the app's users: user name and the mapped attributes in #base."""
    properties = {
        name: {
            "title": TITLES[name],
            "type": "string",
            "scope": "NONE",
            "externalName": name,
            "master": {"type": "PROFILE_MASTER"},
        }
        for name in ("userName", *owner.attributes)
    }
    return {
        "id": f"{base}/meta/schemas/apps/{owner.id}/default",
        "$schema": "http://json-schema.org/draft-04/schema#",
        "name": owner.label,
        "title": f"{owner.label} User",
        "lastUpdated": moment(owner.created),
        "created": moment(owner.created),
        "definitions": {
            "custom": {"id": "#custom", "type": "object", "properties": {}, "required": []},
            "base": {"id": "#base", "type": "object", "properties": properties, "required": ["userName"]},
        },
        "type": "object",
        "properties": {"profile": {"allOf": [{"$ref": "#/definitions/custom"}, {"$ref": "#/definitions/base"}]}},
    }
