"""The report as one file: static first, everything in it, readable on paper, in a mail preview and without a network.

The page's own style and script are named by hash in its Content-Security-Policy, so nothing that comes from a
directory could run even if it got past the escaping. Jinja is imported when the first page is made.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from msgspec.structs import replace

from reports import columns
from reports.groups import shares
from reports.lines import Line, lines, some
from reports.page import Page
from reports.report import Report
from reports.text import visible

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

STATIC_LINES = 100
BYTES = 55_000
"""Room for evidence as HTML and for how to mend together; the script shows the rest of the evidence."""
CARD_BYTES = 2_000
"""Room for evidence however much there is to mend."""
MARK = re.compile(r"(⟨(?:U\+[0-9A-F]{4,6}|\d+ more accents)⟩)")


def render(report: Report, *, room: int = columns.BYTES) -> str:
    """The whole page; findings for the script take at most ``room`` bytes. The same report gives the same bytes."""
    from markupsafe import Markup

    page = prepared(report, room)
    css, js = _asset("page.css"), _asset("page.js")
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            page=page,
            report=report,
            files=page.files,
            css=Markup(css),  # noqa: S704 # our own file
            js=Markup(js),  # noqa: S704 # our own file
            settings=Markup(columns.spelled(page.settings())),  # noqa: S704 # JSON without < > &
            rows=Markup(page.rows.text),  # noqa: S704 # JSON without < > &, or base64
            evidence=Markup(page.evidence.text),  # noqa: S704 # JSON without < > &, or base64
            policy=f"default-src 'none'; style-src {_hash(css)}; script-src {_hash(js)}; "
            "base-uri 'none'; form-action 'none'",
        )
    )


def prepared(report: Report, room: int = columns.BYTES) -> Page:
    """What the templates are filled with."""
    found = lines(report)
    static = found.open[:STATIC_LINES]
    page = Page(
        report=report,
        lines=found,
        static=static,
        new=some(report, report.new),
        back=some(report, report.back),
        fixed=some(report, report.fixed),
        by_kind=Counter(line.kind for line in found.open),
    )
    html, cards = _rows(page)
    rows, evidence = columns.blocks(found.every, cards, room)
    return replace(page, html=html, cards=cards, rows=rows, evidence=evidence)


def _rows(page: Page) -> tuple[tuple[Markup, ...], int]:
    """The static rows, and how many of the first have room for their evidence."""
    say = _environment().get_template("macros.html.j2").make_module({"page": page})
    made: list[Markup] = []
    room, cards = max(CARD_BYTES, BYTES - sum(entry.size for entry in page.kinds_found)), 0
    for at, line in enumerate(page.static):
        full = say.row(line, True) if cards == at else None  # type: ignore[attr-defined] # a macro of the template
        plain = say.row(line, False)  # type: ignore[attr-defined] # a macro of the template
        if full is not None and (room := room - len(full.encode()) + len(plain.encode())) >= 0:
            cards += 1
            made.append(full)
        else:
            made.append(plain)
    return tuple(made), cards


def named(text: str | None) -> Markup:
    """A text from a directory: isolated from the direction of its neighbours, odd characters marked."""
    from markupsafe import Markup

    return Markup("<bdi>{}</bdi>").format(_marked(visible(text or "")))


def said(text: str) -> Markup:
    """A value: isolated where it holds anything but plain characters."""
    return named(text) if not text.isascii() else _marked(visible(text))


def shown(text: str | None) -> Markup:
    """A sentence in which names may stand: odd characters marked."""
    return _marked(visible(text)) if text else _marked("")


def told(text: str, line: Line) -> Markup:
    """A sentence of ``line`` with its names isolated."""
    from markupsafe import Markup

    pieces = re.split("([\x01\x02])", text)
    return Markup("").join(
        named(line.told(piece)) if piece in "\x01\x02" and piece else _marked(piece) for piece in pieces
    )


def typed(text: str) -> Markup:
    """Our own words, in which what is to be typed stands between backticks."""
    from markupsafe import Markup, escape

    code = Markup("<code>{}</code>")
    return Markup("").join(code.format(piece) if at % 2 else escape(piece) for at, piece in enumerate(text.split("`")))


def _marked(text: str) -> Markup:
    from markupsafe import Markup, escape

    if "⟨" not in text:
        return escape(text)
    mark = Markup('<span class="odd">{}</span>')
    return Markup("").join(mark.format(piece) if at % 2 else escape(piece) for at, piece in enumerate(MARK.split(text)))


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    from reports import words

    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        loader=PackageLoader("reports"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    spoken = (words.number, words.count, words.signed, words.moment, words.date, words.clock, words.stamp, words.span)
    environment.filters.update(
        {say.__name__: say for say in (*spoken, words.listing, named, said, shown, told, typed, visible)}
    )
    environment.globals.update(age=words.age, minutes=words.minutes, shares=shares)
    return environment


@cache
def _asset(name: str) -> str:
    text = files("reports").joinpath("templates", name).read_text(encoding="utf-8")
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


@cache
def _hash(text: str) -> str:
    """As a Content-Security-Policy names it."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
