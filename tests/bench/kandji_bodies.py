"""What Kandji's SCIM server answers about the bench's people and groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from tests.bench.org import PEOPLE, SCIM, UNASSIGNED, WHEN, Org, Person

Body = dict[str, Any]


def scim_user(person: Person) -> Body:
    enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", enterprise],
        "id": person.scim_id,
        "externalId": person.id,
        "userName": person.login,
        "name": {"formatted": person.name, "givenName": person.first, "familyName": person.last},
        "displayName": person.name,
        "title": "Engineer",
        "active": True,
        "emails": [{"value": person.login, "type": "work", "primary": True}],
        enterprise: {"department": f"Department {person.department}"},
        "meta": {
            "resourceType": "User",
            "created": WHEN,
            "lastModified": WHEN,
            "location": f"https://bench-acme.api.kandji.io{SCIM}/Users/{person.scim_id}",
        },
    }


def scim_group(org: Org, number: int, *, members: bool = True) -> Body:
    name, inside = org.groups[org.pushed[number]]
    people = (org.people[one] for one in inside if one < PEOPLE - UNASSIGNED)
    shown = {"members": [{"value": person.scim_id, "display": person.login} for person in people]} if members else {}
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "id": str(UUID(int=number + 1, version=4)),
        "displayName": name,
        "meta": {"resourceType": "Group", "created": WHEN, "lastModified": WHEN},
    } | shown


def scim_list(rows: Sequence[object], total: int, start: int) -> bytes:
    head = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": total}
    return msgspec.json.encode({**head, "startIndex": start, "itemsPerPage": len(rows), "Resources": rows})
