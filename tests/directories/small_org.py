"""A very small Okta org: dicts, pages with two Link headers, and a switch for everything a test wants to go wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, quote

import httpx

from tests.directories.stand_in import NOON, ORG, answer, okta_error

APP = "0oaapp00000000000001"


def user_id(number: int) -> str:
    return f"00u{number:017d}"


def group_id(number: int) -> str:
    return f"00g{number:017d}"


def user(number: int, status: str = "ACTIVE", **profile: Any) -> dict[str, Any]:
    login = f"person{number}@acme.example"
    return {
        "id": user_id(number),
        "status": status,
        "created": "2026-01-02T03:04:05.000Z",
        "activated": None,
        "statusChanged": "2026-01-02T03:04:05.000Z",
        "profile": {"login": login, "email": login, "firstName": "Per", "lastName": f"Son {number}", **profile},
    }


def app_user(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": user_id(number),
        "externalId": f"scim-{number}",
        "created": "2026-01-02T03:04:05.000Z",
        "scope": "GROUP",
        "status": "PROVISIONED",
        "statusChanged": "2026-01-02T03:04:05.000Z",
        "syncState": "SYNCHRONIZED",
        "credentials": {"userName": f"person{number}@acme.example"},
        "profile": {"displayName": f"Per Son {number}", "givenName": "Per", "email": None, "locale": "x"},
        **changes,
    }


def group(number: int, name: str, kind: str = "OKTA_GROUP", **changes: Any) -> dict[str, Any]:
    return {
        "id": group_id(number),
        "type": kind,
        "profile": {"name": name, "description": None},
        "created": "2026-01-02T03:04:05.000Z",
        "lastMembershipUpdated": "2026-01-02T03:04:05.000Z",
        **changes,
    }


def mapping(number: int, source: int, target: int, status: str = "ACTIVE", **changes: Any) -> dict[str, Any]:
    return {
        "id": f"gPm{number:017d}",
        "status": status,
        "sourceGroupId": group_id(source),
        "targetGroupId": group_id(target),
        "created": "2026-01-02T03:04:05Z",
        "lastUpdated": "2026-01-02T03:04:05Z",
        **changes,
    }


def rule(number: int, expression: str, *targets: int) -> dict[str, Any]:
    return {
        "id": f"0pr{number:017d}",
        "name": f"rule {number}",
        "status": "ACTIVE",
        "conditions": {
            "people": {"users": {"exclude": []}, "groups": {"exclude": []}},
            "expression": {"value": expression, "type": "urn:okta:expression:1.0"},
        },
        "actions": {"assignUserToGroups": {"groupIds": [group_id(one) for one in targets]}},
        "allGroupsValid": True,
    }


def event(number: int, kind: str, *target_ids: str, hours_ago: float = 1, **changes: Any) -> dict[str, Any]:
    """A line of the System Log; targets are told as Okta does, with "unknown" where they have no other name."""
    return {
        "uuid": f"e{number}",
        "published": f"{NOON - timedelta(hours=hours_ago):%Y-%m-%dT%H:%M:%S.000Z}",
        "eventType": kind,
        "outcome": {"result": "SUCCESS", "reason": None},
        "actor": {"id": "00uadmin", "type": "User", "alternateId": "admin@acme.example", "displayName": "Ad Min"},
        "target": [
            {"id": one, "type": "User", "alternateId": "unknown", "displayName": f"name of {one}"} for one in target_ids
        ],
        **changes,
    }


class SmallOrg:
    """Everyone is a person of ``users``; ``instead`` maps a path to what answers there, ``page_cap`` limits pages."""

    def __init__(self) -> None:
        self.page_cap = 10_000
        self.apps = [
            {
                "id": APP,
                "name": "acme_kandjiscim_1",
                "label": "Kandji SCIM",
                "status": "ACTIVE",
                "signOnMode": "SAML_2_0",
                "features": ["PUSH_NEW_USERS", "PUSH_PROFILE_UPDATES", "PUSH_USER_DEACTIVATION", "GROUP_PUSH"],
            }
        ]
        self.users = {one["id"]: one for one in (user(number) for number in range(1, 8))}
        self.app_users = [app_user(number) for number in range(1, 6)]
        self.app_groups = [{"id": group_id(1), "priority": 0, "lastUpdated": "2026-01-02T03:04:05.000Z"}]
        self.mappings = [mapping(1, 2, 3)]
        self.rules = [rule(1, f'isMemberOfAnyGroup("{group_id(2)}")', 1)]
        self.groups = {
            one["id"]: one
            for one in (
                group(1, "Mac people"),
                group(2, "Sales"),
                group(3, "Sales", "APP_GROUP", source={"id": APP}),
            )
        }
        self.members = {group_id(1): [1, 2, 3, 4, 5], group_id(2): [1, 2, 6]}
        self.rule_fed = {group_id(1): ["0pr00000000000000001"]}
        self.features: Any = [{"name": "USER_PROVISIONING", "status": "ENABLED"}]
        self.connection: Any = {"status": "ENABLED", "authScheme": "TOKEN"}
        self.schema: Any = {
            "definitions": {
                "base": {"properties": {"userName": {}}},
                "custom": {"properties": {"firstName": {}, "title": {}}},
            }
        }
        self.events: list[dict[str, Any]] = [event(1, "application.provision.user.push", APP, user_id(1))]
        self.not_in_search: set[str] = set()
        self.counts: dict[str, int] = {}
        self.instead: dict[str, Callable[[httpx.Request], httpx.Response | None]] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        for pattern, respond in self.instead.items():
            if re.fullmatch(pattern, path):
                found = respond(request)
                if found is not None:
                    return found
        return self.route(request, path, dict(parse_qsl(request.url.query.decode(), keep_blank_values=True)))

    def route(self, request: httpx.Request, path: str, query: dict[str, str]) -> httpx.Response:
        parts = path.removeprefix("/api/v1/").split("/")
        match parts:
            case ["apps"]:
                return self.pages(request, query, [a for a in self.apps if self._starts(a, query.get("q", ""))])
            case ["apps", one]:
                return self.one([a for a in self.apps if a["id"] == one])
            case ["apps", _, "users"]:
                rows = [{**a, "_embedded": {"user": self.users[a["id"]]}} for a in self.app_users]
                return self.pages(request, query, rows if query.get("expand") == "user" else self.app_users)
            case ["apps", _, "users", one]:
                return self.one([a for a in self.app_users if a["id"] == one])
            case ["apps", _, "group-push", "mappings", one]:
                return self.one([row for row in self.mappings if row["id"] == one])
            case ["users", one, "groups"] if one in self.users:
                return self.pages(request, query, [row for row in self.groups.values() if self.holds(row["id"], one)])
            case ["apps", _, "groups"]:
                return self.pages(request, query, self.app_groups)
            case ["apps", _, "group-push", "mappings"]:
                return self.pages(request, query, self.mappings)
            case ["apps", _, "features"]:
                return self.optional(self.features)
            case ["apps", _, "connections", "default"]:
                return self.optional(self.connection)
            case ["meta", "schemas", "apps", _, "default"]:
                return self.optional(self.schema)
            case ["groups", "rules"]:
                return self.pages(request, query, self.rules)
            case ["groups"]:
                return self.pages(request, query, self.searched(query))
            case ["groups", one]:
                return self.one([self.groups[one]] if one in self.groups else [])
            case ["groups", one, "users"] if one in self.groups:
                return self.pages(request, query, self.members_of(one, query))
            case ["logs"]:
                return self.pages(request, query, self.logged(query))
            case ["users"]:
                return self.pages(request, query, self.people(query))
            case ["users", one]:
                return self.one([self.users[one]] if one in self.users else [])
        return okta_error(404, "E0000007", "Not found: Resource not found")

    def holds(self, group: str, person: str) -> bool:
        return person in {user_id(number) for number in self.members.get(group, ())}

    @staticmethod
    def _starts(app: dict[str, Any], text: str) -> bool:
        return bool(app["label"].lower().startswith(text.lower()))

    @staticmethod
    def one(rows: list[dict[str, Any]]) -> httpx.Response:
        return answer(rows[0]) if rows else okta_error(404, "E0000007", "Not found: Resource not found")

    @staticmethod
    def optional(body: Any) -> httpx.Response:
        return body if isinstance(body, httpx.Response) else answer(body)

    def searched(self, query: dict[str, str]) -> list[dict[str, Any]]:
        search = query.get("search", "")
        wanted = set(re.findall(r'id eq "(00g[0-9a-zA-Z]+)"', search))
        names = {name.casefold() for name in re.findall(r'profile\.name eq "([^"]+)"', search)}
        source = re.search(r'source\.id eq "(\w+)"', search)
        rows = []
        for one in self.groups.values():
            if one["id"] in self.not_in_search:
                continue
            of_app = source is not None and one.get("source", {}).get("id") == source[1]
            named = one["profile"]["name"].casefold() in names
            if one["id"] in wanted or named or of_app or not search:
                rows.append(self.with_stats(one) if query.get("expand") == "stats" else one)
        return rows

    def with_stats(self, one: dict[str, Any]) -> dict[str, Any]:
        count = self.counts.get(one["id"], len(self.members.get(one["id"], [])))
        return {**one, "_embedded": {"stats": {"usersCount": count, "hasAdminPrivlege": False}}}

    def members_of(self, one: str, query: dict[str, str]) -> list[dict[str, Any]]:
        rows = [self.users[user_id(number)] for number in self.members.get(one, [])]
        if query.get("expand") != "group-rules":
            return rows
        embedded = [{"id": rule_id, "name": "a rule"} for rule_id in self.rule_fed.get(one, [])]
        return [{**row, "_embedded": {"group-rules": embedded}} for row in rows]

    def people(self, query: dict[str, str]) -> list[dict[str, Any]]:
        expression = query.get("filter") or query.get("search")
        if expression is None:
            return [one for one in self.users.values() if one["status"] != "DEPROVISIONED"]
        fold = str.casefold if "search" in query else str
        clauses = re.findall(r'(?:profile\.)?(\w+) eq "((?:[^"\\]|\\.)*)"', expression)
        wanted = {(name, fold(re.sub(r"\\(.)", r"\1", value))) for name, value in clauses}
        return [
            one
            for one in self.users.values()
            if wanted & {(name, fold(value)) for name, value in {"id": one["id"], **one["profile"]}.items()}
        ]

    def logged(self, query: dict[str, str]) -> list[dict[str, Any]]:
        expression = query.get("filter", "")
        exact = set(re.findall(r'eventType eq "([^"]+)"', expression))
        beginnings = tuple(re.findall(r'eventType sw "([^"]+)"', expression)) or ("no type begins so",)
        targets = set(re.findall(r'target\.id eq "([^"]+)"', expression))
        rows = [
            one
            for one in self.events
            if (one.get("eventType") in exact or str(one.get("eventType")).startswith(beginnings) or not expression)
            and (not targets or targets & {target["id"] for target in one.get("target", ())})
        ]
        return sorted(rows, key=lambda one: str(one.get("published")), reverse=True)

    def pages(self, request: httpx.Request, query: dict[str, str], rows: list[dict[str, Any]]) -> httpx.Response:
        limit = min(int(query.get("limit", 50)), self.page_cap)
        start = int(query.get("after", 0))
        url = f"{ORG}{request.url.path}"
        kept = "&".join(f"{name}={quote(value)}" for name, value in query.items() if name in ("limit", "q", "filter"))
        links = [("link", f'<{url}?{kept}>; rel="self"')]
        if start + limit < len(rows):
            links.append(("link", f'<{url}?after={start + limit}&{kept}>; rel="next"'))
        return answer(rows[start : start + limit], headers=links)
