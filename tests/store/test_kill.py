"""A process that is killed while it writes leaves what was there before."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.store import Store
from tests.store.samples import company, finding, save

REPOSITORY = Path(__file__).resolve().parents[2]
STOP = """
import sys
from pathlib import Path
from tests.store.samples import company, finding, save
from reconciler.store import Store

path, words, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])

def watch(statement):
    global count
    if statement.startswith(words):
        count -= 1
        if count == 0:
            print("there", flush=True)
            sys.stdin.read()

store = Store.open(path)
store.db.conn.execute("PRAGMA cache_size = 2")
store.db.conn.set_trace_callback(watch)
save(store, 1, finding("bob"), snapshot=company(people=1500))
print("saved", flush=True)
"""
OPENING = """
import sqlite3, sys
from pathlib import Path
from reconciler.store.migrate import migrate

path, words, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])

def watch(statement):
    global count
    if statement.startswith(words):
        count -= 1
        if count == 0:
            print("there", flush=True)
            sys.stdin.read()

connection = sqlite3.connect(path, isolation_level=None)
connection.execute("PRAGMA cache_size = 1")
connection.set_trace_callback(watch)
migrate(connection, path)
print("migrated", flush=True)
"""


def kill_at(script: str, path: Path, words: str, count: int) -> None:
    """Runs the script in a child, and kills it when the ``count``-th statement that begins so is about to run."""
    child = subprocess.Popen(
        [sys.executable, "-c", script, str(path), words, str(count)],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "there\n"
        child.kill()


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("BEGIN", 1),
        ('INSERT INTO "okta_users"', 8),
        ('INSERT INTO "scim_memberships"', 4),
        ('UPDATE "findings"', 1),
        ('INSERT INTO "finding_states"', 1),
        ("COMMIT", 1),
    ],
)
def test_a_kill_anywhere_in_a_save_leaves_the_former_data(tmp_path: Path, words: str, count: int) -> None:
    path = tmp_path / "reconciler.db"
    with Store.open(path) as store:
        first = save(store, 0, finding("ana"))
        snapshot, findings, memory = store.snapshot(first.id), store.findings(first.id), store.memory()
    kill_at(STOP, path, words, count)
    with Store.open(path) as store:
        assert store.runs() == (first,)
        assert store.snapshot(first.id) == snapshot
        assert store.findings(first.id) == findings
        assert store.memory() == memory
        assert store.db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert save(store, 1, finding("bob"), snapshot=company(people=1500)).id == 2


def test_a_kill_reaches_pages_that_were_already_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "reconciler.db"
    with Store.open(path) as store:
        save(store, 0, finding("ana"))
    before = path.read_bytes()
    kill_at(STOP, path, "COMMIT", 1)
    assert path.read_bytes() != before
    assert (tmp_path / "reconciler.db-journal").stat().st_mode & 0o777 == 0o600
    Store.open(path).close()
    assert not (tmp_path / "reconciler.db-journal").exists()


@pytest.mark.parametrize(("words", "count"), [("CREATE TABLE", 9), ("CREATE VIEW", 1), ("COMMIT", 1)])
def test_a_kill_while_the_schema_is_made_leaves_a_file_that_opens(tmp_path: Path, words: str, count: int) -> None:
    path = tmp_path / "reconciler.db"
    kill_at(OPENING, path, words, count)
    with Store.open(path) as store:
        assert store.runs() == ()
        assert save(store).id == 1
