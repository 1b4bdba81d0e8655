"""What is left of an expression once all that is known of a person has been put in."""

from __future__ import annotations

from msgspec.structs import replace

from reconciler.expression.evaluate import value
from reconciler.expression.membership import membership
from reconciler.expression.spelling import literal
from reconciler.expression.tree import (
    And,
    Attribute,
    Choice,
    Facts,
    Foreign,
    Internal,
    Literal,
    Member,
    Node,
    Or,
)
from reconciler.expression.unknown import Unknown

TRUE, FALSE = Literal(True, "true"), Literal(False, "false")


def residual(node: Node, facts: Facts) -> Node:
    """The node with every part replaced that is decided; ``TRUE`` or ``FALSE`` if all of it is."""
    if isinstance(node, Literal | Attribute | Internal | Foreign):
        return _settled(node, facts)
    if isinstance(node, Member):
        return _groups_left(node, facts)
    node = replace(node, parts=tuple(residual(part, facts) for part in node.parts))
    match node:
        case Or():
            return _joined(node, deciding=TRUE, neutral=FALSE)
        case And():
            return _joined(node, deciding=FALSE, neutral=TRUE)
        case Choice(parts=(_, first, other)) if first == other:
            return first
        case Choice(parts=(Literal(value=bool(asked)), first, other)):
            return first if asked else other
        case _:
            return _settled(node, facts)


def _settled(node: Node, facts: Facts) -> Node:
    found = value(node, facts)
    return node if isinstance(found, Unknown) else literal(found)


def _groups_left(node: Member, facts: Facts) -> Node:
    """Groups known not to hold the person drop out; one known to hold them decides."""
    left: list[Node] = []
    for part in node.parts:
        outcome = membership(node, [value(part, facts)], facts)
        if outcome.value is True:
            return TRUE
        if outcome.value is None:
            left.append(residual(part, facts))
    return replace(node, parts=tuple(left)) if left else FALSE


def _joined(node: And | Or, *, deciding: Literal, neutral: Literal) -> Node:
    if deciding in node.parts:
        return deciding
    left = tuple(part for part in node.parts if part != neutral)
    return replace(node, parts=left) if len(left) > 1 else left[0] if left else neutral
