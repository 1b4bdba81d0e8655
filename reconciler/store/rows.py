"""Rows that are kept with the run in which they began to be true and the run in which they ended.

One ``Table`` describes how the frozen records of one type stand in one table: a column a field, times as ISO text in
UTC, and whatever is nested as JSON text. ``write`` compares what is true now with what stood there, and touches only
what differs; ``as_of`` gives back what was true at a run.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import chain, islice
from operator import attrgetter, itemgetter
from types import NoneType, UnionType
from typing import Any, Generic, Literal, TypeVar, Union, get_args, get_origin

import msgspec

from reconciler.errors import StoreError

Record = TypeVar("Record", bound=msgspec.Struct)
Row = tuple[Any, ...]
"""The values of one row in the order of the columns: text, whole numbers, None."""
_MOST_VALUES = 900
"""In one statement; SQLite before 3.32 takes 999 (https://sqlite.org/limits.html)."""


class Table(Generic[Record]):
    """How records of one type stand in one table; of each ``key`` (names of columns) one row is true at a time."""

    __slots__ = ("_decoders", "_encoders", "_pick", "columns", "key", "key_of", "name", "record")

    def __init__(self, name: str, record: type[Record], *, key: tuple[str, ...]) -> None:
        fields = msgspec.structs.fields(record)
        codecs = [_codec(field.type) for field in fields]
        self.name = name
        self.record = record
        self.key = key
        self.columns = tuple(field.name for field in fields)
        positions = [self.columns.index(column) for column in key]
        self.key_of: Callable[[Row], Any] = itemgetter(*positions)
        self._pick: Callable[[Record], Any] = attrgetter(*self.columns)
        self._encoders = tuple((position, codec[0]) for position, codec in enumerate(codecs) if codec[0] is not None)
        self._decoders = tuple((position, codec[1]) for position, codec in enumerate(codecs) if codec[1] is not None)

    def encode(self, record: Record) -> Row:
        row = self._pick(record) if len(self.columns) > 1 else (self._pick(record),)
        if not self._encoders:
            return row
        values = list(row)
        for position, encode in self._encoders:
            if values[position] is not None:
                values[position] = encode(values[position])
        return tuple(values)

    def decode(self, row: Row) -> Record:
        values = list(row)
        for position, decode in self._decoders:
            if values[position] is not None:
                values[position] = decode(values[position])
        return self.record(**dict(zip(self.columns, values, strict=True)))

    def ascending(self, records: Iterable[Record]) -> Iterator[Row]:
        """The rows of records that come in the order of their keys.

        Raises ``StoreError`` for two different records with one key: keeping either would be a lie.
        """
        before: Row | None = None
        key_before: Any = None
        for record in records:
            row = self.encode(record)
            key = self.key_of(row)
            if before is not None and not key_before < key:
                if row == before:
                    continue
                raise StoreError(
                    f"Two records of {self.name} have one id, or stand out of order",
                    facts=(("id", str(key)),),
                    next="this is a mistake in the program: please report it. What the database held is still there",
                )
            before, key_before = row, key
            yield row

    @property
    def listed(self) -> str:
        """The columns for SQL, quoted, in the order of rows."""
        return ", ".join(f'"{column}"' for column in self.columns)

    @property
    def ordered(self) -> str:
        return ", ".join(f'"{column}"' for column in self.key)


Codec = tuple[Callable[[Any], Any] | None, Callable[[Any], Any] | None]


def _codec(annotation: Any) -> Codec:
    """How values of one type go into a column and come out again; None where they go as they are."""
    union = get_origin(annotation) in (Union, UnionType)
    options = [option for option in get_args(annotation) if option is not NoneType] if union else [annotation]
    if options == [bool]:
        return int, bool
    if options == [datetime]:
        return _time_out, datetime.fromisoformat
    if options == [date]:
        return date.isoformat, date.fromisoformat
    if options[0] in (str, int) or get_origin(options[0]) is Literal:
        return None, None
    decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(options[0])
    return _json_out, decoder.decode


def _time_out(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("a time without a zone can't be kept")
    return f"{moment.astimezone(UTC).isoformat()[:-6]}Z"


def _json_out(value: Any) -> str:
    return msgspec.json.encode(value).decode()


# Names of tables and columns in the statements below come from Table and the model alone, never from data.


def write(connection: sqlite3.Connection, table: Table[Record], records: Iterable[Record], run: int) -> None:
    """Makes ``records`` (in the order of their keys) true from ``run`` on; what is true already is left alone."""
    write_rows(connection, table, table.ascending(records), run)


def write_rows(connection: sqlite3.Connection, table: Table[Any], rows: Iterable[Row], run: int) -> None:
    """As ``write``, with rows as ``ascending`` gives them: in the order of their keys, each key once.

    Old and new rows pass by one another in order, so that memory holds the differences alone.
    """
    begun = rows
    if connection.execute(f'SELECT 1 FROM "{table.name}" WHERE ended IS NULL LIMIT 1').fetchone():  # noqa: S608 - our own names
        stored = connection.execute(
            f'SELECT {table.listed}, rowid FROM "{table.name}" WHERE ended IS NULL ORDER BY {table.ordered}'  # noqa: S608 - our own names
        )
        begun, ended = _differences(table, stored, iter(rows))
        connection.executemany(
            f'UPDATE "{table.name}" SET ended = ? WHERE rowid = ?',  # noqa: S608 - our own names
            ((run, rowid) for rowid in ended),
        )
    _insert(connection, table, begun, run)


def _insert(connection: sqlite3.Connection, table: Table[Any], rows: Iterable[Row], run: int) -> None:
    """Many rows a statement: half of what a row costs is the statement around it."""
    most = _MOST_VALUES // len(table.columns)
    marks = f"({', '.join('?' * len(table.columns))}, {run:d})"
    head = f'INSERT INTO "{table.name}" ({table.listed}, began) VALUES '  # noqa: S608 - our own names
    for batch in batches(rows, most):
        connection.execute(head + ", ".join([marks] * len(batch)), tuple(chain.from_iterable(batch)))


def batches(rows: Iterable[Row], most: int = 2_000) -> Iterator[list[Row]]:
    """The rows in their order, at most so many at a time."""
    waiting = iter(rows)
    while batch := list(islice(waiting, most)):
        yield batch


def _differences(table: Table[Any], stored: Iterator[Row], rows: Iterator[Row]) -> tuple[list[Row], list[int]]:
    """Rows that began to be true, and the rowids (last in ``stored``) of those that ended."""
    key_of = table.key_of
    begun: list[Row] = []
    ended: list[int] = []
    old, new = next(stored, None), next(rows, None)
    while old is not None or new is not None:
        if new is None or (old is not None and key_of(old) < key_of(new)):
            assert old is not None  # noqa: S101 - the loop's condition, told to the type checker
            ended.append(old[-1])
            old = next(stored, None)
        elif old is None or key_of(new) < key_of(old):
            begun.append(new)
            new = next(rows, None)
        else:
            if old[:-1] != new:
                ended.append(old[-1])
                begun.append(new)
            old, new = next(stored, None), next(rows, None)
    return begun, ended


def versions(
    connection: sqlite3.Connection, table: Table[Record], run: int, where: str = "1", given: Sequence[str] = ()
) -> Iterator[tuple[int, Record]]:
    """What was true at ``run``, in the order of keys, each with the run in which it began; ``where``: of what."""
    found = connection.execute(
        f'SELECT {table.listed}, began FROM "{table.name}" '  # noqa: S608 - our own names
        f"WHERE began <= ? AND (ended IS NULL OR ended > ?) AND {where} ORDER BY {table.ordered}",
        (run, run, *given),
    )
    return ((row[-1], table.decode(row[:-1])) for row in found)


def true_at(connection: sqlite3.Connection, run: int) -> str:
    """The condition that a row was true at a complete run; of the last one it is the shorter, which has indexes."""
    later = connection.execute("SELECT 1 FROM runs WHERE id > ? AND complete_number IS NOT NULL", (run,)).fetchone()
    return f"(ended IS NULL OR ended > {run:d}) AND began <= {run:d}" if later else "ended IS NULL"


def as_of(connection: sqlite3.Connection, table: Table[Record], run: int) -> Iterator[Record]:
    """What was true at ``run``, in the order of keys."""
    return (record for _, record in versions(connection, table, run))
