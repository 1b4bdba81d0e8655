"""The log: for the operator of today. Secrets are struck out at every level, tracebacks included."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

_LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_BYTES = 5_000_000
_BACKUPS = 3


class _CleanFormatter(logging.Formatter):
    """Formats a record whole, traceback included, and strikes out secrets from the outcome."""

    def __init__(self, clean: Callable[[str], str]) -> None:
        super().__init__(_LINE)
        self._clean = clean

    def format(self, record: logging.LogRecord) -> str:
        return self._clean(super().format(record))


class _Unprinted(logging.Filter):
    """Keeps tracebacks off the screen: they go to the file."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.exc_info is None


@contextmanager
def logging_to(
    *,
    file: Path | None,
    level: str,
    stderr: TextIO,
    verbose: int,
    clean: Callable[[str], str],
    warn: Callable[[str], None],
) -> Iterator[None]:
    """Logs into ``file`` at ``level``, and with ``-v`` (info) or ``-vv`` (debug) to ``stderr`` as well.

    A log that can't be opened is told and left out: it must not keep a run from running.
    """
    root = logging.getLogger()
    before = root.level
    handlers: list[logging.Handler] = []
    if file is not None:
        handlers += _file_handler(file, level, warn)
    if verbose:
        printed = logging.StreamHandler(stderr)
        printed.setLevel(logging.DEBUG if verbose > 1 else logging.INFO)
        printed.addFilter(_Unprinted())
        handlers.append(printed)
    for handler in handlers:
        handler.setFormatter(_CleanFormatter(clean))
        root.addHandler(handler)
    root.setLevel(min((handler.level for handler in handlers), default=logging.WARNING))
    try:
        yield
    finally:
        root.setLevel(before)
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()


def _file_handler(file: Path, level: str, warn: Callable[[str], None]) -> list[logging.Handler]:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
        handler = RotatingFileHandler(file, maxBytes=_BYTES, backupCount=_BACKUPS, encoding="utf-8", delay=True)
    except OSError as error:
        warn(f"warning: the log {file} can't be written ({error.strerror}); going on without it")
        return []
    handler.setLevel(level.upper())
    return [handler]


def keep_traceback(error: BaseException, clean: Callable[[str], str]) -> Path | None:
    """Puts a traceback where no log is open into a file of its own; returns where it is."""
    import traceback

    text = clean("".join([f"{sys.version}\n", *traceback.format_exception(error)]))
    with suppress(OSError):
        descriptor, name = tempfile.mkstemp(prefix="reconciler-", suffix=".log")
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        return Path(name)
    return None
