"""Where words go: the result to stdout (or a file), the words around it to stderr."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from reconciler.errors import ReconcilerError, StoreError
from reports.text import escaped, visible

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Screen:
    """The two streams of one command. ``clean`` strikes out secrets from whatever is written."""

    stdout: TextIO
    stderr: TextIO
    format: str = "text"
    output: Path | None = None
    quiet: bool = False
    color: bool = False
    width: int = 100
    clean: Callable[[str], str] = str

    def result(self, text: str) -> None:
        """The result of the command: to stdout, or to the file of ``-o``."""
        text = self.clean(text)
        text = text if text.endswith("\n") or not text else text + "\n"
        if self.output is not None:
            write_whole(self.output, text, mode=0o600)
            return
        try:
            self.stdout.write(text)
            self.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise StoreError(
                f"The result can't be written to stdout: {error.strerror or error}.",
                next="make room where it goes, then type the same command again",
            ) from error

    def document(self, value: Any) -> None:
        """The result as one JSON document, which does nothing to a terminal it is printed on."""
        self.result(escaped(json.dumps(value, ensure_ascii=False, indent=2)))

    def say(self, words: str) -> None:
        """A line for the person in front of it; silent with ``-q``."""
        if not self.quiet:
            self.tell(words)

    def tell(self, words: str) -> None:
        """A line on stderr even with ``-q``: warnings and errors."""
        self.stderr.write("\n".join(self.shown(line) for line in words.split("\n")) + "\n")
        self.stderr.flush()

    def shown(self, line: str) -> str:
        """A line without secrets, and with control and bidirectional characters made visible: names are hostile."""
        return visible(self.clean(line)) if line else line

    def next(self, words: str | None) -> None:
        """The one line at the end that says what to type."""
        if words:
            self.say(f"next: {words}")

    def error(self, error: ReconcilerError) -> None:
        for line in error.lines():
            self.tell(line)


def error_document(errors: tuple[ReconcilerError, ...], exit_code: int) -> dict[str, Any]:
    """Errors as JSON: the same words, labelled."""
    return {
        "schema_version": SCHEMA_VERSION,
        "exit_code": exit_code,
        "errors": [error_line(error) for error in errors],
    }


def error_line(error: ReconcilerError) -> dict[str, Any]:
    return {
        "kind": type(error).__name__,
        "what": error.what,
        "facts": [list(fact) for fact in error.facts],
        "why": error.why,
        "next": error.next,
        "status": error.status,
        "code": error.code,
    }


def write_whole(path: Path, text: str, *, mode: int, newline: str = "") -> None:
    """Writes a file whole or not at all: beside its place first, then moved there. Raises StoreError.

    ``newline`` as in ``open``: "" writes line ends as they are. A symbolic link keeps leading to its file; a device or
    a pipe is written to and never replaced.
    """
    temporary: str | None = None
    try:
        path = path.resolve()
        if path.exists() and not path.is_file() and not path.is_dir():
            path.write_text(text, encoding="utf-8", newline=newline)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline=newline) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if sys.platform != "win32":
            os.chmod(temporary, mode)
        os.replace(temporary, path)
    except OSError as error:
        if temporary is not None:
            with suppress(OSError):
                os.unlink(temporary)
        raise StoreError(
            f"{path} can't be written: {error.strerror or error}.",
            why="what was there before is still there.",
            next="make room or make the folder writable, then type the same command again",
        ) from error
