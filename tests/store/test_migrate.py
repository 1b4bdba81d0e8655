"""Old files, newer files, and the schema that the model asks for."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlite_utils import Database

from reconciler.errors import NewerDatabase
from reconciler.findings import Acceptance
from reconciler.store import Store, acceptances, findings, foreseen, journal, lives, pulls, records
from reconciler.store.canonical import canonical
from reconciler.store.migrate import MIGRATIONS, OURS, Migration, migrate
from reconciler.store.rows import Table
from reconciler.world import Settings
from tests.store.old.make import FOLDER, history
from tests.store.samples import company, finding, save

TABLES: Sequence[Table[Any]] = [
    value
    for module in (records, pulls, findings, foreseen, lives, acceptances, journal)
    for value in vars(module).values()
    if isinstance(value, Table)
]
BOOKS = {
    "runs": {"complete_number", "outside_scope", "settings"},
    "sources": set[str](),
    "acceptances_made": {"withdrawn", "withdrawn_by"},
    "journal": set[str](),
}
"""Tables that are not versioned, with the columns that only the store knows."""

JOURNAL_SINCE = 3
"""The schema from which on a file has a journal."""


def from_dump(path: Path, number: int) -> None:
    connection = sqlite3.connect(path)
    connection.executescript((FOLDER / f"schema_{number}.sql").read_text(encoding="utf-8"))
    connection.close()


def schema(path: Path) -> set[str]:
    connection = sqlite3.connect(path)
    told = {row[0] for row in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")}
    connection.close()
    return {" ".join(sql.split()) for sql in told}


@pytest.mark.parametrize("number", range(1, len(MIGRATIONS) + 1))
def test_a_file_of_every_earlier_schema_opens_with_all_it_held(tmp_path: Path, number: int) -> None:
    path = tmp_path / "old.db"
    from_dump(path, number)
    with Store.open(path) as store, Store.open(tmp_path / "new.db") as new:
        history(new)
        assert [replace(run, data_digest=None) for run in store.runs()] == [
            replace(run, data_digest=None) for run in new.runs()
        ]
        for run in new.runs():
            assert store.snapshot(run.id) == new.snapshot(run.id)
            assert store.findings(run.id) == new.findings(run.id)
            assert store.notes(run.id) == new.notes(run.id)
        assert store.memory() == new.memory()
        assert store.journal.check() is None
        assert store.journal.events() == (new.journal.events() if number >= JOURNAL_SINCE else ())
    assert schema(path) == schema(tmp_path / "new.db")


def test_a_newer_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "reconciler.db"
    with Store.open(path) as store:
        save(store)
        store.db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    before = path.read_bytes()
    with pytest.raises(NewerDatabase) as caught:
        Store.open(path)
    assert caught.value.exit_code == 9
    assert "newer version" in caught.value.what
    assert caught.value.next
    assert path.read_bytes() == before


def add_colour(db: Database) -> None:
    db.table("apps").add_column("colour", str)


def fail(db: Database) -> None:
    db.execute("CREATE TABLE half (id INTEGER)")
    raise RuntimeError("half-way")


def with_steps(path: Path, *more: Migration) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        migrate(connection, path, (*MIGRATIONS, *more))
    finally:
        connection.close()


def test_an_old_file_gets_the_new_steps_and_keeps_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "reconciler.db"
    with Store.open(path) as store:
        save(store)
    with_steps(path, add_colour)
    db = Database(path)
    assert "colour" in db["apps"].columns_dict
    assert db["okta_users"].count == len(company().okta.users)
    assert db.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS) + 1
    db.conn.close()


def test_a_migration_that_fails_half_way_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "reconciler.db"
    with Store.open(path) as store:
        save(store)
    before = schema(path)
    with pytest.raises(RuntimeError, match="half-way"):
        with_steps(path, add_colour, fail)
    assert schema(path) == before
    with Store.open(path) as store:
        assert store.snapshot(1) == canonical(company())


def test_a_file_that_is_new_enough_is_not_written_to_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "reconciler.db"
    Store.open(path).close()
    with Store.open(path) as store:
        assert store.rows_written == 0
        assert store.db.execute("PRAGMA data_version").fetchone()[0] == 1
        assert store.db.execute("PRAGMA application_id").fetchone()[0] == OURS


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_field_that_is_stored_has_its_column_and_every_column_its_field(
    tmp_path: Path, table: Table[Any]
) -> None:
    with Store.open(tmp_path / "reconciler.db") as store:
        columns = set(store.db[table.name].columns_dict)
    own = BOOKS.get(table.name, {"began", "ended"})
    assert columns == set(table.columns) | own


def test_every_table_of_the_file_is_described(tmp_path: Path) -> None:
    with Store.open(tmp_path / "reconciler.db") as store:
        assert set(store.db.table_names()) - {"sqlite_sequence"} == {table.name for table in TABLES}


def test_rows_belong_to_runs_that_exist(tmp_path: Path) -> None:
    with Store.open(tmp_path / "reconciler.db") as store:
        save(store, 0, finding("ana"))
        with pytest.raises(sqlite3.IntegrityError):
            store.db.execute("INSERT INTO apps (id, began) VALUES ('0oa9', 99)")
        assert store.db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_run_of_an_older_version_has_no_settings_and_one_of_today_has_those_it_judged_by(tmp_path: Path) -> None:
    from_dump(tmp_path / "old.db", 1)
    with Store.open(tmp_path / "old.db") as store:
        assert store.settings(1) is None
        accepted = Acceptance(id="A-1", reason="known", owner="it", until=date(2026, 12, 31), kind="*")
        run = save(store, 9, settings=Settings(scope_groups=("Macs",), acceptances=(accepted,)))
        assert store.settings(run.id) == Settings(scope_groups=("Macs",))
