"""Acceptances: what somebody made by command, and how each run saw all that were in force."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import date, datetime

from msgspec import Struct

from reconciler.errors import NotKnown, UsageError
from reconciler.findings import Acceptance, Accepted
from reconciler.store.rows import Table, as_of, write


class AcceptedRow(Struct, frozen=True, kw_only=True):
    """An ``Accepted`` in one row."""

    id: str
    reason: str
    owner: str
    until: date
    made: datetime | None
    made_by: str | None
    finding: str | None
    kind: str | None
    person: str | None
    group: str | None
    findings: int
    expired: bool


ACCEPTED = Table("acceptances", AcceptedRow, key=("id",))
MADE = Table("acceptances_made", Acceptance, key=("id",))
"""By command; those that stand in the configuration are not kept here."""

_SAME = tuple(name for name in ACCEPTED.columns if name not in ("findings", "expired"))


def add_accepted(connection: sqlite3.Connection, run: int, accepted: Iterable[Accepted]) -> None:
    """Writes what a complete run knew of acceptances."""
    rows = [
        AcceptedRow(
            findings=one.findings, expired=one.expired, **{name: getattr(one.acceptance, name) for name in _SAME}
        )
        for one in accepted
    ]
    write(connection, ACCEPTED, sorted(rows, key=lambda row: row.id), run)


def accepted(connection: sqlite3.Connection, run: int) -> tuple[Accepted, ...]:
    """As a complete run saw them, by the day on which they end."""
    found = sorted(as_of(connection, ACCEPTED, run), key=lambda row: (row.until, row.id))
    return tuple(
        Accepted(
            acceptance=Acceptance(**{name: getattr(row, name) for name in _SAME}),
            findings=row.findings,
            expired=row.expired,
        )
        for row in found
    )


def make(connection: sqlite3.Connection, acceptance: Acceptance) -> None:
    """Keeps an acceptance; one that was withdrawn may be made again. Raises ``UsageError`` where it stands already."""
    standing = connection.execute(
        "SELECT 1 FROM acceptances_made WHERE id = ? AND withdrawn IS NULL", (acceptance.id,)
    ).fetchone()
    if standing:
        raise UsageError(f"That is accepted already, as {acceptance.id}.", next="reconciler accepted")
    marks = ", ".join("?" * len(MADE.columns))
    connection.execute(
        f"INSERT OR REPLACE INTO acceptances_made ({MADE.listed}) VALUES ({marks})",  # noqa: S608 - our own names
        MADE.encode(acceptance),
    )


def withdraw(connection: sqlite3.Connection, acceptance_id: str, when: datetime, who: str) -> Acceptance:
    """Ends an acceptance that was made by command. Raises ``NotKnown`` where none of that id stands."""
    standing = {one.id: one for one in made(connection)}
    if acceptance_id not in standing:
        raise NotKnown(
            f"No acceptance {acceptance_id} was made by command",
            why="one that stands in the configuration is withdrawn there, under [[accept]]",
            next="see them all: reconciler accepted",
        )
    connection.execute(
        "UPDATE acceptances_made SET withdrawn = ?, withdrawn_by = ? WHERE id = ?",
        (when.isoformat(), who, acceptance_id),
    )
    return standing[acceptance_id]


def made(connection: sqlite3.Connection) -> tuple[Acceptance, ...]:
    """Those made by command that nobody has withdrawn, expired ones too, by id."""
    found = connection.execute(
        f"SELECT {MADE.listed} FROM acceptances_made WHERE withdrawn IS NULL ORDER BY id"  # noqa: S608 - our own names
    )
    return tuple(MADE.decode(row) for row in found)
