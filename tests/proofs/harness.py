"""The real program against a simulated company in memory, with every request written down and any of them meddled with.

The command line, configuration, secrets, directories, checks, database and pages are the program's own; only the wire
below its read-only guard, the clock and the sleep are replaced, by the parameters that it has for them.
"""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import httpx

from reconciler.cli import main
from reconciler.findings import Finding, Life
from reconciler.outside import Outside
from reconciler.simulator.between import Asked, Between, Fault, Meddling, anew, nothing
from reconciler.simulator.company import Company
from reconciler.simulator.kandji.api import KandjiApi
from reconciler.simulator.okta.api import OktaApi
from reconciler.simulator.server import IN_MEMORY, TENANT_HOST, front
from reconciler.store import Store
from tests.simulator.answers import Witness

Told = tuple[str, str, tuple[str, str] | None]
"""A finding by what truth speaks of: kind, key of its subject, and (kind, key) of its cause."""

WATCHERS: list[Callable[[Asked], None]] = []
"""Told of each request that leaves the program, in whichever proof."""


class Wire(Between):
    """Writes down each request and passes it on, or hands it to a fault.

    ``rows_a_page``: both services give out pages of so many rows at most, so that small companies fill several.
    ``remembered``: answers by address, for a company in which nothing happens any more; None: always ask.
    """

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        meddling: Meddling,
        rows_a_page: int | None,
        remembered: dict[str, httpx.Response] | None,
    ) -> None:
        super().__init__(inner, self._watched(meddling))
        self._rows = rows_a_page
        self._remembered = remembered
        self.headers: list[httpx.Headers] = []

    @staticmethod
    def _watched(meddling: Meddling) -> Meddling:
        def watched(asked: Asked) -> Fault | None:
            for watcher in WATCHERS:
                watcher(asked)
            return meddling(asked)

        return watched

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.headers.append(request.headers.copy())
        return await super().handle_async_request(request)

    async def _pass(self, request: httpx.Request) -> httpx.Response:
        """The service's own answer, read whole. The request stays as it was asked. A write makes all answers old."""
        asked = httpx.Request(
            request.method,
            self._with_small_pages(request.url),
            headers=request.headers,
            content=await request.aread(),
        )
        if self._remembered is None or request.method != "GET":
            (self._remembered or {}).clear()
            return anew(await super()._pass(asked), request=request)
        if str(asked.url) not in self._remembered:
            self._remembered[str(asked.url)] = await super()._pass(asked)
        return anew(self._remembered[str(asked.url)], request=request)

    def _with_small_pages(self, url: httpx.URL) -> httpx.URL:
        if self._rows is None or url.path.startswith("/api/v1/scim"):  # the SCIM server has a page cap of its own
            return url
        for name in ("limit", "sizePerPage"):
            least = 20 if url.path.endswith("/groups") else self._rows
            if int(url.params.get(name, 0)) > least:
                url = url.copy_set_param(name, least)
        return url


@dataclass
class Time:
    """A clock that moves when somebody sleeps, and at no other time."""

    at: datetime
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)
        await asyncio.sleep(0)


@dataclass(frozen=True)
class Outcome:
    """What one call of the program came to."""

    code: int
    out: str
    err: str
    asked: tuple[Asked, ...]
    headers: tuple[httpx.Headers, ...]
    slept: float
    """Seconds, as the program's clock has them."""


