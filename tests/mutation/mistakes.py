"""What can be got wrong at one place of a syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

Mistake = tuple[str, ast.AST | None]
"""What it is in a few words, and what stands there then; None: nothing."""

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_SIGNS: dict[type[ast.AST], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.FloorDiv: "//",
    ast.Div: "/",
}
_OTHER_NAME = {"min": "max", "max": "min", "any": "all", "all": "any", "union": "intersection"}
_OTHER_SIGN: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
}
_LEFT_ALONE = (ast.Sub, ast.Add, ast.BitOr, ast.BitAnd)
"""Operators of which one side alone may be what is wanted."""


def mistakes(node: Any, *, of_module: bool) -> Iterator[Mistake]:
    """``of_module``: whether it stands outside functions, where a list of values is what is promised."""
    match node:
        case ast.Compare():
            yield from _compared(node)
        case ast.BoolOp():
            yield from (
                (f"{_told(node)} without {_short(one)}", _joined(node, at)) for at, one in enumerate(node.values)
            )
        case ast.UnaryOp(op=ast.Not()):
            yield "not dropped", node.operand
        case ast.BinOp():
            yield from _calculated(node)
        case ast.Constant():
            yield from _counted(node)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in _OTHER_NAME:
            other = _OTHER_NAME[name]
            func = ast.Name(other, ast.Load()) if isinstance(node.func, ast.Name) else _attribute(node.func, other)
            yield f"{name} → {other}", ast.Call(func=func, args=node.args, keywords=node.keywords)
        case ast.If():
            yield "if never", ast.If(test=ast.Constant(False), body=node.body, orelse=node.orelse)
            yield "if always", ast.If(test=ast.Constant(True), body=node.body, orelse=node.orelse)
        case ast.IfExp() if not (_is_sentence(node.body) and _is_sentence(node.orelse)):
            yield f"always {_short(node.body)}", node.body
            yield f"always {_short(node.orelse)}", node.orelse
        case ast.match_case() if not (isinstance(node.pattern, ast.MatchAs) and node.pattern.pattern is None):
            yield "case dropped", None
            if node.guard is not None:
                yield "guard of the case dropped", ast.match_case(pattern=node.pattern, guard=None, body=node.body)
        case ast.MatchOr():
            for at, one in enumerate(node.patterns):
                rest = node.patterns[:at] + node.patterns[at + 1 :]
                yield f"without {_short(one)}", rest[0] if len(rest) == 1 else ast.MatchOr(patterns=rest)
        case ast.comprehension(ifs=[_, *_]):
            yield "filter dropped", ast.comprehension(node.target, node.iter, [], node.is_async)
        case ast.Tuple() | ast.List() | ast.Set() if of_module and len(node.elts) > 1:
            for at, one in enumerate(node.elts):
                yield f"without {_short(one)}", type(node)(**_fields(node, elts=node.elts[:at] + node.elts[at + 1 :]))
        case ast.stmt():
            yield from _left_out(node)
        case _:
            return


def _compared(node: ast.Compare) -> Iterator[Mistake]:
    for at, op in enumerate(node.ops):
        for other in _COMPARED[type(op)]:
            ops = [*node.ops[:at], other(), *node.ops[at + 1 :]]
            new = ast.Compare(left=node.left, ops=ops, comparators=node.comparators)
            yield f"{_SIGNS[type(op)]} → {_SIGNS[other]}", new
    listed = node.comparators[0]
    if isinstance(node.ops[0], ast.In | ast.NotIn) and isinstance(listed, ast.Tuple | ast.List | ast.Set):
        for at, one in enumerate(listed.elts):
            rest = type(listed)(**_fields(listed, elts=listed.elts[:at] + listed.elts[at + 1 :]))
            yield f"without {_short(one)}", ast.Compare(left=node.left, ops=node.ops, comparators=[rest])


def _calculated(node: ast.BinOp) -> Iterator[Mistake]:
    if _is_sentence(node.left) or _is_sentence(node.right):
        return
    sign = type(node.op)
    if sign in _OTHER_SIGN and not isinstance(node.right, ast.Tuple | ast.List):
        other = _OTHER_SIGN[sign]
        yield f"{_SIGNS[sign]} → {_SIGNS[other]}", ast.BinOp(left=node.left, op=other(), right=node.right)
    if isinstance(node.op, _LEFT_ALONE):
        yield f"without {_short(node.right)}", node.left
        if sign is not ast.Sub:
            yield f"without {_short(node.left)}", node.right


def _counted(node: ast.Constant) -> Iterator[Mistake]:
    if isinstance(node.value, bool):
        yield f"{node.value} → {not node.value}", ast.Constant(not node.value)
    elif isinstance(node.value, int):
        for other in {0: (1,), 1: (0, 2)}.get(node.value, (node.value - 1, node.value + 1)):
            yield f"{node.value} → {other}", ast.Constant(other)
    elif isinstance(node.value, float):
        other = node.value * 2 or 1.0
        yield f"{node.value} → {other}", ast.Constant(other)


def _left_out(node: ast.stmt) -> Iterator[Mistake]:
    """Statements that only do something, and what is given back."""
    match node:
        case ast.Return(value=value) if value is not None and not _is_nothing(value) and not _is_sentence(value):
            yield "return None", ast.Return(value=ast.Constant(None))
        case ast.Expr() | ast.AugAssign() | ast.Raise() | ast.Continue() | ast.Break() | ast.Delete():
            yield "left out", ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield "left out", ast.Pass()


def _joined(node: ast.BoolOp, without: int) -> ast.AST:
    rest = node.values[:without] + node.values[without + 1 :]
    return rest[0] if len(rest) == 1 else ast.BoolOp(op=node.op, values=rest)


def _attribute(node: Any, name: str) -> ast.Attribute:
    return ast.Attribute(value=node.value, attr=name, ctx=ast.Load())


def _fields(node: ast.AST, **other: Any) -> dict[str, Any]:
    return {**dict(ast.iter_fields(node)), **other}


def _is_nothing(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_sentence(node: ast.AST) -> bool:
    """Words: a text that is written out."""
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _told(node: ast.BoolOp) -> str:
    return "and" if isinstance(node.op, ast.And) else "or"


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 40 else f"{text[:39]}…"
