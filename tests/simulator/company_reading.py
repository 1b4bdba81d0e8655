"""A plain reading of both services for the tests of simulated companies: raw answers over HTTP, and what they show.

Written from the signatures of the drift catalogue and from nothing else: it shares no code with the program, the
simulator or the truth that it is held against. It knows neither settling nor earlier runs.
"""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import httpx

from reconciler.simulator.company import Company
from reconciler.simulator.kandji_api import KandjiApi
from reconciler.simulator.okta_api import OktaApi
from reconciler.simulator.server import IN_MEMORY, front
from tests.simulator.answers import Witness

Row = dict[str, Any]
Seen = set[tuple[str, str]]

MUST = {"ACTIVE", "LOCKED_OUT", "PASSWORD_EXPIRED", "RECOVERY"}
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


@dataclass(kw_only=True)
class Raw:
    """Raw rows of both services."""

    app: Row
    users: dict[str, Row]
    app_users: dict[str, Row]
    app_groups: set[str]
    mappings: list[Row]
    groups: dict[str, Row]
    members: dict[str, set[str]]
    accounts: dict[str, Row]
    kandji_groups: dict[str, Row]
    directory: list[Row]


class _Reader:
    def __init__(self, http: httpx.AsyncClient, company: Company, okta_token: str) -> None:
        self.http = http
        self.okta = {"Authorization": f"SSWS {okta_token}"}
        self.scim = {"Authorization": f"Bearer {company.tenant.token}"}
        self.rest = {"Authorization": f"Bearer {company.tenant.api_token}"}

    async def get(self, url: str, headers: dict[str, str], **params: Any) -> httpx.Response:
        answer = await self.http.get(url, headers=headers, params=params or None)
        assert answer.status_code == 200, (url, answer.status_code, answer.text)
        return answer

    async def listed(self, path: str, **params: Any) -> list[Row]:
        rows: list[Row] = []
        url: str | None = f"{IN_MEMORY.okta}/api/v1/{path}"
        while url:
            answer = await self.get(url, self.okta, **params)
            rows += answer.json()
            params = {}
            found = re.search(r'<([^>]+)>; rel="next"', ", ".join(answer.headers.get_list("link")))
            url = found.group(1) if found else None
        return rows

    async def resources(self, kind: str) -> dict[str, Row]:
        rows: dict[str, Row] = {}
        while True:
            answer = await self.get(f"{IN_MEMORY.scim}/{kind}", self.scim, startIndex=len(rows) + 1, count=500)
            page = answer.json().get("Resources") or []
            rows |= {str(row["id"]): row for row in page}
            if not page or len(rows) >= answer.json()["totalResults"]:
                return rows

    async def rows(self) -> list[Row]:
        rows: list[Row] = []
        query: str | None = ""
        while query is not None:
            body = (await self.get(f"{IN_MEMORY.kandji}/api/v1/users{query}", self.rest)).json()
            rows += body["results"]
            query = f"?{httpx.URL(body['next']).query.decode()}" if body["next"] else None
        return rows


async def _read(company: Company) -> Raw:
    okta = OktaApi(company.org)
    app_id = company.org.app.id
    app = front(okta, KandjiApi(company.tenant))
    async with httpx.AsyncClient(transport=Witness(httpx.ASGITransport(app=app))) as http:
        reader = _Reader(http, company, okta.token)
        users = await reader.listed("users", limit=200)
        users += await reader.listed("users", limit=200, filter='status eq "DEPROVISIONED"')
        app_users = await reader.listed(f"apps/{app_id}/users", limit=500)
        app_groups = {row["id"] for row in await reader.listed(f"apps/{app_id}/groups", limit=200)}
        mappings = await reader.listed(f"apps/{app_id}/group-push/mappings", limit=1000)
        named = app_groups | {row["sourceGroupId"] for row in mappings}
        targets = {row["targetGroupId"] for row in mappings}
        raw = Raw(
            app=(await reader.get(f"{IN_MEMORY.okta}/api/v1/apps/{app_id}", reader.okta)).json(),
            users={row["id"]: row for row in users},
            app_users={row["id"]: row for row in app_users},
            app_groups=app_groups,
            mappings=mappings,
            groups={
                group: (await reader.get(f"{IN_MEMORY.okta}/api/v1/groups/{group}", reader.okta)).json()
                for group in sorted(named | targets)
            },
            members={
                group: {row["id"] for row in await reader.listed(f"groups/{group}/users", limit=1000)}
                for group in sorted(named)
            },
            accounts=await reader.resources("Users"),
            kandji_groups=await reader.resources("Groups"),
            directory=await reader.rows(),
        )
        app.hosts["tenant.api.kandji.io"].close()  # type: ignore[attr-defined] # the tenant's threads
        return raw


