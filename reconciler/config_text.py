"""The text of a config file: which file it is, its TOML, and the one value that is needed without checking the rest.

Kept apart from ``config``, which loads pydantic: ``status`` needs the database's path and nothing else.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reconciler.errors import ConfigError

DEFAULT_FILE = "config.toml"
DEFAULT_STORE = "reconciler.db"
PREFIX = "RECONCILER_"
NAME_OF_FILE = "RECONCILER_CONFIG"
"""Names the config file; the one variable that sets no key."""


def find(chosen: Path | None, environ: Mapping[str, str]) -> Path:
    """The config file to read: the one asked for, else ``RECONCILER_CONFIG``, else ``config.toml`` here."""
    return chosen or Path(environ.get(NAME_OF_FILE) or DEFAULT_FILE)


def read(file: Path) -> str:
    """The text of a config file; raises ConfigError where it can't be had."""
    try:
        return file.read_bytes().decode("utf-8")
    except FileNotFoundError as error:
        raise ConfigError(
            f"There is no configuration at {file}.",
            why="every command but demo, init and config schema reads one.",
            next="make one with: reconciler init   or name one with: -c FILE",
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file} is not UTF-8 text (byte {error.start}).", next="save it as UTF-8.") from error
    except OSError as error:
        raise ConfigError(f"{file} can't be read: {error.strerror}.", next="make it readable for yourself.") from error


def parse(text: str, file: Path) -> dict[str, Any]:
    """The values of a TOML text; raises ConfigError with line and column where it is not TOML."""
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        words = str(error)
        match = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)", words)
        end = text.count("\n") + 1
        line, column = (match[1] or str(end), match[2] or "1") if match else ("1", "1")
        told = words[: match.start()] if match else words
        raise ConfigError(
            f"{file}: not TOML.",
            facts=((f"{file.name}:{line}:{column}", told[:1].lower() + told[1:]),),
            next="mend that line, then: reconciler config validate",
        ) from error


def store_path(chosen: Path | None, environ: Mapping[str, str]) -> Path:
    """Where the database is, by the config file alone; everything else in it stays unchecked."""
    file = find(chosen, environ)
    table = parse(read(file), file).get("store")
    told = environ.get("RECONCILER_STORE__PATH") or (table.get("path") if isinstance(table, dict) else None)
    path = told if isinstance(told, str) else DEFAULT_STORE
    return file.resolve().parent / Path(path).expanduser()
