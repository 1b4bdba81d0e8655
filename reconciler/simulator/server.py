"""Org and tenant under one roof: in memory for tests, or on two loopback sockets of one process.

Which of the two is meant, the Host header tells, as in the world outside.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import format_datetime

import httpx
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reconciler.simulator.between import Between, Exposed, Meddling, nothing
from reconciler.simulator.kandji.api import KandjiApi
from reconciler.simulator.kandji.scim_store import PREFIX
from reconciler.simulator.okta.api import OktaApi
from reconciler.simulator.wsgi_thread import WsgiThread

OKTA_HOST = "acme.okta.com"
TENANT_HOST = "tenant.api.kandji.io"
LOOPBACK = "127.0.0.1"
START_SECONDS = 10.0


class Tenancy:
    """A tenant's host: the SCIM server under its prefix, the REST API beside it. An ASGI application."""

    def __init__(self, api: KandjiApi) -> None:
        self.api = api
        self._scim = WsgiThread(api.tenant.scim)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = format_datetime(self.api.tenant.clock.now(), usegmt=True).encode()
                message["headers"] = [*message.get("headers", ()), (b"date", date)]
            await send(message)

        self.api.tenant.clock.catch_up()
        here = self._scim if scope.get("path", "").startswith(PREFIX) else self.api
        await here(scope, receive, dated)

    def close(self) -> None:
        """Lets the threads go on which the SCIM server ran."""
        self._scim.executor.shutdown()


class Front:
    """One ASGI application for several hosts. A host that it does not know gets 404."""

    def __init__(self, hosts: Mapping[str, ASGIApp]) -> None:
        self.hosts = dict(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        host = dict(scope["headers"]).get(b"host", b"").decode()
        app = self.hosts.get(host)
        if app is not None:
            await app(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def close(self) -> None:
        """Lets the threads go on which SCIM servers ran."""
        for app in self.hosts.values():
            if isinstance(app, Tenancy):
                app.close()


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Where both services are: base URLs without a trailing slash."""

    okta: str
    scim: str
    kandji: str


IN_MEMORY = Addresses(
    okta=f"https://{OKTA_HOST}", scim=f"https://{TENANT_HOST}{PREFIX}", kandji=f"https://{TENANT_HOST}"
)


def front(okta: OktaApi, kandji: KandjiApi, addresses: Addresses = IN_MEMORY) -> Front:
    """Both services at these addresses."""
    return Front({host_of(addresses.okta): okta, host_of(addresses.kandji): Tenancy(kandji)})


def host_of(address: str) -> str:
    """The host of a base URL as a Host header tells it."""
    return httpx.URL(address).netloc.decode()


def in_memory(okta: OktaApi, kandji: KandjiApi, meddling: Meddling = nothing) -> Between:
    """A transport that reaches both without a socket, at the addresses of IN_MEMORY, with faults on the way."""
    return Between(httpx.ASGITransport(app=front(okta, kandji)), meddling)


@contextmanager
def serve(
    okta: OktaApi, kandji: KandjiApi, *, okta_port: int = 0, kandji_port: int = 0, meddling: Meddling = nothing
) -> Iterator[Addresses]:
    """Serves both on loopback, in a thread of its own, until the block ends, with faults on the way to them.

    Port 0 is any free port. Raises OSError when a port is taken and RuntimeError when the server does not come up.
    """
    sockets = [_listening(okta_port), _listening(kandji_port)]
    hosts = [f"{LOOPBACK}:{listening.getsockname()[1]}" for listening in sockets]
    tenancy = Tenancy(kandji)
    both = Front({hosts[0]: okta, hosts[1]: tenancy})
    app = both if meddling is nothing else Exposed(both, meddling)
    # Both services date their answers by the simulated clock.
    config = uvicorn.Config(app, log_config=None, lifespan="off", date_header=False, server_header=False)
    server = _Announcing(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=sockets)), name="simulator", daemon=True)
    thread.start()
    try:
        if not server.up.wait(START_SECONDS):
            raise RuntimeError("the simulated services did not come up")
        yield Addresses(okta=f"http://{hosts[0]}", scim=f"http://{hosts[1]}{PREFIX}", kandji=f"http://{hosts[1]}")
    finally:
        server.should_exit = True
        thread.join(START_SECONDS)
        tenancy.close()
        for listening in sockets:
            listening.close()


class _Announcing(uvicorn.Server):
    """Tells when it has come up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


def _listening(port: int) -> socket.socket:
    # With the protocol named, asyncio sends at once; without it, every answer waits 40 ms for an acknowledgement.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((LOOPBACK, port))
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    return listening


async def _lifespan(receive: Receive, send: Send) -> None:
    for phase in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{phase}.complete"})
