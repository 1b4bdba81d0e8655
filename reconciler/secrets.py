"""Resolves references to secrets, late, and keeps what they yield from being shown.

A ``Secret`` hides itself in every print, log and traceback; only ``reveal`` gives the value. A ``Redactor`` knows every
secret that was resolved and strikes it out of text that is about to leave the program.
"""

from __future__ import annotations

import importlib
import os
import re
import stat
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from reconciler.config import Reference
from reconciler.errors import ConfigError

HIDDEN = "•••"
COMMAND_SECONDS = 60
_PATTERNS = re.compile(
    r"(?P<kept>\b(?:SSWS|Bearer|DPoP|Basic)\s+)[^\s\"',;]+|\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    re.DOTALL,
)


class Secret:
    """A value that is not shown: ``str``, ``repr`` and formatting give three dots."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return f"Secret({HIDDEN})"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> str:
        raise TypeError("a secret is never written out")


class Redactor:
    """Strikes out every secret it was told of, and whatever looks like a credential."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def hide(self, secret: Secret) -> None:
        value = secret.reveal()
        lines = [line for line in value.splitlines() if len(line) >= 16]
        for text in (value, *lines):
            self._known |= {text, quote(text, safe=""), repr(text)[1:-1]}

    def clean(self, text: str) -> str:
        for value in sorted(self._known, key=len, reverse=True):
            text = text.replace(value, HIDDEN)
        return _PATTERNS.sub(lambda match: (match["kept"] or "") + HIDDEN, text)


@dataclass(frozen=True, slots=True)
class Keeper:
    """Resolves references against this machine: environment, files, keyring, commands, the terminal.

    ``ask`` puts a question on the terminal and is None where nobody can answer; ``warn`` hears of a file that others
    may read.
    """

    environ: Mapping[str, str]
    folder: Path
    ask: Callable[[str], str] | None = None
    warn: Callable[[str], None] = lambda words: None
    redactor: Redactor = field(default_factory=Redactor)
    _had: dict[str, Secret] = field(default_factory=dict, repr=False)
    """By key: nobody is asked, and nothing is started, twice."""

    def resolve(self, reference: Reference, *, key: str, where: str, lines: bool = False) -> Secret:
        """The secret that ``reference`` stands for; ``key`` and ``where`` (``config.toml:5``) are for messages.

        ``lines``: whether it may have several lines, as a PEM key has. Raises ConfigError with the way out.
        """
        if key in self._had:
            return self._had[key]
        way, value = reference.parts()
        try:
            text = self._fetch(way, value)
        except _NotThere as reason:
            raise self._missing(str(reason), key, where) from reason.__cause__
        text = text.strip()
        if not text:
            raise self._missing(f"{told(way, value)} is empty", key, where)
        if not lines and not text.isascii():
            raise self._missing(f"{told(way, value)} holds characters that no token has", key, where)
        if not lines and len(text.split()) > 1:
            raise self._missing(f"{told(way, value)} holds a space or a line break", key, where)
        secret = Secret(text)
        self.redactor.hide(secret)
        self._had[key] = secret
        return secret

    def _missing(self, reason: str, key: str, where: str) -> ConfigError:
        return ConfigError(
            f"The secret for {key} can't be had: {reason}.",
            facts=(("set in", where),),
            next="put it where that line says, then: reconciler doctor",
        )

    def _fetch(self, way: str, value: str | Path | tuple[str, ...]) -> str:
        if way == "env":
            return self._from_environment(str(value))
        if way == "file":
            return self._from_file(Path(str(value)), check=True)
        if way == "credential":
            folder = self.environ.get("CREDENTIALS_DIRECTORY")
            if not folder:
                raise _NotThere("CREDENTIALS_DIRECTORY is not set; systemd sets it where the unit has LoadCredential=")
            return self._from_file(Path(folder) / str(value), check=False)
        if way == "keyring":
            return _from_keyring(str(value))
        if way == "command":
            assert isinstance(value, tuple)  # noqa: S101 - Reference.parts pairs the way with its type
            return self._from_command(value)
        if self.ask is None:
            raise _NotThere("it would be asked for, and nobody is there to answer (no terminal, or --no-input)")
        return self.ask(str(value))

    def _from_environment(self, name: str) -> str:
        if name not in self.environ:
            raise _NotThere(f"the environment variable {name} is not set")
        return self.environ[name]

    def _from_file(self, path: Path, *, check: bool) -> str:
        try:
            text = path.read_text("utf-8")
            mode = path.stat().st_mode
        except OSError as error:
            raise _NotThere(f"the file {path} can't be read ({error.strerror})") from error
        except UnicodeDecodeError as error:
            raise _NotThere(f"the file {path} is not text") from error.__context__
        if check and mode & (stat.S_IRWXG | stat.S_IRWXO) and os.name == "posix":
            self.warn(f"{path} can be read by others (mode {stat.S_IMODE(mode):04o}); close it with: chmod 600 {path}")
        return text

    def _from_command(self, command: tuple[str, ...]) -> str:
        try:
            done = subprocess.run(  # noqa: S603 - the admin's own command, as a list, without a shell
                command,
                cwd=self.folder,
                env=dict(self.environ),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=COMMAND_SECONDS,
                check=False,
            )
        except OSError as error:
            raise _NotThere(f"the program {command[0]} can't be started ({error.strerror})") from error
        except subprocess.TimeoutExpired:
            raise _NotThere(f"the program {command[0]} did not answer within {COMMAND_SECONDS} seconds") from None
        if done.returncode != 0:
            raise _NotThere(f"the program {command[0]} ended with {done.returncode}")
        return done.stdout


class _NotThere(Exception):
    """A secret can't be had; the text says why, without the secret."""


def _from_keyring(value: str) -> str:
    service, _, user = value.rpartition("/")
    if not service or not user:
        raise _NotThere('keyring must be "service/user"')
    try:
        keyring = importlib.import_module("keyring")
    except ImportError as error:
        raise _NotThere("the package keyring is not installed (pip install keyring)") from error
    found = keyring.get_password(service, user)
    if found is None:
        raise _NotThere(f"the keyring has no entry for service {service}, user {user}")
    return str(found)


def told(way: str, value: str | Path | tuple[str, ...]) -> str:
    names = {
        "env": f"the environment variable {value}",
        "file": f"the file {value}",
        "credential": f"the credential {value}",
        "keyring": f"the keyring entry {value}",
        "command": f"the output of {value[0] if isinstance(value, tuple) else value}",
        "prompt": "the answer",
    }
    return names[way]
