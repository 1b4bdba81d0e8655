"""A small world for tests: an org, a tenant, a provisioner between them, and a way to ask their APIs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from reconciler.simulator.clock import Clock
from reconciler.simulator.kandji.api import KandjiApi
from reconciler.simulator.kandji.tenant import Tenant
from reconciler.simulator.okta.api import OktaApi
from reconciler.simulator.org.org import Org
from reconciler.simulator.org.state import Group, Person, PushMapping
from reconciler.simulator.provisioner.provisioner import Provisioner
from reconciler.simulator.server import IN_MEMORY, front
from tests.simulator.answers import Witness

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)


class World:
    """An org whose group "everybody-mac" is assigned to the app, with "designers" pushed."""

    def __init__(self, **tenant: Any) -> None:
        self.clock = Clock(MONDAY)
        self.org = Org(self.clock, 7)
        self.tenant = Tenant(self.clock, 7, **tenant)
        self.provisioner = Provisioner(self.org, self.tenant.client(), self.clock, self.tenant.token)
        self.okta = OktaApi(self.org)
        self.kandji = KandjiApi(self.tenant)
        self.assigned = self.org.create_group("everybody-mac")
        self.org.assign_group(self.assigned)
        self.designers = self.org.create_group("designers")
        self.mapping: PushMapping = self.org.link_group(self.designers)

    def join(self, name: str, *groups: Group, **profile: Any) -> Person:
        """Somebody joins, and these groups."""
        person = self.org.add_user(f"{name}@acme.test", name.title(), "Berg", **profile)
        for group in groups:
            self.org.add_member(group, person)
        return person

    def designer(self, name: str, **profile: Any) -> Person:
        """Somebody assigned and in the pushed group, everywhere by now."""
        person = self.join(name, self.assigned, self.designers, **profile)
        self.settle()
        return person

    def settle(self) -> int:
        """An hour passes, and what lags comes to rest."""
        self.clock.advance(timedelta(hours=1))
        return self.provisioner.settle()

    def account(self, person: Person) -> dict[str, Any]:
        """Their SCIM account."""
        return self.tenant.user(self.tenant.user_id(person.login))

    def pushed(self) -> set[str]:
        """User names of the members of the pushed group in Kandji."""
        members = self.tenant.members(self.tenant.group_id("designers"))
        return {self.tenant.user(member)["userName"].partition("@")[0] for member in members}

    def ask(self, path: str, headers: Mapping[str, str] | None = None, method: str = "GET", **more: Any) -> Any:
        """Asks Okta's API in memory, with a good token unless `headers` says otherwise."""
        known = {"Authorization": f"SSWS {self.okta.token}"} if headers is None else headers
        return self._send(method, IN_MEMORY.okta + path, headers=known, **more)

    def ask_kandji(self, path: str, token: str | None = None, method: str = "GET", **more: Any) -> Any:
        """Asks Kandji's REST API in memory."""
        known = {"Authorization": f"Bearer {token or self.tenant.api_token}"}
        return self._send(method, IN_MEMORY.kandji + path, headers=known, **more)

    def ask_scim(self, path: str, token: str | None = None, **more: Any) -> Any:
        """Asks the SCIM server through ASGI."""
        known = {"Authorization": f"Bearer {token or self.tenant.token}"}
        return self._send("GET", IN_MEMORY.scim + path, headers=known, **more)

    def _send(self, method: str, url: str, **more: Any) -> httpx.Response:
        async def sending() -> httpx.Response:
            app = front(self.okta, self.kandji)
            async with httpx.AsyncClient(transport=Witness(httpx.ASGITransport(app=app))) as client:
                return await client.request(method, url, **more)

        return asyncio.run(sending())


def next_link(answer: httpx.Response) -> str | None:
    """Path and query of the next link, verbatim."""
    for line in answer.headers.get_list("link"):
        address, _, relation = line.partition("; ")
        if relation == 'rel="next"':
            return address.strip("<>").removeprefix(IN_MEMORY.okta)
    return None
