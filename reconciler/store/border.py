"""The border to SQLite: its errors become errors that a person can act on, and a transaction is whole or nothing."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from reconciler.errors import StoreError

_KEPT = "Nothing was written half: what the database held before is still there."

_BY_CODE: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_FULL: (
        "There is no space left for the database",
        f"make room on that disk, then run it again. {_KEPT}",
    ),
    sqlite3.SQLITE_READONLY: (
        "The database or its folder can't be written",
        "let your account write to the file and its folder, or name another file under [store] path",
    ),
    sqlite3.SQLITE_PERM: (
        "The database may not be opened",
        "let your account read and write the file and its folder, or name another file under [store] path",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "The database or a file beside it can't be opened",
        "check that the folder exists and your account may write to it, or name another file under [store] path",
    ),
    sqlite3.SQLITE_NOTADB: (
        "This file is not a SQLite database",
        "name another file under [store] path, or move this one away",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "The database is damaged",
        "restore it from a copy, or move it away and begin anew with: reconciler run",
    ),
    sqlite3.SQLITE_BUSY: (
        "Another program keeps the database locked",
        "close the SQLite browser or script that has it open, then run it again",
    ),
    sqlite3.SQLITE_IOERR: (
        "The disk refused to read or write the database",
        f"check the disk, its free space and your quota, then run it again. {_KEPT}",
    ),
}
_BY_CODE[sqlite3.SQLITE_LOCKED] = _BY_CODE[sqlite3.SQLITE_BUSY]
_BY_CODE[sqlite3.SQLITE_AUTH] = _BY_CODE[sqlite3.SQLITE_PERM]

_BY_ERRNO: dict[int, tuple[str, str]] = {
    errno.ENOENT: ("The folder of the database does not exist", "make the folder, or correct [store] path"),
    errno.ENOTDIR: (
        "The path of the database leads through something that is no folder",
        "correct [store] path in the configuration",
    ),
    errno.EISDIR: (
        "The path of the database is a folder",
        "name a file in it under [store] path, for example reconciler.db",
    ),
    errno.EACCES: _BY_CODE[sqlite3.SQLITE_READONLY],
    errno.EPERM: _BY_CODE[sqlite3.SQLITE_READONLY],
    errno.EROFS: _BY_CODE[sqlite3.SQLITE_READONLY],
    errno.ENOSPC: _BY_CODE[sqlite3.SQLITE_FULL],
    errno.EDQUOT: _BY_CODE[sqlite3.SQLITE_FULL],
}


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turns what SQLite and the system raise inside into ``StoreError``, with the cause kept."""
    try:
        yield
    except sqlite3.Error as error:
        if isinstance(error, sqlite3.ProgrammingError):
            raise  # a mistake of ours, such as a closed connection
        raise _of_sqlite(path, error) from error
    except OSError as error:
        raise _of_system(path, error) from error
    except (UnicodeEncodeError, OverflowError) as error:
        raise StoreError(
            "The data holds a value that no database can keep",
            facts=(("file", str(path)),),
            why=f"{type(error).__name__}: {error.reason if isinstance(error, UnicodeEncodeError) else error}",
            next=f"look for the value in the records of both services. {_KEPT}",
        ) from error


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of what is written inside, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # Where even rolling back fails, the journal on disk rolls back at the next opening; the first error counts.
        with suppress(sqlite3.Error):
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        raise


def _of_sqlite(path: Path, error: sqlite3.Error) -> StoreError:
    # Only errors that SQLite itself reports carry a code; the low byte is the primary one.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    what, way_out = _BY_CODE.get(
        code, ("The database can't be read or written", "restore it from a copy, or move it away and begin anew")
    )
    return StoreError(what, facts=(("file", str(path)),), why=f"SQLite says: {error}", next=way_out)


def _of_system(path: Path, error: OSError) -> StoreError:
    what, way_out = _BY_ERRNO.get(
        error.errno or 0, ("The database can't be opened", "check the file, its folder and [store] path")
    )
    return StoreError(what, facts=(("file", str(path)),), why=f"the system says: {error.strerror}", next=way_out)
