"""How each finding would be mended, as the run that saw it foretold."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from reconciler.findings import Foreseen
from reconciler.store.rows import Table, as_of, write

FORESEEN = Table("foreseen", Foreseen, key=("finding",))


def add_foreseen(connection: sqlite3.Connection, run: int, foreseen: Iterable[Foreseen]) -> None:
    write(connection, FORESEEN, sorted(foreseen, key=lambda one: one.finding), run)


def foreseen(connection: sqlite3.Connection, run: int) -> tuple[Foreseen, ...]:
    """By finding id; empty where the run foretold nothing, as in files of earlier schemas."""
    return tuple(sorted(as_of(connection, FORESEEN, run), key=lambda one: one.finding))
