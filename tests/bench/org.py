"""An org and a tenant at rest, as bytes: every page that a pull may ask for, written to a folder once.

20,000 people of whom ten are in a pushed group and not assigned; 200 pushed groups and two assigned ones with 400,000
memberships; Kandji holds what it should. The same seed gives the same bytes. Bodies look like recorded ones and have
their size (a group member 620 bytes, an assignment 890 and the person embedded in it).

No list ends with a page filled to the brim and no group has a round number of members: our reader reads such a list
twice on purpose, because it looks like one that was cut off.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import msgspec

PEOPLE = 20_000
UNASSIGNED = 10
PUSHED = 200
ASSIGNED_GROUPS = 2
MEMBERSHIPS = 400_000
RULES = 40
APP = "0oa1bench0000scim5d7"
HOST = "https://bench-acme.okta.com"
SCIM = "/api/v1/scim"
WHEN = "2026-02-02T11:15:32.000Z"

APP_USER_PAGE, LIST_PAGE, MAPPING_PAGE, MEMBER_PAGE = 500, 200, 1000, 1000
SCIM_USER_PAGE, SCIM_GROUP_PAGE = 1000, 100

_SYLLABLES = ("ba", "do", "fi", "ga", "hel", "jo", "ka", "li", "mo", "ne", "pa", "ro", "sa", "ti", "vu", "wen")
_json = msgspec.json.encode
Body = dict[str, Any]


@dataclass(frozen=True)
class Person:
    """One person with the bodies in which they appear."""

    id: str
    scim_id: str
    first: str
    last: str
    login: str
    department: int

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"


@dataclass
class Org:
    """Who is there; members are positions in ``people``, ascending."""

    people: list[Person] = field(default_factory=list)
    groups: dict[str, tuple[str, list[int]]] = field(default_factory=dict)
    """Id of each pushed and each assigned group → its name and members; the assigned ones come last."""

    @property
    def pushed(self) -> list[str]:
        return list(self.groups)[:PUSHED]

    @property
    def assigned(self) -> list[str]:
        return list(self.groups)[PUSHED:]

    @property
    def memberships(self) -> int:
        return sum(len(members) for _, members in self.groups.values())


def build(seed: int = 7) -> Org:
    """The org in which everybody but ``UNASSIGNED`` people is where they belong."""
    chance = random.Random(seed)
    org = Org(people=[_person(number, chance) for number in range(PEOPLE)])
    last = PEOPLE - UNASSIGNED
    usual = (MEMBERSHIPS - last - UNASSIGNED) // PUSHED
    for number in range(PUSHED):
        size = usual + (number // 2 % 97 + 1) * (-1 if number % 2 else 1)
        members = sorted(chance.sample(range(last), size)) + (list(range(last, PEOPLE)) if number == 0 else [])
        org.groups[group_id(number)] = (f"Team {number:03d} of the bench", members)
    for number in range(ASSIGNED_GROUPS):
        part = list(range(number, last, ASSIGNED_GROUPS))
        org.groups[group_id(PUSHED + number)] = (f"Kandji users {number + 1}", part)
    return org


def _person(number: int, chance: random.Random) -> Person:
    first, last = ("".join(chance.choices(_SYLLABLES, k=3)).capitalize() for _ in range(2))
    login = f"{first.lower()}.{last.lower()}.{number}@bench-acme.example"
    scim_id = str(UUID(int=chance.getrandbits(128), version=4))
    return Person(f"00u{number:012d}Ab5d7", scim_id, first, last, login, number % RULES)


def group_id(number: int) -> str:
    return f"00g{number:012d}Ab5d7"


def target_id(group: str) -> str:
    """The APP_GROUP that stands for a pushed group's copy in Kandji."""
    return f"{group[:15]}Tg5d7"


# --- Okta's bodies ---------------------------------------------------------------------------------------------------


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
    """One a department, feeding pushed groups; and one an assigned group, fed by the pushed ones."""
    for number in range(RULES):
        yield _rule(
            number, f"Department {number}", f'user.department == "Department {number}"', org.pushed[number::RULES]
        )
    for number, assigned in enumerate(org.assigned):
        named = ",".join(f'"{one}"' for one in org.pushed[number::ASSIGNED_GROUPS])
        yield _rule(RULES + number, f"Who needs Kandji {number}", f"isMemberOfAnyGroup({named})", (assigned,))


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


# --- Kandji's bodies -------------------------------------------------------------------------------------------------


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
    return _json({**head, "startIndex": start, "itemsPerPage": len(rows), "Resources": rows})


# --- Pages -----------------------------------------------------------------------------------------------------------


@dataclass
class Pages:
    """Bodies in a folder, by what must be asked to get them; and what names the page after each."""

    folder: Path
    files: dict[tuple[str, ...], Path] = field(default_factory=dict)
    following: dict[tuple[str, ...], str] = field(default_factory=dict)
    groups: dict[str, bytes] = field(default_factory=dict)
    """Group bodies by id, for searches by id."""

    def add(self, key: tuple[str, ...], body: bytes) -> None:
        path = self.folder / f"{len(self.files):05d}.json"
        path.write_bytes(body)
        self.files[key] = path

    def add_list(self, path: str, rows: Sequence[bytes], limit: int, *asked: str) -> None:
        """A list of Okta's: ``limit`` rows a page, each page but the first named by a cursor."""
        after = ""
        for start in range(0, max(1, len(rows)), limit):
            key = (path, *asked, f"limit={limit}", *([f"after={after}"] if after else []))
            self.add(_key(key), b"[" + b",".join(rows[start : start + limit]) + b"]")
            if start + limit < len(rows):
                after = f"200u{start + limit:017d}"
                self.following[_key(key)] = f"{path}?after={after}&limit={limit}"


