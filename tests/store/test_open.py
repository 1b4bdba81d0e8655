"""Opening the file: private, safe, and clear about what is wrong."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reconciler.errors import StoreError
from reconciler.model import Source
from reconciler.store import Store, lock
from tests.store.samples import company, finding, run_at, save, sources

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def open_umask() -> Iterator[None]:
    """A umask that takes nothing away, so that modes are ours to set."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def refused(path: Path, *, create: bool = True) -> StoreError:
    with pytest.raises(StoreError) as caught:
        Store.open(path, create=create)
    error = caught.value
    assert error.exit_code == 9
    assert error.next
    assert ("file", str(path)) in error.facts
    return error


@pytest.mark.usefixtures("open_umask")
def test_the_database_is_for_this_account_alone(tmp_path: Path) -> None:
    path = tmp_path / "reconciler.db"
    with Store.open(path) as store:
        save(store)
    assert mode(path) == 0o600


@pytest.mark.usefixtures("open_umask")
def test_files_beside_the_database_are_for_this_account_alone_when_they_appear(tmp_path: Path) -> None:
    path = tmp_path / "reconciler.db"
    with Store.open(path) as store, lock(path):
        store.db.conn.execute("PRAGMA cache_size = 1")
        store.db.conn.execute("BEGIN IMMEDIATE")
        store.db.conn.execute("INSERT INTO runs (started, finished, state) VALUES ('', '', '')")
        modes = {place.name: mode(place) for place in tmp_path.iterdir()}
        store.db.conn.execute("ROLLBACK")
        store.db.conn.execute("PRAGMA journal_mode = WAL")
        save(store)
        modes |= {place.name: mode(place) for place in tmp_path.iterdir()}
    names = {"reconciler.db" + suffix for suffix in ("", "-journal", "-wal", "-shm", ".lock", ".running")}
    assert modes == dict.fromkeys(names, 0o600)


@pytest.mark.usefixtures("open_umask")
def test_a_database_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "reconciler.db"
    Store.open(path).close()
    path.chmod(0o644)
    Store.open(path).close()
    assert mode(path) == 0o600


def test_what_was_committed_survives_a_power_cut(tmp_path: Path) -> None:
    with Store.open(tmp_path / "reconciler.db") as store:
        settings = [
            store.db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("synchronous", "fullfsync", "foreign_keys", "journal_mode")
        ]
    assert settings == [3, 1, 1, "delete"]


def test_a_closed_database_is_a_single_file_even_if_a_browser_changed_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "reconciler.db"
    Store.open(path).close()
    with sqlite3.connect(path) as browser:
        browser.execute("PRAGMA journal_mode = WAL")
    browser.close()
    with Store.open(path) as store:
        save(store)
    assert [place.name for place in tmp_path.iterdir()] == ["reconciler.db"]


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    assert "is a folder" in refused(tmp_path).what
    assert "is a folder" in refused(tmp_path, create=False).what


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    assert "does not exist" in refused(tmp_path / "nowhere" / "reconciler.db").what


def test_a_path_that_leads_through_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a folder")
    assert "no folder" in refused(tmp_path / "notes.txt" / "reconciler.db").what


def test_a_file_that_is_no_database_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "reconciler.db"
    path.write_text("dear diary, " * 1000)
    assert "not a SQLite database" in refused(path).what
    assert path.read_text() == "dear diary, " * 1000


def test_another_programs_database_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "photos.db"
    with sqlite3.connect(path) as theirs:
        theirs.execute("CREATE TABLE photos (id INTEGER)")
    theirs.close()
    before = path.read_bytes()
    assert "another program" in refused(path).what
    assert path.read_bytes() == before


def test_a_database_that_is_not_there_is_told_where_none_may_be_made(tmp_path: Path) -> None:
    path = tmp_path / "reconciler.db"
    assert refused(path, create=False).next == "make one with: reconciler run"
    assert not path.exists()


def test_a_damaged_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "reconciler.db"
    with Store.open(path) as store:
        save(store, snapshot=company(people=300))
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    with pytest.raises(StoreError, match="damaged") as caught, Store.open(path) as store:
        store.snapshot(1)
    assert isinstance(caught.value.__cause__, sqlite3.DatabaseError)


