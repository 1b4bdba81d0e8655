"""Where each key of a TOML text stands, so that a mistake can be told with line and column.

``tomllib`` reads the text; it does not say where a key was. ``places`` goes over a text that ``tomllib`` accepted and
notes the first character of every key. It need not judge anything: a text that is not TOML never gets here.
"""

from __future__ import annotations

import tomllib
from typing import NamedTuple

Path = tuple[str | int, ...]
"""Keys from the outermost table inwards; a number is the place in an array."""

_BARE_ENDS = frozenset(" \t=.]\r\n#")
_VALUE_ENDS = frozenset(",]}\r\n#")


class Place(NamedTuple):
    """Line and column of a key, both counted from 1."""

    line: int
    column: int


def places(text: str) -> dict[Path, Place]:
    """Place of every table, key and array element of ``text``, which must be valid TOML."""
    return _Scanner(text).scan()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[Path, Place] = {}
        self.arrays: dict[Path, int] = {}
        """Arrays of tables and how many tables they hold so far."""

    def scan(self) -> dict[Path, Place]:
        table: Path = ()
        while self._skip_blank():
            start = self.at
            if self._peek("[["):
                self.at += 2
                table = self._array_header(start)
            elif self._peek("["):
                self.at += 1
                table = self._header(start)
            else:
                self._pair(table)
        return self.found

    def _header(self, start: int) -> Path:
        path = self._resolve((), self._keys())
        for depth in range(1, len(path) + 1):  # [a.b] makes [a], too
            self._note(path[:depth], start)
        self._skip_line()
        return path

    def _array_header(self, start: int) -> Path:
        *outer, last = self._keys()
        array = (*self._resolve((), outer), last)
        number = self.arrays.get(array, 0)
        self.arrays[array] = number + 1
        self._note(array, start)
        self._note((*array, number), start)
        self._skip_line()
        return (*array, number)

    def _pair(self, table: Path) -> None:
        start = self.at
        keys = self._keys()
        path = self._resolve(table, keys)
        for depth in range(1, len(path) - len(table) + 1):
            self._note(path[: len(table) + depth], start)
        self.at += 1  # the equals sign
        self._value(path)

    def _resolve(self, outer: Path, keys: list[str]) -> Path:
        path = outer
        for key in keys:
            path = (*path, key)
            if path in self.arrays:
                path = (*path, self.arrays[path] - 1)
        return path

    def _note(self, path: Path, at: int) -> None:
        line = self.text.count("\n", 0, at) + 1
        self.found.setdefault(path, Place(line, at - self.text.rfind("\n", 0, at)))

    def _keys(self) -> list[str]:
        keys: list[str] = []
        while True:
            self._skip_spaces()
            if self._peek('"') or self._peek("'"):
                raw = self._string()
                keys.append(str(tomllib.loads(f"key = {raw}")["key"]))
            else:
                start = self.at
                while self.at < len(self.text) and self.text[self.at] not in _BARE_ENDS:
                    self.at += 1
                keys.append(self.text[start : self.at])
            self._skip_spaces()
            if not self._peek("."):
                return keys
            self.at += 1

    def _value(self, path: Path) -> None:
        self._skip_spaces()
        if self._peek('"') or self._peek("'"):
            self._string()
        elif self._peek("{"):
            self._inline_table(path)
        elif self._peek("["):
            self._array(path)
        else:
            while self.at < len(self.text) and self.text[self.at] not in _VALUE_ENDS:
                self.at += 1

    def _inline_table(self, path: Path) -> None:
        self.at += 1
        while self._skip_blank() and not self._peek("}"):
            self._pair(path)
            self._skip_blank()
            if self._peek(","):
                self.at += 1
        self.at += 1

    def _array(self, path: Path) -> None:
        self.at += 1
        number = 0
        while self._skip_blank() and not self._peek("]"):
            self._note((*path, number), self.at)
            self._value((*path, number))
            number += 1
            self._skip_blank()
            if self._peek(","):
                self.at += 1
        self.at += 1

    def _string(self) -> str:
        start = self.at
        quote = self.text[start]
        mark = quote * 3 if self._peek(quote * 3) else quote
        self.at += len(mark)
        while not self._peek(mark):
            self.at += 2 if quote == '"' and self._peek("\\") else 1
        self.at += len(mark)
        while len(mark) == 3 and self._peek(quote):  # a multi-line string may end in up to two more quotes
            self.at += 1
        return self.text[start : self.at]

    def _peek(self, mark: str) -> bool:
        return self.text.startswith(mark, self.at)

    def _skip_spaces(self) -> None:
        while self.at < len(self.text) and self.text[self.at] in " \t":
            self.at += 1

    def _skip_line(self) -> None:
        end = self.text.find("\n", self.at)
        self.at = len(self.text) if end < 0 else end

    def _skip_blank(self) -> bool:
        """Goes to the next thing that is neither space nor comment; whether there is one."""
        while self.at < len(self.text):
            if self._peek("#"):
                self._skip_line()
            elif self.text[self.at] in " \t\r\n":
                self.at += 1
            else:
                return True
        return False
