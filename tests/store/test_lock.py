"""One run at a time, and nothing stale that needs deleting."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.errors import Locked
from reconciler.store import lock

REPOSITORY = Path(__file__).resolve().parents[2]
HOLD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from reconciler.store import lock

with lock(Path(sys.argv[1]), command="reconciler run -c first.toml", now=lambda: datetime(2026, 5, 3, 12, tzinfo=UTC)):
    print("held", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def first_run(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock until it is killed or its standard input ends."""
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        try:
            yield child
        finally:
            child.kill()


def refusal(path: Path) -> Locked:
    with pytest.raises(Locked) as caught, lock(path):
        pass
    return caught.value


def test_a_second_process_is_refused_and_told_who_is_first(tmp_path: Path) -> None:
    path = tmp_path / "reconciler.db"
    with first_run(path) as child:
        error = refusal(path)
    assert error.exit_code == 8
    assert f"process {child.pid}, since 2026-05-03 12:00:00 UTC" in error.what
    assert ("command", "reconciler run -c first.toml") in error.facts


def test_the_lock_goes_with_a_killed_process(tmp_path: Path) -> None:
    path = tmp_path / "reconciler.db"
    with first_run(path) as child:
        child.kill()
        child.wait()
        with lock(path):
            pass


def test_what_a_killed_process_left_behind_is_not_told_of_the_next(tmp_path: Path) -> None:
    path = tmp_path / "reconciler.db"
    with first_run(path) as child:
        child.kill()
        child.wait()
    with lock(path, command="reconciler pull"):
        assert ("command", "reconciler pull") in refusal(path).facts


def test_the_lock_is_free_after_the_first_run_ends(tmp_path: Path) -> None:
    path = tmp_path / "reconciler.db"
    with first_run(path) as child:
        child.communicate("\n")
        assert child.returncode == 0
        with lock(path):
            pass


def test_the_lock_is_free_after_an_error(tmp_path: Path) -> None:
    path = tmp_path / "reconciler.db"
    with pytest.raises(RuntimeError), lock(path):
        raise RuntimeError
    with lock(path):
        pass


def test_two_names_of_one_database_share_a_lock(tmp_path: Path) -> None:
    path, alias = tmp_path / "reconciler.db", tmp_path / "alias.db"
    path.touch()
    alias.symlink_to(path)
    with lock(path):
        refusal(alias)


def test_two_databases_in_one_folder_are_locked_apart(tmp_path: Path) -> None:
    with lock(tmp_path / "a.db"), lock(tmp_path / "b.db"):
        pass


@pytest.mark.parametrize("content", [b"", b"not json", b'{"pid": 1}'])
def test_a_second_run_is_refused_even_where_the_first_can_not_be_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "reconciler.db"
    with lock(path):
        (tmp_path / "reconciler.db.running").write_bytes(content)
        error = refusal(path)
    assert error.what == "Another run is at work on this database"
    assert error.next


def test_by_default_a_run_names_its_own_command_line_and_start(tmp_path: Path) -> None:
    path = tmp_path / "reconciler.db"
    before = datetime.now(UTC)
    with lock(path):
        facts = dict(refusal(path).facts)
        told = (tmp_path / "reconciler.db.running").stat().st_mtime
    assert facts["command"].split()[0] == "reconciler"
    assert told >= before.timestamp() - 1


def test_only_the_lock_file_stays_after_a_run(tmp_path: Path) -> None:
    with lock(tmp_path / "reconciler.db"):
        pass
    assert [place.name for place in tmp_path.iterdir()] in (["reconciler.db.lock"], [])