def test_a_database_that_another_program_keeps_locked_is_told(tmp_path: Path) -> None:
    path = tmp_path / "reconciler.db"
    other = sqlite3.connect(path, isolation_level=None)
    with Store.open(path) as store:
        other.execute("BEGIN EXCLUSIVE")
        store.db.conn.execute("PRAGMA busy_timeout = 0")
        with pytest.raises(StoreError, match="locked"):
            save(store)
        other.execute("ROLLBACK")
        save(store)
    other.close()


def test_a_full_disk_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    with Store.open(tmp_path / "reconciler.db") as store:
        first = save(store, 0, finding("ana"))
        snapshot, findings = store.snapshot(first.id), store.findings(first.id)
        pages = store.db.execute("PRAGMA page_count").fetchone()[0]
        store.db.execute(f"PRAGMA max_page_count = {pages + 8}")
        with pytest.raises(StoreError, match="no space left") as caught:
            save(store, 1, snapshot=company(people=2000))
        assert caught.value.exit_code == 9
        assert store.runs() == (first,)
        assert store.snapshot(first.id) == snapshot
        assert store.findings(first.id) == findings
        store.db.execute(f"PRAGMA max_page_count = {pages + 8000}")
        assert save(store, 1, snapshot=company(people=2000)).id == 2


FULL = """
import resource, sys
from pathlib import Path
from reconciler.errors import StoreError
from reconciler.store import Store
from tests.store.samples import company, save

path = Path(sys.argv[1])
limit = path.stat().st_size + 20_000
with Store.open(path) as store:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        save(store, 1, snapshot=company(people=5000))
    except StoreError as error:
        print(error.exit_code, error.what)
"""


def test_a_disk_that_refuses_to_write_more_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    pytest.importorskip("resource")
    path = tmp_path / "reconciler.db"
    with Store.open(path) as store:
        first = save(store, 0, finding("ana"))
    ended = subprocess.run([sys.executable, "-c", FULL, str(path)], cwd=REPOSITORY, capture_output=True, text=True)
    assert ended.stdout.startswith("9 The disk refused"), ended.stderr
    with Store.open(path) as store:
        assert store.runs() == (first,)
        assert store.db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert len(store.findings(first.id)) == 1


@contextmanager
def as_somebody_without_rights(folder: Path) -> Iterator[None]:
    """As root nothing is read-only, so root steps down to another account meanwhile."""
    if os.geteuid() != 0:
        yield
        return
    for place in (folder, *folder.iterdir()):
        os.chown(place, 65534, 65534)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that any account can reach, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield folder
        folder.chmod(0o700)


def test_a_read_only_folder_is_told_nothing_is_lost_and_it_can_still_be_read(open_folder: Path) -> None:
    path = open_folder / "reconciler.db"
    with Store.open(path) as store:
        first = save(store, 0, finding("ana"))
    open_folder.chmod(0o500)
    with as_somebody_without_rights(open_folder):
        with Store.open(path) as store:
            assert len(store.findings(first.id)) == 1
            with pytest.raises(StoreError, match="can't be") as caught:
                save(store, 1)
            assert caught.value.exit_code == 9
            assert store.runs() == (first,)
        with pytest.raises(StoreError) as caught:
            Store.open(open_folder / "other.db")
        assert "can't be written" in caught.value.what
        with pytest.raises(StoreError), lock(path):
            pass


def test_an_error_inside_a_save_writes_nothing(tmp_path: Path) -> None:
    def torn() -> Iterator[Source]:
        yield sources()[0]
        raise RuntimeError("torn")

    with Store.open(tmp_path / "reconciler.db") as store:
        with pytest.raises(RuntimeError, match="torn"):
            store.save(run_at(state="failed"), sources=torn(), notes=(), snapshot=None, judgement=None)
        assert store.runs() == ()
        assert not store.db.conn.in_transaction


def test_importing_the_store_imports_nothing_heavy() -> None:
    script = (
        "import sys, reconciler.store; print(sorted({'sqlite_utils', 'filelock', 'click', 'httpx'} & {*sys.modules}))"
    )
    ended = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"