def read(company: Company) -> Raw:
    """Everything both services say, over HTTP in memory."""
    return asyncio.run(_read(company))


class Reading:
    """What raw rows show, kind by kind: pairs of kind and subject."""

    def __init__(self, raw: Raw) -> None:
        self.raw = raw
        self.by_login = {row["profile"]["login"].casefold(): row["id"] for row in raw.users.values()}
        self.by_name = {(row.get("userName") or "").casefold(): row["id"] for row in raw.accounts.values()}
        self.pointed = {row["externalId"]: row["id"] for row in raw.app_users.values() if row.get("externalId")}
        self.owner = {account: self._owner(row) for account, row in raw.accounts.items()}
        self.targets: dict[str, list[str]] = defaultdict(list)
        for row in raw.kandji_groups.values():
            self.targets[row["displayName"].casefold()].append(row["id"])

    def _owner(self, row: Row) -> str | None:
        okta_id = row.get("externalId")
        return (
            self.pointed.get(row["id"])
            or (okta_id if okta_id in self.raw.users else None)
            or self.by_login.get((row.get("userName") or "").casefold())
        )

    def key(self, account: str) -> str:
        return f"user:{self.owner[account]}" if self.owner[account] else f"account:{account}"

    def must(self, user: str) -> bool:
        return self.raw.users[user]["status"] in MUST

    def account(self, user: str) -> Row | None:
        """The account that the assignment of somebody points to."""
        assigned = self.raw.app_users.get(user)
        return self.raw.accounts.get(assigned["externalId"]) if assigned and assigned.get("externalId") else None

    def target(self, mapping: Row) -> str | None:
        found = self.targets.get(self.raw.groups[mapping["targetGroupId"]]["profile"]["name"].casefold(), [])
        return found[0] if found else None

    def held(self, group: str) -> set[str]:
        return {str(member["value"]) for member in self.raw.kandji_groups[group].get("members") or []}

    def expected(self, mapping: Row) -> dict[str, str]:
        """Account id → Okta user id of those who should be in the Kandji group."""
        members = self.raw.members[mapping["sourceGroupId"]]
        found = ((user, self.account(user)) for user in members if self.must(user))
        return {row["id"]: user for user, row in found if row is not None}

    def seen(self, scope: set[str] | None = None) -> Seen:
        """Every kind and subject that the catalogue's signatures give."""
        return (
            self._integration()
            | self._lacking(scope)
            | self._having()
            | self._mappings()
            | self._groups(scope)
            | self._members()
            | self._differing()
        )

    def _integration(self) -> Seen:
        app, rows = self.raw.app, self.raw.directory
        wanted = ("PUSH_USER_DEACTIVATION", "PUSH_NEW_USERS", "GROUP_PUSH", "PUSH_PROFILE_UPDATES")
        seen = {("app-inactive", f"app:{app['id']}")} if app["status"] != "ACTIVE" else set()
        seen |= {
            ("provisioning-off", f"app:{app['id']} feature:{name}") for name in wanted if name not in app["features"]
        }
        scim = [row for row in rows if row["id"] in self.raw.accounts or row["deprecated_user_id"] in self.raw.accounts]
        counts: dict[str, int] = defaultdict(int)
        for row in scim:
            counts[row["integration"]["uuid"]] += 1
        most = max(counts, key=lambda uuid: counts[uuid])
        strange = [row for row in scim if row["active"] and row["integration"]["uuid"] != most]
        if len(strange) >= 5 and 10 * len(strange) > sum(row["active"] for row in scim):
            seen.add(("foreign-people", f"app:{app['id']}"))
        return seen

    def _counted(self) -> list[Row]:
        return [row for row in self.raw.mappings if row["status"] in {"ACTIVE", "ERROR"}]

    def _should(self, group: str, scope: set[str] | None) -> set[str]:
        meant = None if scope is None else set().union(*(self.raw.members[one] for one in scope))
        return {user for user in self.raw.members[group] if self.must(user) and (meant is None or user in meant)}

    def _lacking(self, scope: set[str] | None) -> Seen:
        seen: Seen = set()
        for mapping in self._counted():
            for user in self._should(mapping["sourceGroupId"], scope) - set(self.raw.app_users):
                seen.add(("member-not-assigned", f"user:{user}"))
        for user, assigned in self.raw.app_users.items():
            if not self.must(user):
                continue
            account = self.account(user)
            if not assigned.get("externalId"):
                seen.add(("assignment-stuck", f"user:{user}"))
            elif account is None:
                seen.add(("missing-in-kandji", f"user:{user}"))
            elif not account["active"]:
                seen.add(("inactive-in-kandji", f"user:{user}"))
        return seen

    def _having(self) -> Seen:
        seen: Seen = set()
        in_pushed: set[str] = set().union(*(self.raw.members[row["sourceGroupId"]] for row in self._counted()))
        for account, row in self.raw.accounts.items():
            user = self.owner[account]
            if not row["active"]:
                continue
            if user is None:
                seen.add(("unmanaged-in-kandji", f"account:{account}"))
            elif user not in self.raw.app_users:
                if self.raw.users[user]["status"] == "DEPROVISIONED":
                    seen.add(("left-still-active", f"user:{user}"))
                elif self.must(user) and user not in in_pushed:
                    seen.add(("unassigned-still-active", f"user:{user}"))
        return seen

    def _lacks(self, mapping: Row) -> set[str]:
        target = self.target(mapping)
        return set(self.expected(mapping)) - self.held(target) if target else set()

    def trouble(self, mapping: Row) -> str | None:
        """The kind that a mapping itself is, if any."""
        if mapping["status"] == "INACTIVE":
            return "mapping-inactive"
        if self.target(mapping) is None:
            return "mapping-target-missing"
        if mapping["status"] == "ERROR":
            assert mapping["errorSummary"]
            return "mapping-error"
        lacks = len(self._lacks(mapping))
        return "group-not-pushed" if lacks >= 3 and lacks >= len(self.expected(mapping)) / 2 else None

    def _mappings(self) -> Seen:
        return {(kind, f"mapping:{row['id']}") for row in self.raw.mappings if (kind := self.trouble(row))}

    def _groups(self, scope: set[str] | None) -> Seen:
        seen: Seen = set()
        reached = {self.target(mapping) for mapping in self.raw.mappings}
        for mapping in self.raw.mappings:
            group = mapping["sourceGroupId"]
            if group in self.raw.app_groups:
                seen.add(("assignment-group-pushed", f"group:{group}"))
            should = self._should(group, scope)
            missing = should - set(self.raw.app_users)
            if mapping["status"] != "INACTIVE" and len(missing) >= 3 and len(missing) > len(should) / 2:
                seen.add(("group-feeds-no-assignment", f"group:{group}"))
        return seen | {("group-unmanaged", f"kandji-group:{one}") for one in set(self.raw.kandji_groups) - reached}

    def _members(self) -> Seen:
        seen: Seen = set()
        for mapping in self.raw.mappings:
            group, target = mapping["sourceGroupId"], self.target(mapping)
            if target is None:
                continue
            if self.trouble(mapping) is None:
                for account in self._lacks(mapping):
                    if self.raw.accounts[account]["active"]:
                        seen.add(("member-missing", f"group:{group} {self.key(account)}"))
            for account in self.held(target) & set(self.raw.accounts):
                if self.raw.accounts[account]["active"] and not self._belongs(account, group):
                    seen.add(("member-extra", f"group:{group} {self.key(account)}"))
        return seen

    def _belongs(self, account: str, group: str) -> bool:
        user = self.owner[account]
        if user is None:
            return False
        if self.raw.users[user]["status"] not in MUST | {"DEPROVISIONED"}:
            return True
        return user in self.raw.members[group] and user in self.raw.app_users

    def _differing(self) -> Seen:
        return {
            ("attribute-differs", f"user:{user}")
            for user in self.raw.app_users
            if (account := self.account(user)) is not None and self._differs(user, account)
        }

    def _differs(self, user: str, account: Row) -> bool:
        assigned = self.raw.app_users[user]
        profile, name = assigned["profile"], account.get("name") or {}
        ours = f"{profile['givenName']} {profile['familyName']}"
        theirs = f"{name.get('givenName')} {name.get('familyName')}"
        names = {profile["displayName"], ours} & {account.get("displayName"), name.get("formatted"), theirs}
        department = (account.get(ENTERPRISE) or {}).get("department")
        pairs = [
            (assigned["credentials"]["userName"].casefold(), (account.get("userName") or "").casefold()),
            (profile["email"].casefold(), account["emails"][0]["value"].casefold()),
            (profile.get("title") or "", account.get("title") or ""),
            (profile.get("department") or "", department or ""),
        ]
        return not names or any(one != other for one, other in pairs)
