"""Okta's `search` and `filter` parameters, as far as lists of groups, users and log events are asked with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any

Row = Callable[[str], str | tuple[str, ...] | None]
"""Asked for an attribute by its name; None is null, a tuple has several values of which one must fit."""

TOKEN = re.compile(r'\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<sign>[()])|(?P<word>[^\s()"]+))')
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda value, wanted: value.casefold() == wanted.casefold(),
    "sw": lambda value, wanted: value.casefold().startswith(wanted.casefold()),
    "ew": lambda value, wanted: value.casefold().endswith(wanted.casefold()),
    "co": lambda value, wanted: wanted.casefold() in value.casefold(),
    "gt": lambda value, wanted: value > wanted,
    "ge": lambda value, wanted: value >= wanted,
    "lt": lambda value, wanted: value < wanted,
    "le": lambda value, wanted: value <= wanted,
}
ORDERING = frozenset({"gt", "ge", "lt", "le"})
ANY_PROFILE = "profile.*"
"""Among the attributes that are known: every other one of the profile too."""


class BadFilter(ValueError):
    """Okta would answer 400 E0000031."""


class Filter:
    """A parsed expression: `attribute op "value"` joined by and, or, not, parentheses. Raises BadFilter when it can't
    be read, or names an attribute that is not among `known`."""

    def __init__(self, text: str, known: Collection[str]) -> None:
        self._tokens = _tokens(text)
        self._known = known
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
        if operator == "pr" and knows(self._known, name):
            return lambda row: row(name) not in (None, ())
        quoted = self._take()
        if not knows(self._known, name) or operator not in OPERATORS or not quoted.startswith('"'):
            raise BadFilter(name)
        compare = _comparing(operator, re.sub(r"\\(.)", r"\1", quoted[1:-1]))

        def holds(row: Row) -> bool:
            value = row(name)
            values = (value,) if isinstance(value, str) else value or ()
            return any(compare(one) for one in values)

        return holds


def knows(known: Collection[str], name: str) -> bool:
    """Whether an attribute is among those that are known."""
    return name in known or (ANY_PROFILE in known and name.startswith("profile."))


def _comparing(operator: str, wanted: str) -> Callable[[str], bool]:
    """What a value is asked. Moments are put in order as moments, however they are written."""
    compare, at = OPERATORS[operator], _moment(wanted) if operator in ORDERING else None
    if at is None:
        return lambda value: compare(value, wanted)

    def asking(value: str) -> bool:
        moment = _moment(value)
        return compare(value, wanted) if moment is None else compare(moment, at)

    return asking


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    while text[at:].strip():
        match = TOKEN.match(text, at)
        if match is None:
            raise BadFilter(text)
        found.append(match.group().strip())
        at = match.end()
    return found
