"""Plain words for the parts of an expression, about "them", the people whom the rule looks at."""

from __future__ import annotations

import re
from collections.abc import Mapping

from reconciler.expression.spelling import spelled
from reconciler.expression.tree import (
    And,
    Attribute,
    Call,
    Choice,
    Compare,
    Foreign,
    How,
    Internal,
    Literal,
    Member,
    Node,
    Not,
    Or,
)

NAMED: dict[How, str] = {
    "id": "with the id",
    "name": "named",
    "starts": "whose name starts with",
    "contains": "whose name contains",
    "regex": "whose name matches",
}
VERBS = {
    "==": ("is", "is not"),
    "!=": ("is not", "is"),
    "<": ("is less than", "is not less than"),
    ">": ("is more than", "is not more than"),
    "<=": ("is at most", "is not at most"),
    ">=": ("is at least", "is not at least"),
    "matches": ("matches", "does not match"),
    "String.startsWith": ("starts with", "does not start with"),
    "String.stringContains": ("contains", "does not contain"),
    "Arrays.contains": ("includes", "does not include"),
}
"""Sign or function of two → (verb where it holds, verb where it does not)."""

PLAIN = re.compile(r"[\w.@&/+-]+")
SENTENCE = re.compile(r"(?:is|has|can)[A-Z]")
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

NO_NAMES: Mapping[str, str] = {}


def plain_name(attribute: str) -> str:
    """``employeeNumber`` → ``employee number``; names that make no noun stay as they are."""
    if not attribute[0].islower() or SENTENCE.match(attribute):
        return f"“{attribute}”"
    return HUMP.sub(" ", attribute).lower()


def clause(node: Node, yes: bool = True, names: Mapping[str, str] = NO_NAMES) -> str:
    """A sentence that holds where the node is true (or, with ``yes`` false, false). ``names``: group id → name."""
    match node:
        case Not():
            return clause(node.parts[0], not yes, names)
        case And() | Or():
            return _joined(node, yes, names)
        case Member():
            return f"they are {'in' if yes else 'not in'} {groups(node, names)}"
        case Compare():
            return _compared(node, yes)
        case Call() if node.name in VERBS:
            return f"{term(node.parts[0])} {VERBS[node.name][not yes]} {_object(node.parts[1])}"
        case Call(name="Arrays.isEmpty"):
            return f"{term(node.parts[0])} {'is' if yes else 'is not'} empty"
        case Choice():
            condition, first, other = (
                _bracketed(part, kind, names) for part, kind in zip(node.parts, (True, yes, yes), strict=True)
            )
            return f"{first} if {condition}, otherwise {other}"
        case Literal(value=bool(value)):
            return "always" if value is yes else "never"
        case Foreign():
            return f"{'it is' if yes else 'it is not'} so that {node.written} (not understood)"
        case _:
            return f"{term(node)} {'is' if yes else 'is not'} true"


def _joined(node: And | Or, yes: bool, names: Mapping[str, str]) -> str:
    every = isinstance(node, And) is yes  # not (a and b) is: not a, or not b
    return (" and " if every else " or ").join(_clauses(node.parts, yes, names, "is not" if every else "is"))


def _clauses(parts: tuple[Node, ...], yes: bool, names: Mapping[str, str], shared: str) -> list[str]:
    """A clause for each part, or for neighbours that say ``shared`` of one thing: their city is Berlin or Rome."""
    said: list[str] = []
    before = None
    for part in parts:
        start, what = _likened(part, yes, shared)
        if what and start == before:
            said[-1] += f" or {what}"
        else:
            said.append(f"{start} {what}" if what else _bracketed(part, yes, names))
        before = start if what else None
    return said


def _likened(node: Node, yes: bool, verb: str) -> tuple[str, str]:
    """For an attribute that is, or is not, a certain text: (their city is, Rome)."""
    match node:
        case Compare("==" | "!=" as sign, (Attribute() as attribute, Literal(value=str(text)) as right)) if text:
            if VERBS[sign][not yes] == verb:
                return f"{term(attribute)} {verb}", _object(right)
    return "", ""


def simple(node: Node) -> bool:
    """Is its clause one that needs no brackets?"""
    while isinstance(node, Not):
        node = node.parts[0]
    if isinstance(node, And | Or):
        starts = {_likened(part, True, "is not" if isinstance(node, And) else "is")[0] for part in node.parts}
        return len(starts) == 1 and "" not in starts
    return not isinstance(node, Choice)


def _bracketed(node: Node, yes: bool, names: Mapping[str, str]) -> str:
    said = clause(node, yes, names)
    return said if simple(node) else f"({said})"


def groups(node: Member, names: Mapping[str, str]) -> str:
    """The groups that a group function asks for: ``Engineering or Design``, ``a group named Sales``."""
    asked = [
        part.value if isinstance(part, Literal) and isinstance(part.value, str) else term(part) for part in node.parts
    ]
    if node.how == "id":
        return " or ".join(names.get(id_, id_) for id_ in asked)
    return f"a group {NAMED[node.how]} {' or '.join(asked)}"


def _compared(node: Compare, yes: bool) -> str:
    left, right = node.parts
    if isinstance(left, Literal) and node.sign in ("==", "!="):
        left, right = right, left
    verb = VERBS[node.sign][not yes]
    if isinstance(right, Literal) and node.sign in ("==", "!="):
        if right.value is None:
            return f"{term(left)} {'is not set' if verb == 'is' else 'is set'}"
        if right.value == "":
            return f"{term(left)} {verb} empty"
    return f"{term(left)} {verb} {_object(right)}"


def _object(node: Node) -> str:
    """What something is compared with: a plain word goes without quotes."""
    if isinstance(node, Literal) and isinstance(node.value, str) and PLAIN.fullmatch(node.value):
        return node.value
    return term(node)


def term(node: Node) -> str:
    """A value in words: ``their department``; what has no plain words is spelled as in an expression."""
    match node:
        case Attribute():
            return f"their {plain_name(node.name)}"
        case Internal():
            return f"their Okta {node.name}"
        case Literal(value=str(text)):
            return f"“{text}”"
        case Call(name="String.toLowerCase" | "String.toUpperCase"):
            return f"{term(node.parts[0])} in {'lower' if node.name.endswith('LowerCase') else 'upper'} case"
        case Call(name="String.len"):
            return f"the length of {term(node.parts[0])}"
        case _:
            return spelled(node)
