"""From tokens to a tree, by binding power, after Spring's grammar: ``!`` binds tightest, then ``+``, one comparison,
``&&``, ``||``, and the choices last."""

from __future__ import annotations

from math import isfinite
from typing import TypeAlias

from reconciler.expression.functions import FUNCTIONS, GROUP_FUNCTIONS, OLD_NAMES
from reconciler.expression.tokens import Token, tokens
from reconciler.expression.tree import (
    And,
    Attribute,
    Call,
    Choice,
    Compare,
    Elvis,
    Foreign,
    Index,
    Internal,
    Listed,
    Literal,
    Member,
    Node,
    Not,
    Or,
    Sum,
)

DEEPEST = 60
"""Levels of nesting that are read. A rule has a handful; Python allows a thousand calls within calls, and each level
takes up to five of them here."""

Joint: TypeAlias = type[Or] | type[And] | type[Sum]
CHOICE, OR, AND, COMPARE, PLUS, UNARY = range(1, 7)
POWER = {
    "?": CHOICE,
    "?:": CHOICE,
    "||": OR,
    "&&": AND,
    **dict.fromkeys(("==", "!=", "<", ">", "<=", ">=", "matches"), COMPARE),
    "+": PLUS,
}
JOINTS: dict[str, Joint] = {"||": Or, "&&": And, "+": Sum}
CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
HINTS = {
    "=": ", which assigns (== compares)",
    "“": ", a curly quote",
    "”": ", a curly quote",
    '"': ", which is never closed",
    "'": ", which is never closed",
}
BIGGEST = 2**31 - 1


class NotUnderstoodError(Exception):
    """The text is not of the language. ``parse`` alone meets it."""

    def __init__(self, why: str, token: Token) -> None:
        super().__init__(f"{why} (column {token.at + 1})")


