"""The real program mending a simulated company, in memory and in the company's own time.

As in the proofs of reading, the command line is the program's own. What is added: time that passes for the company
while the program sleeps, so that what Okta does later happens while it is waited for; a list of every write that the
services saw; and somebody else's hands between two requests.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reconciler.simulator.between import Meddling, nothing
from reconciler.simulator.clock import Clock
from reconciler.simulator.company import Company
from reconciler.simulator.server import TENANT_HOST, Front
from tests.proofs.harness import Installation, Time

Json = dict[str, Any]
OPEN_GUARDS = """
[guard]
group_removals = 1000
removals = 1000
additions = 1000
"""
"""Limits that a small company never meets; more than half of a group is still too many."""
LIFTED = ("--allow-removals", "500", "--allow-additions", "500", "--reason", "proof")
KANDJI_WRITES = ("left-still-active", "inactive-in-kandji", "attribute-differs", "member-unknown", "member-extra")
GRACE = timedelta(hours=4)
"""Longer than anything that lags and any grace of a finding."""


@dataclass(frozen=True, kw_only=True)
class Write:
    """One write as a service saw it: service okta or kandji, path without its query, and what it answered."""

    service: str
    method: str
    path: str
    query: str
    body: Json | None
    status: int

    @property
    def taken(self) -> bool:
        return self.status < 300

    def __str__(self) -> str:
        return f"{self.method} {self.path}{'?' if self.query else ''}{self.query} → {self.status}"


Deed = Callable[[], None]


@dataclass
class Hand:
    """Somebody else's deed, done once, right before the ``nth`` write (or request) that ``fits``."""

    fits: Callable[[str, str], bool]
    deed: Deed
    nth: int = 1
    done: bool = False

    def look(self, method: str, path: str) -> None:
        if self.done or not self.fits(method, path):
            return
        self.nth -= 1
        if self.nth == 0:
            self.done = True
            self.deed()


class Watched(Front):
    """The services, with every write to them written down, and hands that reach in before a request."""

    def __init__(self, front: Front) -> None:
        super().__init__(front.hosts)
        self.writes: list[Write] = []
        self.requests: list[tuple[str, str]] = []
        self.hands: list[Hand] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        method, path = scope["method"], scope["path"]
        self.requests.append((method, path))
        for hand in self.hands:
            hand.look(method, path)
        if method == "GET" or path.endswith("/token"):
            await super().__call__(scope, receive, send)
            return
        await self._noted(scope, receive, send)

    async def _noted(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, status = b"", 0

        async def hearing() -> Message:
            nonlocal body
            message = await receive()
            body += message.get("body", b"")
            return message

        async def telling(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        inner: ASGIApp = super().__call__
        await inner(scope, hearing, telling)
        host = dict(scope["headers"]).get(b"host", b"").decode()
        service = "kandji" if self.hosts.get(host) is list(self.hosts.values())[1] else "okta"
        query = scope.get("query_string", b"").decode()
        self.writes.append(
            Write(
                service=service,
                method=scope["method"],
                path=scope["path"],
                query=query,
                body=json.loads(body) if body else None,
                status=status,
            )
        )


class CompanyTime(Time):
    """The company's clock: who sleeps lets its time pass, and what falls due on the way happens."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(at=clock.now())
        self.clock = clock

    def now(self) -> datetime:
        return self.clock.now()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.advance(timedelta(seconds=seconds))


@dataclass
class Mended:
    """What one ``apply`` came to: the exit code, its JSON document, and the writes that the services saw meanwhile."""

    code: int
    document: Json
    writes: tuple[Write, ...]
    err: str

    @property
    def words(self) -> dict[str, str]:
        """The word for each change, by its id."""
        return {row["id"]: row["word"] for row in self.document["changes"]}


class Site(Installation):
    """The program beside a company, with the verbs that mend it."""

    def __init__(self, company: Company, folder: Path, *, more: str = "", rest_api: bool = True) -> None:
        super().__init__(company, folder, rest_api=rest_api)
        self.watched = Watched(self.front)
        self.front = self.watched
        self.time = CompanyTime(company.clock)
        self.config.write_text(self.config.read_text(encoding="utf-8") + more, encoding="utf-8")

    @property
    def writes(self) -> list[Write]:
        return self.watched.writes

    def run(self) -> None:
        """One whole run, in the company's time."""
        outcome = self.call("run")
        assert outcome.code == 0, outcome.err

    def settle(self) -> None:
        """Everything that lags comes to rest, and every grace ends."""
        self.company.provisioner.settle()
        self.company.clock.advance(GRACE)
        self.company.provisioner.settle()

    def plan(self, *words: str, verb: str = "plan", name: str = "plan.json") -> Json:
        """What a planning verb writes into its file; {} where there is nothing to do. Asserts exit 0."""
        path = self.folder / name
        path.unlink(missing_ok=True)
        outcome = self.call(verb, *words, "-o", str(path))
        assert outcome.code == 0, outcome.err + outcome.out
        return json.loads(path.read_bytes()) if path.exists() else {}

    def apply(self, *words: str, name: str = "plan.json", meddling: Meddling = nothing) -> Mended:
        """Carries out a plan file, confirming the number of its changes."""
        path = self.folder / name
        count = len(json.loads(path.read_bytes())["changes"])
        return self.mended("apply", str(path), "--confirm", str(count), *words, meddling=meddling)

    def mended(self, verb: str, *words: str, meddling: Meddling = nothing) -> Mended:
        """Any verb that writes."""
        before = len(self.writes)
        outcome = self.call(verb, *words, "--format", "json", meddling=meddling)
        document = json.loads(outcome.out) if outcome.out.strip() else {}
        return Mended(outcome.code, document, tuple(self.writes[before:]), outcome.err)

    def between(self, fits: Callable[[str, str], bool], deed: Deed, nth: int = 1) -> Hand:
        """Somebody else does something right before the nth request (by method and path) that fits."""
        hand = Hand(fits, deed, nth)
        self.watched.hands.append(hand)
        return hand


@contextmanager
def site(company: Company, folder: Path, *, more: str = "", rest_api: bool = True) -> Iterator[Site]:
    """A ``Site`` that leaves no thread behind."""
    made = Site(company, folder, more=more, rest_api=rest_api)
    try:
        yield made
    finally:
        tenancy = made.watched.hosts[TENANT_HOST]
        tenancy.close()  # type: ignore[attr-defined]  # the front knows its hosts as plain applications


def fix_table(*kinds: str, **more: object) -> str:
    """A ``[fix]`` table that allows writes to Kandji for these kinds."""
    lines = [f"kandji_writes = {json.dumps(list(kinds))}", *(f"{key} = {json.dumps(value)}" for key, value in more.items())]
    return "\n[fix]\n" + "\n".join(lines) + "\n"


def is_write(*parts: str) -> Callable[[str, str], bool]:
    """Fits writes whose path has one of these parts (none given: every write)."""
    return lambda method, path: method != "GET" and (not parts or any(part in path for part in parts))


def planned(plan: Json, change: str | None = None) -> list[Json]:
    """The changes of a plan, or those of one kind."""
    rows = plan.get("changes", [])
    return [row for row in rows if change in (None, row["change"]["change"])]


def mends(rows: Sequence[Json]) -> set[str]:
    """Ids of findings that these changes mend."""
    return {finding for row in rows for finding in row["mends"]}
