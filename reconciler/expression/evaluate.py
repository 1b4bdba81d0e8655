"""What an expression says of one person, in three values (Kleene's): what is not known stays unknown until
it can't matter.

Yes and no are final: knowing more of the person never turns one into the other.
"""

from __future__ import annotations

from functools import lru_cache
from typing import assert_never

from reconciler.expression.compare import compared
from reconciler.expression.functions import FUNCTIONS, Given, kind_of
from reconciler.expression.membership import membership
from reconciler.expression.tree import (
    And,
    Attribute,
    Call,
    Choice,
    Compare,
    Elvis,
    Expression,
    Facts,
    Foreign,
    Index,
    Internal,
    Listed,
    Literal,
    Member,
    Node,
    Not,
    Or,
    Outcome,
    Sum,
)
from reconciler.expression.unknown import Unknown, unknown
from reconciler.expression.wording import clause, plain_name, term

_said = lru_cache(maxsize=4096)(clause)
"""The same few sentences are said of everybody."""


def evaluate(expression: Expression, facts: Facts) -> Outcome:
    """Would the rule bring this person? Unknown with the reasons where it can't be told."""
    outcome = truth(expression.root, facts)
    return outcome if len(outcome.why) < 2 else Outcome(outcome.value, tuple(dict.fromkeys(outcome.why)))


def truth(node: Node, facts: Facts) -> Outcome:
    """Yes, no or unknown for one node, with what decided it."""
    match node:
        case Or():
            return _joined(node.parts, facts, deciding=True)
        case And():
            return _joined(node.parts, facts, deciding=False)
        case Not():
            inner = truth(node.parts[0], facts)
            return Outcome(None if inner.value is None else not inner.value, inner.why)
        case Choice():
            return _chosen(node, facts)
        case Member():
            return membership(node, [value(part, facts) for part in node.parts], facts)
        case _:
            return _plain(node, value(node, facts))


def _joined(parts: tuple[Node, ...], facts: Facts, *, deciding: bool) -> Outcome:
    """``||``, decided by one that is true; ``&&``, by one that is false."""
    open_: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    known = True
    for part in parts:
        outcome = truth(part, facts)
        if outcome.value is deciding:
            return outcome
        if outcome.value is None:
            known = False
            open_ += outcome.why
        else:
            closed += outcome.why
    return Outcome(not deciding, closed) if known else Outcome(None, open_)


def _chosen(node: Choice, facts: Facts) -> Outcome:
    condition, first, other = node.parts
    asked = truth(condition, facts)
    if asked.value is not None:
        return truth(first if asked.value else other, facts)
    one, two = truth(first, facts), truth(other, facts)
    if one.value is not None and one.value is two.value:
        return Outcome(one.value, one.why + two.why)
    return asked


def _plain(node: Node, found: Given) -> Outcome:
    if isinstance(found, bool):
        return Outcome(found, (_said(node, found),))
    if isinstance(found, Unknown):
        return Outcome(None, found.why)
    if found is None:
        return Outcome(None, (f"{term(node)} is not set, and what Okta makes of that isn't documented",))
    return Outcome(None, (f"{term(node)} is {kind_of(found)}, and not a yes or no",))


def value(node: Node, facts: Facts) -> Given:
    """What a node comes to for this person."""
    match node:
        case Attribute():
            if node.name in facts.attributes:
                return facts.attributes[node.name]
            return unknown(f"their {plain_name(node.name)} is not known")
        case Literal():
            return node.value
        case Compare():
            return _compared(node, facts)
        case Or() | And() | Not() | Choice() | Member():
            return _of_truth(node, facts)
        case Internal():
            return _internal(node, facts)
        case Foreign():
            return unknown(node.why)
        case Elvis():
            first = value(node.parts[0], facts)
            return value(node.parts[1], facts) if first is None or first == "" else first
        case Sum() | Listed() | Index() | Call():
            return _worked_out(node, [value(part, facts) for part in node.parts])
        case _:
            assert_never(node)


def _of_truth(node: Or | And | Not | Choice | Member, facts: Facts) -> Given:
    """A condition used as a value; only a choice can be something else than a yes or no."""
    if isinstance(node, Choice):
        condition, first, other = node.parts
        asked = truth(condition, facts)
        return Unknown(asked.why) if asked.value is None else value(first if asked.value else other, facts)
    outcome = truth(node, facts)
    return Unknown(outcome.why) if outcome.value is None else outcome.value


def _internal(node: Internal, facts: Facts) -> Given:
    found = facts.attributes.get("status") if node.name == "status" else facts.user_id
    return unknown(f"their Okta {node.name} is not known") if found is None else found


def _compared(node: Compare, facts: Facts) -> bool | Unknown:
    left, right = value(node.parts[0], facts), value(node.parts[1], facts)
    if isinstance(left, Unknown):
        return Unknown(left.why + right.why) if isinstance(right, Unknown) else left
    if isinstance(right, Unknown):
        return right
    return compared(node.sign, left, right)


def _worked_out(node: Sum | Listed | Index | Call, given: list[Given]) -> Given:
    if isinstance(node, Call):
        return FUNCTIONS[node.name].apply(node.name, given)
    doubts = [found for found in given if isinstance(found, Unknown)]
    if doubts:
        return Unknown(tuple(why for doubt in doubts for why in doubt.why))
    if isinstance(node, Listed):
        return tuple(given)  # type: ignore[arg-type]  # what is unknown was dealt with
    if isinstance(node, Index):
        return FUNCTIONS["Arrays.get"].apply("[…]", given)
    if all(isinstance(found, str) for found in given):
        return "".join(given)  # type: ignore[arg-type]  # all are texts
    return unknown("what + makes of anything but texts isn't documented")
