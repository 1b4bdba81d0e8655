"""The gate below the clients of ``apply``: a write passes while a change is open that implies it, and never otherwise.

The bodies that replace something whole are held against what was read last at the same place by the same transport, so
nothing is replaced unread, and nothing changes on the way but what the change says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpx

from reconciler.changes import Change, kind
from reconciler.directories.forbidden import OKTA, SCIM, Write, never
from reconciler.directories.implied import RULES, implied
from reconciler.directories.writers import Written
from reconciler.errors import WriteRefused

_REPLACED_WHOLE = {
    OKTA: re.compile(rf"{RULES}/[^/]+"),
    SCIM: re.compile(r"/(Users|Groups)/[^/]+"),
}
"""Single records that a write replaces: what was read of them is remembered."""


class _Open:
    """An open change, and the ids of what it has made."""

    def __init__(self, gate: Gate, change: Change) -> None:
        self.gate = gate
        self.change = change
        self.made: frozenset[str] = frozenset()


_OPEN: ContextVar[_Open | None] = ContextVar("open change", default=None)
"""Of the running task: changes that are made side by side don't open the gate for one another."""


class Gate:
    """One for all services of an apply. ``app_id`` is the app whose mappings and groups it may write."""

    def __init__(self, app_id: str) -> None:
        self._app_id = app_id
        self._passed: list[Written] = []
        self._read: dict[tuple[str, str], bytes] = {}

    @contextmanager
    def opened(self, change: Change) -> Iterator[None]:
        """The writes of this change pass inside, in this task. Raises WriteRefused where another is open in it."""
        if _OPEN.get() is not None:
            raise WriteRefused(
                f"A {kind(change)} was begun while another change is open.",
                next="report this message, it is a mistake of this program: reconciler doctor",
            )
        token = _OPEN.set(_Open(self, change))
        try:
            yield
        finally:
            _OPEN.reset(token)

    def learnt(self, record_id: str) -> None:
        """The open change has made this rule or mapping, so the rest of its writes may name it."""
        here = self._open()
        if here is not None:
            here.made |= {record_id}

    @property
    def passed(self) -> tuple[Written, ...]:
        """Every write that was let through, in order."""
        return tuple(self._passed)

    def saw(self, service: str, path: str, content: bytes) -> None:
        """What a read of a single record gave: remembered where a write may replace it."""
        if _REPLACED_WHOLE[service].fullmatch(path):
            self._read[service, path] = content

    def admit(self, write: Write) -> None:
        """Raises WriteRefused unless the open change implies this write."""
        here = self._open()
        change = None if here is None else here.change
        why = never(write, change)
        if why is not None:
            raise _refused(write, f"this program never {why}")
        if here is None:
            raise _refused(write, "no change is open")
        allowed = implied(here.change, app_id=self._app_id, made=here.made)
        read = _decoded(self._read.get((write.service, write.path), b""))
        if not any(one.allows(write, read) for one in allowed):
            raise _refused(write, f"a change {kind(here.change)} does not imply it, or not with this body")
        self._passed.append(Written(service=write.service, method=write.method, path=write.path))

    def _open(self) -> _Open | None:
        here = _OPEN.get()
        return here if here is not None and here.gate is self else None


class WriteTransport(httpx.AsyncBaseTransport):
    """Passes GET, POST to one ``token_url``, and the writes that ``gate`` admits: all below ``base_url``."""

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport,
        *,
        gate: Gate,
        service: str,
        base_url: str,
        token_url: str | None = None,
    ) -> None:
        self._transport = transport
        self._gate = gate
        self._service = service
        self._base = httpx.URL(base_url.rstrip("/"))
        self._token_url = None if token_url is None else httpx.URL(token_url)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST" and request.url == self._token_url:
            return await self._transport.handle_async_request(request)
        path, query = self._below(request.url)
        if request.method != "GET":
            body = _decoded(await request.aread())
            write = Write(service=self._service, method=request.method, path=path or "", query=query, body=body)
            if path is None:
                raise _refused(write, "its address is none of this service")
            self._gate.admit(write)
            return await self._transport.handle_async_request(request)
        response = await self._transport.handle_async_request(request)
        if path is not None and response.status_code == 200:
            self._gate.saw(self._service, path, await response.aread())
        return response

    def _below(self, url: httpx.URL) -> tuple[str | None, str]:
        """Path below the base, as it is sent, and query; no path for another address."""
        path, _, query = url.raw_path.decode("ascii").partition("?")
        root = self._base.raw_path.decode("ascii").rstrip("/")
        here = (url.scheme, url.host, url.port) == (self._base.scheme, self._base.host, self._base.port)
        return (path.removeprefix(root) if here and path.startswith(f"{root}/") else None), query

    async def aclose(self) -> None:
        await self._transport.aclose()


def _decoded(content: bytes) -> Any:
    try:
        return json.loads(content) if content else None
    except ValueError:
        return content  # fits nothing


def _refused(write: Write, why: str) -> WriteRefused:
    return WriteRefused(
        f"A {write.method} request was stopped: {why}.",
        facts=(("asked", f"{write.method} {write.service} {write.path}"),),
        next="report this message, it is a mistake of this program: reconciler doctor",
    )
