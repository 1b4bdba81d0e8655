"""A real SCIM server and a small sloppy one, both reached through a transport, without a socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import httpx
from a2wsgi import WSGIMiddleware
from scim2_models import Filter, Pagination
from scim2_server.memory import InMemoryStorage
from scim2_server.service import ScimService
from scim2_server.testserver.application import BearerTokenApplication
from scim2_server.utils import load_default_provider

from reconciler.directories.auth import BearerAuth
from reconciler.directories.http import Http, Policy, ReadOnlyTransport

T = TypeVar("T")
PREFIX = "/api/v1/scim"
BASE = f"https://acme.api.kandji.io{PREFIX}"
TOKEN = "s3cret-of-this-test"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
NOON = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)

Row = dict[str, Any]
Odd = Callable[[httpx.Request], httpx.Response | None]


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def noon() -> datetime:
    return NOON


async def no_wait(seconds: float) -> None:
    await asyncio.sleep(0)


def silent(source: str, rows: int, total: int | None) -> None:
    """Progress that nobody watches."""


def client(transport: httpx.AsyncBaseTransport, base: str = BASE, *, service: str = "Kandji SCIM") -> Http:
    """The product's own client, with a guard that lets nothing but GET through."""
    return Http(
        base,
        service=service,
        auth=BearerAuth(TOKEN),
        transport=ReadOnlyTransport(transport),
        policy=Policy(attempts=3),
        sleep=no_wait,
        clock=noon,
    )


class RealServer:
    """PyPI's scim2-server under Kandji's prefix, with a page cap."""

    def __init__(self, *, page_cap: int = 2, cursor: bool = False, index: bool = True) -> None:
        provider = load_default_provider()
        config = provider.config
        assert config is not None
        config.filter = Filter(supported=True, max_results=page_cap)
        if cursor:
            config.pagination = Pagination(cursor=True, index=index)
        service = ScimService(provider, secret="of the cursors" if cursor else None)
        self._app = BearerTokenApplication(InMemoryStorage(), provider, service, bearer_tokens=[TOKEN])
        self.transport = httpx.ASGITransport(app=WSGIMiddleware(self._mounted))  # type: ignore[arg-type]  # its own ASGI types

    def _mounted(self, environ: dict[str, Any], start_response: Any) -> Any:
        path = environ["PATH_INFO"]
        if not path.startswith(f"{PREFIX}/"):
            start_response("404 Not Found", [("Content-Type", "text/html")])
            return [b"<!doctype html><title>Not Found</title><h1>Not Found</h1>"]
        environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + PREFIX
        environ["PATH_INFO"] = path[len(PREFIX) :]
        return self._app(environ, start_response)

    def rotate_token(self) -> None:
        """What an admin does: the token of before is refused from now on."""
        self._app.bearer_tokens = {"another token"}

    async def send(self, method: str, path: str, body: Row | None = None) -> Row:
        """What Okta or an admin does on the server."""
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with httpx.AsyncClient(transport=self.transport, headers=headers) as sender:
            answer = await sender.request(method, f"{BASE}/{path}", json=body)
        answer.raise_for_status()
        return dict(answer.json()) if answer.content else {}

    async def add_user(self, user_name: str, **more: Any) -> str:
        body = {"schemas": [USER], "userName": user_name, "active": True, **more}
        return str((await self.send("POST", "Users", body))["id"])

    async def add_group(self, name: str, members: Sequence[str] = ()) -> str:
        body = {"schemas": [GROUP], "displayName": name, "members": [{"value": one} for one in members]}
        return str((await self.send("POST", "Groups", body))["id"])


def answer(body: Any, status: int = 200, **headers: str) -> httpx.Response:
    return httpx.Response(
        status, content=json.dumps(body), headers={"Content-Type": "application/scim+json", **headers}
    )


def page_of(rows: Sequence[Row], total: int | str | None, **more: Any) -> httpx.Response:
    body: Row = {"schemas": [LIST], "Resources": list(rows), **more}
    if total is not None:
        body["totalResults"] = total
    return answer(body)


def scim_error(status: int, detail: str = "no", scim_type: str | None = None) -> httpx.Response:
    """As django-scim2 writes it: the status is a number."""
    body: Row = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": status, "detail": detail}
    return answer(body | ({"scimType": scim_type} if scim_type else {}), status)


def html_404() -> httpx.Response:
    return httpx.Response(404, html="<!doctype html><html><head><title>Not Found</title></head></html>")


def start_of(request: httpx.Request) -> int:
    return int(request.url.params.get("startIndex", 1))


def count_of(request: httpx.Request) -> int:
    return int(request.url.params.get("count", 100))


def people(number: int) -> list[Row]:
    return [{"id": f"u{n}", "userName": f"p{n}@acme.example", "active": True} for n in range(1, number + 1)]


class SloppyServer(httpx.AsyncBaseTransport):
    """Answers well, but without discovery and filters, wherever ``odd`` returns None. ``calls`` are what was asked."""

    def __init__(
        self, users: Sequence[Row] = (), groups: Sequence[Row] = (), *, odd: Odd = lambda request: None, cap: int = 100
    ) -> None:
        self.rows = {"Users": list(users), "Groups": list(groups)}
        self.odd = odd
        self.cap = cap
        self.calls: list[httpx.Request] = []

    @property
    def asked(self) -> list[str]:
        return [call.url.raw_path.decode().removeprefix(f"{PREFIX}/") for call in self.calls]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        response = self.odd(request) or self._well(request)
        response.request = request
        return response

    def _well(self, request: httpx.Request) -> httpx.Response:
        name, _, row_id = request.url.path.removeprefix(f"{PREFIX}/").partition("/")
        if name not in self.rows:
            return html_404()
        rows = self.rows[name]
        if row_id:
            found = [row for row in rows if str(row["id"]) == row_id]
            return answer(found[0]) if found else scim_error(404)
        first = start_of(request) - 1
        return page_of(rows[first : first + min(self.cap, count_of(request))], len(rows))
