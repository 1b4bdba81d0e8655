"""Runs with their sources and notes, the snapshots they kept, and what later runs may learn from them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from reconciler.errors import NotKnown
from reconciler.model import Note, Pairs, Run, ScimGroup, Snapshot, Source
from reconciler.store.records import LOG_EVENTS, OKTA_ORGS, PULL_NOTES, Digest, put_together, take_apart
from reconciler.store.rows import Table, as_of, write, write_rows

if TYPE_CHECKING:
    from reconciler.world import Settings

COMPLETE_STATES = frozenset({"in-step", "drift"})
"""The states of a run that read both sides whole."""

RUNS = Table("runs", Run, key=("id",))
RUN_NOTES = Table("run_notes", Note, key=("kind", "about", "reason"))
JUDGEMENT_NOTES = Table("judgement_notes", Note, key=("kind", "about", "reason"))


class SourceRow(Struct, frozen=True, kw_only=True):
    """A ``Source`` of one run; its times have names of their own beside the runs' ``began`` and ``ended``."""

    run_id: int
    position: int
    name: str
    state: str
    required: bool
    rows: int
    pages: int
    requests: int
    read_began: datetime | None
    read_ended: datetime | None
    how_known: str
    reason: str | None


SOURCES = Table("sources", SourceRow, key=("run_id", "position"))


def add_run(
    connection: sqlite3.Connection, run: Run, outside_scope: int | None, settings: Settings | None
) -> int | None:
    """Writes the run's row, and returns which complete run it is (1, 2, …), or None where it is not complete."""
    number = None
    if run.state in COMPLETE_STATES:
        number = connection.execute("SELECT coalesce(max(complete_number), 0) + 1 FROM runs").fetchone()[0]
    told = None if settings is None else msgspec.json.encode(settings).decode()
    row = (*RUNS.encode(run), number, outside_scope, told)
    connection.execute(
        f"INSERT INTO runs ({RUNS.listed}, complete_number, outside_scope, settings) "  # noqa: S608 - our own names
        f"VALUES ({', '.join('?' * len(row))})",
        row,
    )
    return number


