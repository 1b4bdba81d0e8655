"""From words to terms: what binds tighter, as in Spring's expression language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache

from reconciler.simulator.org.rule_language.comparing import ORDERS, added, matched, number, ordered, same
from reconciler.simulator.org.rule_language.functions import FUNCTIONS, element
from reconciler.simulator.org.rule_language.profile import DEFAULT_PROFILE
from reconciler.simulator.org.rule_language.term import Kind, NotUnderstood, Subject, Term, Value, constant
from reconciler.simulator.org.rule_language.tokens import text, tokens

CONSTANTS: dict[str, Term] = {
    "true": constant("boolean", True),
    "false": constant("boolean", False),
    "null": constant("any", None),
}
SPELLINGS = {"eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">="}
NOT = ("!", "NOT", "not")
MOST_DEEP = 50
"""How deep expressions nest here: deeper than anybody writes them, and no deeper than Python can follow."""


@lru_cache(maxsize=1024)
def parse(expression: str) -> Callable[[Subject], bool]:
    """The question a rule asks; it raises CanNotTell. Raises NotUnderstood."""
    reader = _Reader(expression)
    condition = reader.condition(reader.whole())
    if reader.next is not None:
        raise reader.refused(f"unexpected {reader.next!r}")
    return lambda subject: condition.of(subject) is True


class _Reader:
    """Recursive descent: whole → either → both → comparison → sum → opposite → indexed → operand."""

    def __init__(self, expression: str) -> None:
        self._expression = expression
        self._tokens = tokens(expression)
        self._at = 0
        self._depth = 0

    @property
    def next(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def refused(self, why: str) -> NotUnderstood:
        return NotUnderstood(f"{why} in {self._expression[:200]!r}")

    def take(self, *wanted: str) -> str:
        token = self.next
        if token is None or (wanted and token not in wanted):
            raise self.refused(f"{' or '.join(wanted) or 'more'} expected, not {token!r}")
        self._at += 1
        return token

    def took(self, *wanted: str) -> bool:
        """Takes the next token if it is one of these."""
        if self.next not in wanted:
            return False
        self._at += 1
        return True

    def condition(self, term: Term) -> Term:
        """The term, where only what may be Boolean is allowed."""
        if term.kind not in ("boolean", "any"):
            raise self.refused(f"{term.kind} where yes or no is asked")
        return term

    @contextmanager
    def deeper(self) -> Iterator[None]:
        self._depth += 1
        if self._depth > MOST_DEEP:
            raise self.refused(f"more than {MOST_DEEP} levels")
        yield
        self._depth -= 1

    def whole(self) -> Term:
        with self.deeper():
            asked = self.either()
            if self.took("?:"):
                other = self.whole()
                return Term(_common(asked, other), lambda who: _first(asked.of(who), lambda: other.of(who)))
            if not self.took("?"):
                return asked
            self.condition(asked)
            then = self.whole()
            self.take(":")
            other = self.whole()
            return Term(_common(then, other), lambda who: then.of(who) if asked.of(who) is True else other.of(who))

    def either(self) -> Term:
        return self._joined(self.both, ("OR", "or", "||"), any)

    def both(self) -> Term:
        return self._joined(self.comparison, ("AND", "and", "&&"), all)

    def _joined(self, part: Callable[[], Term], words: tuple[str, ...], holds: Callable[..., bool]) -> Term:
        terms = [part()]
        while self.took(*words):
            terms.append(part())
        if len(terms) == 1:
            return terms[0]
        conditions = [self.condition(term) for term in terms]
        return Term("boolean", lambda who: holds(term.of(who) is True for term in conditions))

    def comparison(self) -> Term:
        left = self.sum()
        sign = SPELLINGS.get(self.next or "", self.next)
        if sign not in ("==", "!=", "matches", *ORDERS):
            return left
        self.take()
        if sign == "matches":
            self.refuse_bad_pattern()
        right = self.sum()
        if sign in ORDERS:
            return Term("boolean", lambda who: ordered(sign, left.of(who), right.of(who)))
        if sign == "matches":
            return Term("boolean", lambda who: matched(left.of(who), right.of(who)))
        return Term("boolean", lambda who: same(left.of(who), right.of(who)) is (sign == "=="))

    def refuse_bad_pattern(self) -> None:
        """Refuses a pattern that is written out and is none."""
        if self.next is not None and self.next[0] in "\"'":
            try:
                re.compile(text(self.next))
            except re.error as error:
                raise self.refused(f"{error}: a bad pattern") from error

    def sum(self) -> Term:
        term = self.opposite()
        while self.took("+"):
            term = _sum(term, self.opposite())
        return term

    def opposite(self) -> Term:
        if self.next not in (*NOT, "-"):
            return self.indexed()
        sign = self.take()
        with self.deeper():
            term = self.opposite()
        if sign == "-":
            return Term("number", lambda who: -number(term.of(who)))
        self.condition(term)
        return Term("boolean", lambda who: term.of(who) is not True)

    def indexed(self) -> Term:
        term = self.operand()
        while self.took("["):
            term = _element(term, self.whole())
            self.take("]")
        return term

    def operand(self) -> Term:
        token = self.take()
        if token == "(":
            inner = self.whole()
            self.take(")")
            return inner
        if token == "{":
            return _array(self.listed("}"))
        if token[0] in "\"'":
            return constant("text", text(token))
        if token[0].isdecimal():
            return constant("number", float(token) if "." in token else int(token))
        if token.lower() in CONSTANTS:
            return CONSTANTS[token.lower()]
        if token in FUNCTIONS:
            return self.call(token)
        name = token.removeprefix("user.")
        if name == token or "." in name:
            raise self.refused(f"unknown word {token!r}")
        return Term("text" if name in DEFAULT_PROFILE else "any", lambda who: who.profile.get(name))

    def listed(self, end: str) -> list[Term]:
        """Terms between commas, up to the end."""
        terms: list[Term] = []
        if self.took(end):
            return terms
        terms.append(self.whole())
        while self.take(",", end) == ",":
            terms.append(self.whole())
        return terms

    def call(self, name: str) -> Term:
        function = FUNCTIONS[name]
        self.take("(")
        if name.endswith("Regex"):
            self.refuse_bad_pattern()
        given = self.listed(")")
        if len(given) < function.least or (function.most is not None and len(given) > function.most):
            raise self.refused(f"{name} does not take {len(given)}")
        return Term(function.kind, lambda who: function.of(who, [term.of(who) for term in given]))


def _common(one: Term, other: Term) -> Kind:
    return one.kind if one.kind == other.kind else "any"


def _first(value: Value, other: Callable[[], Value]) -> Value:
    return other() if value is None or value == "" else value


def _sum(left: Term, right: Term) -> Term:
    kind: Kind = "text" if "text" in (left.kind, right.kind) else _common(left, right)
    return Term(kind, lambda who: added(left.of(who), right.of(who)))


def _element(array: Term, position: Term) -> Term:
    return Term("any", lambda who: element(array.of(who), position.of(who)))


def _array(terms: list[Term]) -> Term:
    return Term("array", lambda who: tuple(term.of(who) for term in terms))
