"""``explain`` for a terminal, and as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import zip_longest

from reconciler.commands import explained as doc
from reconciler.commands.explain_words import Line, Section, sections
from reconciler.commands.tables import escaped, markdown
from reports.sheet import Sheet
from reports.text import cells, visible

NARROW = 60
"""Columns below which two sides don't stand beside one another."""


def text(told: doc.ExplainDocument, clean: Callable[[str], str], *, width: int = 80, color: bool = False) -> str:
    """Lines of at most ``width`` columns; ``clean`` makes hostile characters harmless and strikes out secrets."""
    sheet = Sheet(max(width, 28), color)
    lines = [sheet.ink(line, "strong") for line in sheet.fold(clean(told.name))]
    lines += [sheet.ink(line, "quiet") for line in sheet.fold(_about(told))]
    for note in told.notes:
        lines += sheet.fold(clean(note), "  ! ", "    ")
    for section in sections(told):
        lines += sheet.head(clean(section.title))
        lines += _columns(section, sheet, clean) if section.beside else []
        for line in section.lines:
            lines += _line(line, sheet, clean)
    return "\n".join(line.rstrip() for line in lines)


def _about(told: doc.ExplainDocument) -> str:
    return f"{told.type}, as of run {told.run}, {told.finished[:10]} {told.finished[11:16]} UTC"


def _line(line: Line, sheet: Sheet, clean: Callable[[str], str]) -> Iterator[str]:
    sign = f"{line.sign} " if line.sign else ("  " if line.depth else "")
    first = "  " + "  " * line.depth + sign
    for piece in sheet.fold(clean(line.text), first, " " * cells(first)):
        yield sheet.ink(piece, line.ink) if line.ink else piece


def _columns(section: Section, sheet: Sheet, clean: Callable[[str], str]) -> Iterator[str]:
    """Both sides beside one another, or one below the other where there is no room."""
    if sheet.width < NARROW:
        for name, facts in section.beside:
            yield f"  {name}"
            for fact in facts:
                yield from sheet.fold(clean(fact), "    ", "      ")
        return
    half = Sheet((sheet.width - 4) // 2, color=False)
    columns = [
        [name, *(piece for fact in facts for piece in half.fold(clean(fact), "", "  "))]
        for name, facts in section.beside
    ]
    for number, (left, right) in enumerate(zip_longest(*columns, fillvalue="")):
        row = f"  {left}{' ' * (half.width - cells(left))}  {right}".rstrip()
        yield sheet.ink(row, "quiet") if number == 0 else row


def as_markdown(told: doc.ExplainDocument) -> str:
    """Headings, lists and tables in GitHub's Markdown; nothing in a name acts."""
    lines = [f"# {escaped(visible(told.name))}", "", escaped(_about(told)), ""]
    lines += [f"> {escaped(visible(note))}\n" for note in told.notes]
    for section in sections(told):
        lines += [f"## {escaped(visible(section.title))}", ""]
        if section.beside:
            names, columns = zip(*section.beside, strict=True)
            lines += [markdown(names, list(zip_longest(*columns, fillvalue=" ")), _shown)]
        lines += map(_item, section.lines)
        lines += [""] if section.lines else []
    return "\n".join(lines)


def _item(line: Line) -> str:
    """An item of a list, numbered where it is a step."""
    numbered = line.sign.endswith(".")
    sign = "" if numbered or line.sign == "·" else line.sign
    mark = line.sign if numbered else "-"
    return f"{'  ' * line.depth}{mark} {escaped(visible(f'{sign} {line.text}'.strip()))}"


def _shown(value: str) -> str:
    return visible(value) if value.strip() else ""