def next_id(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT coalesce(max(id), 0) + 1 FROM runs").fetchone()[0])


def add_sources(connection: sqlite3.Connection, run: int, sources: Iterable[Source]) -> None:
    rows = [
        SOURCES.encode(
            SourceRow(
                run_id=run,
                position=position,
                read_began=source.began,
                read_ended=source.ended,
                **{name: getattr(source, name) for name in _SHARED},
            )
        )
        for position, source in enumerate(sources)
    ]
    connection.executemany(
        f"INSERT INTO sources ({SOURCES.listed}) VALUES ({', '.join('?' * len(SOURCES.columns))})",  # noqa: S608 - our own names
        rows,
    )


_SHARED = ("name", "state", "required", "rows", "pages", "requests", "how_known", "reason")


def add_notes(connection: sqlite3.Connection, table: Table[Note], run: int, notes: Iterable[Note]) -> None:
    write(connection, table, sorted(set(notes)), run)


def add_snapshot(connection: sqlite3.Connection, run: int, snapshot: Snapshot) -> str:
    """Writes what differs from the rows that are true now, and returns the digest of all rows, which the run's own row
    gets, too; ``snapshot`` is canonical."""
    digest = Digest()
    for table, rows in take_apart(snapshot):
        write_rows(connection, table, digest.taken(table, rows), run)
    connection.execute("UPDATE runs SET data_digest = ? WHERE id = ?", (digest.hexdigest(), run))
    return digest.hexdigest()


def runs(connection: sqlite3.Connection, upto: int | None, limit: int) -> tuple[Run, ...]:
    """The last ``limit`` runs up to ``upto``, oldest first."""
    found = connection.execute(
        f"SELECT {RUNS.listed} FROM runs WHERE ? IS NULL OR id <= ? ORDER BY id DESC LIMIT ?",  # noqa: S608 - our own names
        (upto, upto, limit),
    ).fetchall()
    return tuple(RUNS.decode(row) for row in reversed(found))


def run(connection: sqlite3.Connection, run_id: int) -> Run:
    """Raises ``NotKnown`` where there is no such run."""
    row = connection.execute(f"SELECT {RUNS.listed} FROM runs WHERE id = ?", (run_id,)).fetchone()  # noqa: S608 - our own names
    if row is None:
        newest = connection.execute("SELECT max(id) FROM runs").fetchone()[0]
        told = f"the database holds runs up to {newest}" if newest else "the database holds no run yet"
        raise NotKnown(f"There is no run {run_id}", why=told, next="reconciler status")
    return RUNS.decode(row)


def last_id(connection: sqlite3.Connection, *, complete: bool, upto: int | None) -> int | None:
    """The newest run (or complete run) up to ``upto``."""
    found = connection.execute(
        "SELECT max(id) FROM runs WHERE (? IS NULL OR id <= ?) AND (NOT ? OR complete_number IS NOT NULL)",
        (upto, upto, complete),
    ).fetchone()[0]
    return None if found is None else int(found)


def outside_scope(connection: sqlite3.Connection, complete_run: int) -> int:
    return int(connection.execute("SELECT outside_scope FROM runs WHERE id = ?", (complete_run,)).fetchone()[0])


def settings(connection: sqlite3.Connection, complete_run: int) -> Settings | None:
    from reconciler.world import Settings

    told = connection.execute("SELECT settings FROM runs WHERE id = ?", (complete_run,)).fetchone()[0]
    return None if told is None else msgspec.json.decode(told, type=Settings)


def sources(connection: sqlite3.Connection, run_id: int) -> tuple[Source, ...]:
    """As they were given, in that order."""
    found = connection.execute(
        f"SELECT {SOURCES.listed} FROM sources WHERE run_id = ? ORDER BY position",  # noqa: S608 - our own names
        (run_id,),
    )
    rows: Iterator[SourceRow] = (SOURCES.decode(row) for row in found)
    return tuple(
        Source(began=row.read_began, ended=row.read_ended, **{name: getattr(row, name) for name in _SHARED})
        for row in rows
    )


def notes(connection: sqlite3.Connection, run: Run) -> tuple[Note, ...]:
    """Everything that stood beside a run: its own notes and, where it is complete, the snapshot's and the checks'."""
    complete = run.state in COMPLETE_STATES
    tables = (RUN_NOTES, PULL_NOTES, JUDGEMENT_NOTES) if complete else (RUN_NOTES,)
    return tuple(sorted({note for table in tables for note in as_of(connection, table, run.id)}))


def snapshot(connection: sqlite3.Connection, run_id: int) -> Snapshot:
    """The data known at a run: its own, or that of the last complete run before it.

    Raises ``NotKnown`` where there was no complete run.
    """
    data_run = last_id(connection, complete=True, upto=run_id)
    if data_run is None:
        raise NotKnown(f"Up to run {run_id}, nothing was read whole, so there is no data", next="reconciler run")
    return put_together(connection, data_run)


def pointed(connection: sqlite3.Connection) -> Pairs:
    """SCIM id → Okta user id of the app user that points, or last pointed, to it."""
    found = connection.execute(
        "SELECT external_id, id FROM app_users WHERE external_id IS NOT NULL "
        "ORDER BY ended IS NULL, ended, began, id"  # the last one wins
    )
    return tuple(sorted(dict(found.fetchall()).items()))


def learnt_groups(connection: sqlite3.Connection) -> Pairs:
    """Mapping id → SCIM id of the Kandji group it was last joined with."""
    found = connection.execute(
        "SELECT mapping_id, kandji_group_id FROM pushed_groups WHERE kandji_group_id IS NOT NULL ORDER BY began"
    )
    return tuple(sorted(dict(found.fetchall()).items()))


def known_groups(connection: sqlite3.Connection) -> Pairs:
    """Okta group id → the name it had when a run last saw it."""
    return tuple(sorted(dict(connection.execute("SELECT id, name FROM okta_groups ORDER BY began").fetchall()).items()))


def held(connection: sqlite3.Connection, groups: Iterable[ScimGroup]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Kandji group id → SCIM ids of the members it had in the last complete run, of those of ``groups`` (the members of
    today) that have at least five fewer now, and more than a fifth."""
    now = {group.id: len(set(group.member_ids)) for group in groups if group.member_ids is not None}
    then = connection.execute("SELECT group_id, count(*) FROM scim_memberships WHERE ended IS NULL GROUP BY group_id")
    fewer = sorted(key for key, count in then if key in now and count - now[key] >= max(5, count // 5 + 1))
    members = "SELECT member_id FROM scim_memberships WHERE group_id = ? AND ended IS NULL ORDER BY member_id"
    return tuple((key, tuple(member for (member,) in connection.execute(members, (key,)))) for key in fewer)


def log(connection: sqlite3.Connection, complete_run: int) -> dict[str, Any]:
    """What a complete run kept of the System Log, as fields of ``Memory``; nothing where it did not read it."""
    org = next(as_of(connection, OKTA_ORGS, complete_run))
    if not org.events_known:
        return {}
    return {
        "events": tuple(as_of(connection, LOG_EVENTS, complete_run)),
        "events_since": org.events_since,
        "log_read_at": run(connection, complete_run).started,
    }