class Reading:
    """One walk through the tokens of a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.at = 0
        self.depth = 0
        self.steps = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def next(self) -> Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def take(self, sign: str) -> bool:
        """Step over the sign if it stands here."""
        if self.token.kind == "sign" and self.token.means == sign:
            self.at += 1
            return True
        return False

    def expect(self, sign: str) -> None:
        if not self.take(sign):
            raise _unexpected(self.token, f", where {sign} should stand")

    def whole(self) -> Node:
        if len(self.tokens) == 1:
            raise NotUnderstoodError("the expression is empty", self.token)
        node = self.expression(0)
        if self.token.kind != "end":
            raise _unexpected(self.token)
        if _levels(node) > DEEPEST:
            raise NotUnderstoodError(f"nested more than {DEEPEST} deep", self.tokens[0])
        return node

    def expression(self, power: int) -> Node:
        """An expression whose signs bind tighter than ``power``."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise NotUnderstoodError(f"nested more than {DEEPEST} deep", self.token)
        node = Not((self.expression(UNARY),)) if self.take("!") else self.operand()
        while (binds := POWER.get(self.token.means, 0) if self.token.kind == "sign" else 0) > power:
            node = self.joined(node, binds)
        self.depth -= 1
        return node

    def joined(self, left: Node, binds: int) -> Node:
        sign = self.token.means
        if binds == CHOICE:
            return self.choice(left)
        if binds == COMPARE:
            self.next()
            node = Compare(sign, (left, self.expression(COMPARE)))  # type: ignore[arg-type]  # a key of POWER
            if self.token.kind == "sign" and POWER.get(self.token.means) == COMPARE:
                raise _unexpected(self.token)  # a == b == c is not of the language
            return node
        parts = [left]
        while self.take(sign):
            parts.append(self.expression(binds))
        return _flat(JOINTS[sign], parts)

    def choice(self, condition: Node) -> Node:
        if self.take("?:"):
            return Elvis((condition, self.expression(0)))
        self.expect("?")
        first = self.expression(0)
        self.expect(":")
        return Choice((condition, first, self.expression(0)))

    def operand(self) -> Node:
        start = self.token.at
        node = self.plain()
        while self.token.kind == "sign" and self.token.means in (".", "["):
            self.steps += 1
            if self.steps > DEEPEST:
                raise NotUnderstoodError(f"nested more than {DEEPEST} deep", self.token)
            node = self.followed(node, start)
        return node

    def followed(self, node: Node, start: int) -> Node:
        if self.take("["):
            place = self.expression(0)
            self.expect("]")
            return Index((node, place))
        self.expect(".")
        self.path()
        if self.take("("):
            self.arguments(")")
        written = self.text[start : self.tokens[self.at - 1].to]
        return self.foreign(start, f"{written} is not documented for group rules")

    def plain(self) -> Node:
        token = self.next()
        if token.kind == "text":
            return Literal(token.means, token.written)
        if token.kind == "number":
            return _number(token, token.written)
        if token.kind == "name":
            return self.named(token)
        if token.means == "-" and self.token.kind == "number":
            return _number(token, f"-{self.next().written}")
        if token.means == "(":
            node = self.expression(0)
            self.expect(")")
            return node
        if token.means == "{":
            return Listed(self.arguments("}"))
        raise _unexpected(token)

    def named(self, token: Token) -> Node:
        """A constant, an attribute or a function."""
        if token.written.lower() in CONSTANTS:
            return Literal(CONSTANTS[token.written.lower()], token.written.lower())
        name = token.written
        if self.take("."):
            name += f".{self.path()}"
        if self.take("("):
            return self.called(name, token, self.arguments(")"))
        owner, _, attribute = name.partition(".")
        if owner != "user" or not attribute:
            return self.foreign(token.at, f"{name} is not an attribute of the person")
        if attribute in ("id", "status"):
            return self.foreign(token.at, f"{name} is not documented; getInternalProperty reads Okta's own")
        return Attribute(attribute)

    def path(self) -> str:
        token = self.next()
        if token.kind != "name":
            raise _unexpected(token)
        return token.written

    def arguments(self, close: str) -> tuple[Node, ...]:
        """What stands between a bracket just taken and ``close``."""
        if self.take(close):
            return ()
        parts = [self.expression(0)]
        while self.take(","):
            parts.append(self.expression(0))
        self.expect(close)
        return tuple(parts)

    def called(self, name: str, token: Token, parts: tuple[Node, ...]) -> Node:
        if name == "user.getInternalProperty" and (named := _internal(parts)):
            return named
        how = GROUP_FUNCTIONS.get(name)
        if how is not None:
            if len(parts) == 1 or (parts and name == "isMemberOfAnyGroup"):
                return Member(how, name, parts)
            return self.foreign(token.at, f"{name} is not documented with {len(parts)} arguments")
        function = FUNCTIONS.get(OLD_NAMES.get(name, name))
        if function is None:
            return self.foreign(token.at, f"{name} is not a function that is documented for group rules")
        if not function.takes(len(parts)):
            return self.foreign(token.at, f"{name} is not documented with {len(parts)} arguments")
        return Call(OLD_NAMES.get(name, name), parts)

    def foreign(self, start: int, why: str) -> Foreign:
        return Foreign(self.text[start : self.tokens[self.at - 1].to], f"{why} (column {start + 1})")


def _flat(kind: Joint, parts: list[Node]) -> Node:
    """(a or b) or c is a or b or c; sums too, since + is known of texts alone."""
    return kind(tuple(inner for part in parts for inner in (part.parts if isinstance(part, kind) else (part,))))


def _internal(parts: tuple[Node, ...]) -> Internal | None:
    match parts:
        case (Literal(value="status" | "id" as name),):
            return Internal(name)
    return None


def _number(token: Token, written: str) -> Node:
    """Spring reads whole numbers of 32 bits; what is larger can't have been saved as a rule."""
    number = float(written)
    if written.lstrip("-").isdigit() and abs(number) <= BIGGEST:
        return Literal(int(written), written)
    if not isfinite(number) or written.lstrip("-").isdigit():
        raise NotUnderstoodError(f"the number {token.written[:20]} is too large", token)
    return Literal(number, written)


def _levels(root: Node) -> int:
    levels, row = 0, [root]
    while row:
        levels += 1
        row = [part for node in row for part in getattr(node, "parts", ())]
    return levels


def _unexpected(token: Token, more: str = "") -> NotUnderstoodError:
    if token.kind == "end":
        return NotUnderstoodError(f"the expression ends too early{more}", token)
    hint = HINTS.get(token.written, "")
    return NotUnderstoodError(f"unexpected {token.written[:20]}{hint}{more}", token)
