"""``explain`` from a database of a large company: ``python -m tests.bench.explaining FOLDER`` makes that database."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from reconciler import checks, joining
from reconciler.model import Run, Source
from reconciler.store import Store
from reconciler.world import Settings
from tests.bench import large
from tests.bench.row import Row

ROUNDS = 5
PROGRAM = (sys.executable, "-m", "reconciler")
SECONDS = 900
ASKED = {
    "somebody in step": "person.1@large.example",
    "somebody in drift": "person.0@large.example",
    "a group": "Team 020",
}
CONFIG = """\
[okta]
org_url = "https://large.okta.com"
app_id = "app"
token = { env = "OKTA_API_TOKEN" }
[kandji]
scim_url = "https://large.api.kandji.io/api/v1/scim"
token = { env = "KANDJI_SCIM_TOKEN" }
[store]
path = "reconciler.db"
"""


def rows() -> Iterator[Row]:
    """Processor time of the whole program for each of those asked about, the best of a few runs: whatever else the
    machine does only adds to them. What importing two libraries takes is told beside it, to compare machines."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.bench.explaining", folder]
        subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
        floor = _best([sys.executable, "-c", "import click, sqlite_utils"])
        for what, name in ASKED.items():
            wall, used = _best([*PROGRAM, "-c", str(Path(folder, "config.toml")), "explain", name])
            print(
                f"explain {what}: {1000 * used:.0f} ms of processor time in {1000 * wall:.0f} ms; import click, "
                f"sqlite_utils: {1000 * floor[1]:.0f} ms in {1000 * floor[0]:.0f} ms"
            )
            yield Row(f"explain {what} of a large company, processor time", 1000 * used, 300, "ms")


def _best(command: list[str]) -> tuple[float, float]:
    """Seconds by the wall, and of processor time, after one run that warms up."""
    spent = [_spent(command) for _ in range(1 + ROUNDS)][1:]
    return min(wall for wall, _ in spent), min(used for _, used in spent)


def _spent(command: list[str]) -> tuple[float, float]:
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def save(folder: Path) -> None:
    """Keeps one run of the large company in ``folder``, with a configuration."""
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    company = large.Company()
    snapshot, memory = company.snapshot(), company.memory()
    chosen = Settings()
    judgement = checks.run(joining.join(snapshot, before=memory, settings=chosen, now=large.NOW))
    run = Run(
        id=0,
        started=large.NOW,
        finished=large.NOW,
        state="drift",
        sentence="Much is out of step.",
        version="1",
        config_digest="",
        command_line="reconciler run",
    )
    sources = (Source(name="okta.app_users", state="complete", rows=len(snapshot.okta.app_users)),)
    with Store.open(folder / "reconciler.db") as store:
        store.save(run, sources=sources, notes=judgement.notes, snapshot=snapshot, judgement=judgement, settings=chosen)


if __name__ == "__main__":
    save(Path(sys.argv[1]))
