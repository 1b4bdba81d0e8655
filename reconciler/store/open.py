"""Opens the database: for this account's eyes alone, safe against power cuts, and none but our own."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from reconciler.errors import StoreError
from reconciler.store.border import translated
from reconciler.store.migrate import migrate

PRIVATE = 0o600
SIDE_FILES = ("-journal", "-wal", "-shm")
PATIENCE = 30.0
"""Seconds to wait for another program that reads or writes the file."""


def open_database(path: Path, *, create: bool) -> sqlite3.Connection:
    """The migrated database at ``path``.

    Raises ``StoreError`` where it can't be opened (or does not exist, without ``create``) and ``NewerDatabase`` where a
    newer version wrote it.
    """
    with translated(path):
        _make_private(path, create=create)
        connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
        try:
            _configure(connection)
            migrate(connection, path)
        except BaseException:
            connection.close()
            raise
        return connection


def _make_private(path: Path, *, create: bool) -> None:
    """Makes the file before SQLite does, so that it is never readable by others; SQLite gives its side files the mode
    of the file itself (https://sqlite.org/src/file/src/os_unix.c, findCreateFileMode)."""
    if create:
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE))
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not path.exists():
        raise StoreError("There is no database yet", facts=(("file", str(path)),), next="make one with: reconciler run")
    for place in (path, *(path.with_name(path.name + suffix) for suffix in SIDE_FILES)):
        _narrow(place)


def _narrow(place: Path) -> None:
    try:
        if place.stat().st_mode & 0o077:
            place.chmod(PRIVATE)
    except FileNotFoundError:
        return
    except OSError as error:
        # A disk that can't be written can't be narrowed either, and reading from it harms nothing.
        if error.errno != errno.EROFS:
            raise


def _configure(connection: sqlite3.Connection) -> None:
    # One file without side files at rest: it can be copied, archived and read from a disk that can't be written.
    # Somebody's browser may have switched it to another mode; where others have it open, that mode is safe, too.
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "delete":
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode = DELETE")
    # EXTRA is FULL, and the removal of the journal is on disk, too: what was committed survives a power cut.
    connection.execute("PRAGMA synchronous = EXTRA")
    connection.execute("PRAGMA fullfsync = ON")  # macOS: fsync alone leaves data in the drive's cache
    connection.execute("PRAGMA foreign_keys = ON")
