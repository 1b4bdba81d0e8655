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

from reconciler.simulator.between import Meddling, nothing
from reconciler.simulator.clock import Clock
from reconciler.simulator.company import Company
from tests.mending.notebook import Fits, Hand, Json, Notebook, Write
from tests.proofs.harness import Installation, Outcome, Time

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
        return {row["id"]: row["outcome"] for row in self.document["outcomes"]}

    @property
    def told(self) -> dict[str, str]:
        """What is said of each change beside its word."""
        return {row["id"]: row["told"] for row in self.document["outcomes"]}


class Site(Installation):
    """The program beside a company, with the verbs that mend it."""

    def __init__(self, company: Company, folder: Path, *, more: str = "", rest_api: bool = True) -> None:
        super().__init__(company, folder, rest_api=rest_api)
        self.notebook = Notebook()
        self.time = CompanyTime(company.clock)
        self.config.write_text(self.config.read_text(encoding="utf-8") + more, encoding="utf-8")

    def call(self, verb: str, *options: str, meddling: Meddling = nothing) -> Outcome:
        return super().call(verb, *options, meddling=self.notebook.over(meddling))

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
        return self.read_plan(name)

    def read_plan(self, name: str = "plan.json") -> Json:
        """The plan in a file; {} where there is none."""
        path = self.folder / name
        return json.loads(path.read_bytes()) if path.exists() else {}

    def apply(self, *words: str, name: str = "plan.json", meddling: Meddling = nothing) -> Mended:
        """Carries out a plan file, confirming the number of its changes."""
        path = self.folder / name
        count = len(json.loads(path.read_bytes())["changes"])
        return self.mended("apply", str(path), "--confirm", str(count), *words, meddling=meddling)

    def mended(self, verb: str, *words: str, meddling: Meddling = nothing) -> Mended:
        """Any verb that writes."""
        before = len(self.notebook.writes)
        outcome = self.call(verb, *words, "--format", "json", meddling=meddling)
        document = json.loads(outcome.out) if outcome.out.strip() else {}
        return Mended(outcome.code, document, tuple(self.notebook.writes[before:]), outcome.err)

    def before(self, fits: Fits, deed: Callable[[], object], nth: int = 1) -> Hand:
        """Somebody else does something right before the nth request that fits."""
        hand = Hand(fits, deed, nth)
        self.notebook.hands.append(hand)
        return hand


@contextmanager
def site(company: Company, folder: Path, *, more: str = "", rest_api: bool = True) -> Iterator[Site]:
    """A ``Site`` that leaves no thread behind."""
    made = Site(company, folder, more=more, rest_api=rest_api)
    try:
        yield made
    finally:
        made.close()


def fix_table(*kinds: str, **more: object) -> str:
    """A ``[fix]`` table that allows writes to Kandji for these kinds."""
    keys = {"kandji_writes": list(kinds), **more}
    return "\n[fix]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())


def planned(plan: Json, change: str | None = None) -> list[Json]:
    """The changes of a plan, or those of one kind."""
    rows = plan.get("changes", [])
    return [row for row in rows if change in (None, row["change"]["change"])]


def mends(rows: Sequence[Json]) -> set[str]:
    """Ids of findings that these changes mend."""
    return {finding for row in rows for finding in row["mends"]}
