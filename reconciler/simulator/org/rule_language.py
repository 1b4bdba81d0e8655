"""Okta's expression language as far as this org's group rules use it: parse once, ask about one person at a time.

Names of functions and operators as in Okta's reference: ``isMemberOfGroup``, ``isMemberOfAnyGroup``,
``isMemberOfGroupName`` (and …StartsWith, …Contains), ``user.attribute``, ``String.startsWith``,
``String.stringContains``, ``String.toLowerCase``, ``String.toUpperCase``, ``==``, ``!=``, ``AND``/``&&``,
``OR``/``||``, ``!``, parentheses. Anything else is refused when a rule is made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

Value = str | int | bool | None


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A person as a rule sees them: profile under Okta's names; ids and names of their groups."""

    profile: Mapping[str, Value]
    group_ids: frozenset[str]
    group_names: frozenset[str]


Term = Callable[[Subject], Value]

TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<number>\d+)|(?P<sign>==|!=|&&|\|\||[!(),])"""
    r"""|(?P<word>[A-Za-z_][\w.]*))"""
)
WORDS: dict[str, Value] = {"true": True, "false": False, "null": None}


class NotUnderstood(ValueError):
    """The expression is none that this org can evaluate."""


def _text(value: Value) -> str:
    return "" if value is None else str(value)


def _any_group(subject: Subject, values: list[Value]) -> Value:
    return any(value in subject.group_ids for value in values)


FUNCTIONS: dict[str, Callable[[Subject, list[Value]], Value]] = {
    "isMemberOfGroup": _any_group,
    "isMemberOfAnyGroup": _any_group,
    "isMemberOfGroupName": lambda subject, values: _text(values[0]) in subject.group_names,
    "isMemberOfGroupNameStartsWith": lambda subject, values: any(
        name.startswith(_text(values[0])) for name in subject.group_names
    ),
    "isMemberOfGroupNameContains": lambda subject, values: any(
        _text(values[0]) in name for name in subject.group_names
    ),
    "String.startsWith": lambda _, values: values[0] is not None and _text(values[0]).startswith(_text(values[1])),
    "String.stringContains": lambda _, values: values[0] is not None and _text(values[1]) in _text(values[0]),
    "String.toLowerCase": lambda _, values: _text(values[0]).lower(),
    "String.toUpperCase": lambda _, values: _text(values[0]).upper(),
}
ARGUMENTS = {name: 2 if name in ("String.startsWith", "String.stringContains") else 1 for name in FUNCTIONS}


@lru_cache(maxsize=1024)
def parse(expression: str) -> Callable[[Subject], bool]:
    """The question a rule asks. Raises NotUnderstood."""
    reader = _Reader(expression)
    term = reader.either()
    if reader.next is not None:
        raise NotUnderstood(f"unexpected {reader.next!r} in {expression!r}")
    return lambda subject: term(subject) is True


def literals(expression: str) -> frozenset[str]:
    """Texts in quotation marks: among them the ids of the groups that the expression names."""
    return frozenset(token[1:-1] for token in _tokens(expression) if token[0] in "\"'")


def _tokens(expression: str) -> list[str]:
    found, at = [], 0
    while expression[at:].strip():
        match = TOKEN.match(expression, at)
        if match is None:
            raise NotUnderstood(f"can't read {expression[at:]!r}")
        found.append(match.group().strip())
        at = match.end()
    return found


class _Reader:
    """Recursive descent: either → both → opposite → comparison → operand."""

    def __init__(self, expression: str) -> None:
        self._expression = expression
        self._left = _tokens(expression)

    @property
    def next(self) -> str | None:
        return self._left[0] if self._left else None

    def take(self, *wanted: str) -> str:
        token = self.next
        if token is None or (wanted and token not in wanted):
            raise NotUnderstood(f"{' or '.join(wanted) or 'more'} expected in {self._expression!r}, not {token!r}")
        return self._left.pop(0)

    def either(self) -> Term:
        terms = [self.both()]
        while self.next in ("OR", "or", "||"):
            self.take()
            terms.append(self.both())
        return terms[0] if len(terms) == 1 else lambda subject: any(term(subject) is True for term in terms)

    def both(self) -> Term:
        terms = [self.opposite()]
        while self.next in ("AND", "and", "&&"):
            self.take()
            terms.append(self.opposite())
        return terms[0] if len(terms) == 1 else lambda subject: all(term(subject) is True for term in terms)

    def opposite(self) -> Term:
        if self.next not in ("!", "NOT", "not"):
            return self.comparison()
        self.take()
        term = self.opposite()
        return lambda subject: term(subject) is not True

    def comparison(self) -> Term:
        left = self.operand()
        if self.next not in ("==", "!=", "eq", "ne"):
            return left
        same = self.take() in ("==", "eq")
        right = self.operand()
        return lambda subject: (left(subject) == right(subject)) is same

    def operand(self) -> Term:
        token = self.take()
        if token == "(":
            inner = self.either()
            self.take(")")
            return inner
        if token[0] in "\"'":
            text = re.sub(r"\\(.)", r"\1", token[1:-1])
            return lambda _: text
        if token.isdecimal():
            number = int(token)
            return lambda _: number
        if token in WORDS:
            return lambda _: WORDS[token]
        if token.startswith("user."):
            name = token.removeprefix("user.")
            return lambda subject: subject.profile.get(name)
        return self.call(token)

    def call(self, name: str) -> Term:
        function = FUNCTIONS.get(name)
        if function is None:
            raise NotUnderstood(f"unknown word {name!r} in {self._expression!r}")
        self.take("(")
        arguments = [self.either()]
        while self.take(",", ")") == ",":
            arguments.append(self.either())
        if len(arguments) != ARGUMENTS[name] and name != "isMemberOfAnyGroup":
            raise NotUnderstood(f"{name} takes {ARGUMENTS[name]}, not {len(arguments)}")
        return lambda subject: function(subject, [argument(subject) for argument in arguments])
