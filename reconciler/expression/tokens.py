"""From text to tokens, in one pass. A sign that the language does not know becomes an ``odd`` token; nothing raises.

Strings are Spring's: in '…' or "…", a doubled quote stands for one, and a backslash is a character like any other
(Okta's own samples concatenate "\\").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

Kind = Literal["name", "text", "number", "sign", "odd", "end"]

TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<text>"(?:[^"]|"")*"|'(?:[^']|'')*')
    |(?P<sign>\?:|==|!=|<=|>=|&&|\|\||[!<>+\-?:.,(){}\[\]])
    |(?P<odd>.)""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)

SIGNS = {
    "and": "&&",
    "or": "||",
    "not": "!",
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "gt": ">",
    "le": "<=",
    "ge": ">=",
    "matches": "matches",
}
"""Word → the sign it stands for, in whatever case (Spring's alternative operators)."""


class Token(Struct, frozen=True):
    """``at`` and ``to``: where it stands in the text, from 0; ``means``: a sign's one spelling, a string's content."""

    kind: Kind
    written: str
    at: int
    to: int
    means: str = ""


def tokens(text: str) -> tuple[Token, ...]:
    """The tokens of the text, ``end`` last."""
    return (*_read(text), Token("end", "", len(text), len(text)))


def _read(text: str) -> Iterator[Token]:
    after_dot = False
    for found in TOKEN.finditer(text):
        kind, written = found.lastgroup, found.group()
        if kind == "space":
            continue
        at, to = found.span()
        if kind == "name":
            sign = None if after_dot else SIGNS.get(written.lower())  # user.not is an attribute of that name
            yield Token("sign", written, at, to, sign) if sign else Token("name", written, at, to, written)
        elif kind == "text":
            quote = written[0]
            yield Token("text", written, at, to, written[1:-1].replace(quote * 2, quote))
        elif kind == "number":
            yield Token("number", written, at, to)
        elif kind == "sign":
            yield Token("sign", written, at, to, written)
        else:
            yield Token("odd", written, at, to)
        after_dot = written == "."
