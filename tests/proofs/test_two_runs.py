"""Two runs at once, and a run that is ended half-way: the second waits for nobody, and nothing is left half."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from reconciler.store import Store
from tests.proofs.child import SECONDS, Served, served


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A company with one good run behind it."""
    with served(tmp_path_factory.mktemp("two-runs"), okta_token="00okta") as running:
        first = running.call("run")
        assert first.code == 0, first.err
        yield running


@contextmanager
def half_way(company: Served) -> Iterator[subprocess.Popen[str]]:
    """A run that has read much, and waits for an answer from Okta."""
    ear = company.ears[0]
    ear.arrived.clear()
    ear.go.clear()
    ear.hold = "/group-push/mappings"
    with company.start("run") as process:
        try:
            assert ear.arrived.wait(SECONDS)
            yield process
        finally:
            ear.hold = None
            ear.go.set()
            process.kill()


def runs(database: Path) -> list[tuple[int, str]]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
    with Store.open(database) as store:
        return [(run.id, run.state) for run in store.runs()]


def test_the_second_run_is_refused_and_told_who_is_first(company: Served) -> None:
    with half_way(company) as first:
        second = company.call("run")
        as_json = company.call("pull", "--format", "json")
    assert second.code == as_json.code == 8
    assert f"process {first.pid}" in second.err
    assert f"reconciler -c {company.config} run" in second.err
    assert "next" in second.err
    assert json.loads(as_json.out)["exit_code"] == 8


def test_the_first_run_ends_well_whoever_came_meanwhile(company: Served) -> None:
    before = runs(company.database)
    ear = company.ears[0]
    with half_way(company) as first:
        assert company.call("run").code == 8
        ear.hold = None
        ear.go.set()
        _, err = first.communicate(timeout=SECONDS)
        assert first.returncode == 0, err
    assert runs(company.database) == [*before, (before[-1][0] + 1, "drift")]


@pytest.mark.parametrize("verb", [("status",), ("findings",), ("report", "--format", "json")])
def test_whoever_only_looks_is_not_kept_out_by_a_run(company: Served, verb: tuple[str, ...]) -> None:
    with half_way(company):
        looked = company.call(*verb)
    assert looked.code == 0, looked.err
    assert looked.out


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGKILL, -9), (signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["kill", "term", "int"]
)
def test_a_run_ended_half_way_leaves_all_as_it_was_and_the_next_one_works(
    company: Served, number: signal.Signals, code: int
) -> None:
    before = runs(company.database)
    pages = {path.name: path.read_bytes() for path in (company.folder / "drift-reports").iterdir()}
    with half_way(company) as first:
        first.send_signal(number)
        out, err = first.communicate(timeout=SECONDS)
        assert first.returncode == code
    assert "Traceback" not in out + err
    assert runs(company.database) == before
    assert {path.name: path.read_bytes() for path in (company.folder / "drift-reports").iterdir()} == pages
    following = company.call("run")
    assert following.code == 0, following.err
    assert runs(company.database) == [*before, (before[-1][0] + 1, "drift")]
