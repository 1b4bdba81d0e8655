"""The program as a process that is killed at its n-th event, without warning.

    python -m tests.mending.child

imports the program once. For each line of JSON on its standard input (``Call``) it makes a process that runs one
command against services on loopback, and answers with a line of JSON: the exit status (−9 where it was killed), how
many events it came to, and what it said.

Events are what leaves a trace: a row of the journal that is written and about to be committed; a write that is about
to be sent; a write that has taken effect while its answer has not arrived. Between two of them nothing changes that
anybody could see later, so that a kill there is a kill at the next.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import os
import pkgutil
import signal
import sqlite3
import sys
import urllib.request
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

import httpx

import reconciler
import reports
from reconciler.cli import main
from reconciler.directories.transport import system_transport
from reconciler.outside import Outside


@dataclass(frozen=True, kw_only=True)
class Call:
    """One run: the words of the command, when it is (ISO), where time passes, and the event at which it is killed."""

    words: list[str]
    folder: str
    now: str
    sleep_at: str
    kill_at: int | None = None


@dataclass(frozen=True, kw_only=True)
class Told:
    code: int
    events: int
    out: str
    err: str


class Fate:
    """Counts events, and ends this process at the one it is meant for."""

    def __init__(self, kill_at: int | None, counter: Path) -> None:
        self._kill_at = kill_at
        self._counter = counter
        self._writing = False
        self.events = 0

    def event(self) -> None:
        self.events += 1
        if self.events == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        self._counter.write_text(str(self.events), encoding="ascii")

    def listen(self) -> None:
        """Whatever is said to a database in this process is heard; ``sqlite3`` itself has no hook for that."""
        connect = sqlite3.connect

        def listened(*arguments: Any, **options: Any) -> sqlite3.Connection:
            connection: sqlite3.Connection = connect(*arguments, **options)
            connection.set_trace_callback(self._statement)
            return connection

        sqlite3.connect = listened  # type: ignore[assignment]  # the same, but for its overloads

    def _statement(self, statement: str) -> None:
        words = statement.replace('"', "").casefold()
        if words.startswith("insert into journal"):
            self._writing = True
        elif self._writing and words.startswith("commit"):
            self._writing = False
            self.event()


class Doomed(httpx.AsyncBaseTransport):
    """Passes requests on; a write is an event before it leaves, and another when its answer has come this far."""

    def __init__(self, inner: httpx.AsyncBaseTransport, fate: Fate) -> None:
        self._inner = inner
        self._fate = fate

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return await self._inner.handle_async_request(request)
        self._fate.event()
        answer = await self._inner.handle_async_request(request)
        self._fate.event()
        return answer

    async def aclose(self) -> None:
        await self._inner.aclose()


class FarTime:
    """The company's clock, which stands in another process and moves when somebody sleeps here."""

    def __init__(self, now: str, sleep_at: str) -> None:
        self._now = datetime.fromisoformat(now)
        self._sleep_at = sleep_at

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self._let_pass(seconds)
        await asyncio.sleep(0)

    def _let_pass(self, seconds: float) -> None:
        with urllib.request.urlopen(f"{self._sleep_at}?{seconds}") as answer:  # noqa: S310 - http on loopback
            self._now = datetime.fromisoformat(answer.read().decode())


def run(call: Call) -> int:
    """The command, in this process."""
    folder = Path(call.folder)
    fate = Fate(call.kill_at, folder / "events")
    time = FarTime(call.now, call.sleep_at)
    fate.listen()
    with _stream(folder / "out") as out, _stream(folder / "err") as err:
        outside = Outside(
            environ={},
            stdin=sys.stdin,
            stdout=out,
            stderr=err,
            clock=time.now,
            sleep=time.sleep,
            transport=lambda config: Doomed(system_transport(ca_file=None, environment={}), fate),
        )
        return main(call.words, outside)


def _stream(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", buffering=1)


def forked(call: Call) -> Told:
    """The command in a process of its own, to whatever end it comes."""
    folder = Path(call.folder)
    for name in ("out", "err", "events"):
        (folder / name).write_text("", encoding="utf-8")
    process = os.fork()
    if process == 0:
        code = 70
        try:
            code = run(call)
        finally:
            os._exit(code)
    _, status = os.waitpid(process, 0)
    return Told(
        code=os.waitstatus_to_exitcode(status),
        events=int((folder / "events").read_text(encoding="ascii") or 0),
        out=(folder / "out").read_text(encoding="utf-8"),
        err=(folder / "err").read_text(encoding="utf-8"),
    )


def _imported() -> None:
    """Imports whatever a command may import later, so that no child has to."""
    for package in (reconciler, reports):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.startswith("reconciler.simulator") and not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    gc.freeze()


def serve() -> None:
    _imported()
    for line in sys.stdin:
        print(json.dumps(asdict(forked(Call(**json.loads(line))))), flush=True)


if __name__ == "__main__":
    serve()
