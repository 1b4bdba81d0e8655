"""Comparisons and `+`, as Java and Spring's expression language make them."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

from reconciler.simulator.org.rule_language.term import CanNotTell, Value

ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def same(left: Value, right: Value) -> bool:
    """Equal and of one kind: no number is a text, no Boolean a number, "" is not null."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    return left == right


def ordered(sign: str, left: Value, right: Value) -> bool:
    """Numbers by size, texts by letters; null comes before everything. Raises CanNotTell for one of each."""
    if left is None or right is None:
        return ORDERS[sign](left is not None, right is not None)
    if (_number(left) and _number(right)) or (isinstance(left, str) and isinstance(right, str)):
        return ORDERS[sign](left, right)
    raise CanNotTell(f"{shown(left)} {sign} {shown(right)}")


def matched(value: Value, pattern: Value) -> bool:
    """The whole value fits the pattern; null fits none. Raises CanNotTell for what is no pattern."""
    if value is None:
        return False
    try:
        return re.fullmatch(shown(pattern), shown(value)) is not None
    except re.error as error:
        raise CanNotTell(f"{shown(pattern)} is no pattern") from error


def added(left: Value, right: Value) -> Value:
    """Numbers are summed; beside a text anything becomes text. Raises CanNotTell for the rest."""
    if isinstance(left, str) or isinstance(right, str):
        return shown(left) + shown(right)
    return number(left) + number(right)


def number(value: Value) -> float:
    """Raises CanNotTell for what is none."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise CanNotTell(f"{shown(value)} is no number")
    return value


def shown(value: Value) -> str:
    """A value as text, as Java writes it."""
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
