"""The program as a process of its own, against a simulated company on loopback sockets; what passes is overheard."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reconciler.simulator import company as companies
from reconciler.simulator.between import Meddling, nothing
from reconciler.simulator.company import Company
from reconciler.simulator.kandji.api import KandjiApi
from reconciler.simulator.okta.api import OktaApi
from reconciler.simulator.server import Addresses, serve
from tests.conftest import REPOSITORY

SECONDS = 120
CREDENTIALS = (b"authorization", b"dpop")


@dataclass
class Ear:
    """Stands before a service: keeps every credential that passes, may hold a request back or answer it itself.

    ``hold`` names the paths (by a part) at which a request waits for ``go``; ``arrived`` is set when one does.
    ``answer`` may give (status, headers, body) for a request's path and credentials.
    """

    app: ASGIApp
    credentials: set[str] = field(default_factory=set)
    hold: str | None = None
    answer: Callable[[str, str], tuple[int, list[tuple[bytes, bytes]], bytes] | None] = lambda path, credential: None
    arrived: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        mine = [headers[name].decode().rpartition(" ")[2] for name in CREDENTIALS if name in headers]
        self.credentials.update(mine)
        if self.hold is not None and self.hold in scope["path"]:
            self.arrived.set()
            await asyncio.to_thread(self.go.wait, SECONDS)
        answer = self.answer(scope["path"], " ".join(mine))
        if answer is not None:
            status, named, body = answer
            await send({"type": "http.response.start", "status": status, "headers": named})
            await send({"type": "http.response.body", "body": body})
            return
        await self.app(scope, self._overheard(receive), self._told(scope, send))

    def _overheard(self, receive: Receive) -> Receive:
        async def overheard() -> Message:
            message = await receive()
            form = dict(parse_qsl(message.get("body", b"").decode("utf-8", "replace")))
            self.credentials.update({form["client_assertion"]} if "client_assertion" in form else set())
            return message

        return overheard

    def _told(self, scope: Scope, send: Send) -> Send:
        async def told(message: Message) -> None:
            if scope["path"].endswith("/token") and message["type"] == "http.response.body":
                granted = json.loads(message["body"] or b"{}").get("access_token")
                self.credentials.update({granted} if granted else set())
            await send(message)

        return told


@dataclass
class Child:
    """What one call came to."""

    code: int
    out: str
    err: str


@dataclass
class Served:
    """A company on loopback, and a folder in which the program is installed beside it."""

    company: Company
    okta: OktaApi
    ears: tuple[Ear, Ear]
    """Before Okta and before Kandji's REST API; the SCIM server is reached without one."""
    addresses: Addresses
    folder: Path
    environ: dict[str, str]

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def database(self) -> Path:
        return self.folder / "reconciler.db"

    def edit(self, old: str, new: str) -> None:
        text = self.config.read_text(encoding="utf-8")
        assert old in text
        self.config.write_text(text.replace(old, new), encoding="utf-8")

    def start(self, *argv: str) -> subprocess.Popen[str]:
        """Starts ``python -m reconciler`` with these words."""
        return subprocess.Popen(
            [sys.executable, "-m", "reconciler", "-c", str(self.config), *argv],
            cwd=self.folder,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def call(self, *argv: str) -> Child:
        """Runs it to its end."""
        with self.start(*argv) as process:
            try:
                out, err = process.communicate(timeout=SECONDS)
            finally:
                process.kill()
            return Child(process.returncode, out, err)


def environment(folder: Path) -> dict[str, str]:
    """What a child needs, and nothing of ours; whatever it leaves behind, it leaves in this folder."""
    (folder / "tmp").mkdir()
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LANG") if name in os.environ}
    return kept | {
        "HOME": str(folder),
        "TMPDIR": str(folder / "tmp"),
        "PYTHONPATH": str(REPOSITORY),
        "LC_ALL": "C.UTF-8",
    }


@contextmanager
def served(
    folder: Path,
    *,
    okta_token: str,
    injections: tuple[str, ...] = ("left-still-active",),
    meddling: Meddling = nothing,
) -> Iterator[Served]:
    """A small company that lives in real time, as the program beside it does."""
    company = companies.build(11, people=30, groups=3, injections=injections, now=datetime.now(UTC))
    company.clock.follow(lambda: datetime.now(UTC))
    okta, kandji = OktaApi(company.org, token=okta_token), KandjiApi(company.tenant)
    ears = Ear(okta), Ear(kandji)
    kandji_app = _Listened(kandji, ears[1])
    okta_app: OktaApi = _Listened(okta, ears[0])  # type: ignore[assignment]  # stands for what it wraps
    with serve(okta_app, kandji_app, meddling=meddling) as addresses:  # type: ignore[arg-type]  # the same
        config = company.config(folder, addresses=addresses)
        (folder / "okta.token").write_text(okta_token, encoding="utf-8")
        (folder / "config.toml").write_text(config, encoding="utf-8")
        try:
            yield Served(company, okta, ears, addresses, folder, environment(folder))
        finally:
            for ear in ears:
                ear.go.set()


class _Listened:
    """A service with an ear before it; everything else is asked of the service itself."""

    def __init__(self, service: OktaApi | KandjiApi, ear: Ear) -> None:
        self._service = service
        self._ear = ear

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._ear(scope, receive, send)

    def __getattr__(self, name: str) -> object:
        return getattr(self._service, name)
