"""The journal of changes on disk: written event by event, each on disk when ``write`` returns, and never changed.

The chain tells of every row that was changed, taken out, doubled or put elsewhere since it was written, and of rows cut
off at the end. It holds no secret: whoever writes the file by hand, drops its triggers and hashes all later rows anew
(or cuts the end and corrects SQLite's own count of it) is told by a copy of the file alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from reconciler.changes import Relink
from reconciler.errors import StoreError
from reconciler.journal import CLOSING, CREATE, DELETE, OFF, ON, Event, LeftHalf, hashed, left_half
from reconciler.model import Run
from reconciler.store import pulls
from reconciler.store.border import transaction, translated
from reconciler.store.rows import Row, Table

EVENTS = Table("journal", Event, key=("seq",))
_OF_CHANGE = ("intended", "sent", "done", *CLOSING)
_FIRST_LEFT = f"""
SELECT min(apply) FROM journal AS off
WHERE event = 'intended' AND step IN ('{OFF}', '{CREATE}', '{DELETE}') AND NOT EXISTS (
    SELECT 1 FROM journal AS later
    WHERE later.change = off.change AND later.seq > off.seq
      AND (later.event IN ('verified', 'not seen') OR (later.event = 'done' AND later.step = '{ON}'))
)
"""  # noqa: S608 - our own words
"""The first apply that may have left anything half-way; almost always there is none, and nothing else is read."""


class Journal:
    """The events of one database. Every method raises ``StoreError`` where the file can't be read or written."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection = connection
        self.path = path

    def write(self, event: Event) -> Event:
        """Adds an event at the end and gives it back with ``seq`` and hashes, as it is read again; it is on disk then.

        ``before`` and ``after`` may be whatever becomes JSON. Raises ``ValueError`` where a change would be closed
        twice or go on after it was closed, an apply would begin or end twice, or the time has no zone;
        ``RuntimeError`` inside a larger transaction, which could take the row back.
        """
        if self.connection.in_transaction:
            raise RuntimeError("the journal is written outside any larger transaction")
        if event.at.tzinfo is None:
            raise ValueError("a time without a zone can't be kept")
        with translated(self.path):
            event = replace(
                event, at=event.at.astimezone(UTC), before=_as_json(event.before), after=_as_json(event.after)
            )
            with transaction(self.connection):
                self._refuse(event)
                seq, previous = self._end()
                written = hashed(replace(event, seq=seq + 1), previous)
                marks = ", ".join("?" * len(EVENTS.columns))
                self.connection.execute(
                    f"INSERT INTO journal ({EVENTS.listed}) VALUES ({marks})",  # noqa: S608 - our own names
                    EVENTS.encode(written),
                )
            return written

    def events(self, apply: int | None = None) -> tuple[Event, ...]:
        """All events, or those of one apply, oldest first."""
        with translated(self.path):
            return tuple(self._read("1" if apply is None else "apply = ?", *(() if apply is None else (apply,))))

    def next_apply(self) -> int:
        """The number that the next apply takes."""
        return self._value("SELECT coalesce(max(apply), 0) + 1 FROM journal")

    def not_ended(self) -> tuple[int, ...]:
        """Numbers of applies that were killed, or go on still."""
        query = (
            "SELECT apply FROM journal WHERE event = 'began' "
            "AND apply NOT IN (SELECT apply FROM journal WHERE event = 'ended') ORDER BY apply"
        )
        with translated(self.path):
            return tuple(int(row[0]) for row in self.connection.execute(query))

    def learnt(self, name: str) -> Any | None:
        """What an apply learnt last of the tenant under this name; None where none did."""
        with translated(self.path):
            found = self.connection.execute(
                "SELECT after FROM journal WHERE event = 'learnt' AND step = ? ORDER BY seq DESC LIMIT 1", (name,)
            ).fetchone()
            return None if found is None or found[0] is None else msgspec.json.decode(found[0])

    def left_half(self) -> tuple[LeftHalf, ...]:
        """Rules and mappings that were left half-way, and are not whole again by the journal or by the last complete
        run that began after it. Little is read where there is none."""
        with translated(self.path):
            first = self.connection.execute(_FIRST_LEFT).fetchone()[0]
            if first is None:
                return ()
            found = left_half(self._read("apply >= ?", first))
            last = pulls.last_id(self.connection, complete=True, upto=None)
            seen = None if last is None else pulls.run(self.connection, last)
            return tuple(one for one in found if seen is None or not self._is_seen_whole(one, seen))

    def count(self) -> int:
        """How many events there are."""
        return self._value("SELECT count(*) FROM journal")

    def check(self) -> str | None:
        """What is wrong with the chain, in one sentence; None where it is whole."""
        with translated(self.path):
            rows = self.connection.execute(f"SELECT {EVENTS.listed} FROM journal ORDER BY seq")  # noqa: S608 - our own names
            seq, previous = 0, ""
            for row in rows:
                wrong = _wrong(row, seq, previous)
                if wrong:
                    return wrong
                seq, previous = seq + 1, row[-1]
            remembered = self.connection.execute("SELECT max(seq) FROM sqlite_sequence WHERE name = 'journal'")
            ever = remembered.fetchone()[0] or 0
            return f"{_rows(seq + 1, ever)} at the end" if ever > seq else None

    def _read(self, where: str, *given: int) -> Iterator[Event]:
        found = self.connection.execute(
            f"SELECT {EVENTS.listed} FROM journal WHERE {where} ORDER BY seq",  # noqa: S608 - our own names
            given,
        )
        return map(self._decoded, found)

    def _decoded(self, row: Row) -> Event:
        try:
            return EVENTS.decode(row)
        except (ValueError, TypeError) as error:
            raise StoreError(
                f"Row {row[0]} of the journal can't be read.",
                facts=(("file", str(self.path)),),
                why="it was changed after it was written.",
                next="see what else was: reconciler doctor",
            ) from error

    def _value(self, query: str) -> int:
        with translated(self.path):
            return int(self.connection.execute(query).fetchone()[0])

    def _end(self) -> tuple[int, str]:
        """``seq`` and hash of the last row."""
        last = self.connection.execute("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
        return (0, "") if last is None else (int(last[0]), str(last[1]))

    def _refuse(self, event: Event) -> None:
        """Raises ``ValueError`` for what only a mistake of ours can ask for."""
        begun = self._has("apply = ? AND event = 'began'", event.apply)
        if begun == (event.event == "began"):
            raise ValueError(f"apply {event.apply} has {'begun already' if begun else 'not begun'}")
        if event.event in ("resumed", "ended") and self._has("apply = ? AND event = 'ended'", event.apply):
            raise ValueError(f"apply {event.apply} has ended already")
        if event.event in _OF_CHANGE and event.change is None:
            raise ValueError(f"{event.event} belongs to a change")
        marks = ", ".join("?" * len(CLOSING))
        closed = f"apply = ? AND change = ? AND event IN ({marks})"
        if event.event in _OF_CHANGE and self._has(closed, event.apply, event.change, *CLOSING):
            raise ValueError(f"{event.change} of apply {event.apply} is closed: it can't be {event.event} any more")

    def _has(self, where: str, *given: object, of: str = "journal") -> bool:
        """Whether a table (of records: what is true now) has a row of which this is true."""
        now = "" if of == "journal" else "ended IS NULL AND "
        query = f'SELECT 1 FROM "{of}" WHERE {now}{where} LIMIT 1'  # noqa: S608 - our own names
        return self.connection.execute(query, given).fetchone() is not None

    def _is_seen_whole(self, left: LeftHalf, seen: Run) -> bool:
        """Whether a complete run that began later saw it on again, or gone."""
        if seen.started <= left.at:
            return False
        change = left.planned.change
        if left.about == "rule":
            told = self._has("rules_known", of="okta_orgs")
            return told and not self._has("status = 'INACTIVE' AND ? IN (id, name)", left.id or left.name, of="rules")
        if isinstance(change, Relink) and not self._has("source_group_id = ?", change.group.id, of="mappings"):
            return False
        return not self._has("status = 'INACTIVE' AND id = ?", left.id, of="mappings")


def _wrong(row: Row, seq: int, previous: str) -> str | None:
    """What is wrong with the row that should follow ``seq``, whose hash is ``previous``."""
    if row[0] != seq + 1:
        return _rows(seq + 1, row[0] - 1) if row[0] > seq else f"row {row[0]} was put before the first"
    try:
        event = EVENTS.decode(row)
        as_written = EVENTS.encode(event) == row and hashed(event, event.previous) == event
    except (ValueError, TypeError):
        return f"row {seq + 1} was changed after it was written"
    if not as_written:
        return f"row {seq + 1} was changed after it was written, or stands in another's place"
    return None if event.previous == previous else f"row {seq + 1} does not follow row {seq}: one of them is forged"


def _rows(first: int, last: int) -> str:
    return f"row {first} is missing" if first == last else f"rows {first} to {last} are missing"


def _as_json(value: Any) -> Any:
    """As it will be read again, its keys in order: so the text that is kept and the text that is hashed are one."""
    return None if value is None else msgspec.json.decode(msgspec.json.encode(value, order="deterministic"))
