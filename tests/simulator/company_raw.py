"""Raw answers of both services over HTTP, for the tests of simulated companies. It shares no code with the program."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Any

import httpx

from reconciler.simulator.company import Company
from reconciler.simulator.company.premises import HISTORY
from reconciler.simulator.kandji.api import KandjiApi
from reconciler.simulator.okta.api import OktaApi
from reconciler.simulator.server import IN_MEMORY, front
from tests.simulator.answers import Witness

Row = dict[str, Any]


@dataclass(kw_only=True)
class Raw:
    """Raw rows of both services.

    ``members``: of the groups that are assigned or pushed (empty where one is deleted); ``rosters``: of all groups.
    ``gone``: ids that an assignment or a Kandji group names, that no list has, and that answer 404 when read by id.
    """

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
    devices: list[Row]
    okta_groups: dict[str, Row]
    rosters: dict[str, set[str]]
    rules: list[Row]
    gone: set[str]
    logs: list[Row]


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

    async def gone(self, app_users: list[Row], accounts: dict[str, Row], groups: dict[str, Row]) -> set[str]:
        named = {str(row["externalId"]) for row in app_users if row.get("externalId")}
        named |= {str(member["value"]) for row in groups.values() for member in row.get("members") or []}
        gone = set()
        for account in sorted(named - set(accounts)):
            answer = await self.http.get(f"{IN_MEMORY.scim}/Users/{account}", headers=self.scim)
            if answer.status_code == 404:
                gone.add(account)
        return gone

    async def devices(self) -> list[Row]:
        rows: list[Row] = []
        while page := (await self.get(f"{IN_MEMORY.kandji}/api/v1/devices", self.rest, offset=len(rows))).json():
            rows += page
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
        okta_groups = {row["id"]: row for row in await reader.listed("groups", limit=1000, expand="stats")}
        named = app_groups | {row["sourceGroupId"] for row in mappings}
        targets = {row["targetGroupId"] for row in mappings}
        rosters = {
            group: {row["id"] for row in await reader.listed(f"groups/{group}/users", limit=1000)}
            for group in sorted(okta_groups)
        }
        accounts, kandji_groups = await reader.resources("Users"), await reader.resources("Groups")
        raw = Raw(
            app=(await reader.get(f"{IN_MEMORY.okta}/api/v1/apps/{app_id}", reader.okta)).json(),
            users={row["id"]: row for row in users},
            app_users={row["id"]: row for row in app_users},
            app_groups=app_groups,
            mappings=mappings,
            groups={
                group: (await reader.get(f"{IN_MEMORY.okta}/api/v1/groups/{group}", reader.okta)).json()
                for group in sorted((named | targets) & set(okta_groups))
            },
            members={group: rosters.get(group, set()) for group in sorted(named)},
            accounts=accounts,
            kandji_groups=kandji_groups,
            directory=await reader.rows(),
            devices=await reader.devices(),
            okta_groups=okta_groups,
            rosters=rosters,
            rules=await reader.listed("groups/rules", limit=50),
            logs=await reader.listed(
                "logs",
                limit=1000,
                since=(company.now - HISTORY).isoformat(),
                until=company.clock.now().isoformat(),  # without an end it would be asked for ever
            ),
            gone=await reader.gone(app_users, accounts, kandji_groups),
        )
        app.hosts["tenant.api.kandji.io"].close()  # type: ignore[attr-defined] # the tenant's threads
        return raw


def read(company: Company) -> Raw:
    """Everything both services say, over HTTP in memory."""
    return asyncio.run(_read(company))
