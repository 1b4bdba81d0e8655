from __future__ import annotations

import json
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from reconciler.store import Store
from reports.words import moment
from tests.commands.samples import call
from tests.conftest import REPOSITORY

PEOPLE = 120
DAYS = 3


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo that ran, and everything it wrote."""
    folder = tmp_path_factory.mktemp("demo") / "demo"
    told = call(
        "demo", "--people", str(PEOPLE), "--days", str(DAYS),
        "--folder", folder, "--truth", folder.parent / "truth.json",
        environ={"RECONCILER_NONSENSE": "1"}, now=lambda: datetime.now(UTC),
    )  # fmt: skip
    assert told.code == 0, told.err
    (folder.parent / "out.txt").write_text(told.out, encoding="utf-8")
    (folder.parent / "err.txt").write_text(told.err, encoding="utf-8")
    return folder


def test_the_path_of_the_page_is_printed_last(demo: Path) -> None:
    page = Path((demo.parent / "out.txt").read_text("utf-8").splitlines()[-1])
    assert page.parent == demo / "drift-reports"
    assert page.read_text("utf-8").lower().startswith("<!doctype html>")


def test_it_ends_with_the_command_that_plans_what_mends_it(demo: Path) -> None:
    told = (demo.parent / "err.txt").read_text("utf-8").splitlines()[-1]
    assert told == f"next: reconciler plan -c {demo / 'config.toml'}"
    plan = call("plan", "-c", demo / "config.toml", "-o", demo.parent / "plan.json")
    assert (plan.code, "changes for" in plan.out, "Withheld (" in plan.out, "By hand (" in plan.out) == (
        0,
        True,
        True,
        True,
    )


def test_what_is_found_is_what_went_wrong(demo: Path) -> None:
    truth = json.loads((demo.parent / "truth.json").read_text("utf-8"))
    with Store.open(demo / "reconciler.db") as store:
        last = store.last()
        assert last is not None
        found = [finding for finding, life in store.findings(last.id) if life.state != "fixed"]
    assert {(finding.kind, finding.subject.key) for finding in found} == {
        (row["kind"], row["subject"]) for row in truth
    }


def test_there_is_a_run_each_morning_and_one_now(demo: Path) -> None:
    with Store.open(demo / "reconciler.db") as store:
        *mornings, last = (run.finished for run in store.runs())
    at_six = [moment for moment in mornings if moment.hour == 6]
    assert [later - before for before, later in pairwise(at_six)] == [timedelta(days=1)] * (DAYS - 1)
    assert datetime.now(UTC) - last < timedelta(hours=1)
    assert last - at_six[-1] < timedelta(hours=28)


def test_a_token_that_was_renewed_does_not_fail_the_mornings_after(demo: Path) -> None:
    with Store.open(demo / "reconciler.db") as store:
        assert [run.id for run in store.runs() if run.state == "incomplete"] == []


def test_each_run_of_the_past_is_told_in_one_line(demo: Path) -> None:
    told = (demo.parent / "err.txt").read_text("utf-8").splitlines()
    with Store.open(demo / "reconciler.db") as store:
        *past, _ = store.runs()
    assert [line for line in told if line.startswith("run ")] == [
        f"run {run.id} · {moment(run.finished)} · {run.sentence}" for run in past
    ]


def test_the_page_of_the_past_can_be_made_and_knows_nothing_later(demo: Path) -> None:
    told = call("report", "--run", "1", "--format", "json", "-c", demo / "config.toml")
    document = json.loads(told.out)
    assert [point["run"] for point in document["trend"]] == [1]
    assert document["counts"]["new"] == 0


def test_every_command_that_reads_the_database_works_afterwards(demo: Path) -> None:
    for argv in (("status",), ("findings",), ("report", "--format", "html"), ("config", "show")):
        assert call(*argv, "-c", demo / "config.toml").code == 0


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    told = call("demo", "--people", str(PEOPLE), "--folder", tmp_path)
    assert told.code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_served_company_answers_every_command_until_it_is_ended(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    process = subprocess.Popen(
        [sys.executable, "-m", "reconciler", "demo", "--serve", "--people", str(PEOPLE), "--days", "2",
         "--folder", str(folder)],
        cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    late = threading.Timer(60, process.kill)
    late.start()
    try:
        assert process.stderr is not None
        assert any(line.startswith("next:") for line in iter(process.stderr.readline, ""))
        config = folder / "config.toml"
        told = subprocess.run(
            [sys.executable, "-m", "reconciler", "doctor", "-c", str(config), "--format", "json"],
            cwd=REPOSITORY, capture_output=True, text=True, check=False,
        )  # fmt: skip
        lines = {line["name"]: line["state"] for line in json.loads(told.stdout)["lines"]}
        assert told.returncode == 0
        assert {name for name, state in lines.items() if state == "failed" and not name.startswith("guide: ")} == set()
        assert lines["secret okta.token"] == lines["Okta: clock"] == lines["Kandji SCIM: TLS"] == "ok"
        record = subprocess.run(
            [sys.executable, "-m", "reconciler", "pull", "-c", str(config), "--record", str(tmp_path / "record")],
            cwd=REPOSITORY, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert record.returncode == 0
    finally:
        process.terminate()
        process.wait(timeout=20)
        late.cancel()
        if process.stderr is not None:
            process.stderr.close()
    recorded = "".join(path.read_text("utf-8") for path in (tmp_path / "record").iterdir())
    assert "lindgrove" not in recorded
    assert (folder / "okta.token").read_text("utf-8") not in recorded
