"""What ``apply`` is given, over the simulated org and tenant in memory, with faults on the way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

import httpx

from reconciler.directories.auth import BearerAuth, SswsAuth
from reconciler.directories.forbidden import OKTA, SCIM
from reconciler.directories.gate import Gate, WriteTransport
from reconciler.directories.http import Http, Policy
from reconciler.directories.okta_writes import OktaWrites
from reconciler.directories.scim_writes import ScimWrites
from reconciler.directories.writers import Writers
from reconciler.simulator.between import Between, Meddling, nothing
from reconciler.simulator.server import IN_MEMORY, front
from tests.proofs.openapi import Description
from tests.simulator.answers import Witness, the_judge
from tests.simulator.small import World
from tests.simulator.spec import facts_folder

T = TypeVar("T")


class Rig:
    """A small world, and ``writers`` to it. ``sent``: every write that left. Sleeping moves the clock."""

    def __init__(self, world: World, meddling: Meddling = nothing) -> None:
        self.world = world
        self.front = front(world.okta, world.kandji)
        self.between = Between(Witness(httpx.ASGITransport(app=self.front)), meddling)
        self.gate = Gate(world.org.app.id)
        self.sent: list[tuple[str, str, Any]] = []
        self.slept: list[float] = []
        self.writers = Writers(
            okta=OktaWrites(self._http(OKTA, IN_MEMORY.okta, SswsAuth(world.okta.token)), world.org.app.id),
            scim=ScimWrites(self._http(SCIM, IN_MEMORY.scim, BearerAuth(world.tenant.token)), clock=self.now),
            gate=self.gate,
        )

    def now(self) -> datetime:
        return self.world.clock.now()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.world.clock.advance(timedelta(seconds=seconds))
        await asyncio.sleep(0)

    def run(self, work: Callable[[Writers], Awaitable[T]]) -> T:
        """The result of ``work``, in a loop of its own."""

        async def working() -> T:
            return await work(self.writers)

        return asyncio.run(working())

    def _http(self, service: str, base: str, auth: httpx.Auth) -> Http:
        noting = _Noting(self.between, self.sent)
        return Http(
            base,
            service=service,
            auth=auth,
            transport=WriteTransport(noting, gate=self.gate, service=service, base_url=base),
            policy=Policy(rate_share=1.0),
            sleep=self.sleep,
            clock=self.now,
        )


class _Noting(httpx.AsyncBaseTransport):
    """Writes down what is no read, as it leaves."""

    def __init__(self, inner: httpx.AsyncBaseTransport, sent: list[tuple[str, str, Any]]) -> None:
        self._inner = inner
        self._sent = sent

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != "GET":
            body = await request.aread()
            self._sent.append((request.method, str(request.url), json.loads(body) if body else None))
        return await self._inner.handle_async_request(request)


def invalid(sent: list[tuple[str, str, Any]]) -> list[str]:
    """What is wrong with these writes by Okta's description, where the facts are beside this checkout; in words."""
    judge = the_judge()
    if judge is None:
        return []
    description, found = Description(facts_folder()), []
    for method, url, body in sent:
        if url.startswith(IN_MEMORY.okta):
            content = b"" if body is None else json.dumps(body).encode()
            found += [*description.violations(method, url)]
            found += judge.misfits_of_request(method, httpx.URL(url).path, content)
    return found


@contextmanager
def rigged(world: World, meddling: Meddling = nothing) -> Iterator[Rig]:
    """A ``Rig`` that leaves no thread behind, and whose writes were all valid."""
    rig = Rig(world, meddling)
    try:
        yield rig
    finally:
        rig.front.close()
    assert invalid(rig.sent) == []
