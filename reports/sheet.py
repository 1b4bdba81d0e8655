"""A sheet of a terminal: so many columns wide, with or without colour.

Colour is written as plain SGR sequences; names can add none, for every control character in them is written out.
"""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from reports.text import cells, clip

COLORS = {
    "in-step": "32", "drift": "33", "incomplete": "35", "failed": "31",
    "critical": "31;1", "high": "33", "medium": "36", "low": "2", "strong": "1", "quiet": "2",
}  # fmt: skip


class Sheet:
    """Text as lines of ``width`` columns."""

    def __init__(self, width: int, color: bool) -> None:
        self.width = width
        self._color = color

    def ink(self, text: str, name: str) -> str:
        return f"\x1b[{COLORS[name]}m{text}\x1b[0m" if self._color and text else text

    def fold(self, text: str, first: str = "", rest: str = "") -> list[str]:
        """``text`` over as many lines as it needs."""
        room = self.width - max(cells(first), cells(rest))
        lines = [piece for line in wrap(text, room, break_on_hyphens=False) for piece in _chunks(line, room)] or [""]
        return [(first if at == 0 else rest) + line for at, line in enumerate(lines)]

    def head(self, text: str) -> list[str]:
        return ["", *(self.ink(line, "strong") for line in self.fold(text))]

    def line(self, left: str, right: str) -> str:
        """One line: ``left``, clipped, and ``right`` at the edge."""
        room = self.width - cells(right) - 1
        left = clip(left, max(room, 1))
        return left + " " * (self.width - cells(left) - cells(right)) + right


def _chunks(line: str, room: int) -> Iterator[str]:
    """Wide letters take two columns, which ``textwrap`` does not know."""
    while cells(line) > room:
        cut = len(line)
        while cells(line[:cut]) > room:
            cut -= 1
        yield line[: max(cut, 1)]
        line = line[max(cut, 1) :]
    yield line