def _key(parts: Sequence[str]) -> tuple[str, ...]:
    return (parts[0], *sorted(parts[1:]))


def key_of(url: str) -> tuple[str, ...]:
    """What identifies a page: the path and each parameter, whatever their order."""
    split = urlsplit(url)
    return _key((split.path, *(f"{name}={value}" for name, value in parse_qsl(split.query, keep_blank_values=True))))


def write(org: Org, folder: Path) -> Pages:
    """Every page of both services."""
    pages = Pages(folder)
    _write_app(org, pages)
    _write_groups(org, pages)
    _write_members(org, pages)
    _write_scim(org, pages)
    return pages


def _write_app(org: Org, pages: Pages) -> None:
    base = f"/api/v1/apps/{APP}"
    assigned = org.people[: PEOPLE - UNASSIGNED]
    pages.add((base,), _json(app()))
    pages.add((f"{base}/features",), _json(features()))
    pages.add((f"{base}/connections/default",), _json({"authScheme": "TOKEN", "status": "ENABLED"}))
    pages.add((f"/api/v1/meta/schemas/apps/{APP}/default",), _json(schema()))
    pages.add_list(f"{base}/users", [_json(app_user(one)) for one in assigned], APP_USER_PAGE, "expand=user")
    assignments = [
        {"id": one, "lastUpdated": WHEN, "priority": place, "profile": {}} for place, one in enumerate(org.assigned)
    ]
    pages.add_list(f"{base}/groups", [_json(one) for one in assignments], LIST_PAGE)
    pages.add_list(f"{base}/group-push/mappings", [_json(mapping(one)) for one in org.pushed], MAPPING_PAGE)
    every = [_json(one) for one in rules(org)]
    for asked in ((), ("expand=groupIdToGroupNameMap",)):
        pages.add_list("/api/v1/groups/rules", every, LIST_PAGE, *asked)


def _write_groups(org: Org, pages: Pages) -> None:
    targets = []
    for id, (name, members) in org.groups.items():
        pages.groups[id] = _json(group(id, name, len(members)))
        if id in org.pushed:
            target = group(target_id(id), name, 0, source=APP)
            pages.groups[target_id(id)] = _json(target)
            targets.append(pages.groups[target_id(id)])
    search = f'search=type eq "APP_GROUP" and source.id eq "{APP}"'
    pages.add_list("/api/v1/groups", targets, LIST_PAGE, search, "expand=stats")


def _write_members(org: Org, pages: Pages) -> None:
    plain = [_json(user(one)) for one in org.people]
    with_rules = [_json(member(one)) for one in org.people]
    for id, (_, members) in org.groups.items():
        path = f"/api/v1/groups/{id}/users"
        pages.add_list(path, [plain[one] for one in members], MEMBER_PAGE)
        pages.add_list(path, [with_rules[one] for one in members], MEMBER_PAGE, "expand=group-rules")


def _write_scim(org: Org, pages: Pages) -> None:
    people = org.people[: PEOPLE - UNASSIGNED]
    users = [scim_user(one) for one in people]
    _write_scim_list(pages, f"{SCIM}/Users", users, SCIM_USER_PAGE)
    _write_scim_list(pages, f"{SCIM}/Groups", [scim_group(org, one) for one in range(PUSHED)], SCIM_GROUP_PAGE)
    first = people[0].login
    for asked, found in (("nobody-has-this-name-d41d8cd9", []), (first, users[:1]), (first.swapcase(), users[:1])):
        pages.add(_key((f"{SCIM}/Users", f'filter=userName eq "{asked}"', "count=1")), scim_list(found, len(found), 1))
    pages.add(_key((f"{SCIM}/Users", "count=1")), scim_list(users[:1], len(users), 1))
    pages.add(_key((f"{SCIM}/Users", "startIndex=2", "count=1")), scim_list(users[1:2], len(users), 2))
    pages.add(_key((f"{SCIM}/Groups", "count=1")), scim_list([scim_group(org, 0)], PUSHED, 1))
    bare = scim_list([scim_group(org, 0, members=False)], PUSHED, 1)
    pages.add(_key((f"{SCIM}/Groups", "count=1", "excludedAttributes=members")), bare)
    able = {"supported": True}
    config = {"patch": able, "filter": {"supported": True, "maxResults": SCIM_USER_PAGE}, "etag": {"supported": False}}
    pages.add((f"{SCIM}/ServiceProviderConfig",), _json(config))


def _write_scim_list(pages: Pages, path: str, rows: Sequence[object], count: int) -> None:
    """Its pages, and the empty one that a reader finds who asks for a row after the end."""
    for start in range(1, len(rows) + 1, count):
        body = scim_list(rows[start - 1 : start - 1 + count], len(rows), start)
        pages.add(_key((path, f"startIndex={start}", f"count={count}")), body)
    after = len(rows) + 1
    pages.add(_key((path, f"startIndex={after}", "count=1")), scim_list([], len(rows), after))
