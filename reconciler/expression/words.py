"""A whole rule in one plain phrase: "people in Engineering or Design, unless their type is contractor"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reconciler.expression.tree import And, Expression, Foreign, Literal, Member, Node, Not, Or
from reconciler.expression.wording import NO_NAMES, clause, groups, simple


def words(expression: Expression, names: Mapping[str, str] = NO_NAMES) -> str:
    """Whom the rule brings. ``names``: group id → name. What was not understood is quoted with the reason."""
    root = expression.root
    match root:
        case Foreign():
            return f"a condition that was not understood, {root.why}: “{expression.text}”"
        case Literal(value=bool(value)):
            return "everybody" if value else "nobody"
        case Not():
            return f"everybody{_whom(root, names)}"
        case _:
            return f"people {_whom(root, names)}"


def _whom(node: Node, names: Mapping[str, str]) -> str:
    """What stands after "people"."""
    if isinstance(node, Or) and not simple(node):
        groups_alone = all(isinstance(part, Member) for part in node.parts)
        return (" or " if groups_alone else ", or ").join(_whom(part, names).removeprefix(", ") for part in node.parts)
    parts = node.parts if isinstance(node, And) else (node,)
    inside = [f"in {groups(part, names)}" for part in parts if isinstance(part, Member)]
    excepted = [clause(part.parts[0], True, names) for part in parts if isinstance(part, Not)]
    others = [part for part in parts if not isinstance(part, Member | Not)]
    said = " ".join(filter(None, (" and ".join(inside), _whose(others, names))))
    return f"{said}, unless {' or '.join(excepted)}" if excepted else said


def _whose(parts: Sequence[Node], names: Mapping[str, str]) -> str:
    if not parts:
        return ""
    said = [clause(part, True, names) for part in parts]
    if all(one.startswith("their ") and simple(part) for one, part in zip(said, parts, strict=True)):
        return " and ".join(f"whose {one.removeprefix('their ')}" for one in said)
    if len(said) > 1:
        said = [one if simple(part) else f"({one})" for one, part in zip(said, parts, strict=True)]
    return f"of whom it holds: {' and '.join(said)}"
