"""Okta's `search` and `filter` parameters, as far as lists of groups, users and log events are asked with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

Row = Callable[[str], str | tuple[str, ...] | None]
"""Asked for an attribute by its name; None is null, a tuple has several values of which one must fit."""

TOKEN = re.compile(r'\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<sign>[()])|(?P<word>[^\s()"]+))')
OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "eq": lambda value, wanted: value.casefold() == wanted.casefold(),
    "sw": lambda value, wanted: value.casefold().startswith(wanted.casefold()),
    "ew": lambda value, wanted: value.casefold().endswith(wanted.casefold()),
    "co": lambda value, wanted: wanted.casefold() in value.casefold(),
    "gt": lambda value, wanted: value > wanted,
    "ge": lambda value, wanted: value >= wanted,
    "lt": lambda value, wanted: value < wanted,
    "le": lambda value, wanted: value <= wanted,
}


class BadFilter(ValueError):
    """Okta would answer 400 E0000031."""


class Filter:
    """A parsed expression: `attribute op "value"` joined by and, or, not, parentheses. Raises BadFilter when it can't
    be read, or names an attribute that is not among `known`."""

    def __init__(self, text: str, known: Collection[str]) -> None:
        self._tokens = _tokens(text)
        self._known = known
        self.attributes: set[str] = set()
        self._holds = self._either()
        if self._tokens:
            raise BadFilter(text)

    def meets(self, row: Row) -> bool:
        """Whether a row is among the hits."""
        return self._holds(row)

    def _next(self) -> str:
        return self._tokens[0].casefold() if self._tokens else ""

    def _take(self) -> str:
        if not self._tokens:
            raise BadFilter("it ends too early")
        return self._tokens.pop(0)

    def _either(self) -> Callable[[Row], bool]:
        terms = [self._both()]
        while self._next() == "or":
            self._take()
            terms.append(self._both())
        return lambda row: any(term(row) for term in terms)

    def _both(self) -> Callable[[Row], bool]:
        terms = [self._one()]
        while self._next() == "and":
            self._take()
            terms.append(self._one())
        return lambda row: all(term(row) for term in terms)

    def _one(self) -> Callable[[Row], bool]:
        name = self._take()
        if name == "(":
            inner = self._either()
            if self._take() != ")":
                raise BadFilter("a parenthesis is not closed")
            return inner
        if name.casefold() == "not":
            denied = self._one()
            return lambda row: not denied(row)
        operator = self._take().casefold()
        if operator == "pr" and name in self._known:
            return lambda row: row(name) not in (None, ())
        quoted = self._take()
        if name not in self._known or operator not in OPERATORS or not quoted.startswith('"'):
            raise BadFilter(name)
        self.attributes.add(name)
        wanted = re.sub(r"\\(.)", r"\1", quoted[1:-1])
        compare = OPERATORS[operator]

        def holds(row: Row) -> bool:
            value = row(name)
            values = (value,) if isinstance(value, str) else value or ()
            return any(compare(one, wanted) for one in values)

        return holds


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    while text[at:].strip():
        match = TOKEN.match(text, at)
        if match is None:
            raise BadFilter(text)
        found.append(match.group().strip())
        at = match.end()
    return found
