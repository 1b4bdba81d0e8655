"""Tables as text that other programs read: tab-separated values and Markdown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Rows = Sequence[Sequence[str]]

_FORMULA = tuple("=+-@|%＝＋－＠")
"""What a spreadsheet would calculate, in full width too."""


def tsv(heading: Sequence[str], rows: Rows, visible: Callable[[str], str]) -> str:
    """One line a row; tabs and line breaks inside a value become spaces, formulas are kept from being run."""
    return "\n".join("\t".join(_cell(value, visible) for value in row) for row in (heading, *rows)) + "\n"


def _cell(value: str, visible: Callable[[str], str]) -> str:
    flat = visible(" ".join(value.split())) if value else ""
    return "'" + flat if flat.startswith(_FORMULA) else flat


def markdown(heading: Sequence[str], rows: Rows, visible: Callable[[str], str]) -> str:
    """A table in GitHub's Markdown, with everything that Markdown or HTML would act on escaped."""
    lines = [_line(heading, visible), "|" + " --- |" * len(heading), *(_line(row, visible) for row in rows)]
    return "\n".join(lines) + "\n"


def _line(row: Sequence[str], visible: Callable[[str], str]) -> str:
    return "| " + " | ".join(escaped(visible(" ".join(value.split())) if value else "") for value in row) + " |"


def escaped(value: str) -> str:
    """Text in which nothing acts in GitHub's Markdown."""
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    value = "".join("\\" + sign if sign in "\\`*_{}[]()#+!|~$" else sign for sign in value)
    # an "@" would notify somebody of that name, a scheme would become a link
    return value.replace("@", "&#64;").replace("://", "&#58;//").replace("www.", "www&#46;")
