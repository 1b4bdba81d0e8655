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

ROUNDS = 3
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
    """The best of a few runs of the program for each of those asked about, by the wall and by the processor."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.bench.explaining", folder]
        subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
        for what, name in ASKED.items():
            spent = [_explain(Path(folder), name) for _ in range(ROUNDS)]
            wall, used = min(wall for wall, _ in spent), min(used for _, used in spent)
            print(f"explain {what}: {1000 * wall:.0f} ms, of which {1000 * used:.0f} ms of processor time")
            yield Row(f"explain {what} of a large company", 1000 * wall, 300, "ms")


def _explain(folder: Path, name: str) -> tuple[float, float]:
    """Seconds by the wall, and of processor time."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "reconciler", "-c", str(folder / "config.toml"), "explain", name]
    subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def save(folder: Path) -> None:
    """Keeps one run of the large company in ``folder``, with a configuration."""
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    company = large.Company()
    snapshot, memory = company.snapshot(), company.memory()
    judgement = checks.run(joining.join(snapshot, before=memory, settings=Settings(), now=large.NOW))
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
        store.save(run, sources=sources, notes=judgement.notes, snapshot=snapshot, judgement=judgement)


if __name__ == "__main__":
    save(Path(sys.argv[1]))