class Installation:
    """The program installed beside one company: a folder with its configuration, its database and its pages."""

    def __init__(
        self, company: Company, folder: Path, *, rest_api: bool = True, rows_a_page: int | None = None
    ) -> None:
        self.company = company
        self.folder = folder
        self.okta = OktaApi(company.org)  # its tokens live in real time: the package that signs for us knows no other
        self.kandji = KandjiApi(company.tenant)
        self.rows_a_page = rows_a_page
        self.time = Time(company.clock.now())
        self.environ: dict[str, str] = {}
        self.remembered: dict[str, httpx.Response] | None = None
        self.front = front(self.okta, self.kandji)
        folder.mkdir(parents=True, exist_ok=True)
        self.config = folder / "config.toml"
        self.config.write_text(company.config(folder, addresses=IN_MEMORY, rest_api=rest_api), encoding="utf-8")

    def edit(self, old: str, new: str) -> None:
        """Changes the configuration, as an admin does in an editor."""
        text = self.config.read_text(encoding="utf-8")
        assert old in text
        self.config.write_text(text.replace(old, new), encoding="utf-8")

    @property
    def database(self) -> Path:
        return self.folder / "reconciler.db"

    def close(self) -> None:
        """Ends the threads on which the SCIM server ran."""
        tenancy = self.front.hosts[TENANT_HOST]
        tenancy.close()  # type: ignore[attr-defined]  # the front knows its hosts as plain applications

    def call(self, verb: str, *options: str, meddling: Meddling = nothing) -> Outcome:
        """Calls the program as a person does, in this process: ``call("run")``."""
        wires: list[Wire] = []

        def transport(_: object) -> httpx.AsyncBaseTransport:
            inner = Witness(httpx.ASGITransport(app=self.front))
            wires.append(Wire(inner, meddling, self.rows_a_page, self.remembered))
            return wires[-1]

        out, err = io.StringIO(), io.StringIO()
        slept = len(self.time.slept)
        outside = Outside(
            environ=self.environ,
            stdin=io.StringIO(),
            stdout=out,
            stderr=err,
            clock=self.time.now,
            sleep=self.time.sleep,
            transport=transport,
        )
        code = main([*verb.split(), "-c", str(self.config), *options], outside)
        return Outcome(
            code=code,
            out=out.getvalue(),
            err=err.getvalue(),
            asked=tuple(asked for wire in wires for asked in wire.asked),
            headers=tuple(headers for wire in wires for headers in wire.headers),
            slept=sum(self.time.slept[slept:]),
        )

    def findings(self) -> list[Finding]:
        """What stands by the last run that gave a verdict, in the report's order."""
        return [finding for finding, _ in self.lives()]

    def lives(self) -> list[tuple[Finding, Life]]:
        """The same with the life that each has had over all runs."""
        with Store.open(self.database) as store:
            last = store.last()
            assert last is not None
            return [(finding, life) for finding, life in store.findings(last.id) if life.state != "fixed"]

    def told(self) -> set[Told]:
        return told(self.findings())

    def state(self) -> str:
        """The last run's: in-step, drift, incomplete, failed."""
        with Store.open(self.database) as store:
            last = store.last()
            assert last is not None
            return last.state


@contextmanager
def installed(
    company: Company, folder: Path, *, rest_api: bool = True, rows_a_page: int | None = None
) -> Iterator[Installation]:
    """An ``Installation`` that leaves no thread behind."""
    before = set(threading.enumerate())
    installation = Installation(company, folder, rest_api=rest_api, rows_a_page=rows_a_page)
    try:
        yield installation
    finally:
        installation.close()
    for thread in set(threading.enumerate()) - before:
        thread.join(20)  # one that waits for the end of a browser may outlive it for a moment
    assert set(threading.enumerate()) <= before, "a thread is left behind"


def told(findings: list[Finding]) -> set[Told]:
    """Findings as truth speaks of them."""
    by_id = {finding.id: (finding.kind, finding.subject.key) for finding in findings}
    return {
        (
            finding.kind,
            finding.subject.key,
            None if finding.cause is None else by_id.get(finding.cause, ("missing", finding.cause)),
        )
        for finding in findings
    }


def truth(company: Company) -> set[Told]:
    return {(row.kind, row.subject, row.cause) for row in company.truth}


def difference(found: set[Told], right: set[Told]) -> Mapping[str, list[Told]]:
    """Empty where both are the same; made to be read in a failed test."""
    sides = {"found, and not true": found - right, "true, and not found": right - found}
    return {name: sorted(rows, key=str) for name, rows in sides.items() if rows}
