"""One run at a time: a lock per database that the kernel drops when the process dies."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from reconciler.errors import Locked, StoreError
from reconciler.store.border import translated


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """Who holds the lock: written beside it for whoever comes second."""

    pid: int
    started: datetime
    command: str


def _now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def lock(path: Path, *, command: str | None = None, now: Callable[[], datetime] = _now) -> Iterator[None]:
    """Holds the lock of the database at ``path``, whatever name leads to it.

    ``command`` is what a second run is told (default: this process's command line). The files ``.lock`` and
    ``.running`` beside the database may stay after a crash; they lock nothing by themselves and never need deleting.

    Raises ``Locked``, which names the first, and ``StoreError`` where the folder can't be written.
    """
    from filelock import FileLock, SoftFileLock, Timeout

    database = path.resolve()
    told = database.with_name(database.name + ".running")
    held = FileLock(database.with_name(database.name + ".lock"), timeout=0, mode=0o600)
    with translated(path):
        try:
            held.acquire()
        except Timeout:
            raise _refusal(path, told) from None
    try:
        if isinstance(held, SoftFileLock):
            # What filelock falls back to where the file system knows no locks would outlive a killed process.
            raise StoreError(
                "The file system of the database can't lock files",
                facts=(("file", str(path)),),
                next="name a file on a local disk under [store] path",
            )
        holder = Holder(pid=os.getpid(), started=now(), command=command or _command_line())
        with translated(path):
            _write(told, msgspec.json.encode(holder))
        try:
            yield
        finally:
            with suppress(OSError):
                told.unlink()
    finally:
        held.release()


def _command_line() -> str:
    return shlex.join(["reconciler", *sys.argv[1:]])


def _write(place: Path, content: bytes) -> None:
    """Whole or not at all, so that a second run never reads half a line."""
    draft = place.with_name(f"{place.name}.{os.getpid()}")
    with suppress(FileNotFoundError):
        draft.unlink()
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    draft.replace(place)


def _refusal(path: Path, told: Path) -> Locked:
    way_out = "wait until it has ended, then run it again; the lock goes when that process ends"
    try:
        holder = msgspec.json.decode(told.read_bytes(), type=Holder)
    except (OSError, msgspec.MsgspecError):
        return Locked("Another run is at work on this database", facts=(("file", str(path)),), next=way_out)
    since = f"{holder.started.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    return Locked(
        f"Another run is at work on this database: process {holder.pid}, since {since}",
        facts=(("file", str(path)), ("command", holder.command)),
        next=way_out,
    )
