"""A scene on loopback sockets, with a program beside it that can be killed at any event."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import httpx

from reconciler.findings import Finding
from reconciler.simulator.between import Forward, Meddling
from reconciler.simulator.clock import Clock
from reconciler.simulator.company import Company
from reconciler.simulator.kandji.api import KandjiApi
from reconciler.simulator.okta.api import OktaApi
from reconciler.simulator.server import Addresses, serve
from reconciler.store import Store
from tests.conftest import REPOSITORY
from tests.mending.child import Call, Told
from tests.mending.fingerprint import Parts, fingerprint
from tests.mending.harness import GRACE
from tests.mending.notebook import Notebook

CLOSING = ("verified", "not seen", "skipped", "failed")
SLEEP = "/-/sleep"
KILLED = -9


class Program:
    """The process that makes processes; one call at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.mending.child"],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def call(self, call: Call) -> Told:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asdict(call)) + "\n")
        self._process.stdin.flush()
        return Told(**json.loads(self._process.stdout.readline()))

    def end(self) -> None:
        with self._process as process:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(30)


def _sleeping(clock: Clock, others: Meddling) -> Meddling:
    """A path at which the company's time is let pass, and told."""

    async def passes(request: httpx.Request, forward: Forward) -> httpx.Response:
        now = clock.advance(timedelta(seconds=float(request.url.query)))
        return httpx.Response(200, content=now.isoformat().encode(), request=request)

    return lambda asked: passes if httpx.URL(asked.url).path == SLEEP else others(asked)


@dataclass
class Stage:
    """A company on loopback, the program's folder beside it, and the process that runs the program."""

    company: Company
    addresses: Addresses
    folder: Path
    program: Program
    notebook: Notebook

    def call(self, *words: str, kill_at: int | None = None) -> Told:
        return self.program.call(
            Call(
                words=[words[0], "-c", str(self.folder / "config.toml"), *words[1:]],
                folder=str(self.folder),
                now=self.company.clock.now().isoformat(),
                sleep_at=self.addresses.okta + SLEEP,
                kill_at=kill_at,
            )
        )

    def done(self, *words: str) -> Told:
        """A call that must end well."""
        told = self.call(*words)
        assert told.code == 0, told.err + told.out
        return told

    def findings(self) -> list[Finding]:
        with Store.open(self.database) as store:
            last = store.last()
            assert last is not None
            return [finding for finding, life in store.findings(last.id) if life.state != "fixed"]

    @property
    def database(self) -> Path:
        return self.folder / "reconciler.db"

    def settled(self) -> Parts:
        """The world when everything that lags has come to rest."""
        self.company.provisioner.settle()
        self.company.clock.advance(GRACE)
        self.company.provisioner.settle()
        return fingerprint(self.company)

    @property
    def writes(self) -> Counter[str]:
        """How often each write was taken."""
        return Counter(
            f"{one.line} {json.dumps(one.body, sort_keys=True)}" for one in self.notebook.writes if one.taken
        )

    def journal(self) -> list[tuple[int, str | None, str]]:
        """(apply, change, event) of each row, oldest first."""
        database = sqlite3.connect(self.database)
        try:
            return database.execute('SELECT "apply", "change", "event" FROM journal ORDER BY seq').fetchall()
        finally:
            database.close()


@contextmanager
def staged(
    company: Company, folder: Path, program: Program, *, more: str, ports: tuple[int, int] = (0, 0)
) -> Iterator[Stage]:
    """``folder`` may hold the program's files from an earlier stage at the same ports."""
    notebook = Notebook()
    meddling = _sleeping(company.clock, notebook.over())
    okta, kandji = OktaApi(company.org), KandjiApi(company.tenant)
    with serve(okta, kandji, okta_port=ports[0], kandji_port=ports[1], meddling=meddling) as addresses:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.toml").write_text(company.config(folder, addresses=addresses) + more, encoding="utf-8")
        yield Stage(company, addresses, folder, program, notebook)
