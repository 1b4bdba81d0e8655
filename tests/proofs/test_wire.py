"""The proofs' own wire: what it lets through, and what it remembers."""

from __future__ import annotations

import asyncio

import httpx

from reconciler.simulator import company as companies
from reconciler.simulator.between import nothing
from reconciler.simulator.kandji.api import KandjiApi
from reconciler.simulator.okta.api import OktaApi
from reconciler.simulator.server import IN_MEMORY, front
from tests.proofs.harness import Wire
from tests.simulator.answers import Witness

NEW = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada@lindgrove.example"}


def test_a_write_reaches_the_service_and_makes_remembered_answers_old() -> None:
    company = companies.calm(1, people=12, groups=3, days=0)
    inner = Witness(httpx.ASGITransport(app=front(OktaApi(company.org), KandjiApi(company.tenant))))
    wire = Wire(inner, nothing, None, {})
    headers = {"Authorization": f"Bearer {company.tenant.token}"}

    async def ask(method: str, **more: object) -> httpx.Response:
        request = httpx.Request(method, f"{IN_MEMORY.scim}/Users", headers=headers, **more)  # type: ignore[arg-type]
        return await wire._pass(request)

    async def asking() -> tuple[int, int, int, int]:
        first = await ask("GET")
        company.tenant.create_user("behind@lindgrove.example", "Nobody is told")
        again = await ask("GET")
        made = await ask("POST", json=NEW)
        last = await ask("GET")
        return first.json()["totalResults"], again.json()["totalResults"], made.status_code, last.json()["totalResults"]

    first, again, made, last = asyncio.run(asking())
    assert (again - first, made, last - first) == (0, 201, 2)
