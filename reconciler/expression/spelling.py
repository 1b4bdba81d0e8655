"""From a tree back to the text of an expression, with a bracket around whatever joins two things."""

from __future__ import annotations

from typing import assert_never

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
    Value,
)


def literal(value: Value | None) -> Literal:
    """A value as a node, written as an expression would have it."""
    return Literal(value, _written(value))


def _written(value: Value | None) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    return f"{{{', '.join(_written(item) for item in value)}}}" if isinstance(value, tuple) else str(value)


def spelled(node: Node) -> str:
    """An expression that means what the node means."""
    match node:
        case Literal() | Foreign():
            return node.written
        case Attribute():
            return f"user.{node.name}"
        case Internal():
            return f'user.getInternalProperty("{node.name}")'
        case Call() | Member():
            return f"{node.name}({', '.join(spelled(part) for part in node.parts)})"
        case _:
            return _joined(node)


def _joined(node: And | Or | Not | Compare | Sum | Choice | Elvis | Listed | Index) -> str:
    if isinstance(node, Listed):
        return f"{{{', '.join(spelled(part) for part in node.parts)}}}"
    parts = [spelled(part) if isinstance(part, SELF_CONTAINED) else f"({spelled(part)})" for part in node.parts]
    match node:
        case And():
            return " AND ".join(parts)
        case Or():
            return " OR ".join(parts)
        case Not():
            return f"!{parts[0]}"
        case Compare():
            return f" {node.sign} ".join(parts)
        case Sum():
            return " + ".join(parts)
        case Choice():
            return f"{parts[0]} ? {parts[1]} : {parts[2]}"
        case Elvis():
            return " ?: ".join(parts)
        case Index():
            return f"{parts[0]}[{parts[1]}]"
        case _:
            assert_never(node)


SELF_CONTAINED = (Literal, Foreign, Attribute, Internal, Call, Member, Not, Listed, Index)
