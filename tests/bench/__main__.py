"""``make bench``: ratios against something measured in the same run; ends non-zero when one is beyond its bound.

Each pair of commands runs in turn (A B A B …) after a warm-up, and the medians are compared, so that a slow or noisy
machine slows both. ``pulls`` measures a whole pull against a naive rival.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median
from subprocess import run as start

import msgspec

from reconciler.model import Snapshot
from reconciler.store import Store
from reports.html import render
from tests.bench import explaining, judging, pulls
from tests.bench.row import Row
from tests.reports import factory
from tests.store import samples

ROUNDS = 9
COMMAND = (sys.executable, "-m", "reconciler")


def main() -> int:
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # whatever is installed has its byte code, and so have we
    with tempfile.TemporaryDirectory() as folder:
        rows = [help_starts_quickly(), status_answers_quickly(Path(folder)), five_thousand_findings(), quiet_run()]
    rows += judging.rows()
    rows += explaining.rows()
    rows += pulls.rows()
    width = max(len(row.promise) for row in rows)
    for row in rows:
        verdict = "kept" if row.kept else "BROKEN"
        print(f"{row.promise.ljust(width)}  {row.measured:8.2f} {row.unit}  (at most {row.bound:g})  {verdict}")
    return 0 if all(row.kept for row in rows) else 1


def help_starts_quickly() -> Row:
    ratio = _ratio((*COMMAND, "--help"), (sys.executable, "-c", "import click"))
    return Row("reconciler --help / import click", ratio, 3.0, "times")


def status_answers_quickly(folder: Path) -> Row:
    config = _config(folder)
    with Store.open(folder / "reconciler.db") as store:
        samples.save(store, snapshot=samples.company(people=300, groups=12))
    ratio = _ratio((*COMMAND, "-c", str(config), "status"), (sys.executable, "-c", "import click, sqlite_utils"))
    return Row("reconciler status / import click, sqlite_utils", ratio, 2.5, "times")


def five_thousand_findings() -> Row:
    report = factory.report(5_000)
    render(report)
    return Row("5,000 findings as HTML", median(_timed(lambda: render(report)) for _ in range(3)), 1.0, "seconds")


def quiet_run() -> Row:
    """A second run in which only what is never kept has moved: ``lastLogin``, ``lastSync``, ``meta.lastModified``."""
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "quiet.db") as store:
        company = samples.company(people=2_000, groups=20)
        samples.save(store, snapshot=company)
        first = store.rows_written
        samples.save(store, 1, snapshot=_again(company))
        second = store.rows_written - first
    return Row(f"rows of a quiet second run ({second} of {first:,})", 100 * second / first, 1.0, "percent")


def _again(company: Snapshot) -> Snapshot:
    """The same company read anew: equal, and not the same objects."""
    return msgspec.json.decode(msgspec.json.encode(company), type=Snapshot)


def _config(folder: Path) -> Path:
    path = folder / "config.toml"
    path.write_text(
        '[okta]\norg_url = "https://acme.okta.com"\napp_id = "0oa1"\ntoken = { env = "OKTA_API_TOKEN" }\n'
        '[kandji]\nscim_url = "https://acme.api.kandji.io/api/v1/scim"\ntoken = { env = "KANDJI_SCIM_TOKEN" }\n'
        '[store]\npath = "reconciler.db"\n',
        encoding="utf-8",
    )
    return path


def _ratio(ours: tuple[str, ...], theirs: tuple[str, ...]) -> float:
    for command in (ours, theirs):
        _timed(lambda command=command: _run(command))  # type: ignore[misc] # mypy can't infer a lambda's default
    pairs = [(_timed(lambda: _run(ours)), _timed(lambda: _run(theirs))) for _ in range(ROUNDS)]
    return median(a for a, _ in pairs) / median(b for _, b in pairs)


def _run(command: tuple[str, ...]) -> None:
    start(command, check=True, capture_output=True, timeout=timedelta(minutes=1).total_seconds())


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    raise SystemExit(main())
