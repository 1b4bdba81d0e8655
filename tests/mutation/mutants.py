"""Small mistakes made on purpose: one change of a module's syntax tree each. Words that people read are left alone."""

from __future__ import annotations

import ast
import copy
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from tests.mutation.mistakes import mistakes

Step = tuple[str, int | None]
"""Name of a field, and the place in it where it is a list."""
_SILENT = {"annotation", "returns", "decorator_list", "type_params"}
"""Fields that say nothing about what is done."""


@dataclass(frozen=True)
class Mutant:
    """One mistake. ``where``: the function or method around it; "" in the module itself, where it counts on import."""

    path: tuple[Step, ...]
    new: ast.AST | None
    what: str
    text: str
    where: str
    lines: range
    """Of its statement, as far as what is changed: a test that runs none of them can't see it."""

    @property
    def key(self) -> tuple[str, str, str]:
        return self.where, self.text, self.what


@dataclass(frozen=True)
class _Place:
    node: Any
    path: tuple[Step, ...] = ()
    names: tuple[str, ...] = ()
    called: bool = False
    """Whether it is in the body of a function."""
    statement: int = 1


def mutants(source: str, wording: Collection[str] = ()) -> tuple[Mutant, ...]:
    """Every mutant of a module, from top to bottom. ``wording``: functions that only make sentences."""
    lines = source.splitlines()
    found = []
    for place in _places(_Place(ast.parse(source)), frozenset(wording)):
        first, last = _lines(place.node)
        for what, new in mistakes(place.node, of_module=not place.called):
            text, where = lines[first - 1].strip(), ".".join(place.names) if place.called else ""
            reached = range(min(first, place.statement), last + 1)
            found.append(Mutant(path=place.path, new=new, what=what, text=text, where=where, lines=reached))
    return tuple(found)


def tree_with(source: str, mutant: Mutant) -> ast.Module:
    """The module with the mistake in it."""
    tree = ast.parse(source)
    *way, (field, at) = mutant.path
    node: Any = tree
    for name, place in way:
        node = getattr(node, name) if place is None else getattr(node, name)[place]
    new = copy.deepcopy(mutant.new)
    if at is None:
        setattr(node, field, new)
    elif new is None:
        del getattr(node, field)[at]
    else:
        getattr(node, field)[at] = new
    return ast.fix_missing_locations(tree)


def _lines(node: Any) -> tuple[int, int]:
    """First and last line of an expression or a simple statement; of what has a body, its head."""
    if isinstance(node, ast.match_case):
        return node.pattern.lineno, node.pattern.lineno
    if isinstance(node, ast.comprehension):
        return node.target.lineno, node.iter.end_lineno or node.target.lineno
    return node.lineno, node.lineno if isinstance(getattr(node, "body", None), list) else node.end_lineno


def _places(place: _Place, wording: frozenset[str]) -> Iterator[_Place]:
    node = place.node
    if isinstance(node, ast.stmt):
        place = replace(place, statement=node.lineno)
    if (place.path and hasattr(node, "lineno")) or isinstance(node, ast.match_case | ast.comprehension):
        yield place
    names, called = place.names, place.called
    is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    if (is_function or isinstance(node, ast.ClassDef)) and not called:
        names = (*names, node.name)
    for field, value in ast.iter_fields(node):
        children = enumerate(value) if isinstance(value, list) else [(None, value)]
        for at, child in children:
            if isinstance(child, ast.AST) and not _is_left_alone(node, field, child, wording):
                yield from _places(
                    _Place(
                        node=child,
                        path=(*place.path, (field, at)),
                        names=names,
                        called=called or (is_function and field == "body"),
                        statement=place.statement,
                    ),
                    wording,
                )


def _is_left_alone(parent: ast.AST, field: str, child: ast.AST, wording: frozenset[str]) -> bool:
    """Types, imports, docstrings, sentences, and what the type checker alone sees."""
    if field in _SILENT or isinstance(child, ast.Import | ast.ImportFrom | ast.JoinedStr):
        return True
    if isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING":
        return True
    if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) and child.name in wording:
        return True
    if isinstance(parent, ast.ClassDef) and field in ("bases", "keywords"):
        return True
    if isinstance(child, ast.Expr):
        return isinstance(child.value, ast.Constant) or _calls(child.value, "assert_never")
    if isinstance(child, ast.match_case) and any(
        _calls(getattr(one, "value", None), "assert_never") for one in child.body
    ):
        return True
    of_types = isinstance(child, ast.Assign) and isinstance(child.value, ast.Subscript | ast.BinOp)
    return isinstance(parent, ast.Module) and of_types and _is_type(child)


def _is_type(assign: Any) -> bool:
    """``Word = Literal["a", "b"]``: a name for types, in capital and small letters."""
    name = assign.targets[0]
    return isinstance(name, ast.Name) and not name.id.isupper() and name.id.strip("_")[:1].isupper()


def _calls(node: Any, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
