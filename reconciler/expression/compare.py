"""The signs that compare two values. Okta documents them for values of one kind; across kinds the answer is unknown."""

from __future__ import annotations

from collections.abc import Callable
from operator import ge, gt, le, lt

from reconciler.expression.matching import matches
from reconciler.expression.tree import Sign, Value
from reconciler.expression.unknown import Unknown, folded, surely, unknown

ORDER: dict[str, Callable[[float, float], bool]] = {"<": lt, ">": gt, "<=": le, ">=": ge}


def compared(sign: Sign, left: Value | None, right: Value | None) -> bool | Unknown:
    """The sign's answer for two known values."""
    if sign == "==":
        return equal(left, right)
    if sign == "!=":
        same = equal(left, right)
        return same if isinstance(same, Unknown) else not same
    if left is None or right is None:
        return unknown(f"what {sign} makes of something that isn't set isn't documented")
    if sign == "matches":
        if isinstance(left, str) and isinstance(right, str):
            return matches(right, left)
    elif _numbers(left, right):
        return ORDER[sign](left, right)  # type: ignore[arg-type]  # both are numbers
    return unknown(
        f"what {sign} makes of values that are not {'texts' if sign == 'matches' else 'numbers'} isn't documented"
    )


def equal(left: Value | None, right: Value | None) -> bool | Unknown:
    """Null equals null alone: an attribute that was set and cleared is "", and not null (Okta documents both tests)."""
    if left is None or right is None:
        return left is right
    if isinstance(left, str) and isinstance(right, str):
        return left == right or surely(False, folded(left) == folded(right), f"“{left}”")
    if _numbers(left, right) or (isinstance(left, bool) and isinstance(right, bool)):
        return left == right
    return unknown("whether Okta converts values of different kinds, or compares lists, isn't documented")


def _numbers(left: Value, right: Value) -> bool:
    return type(left) in (int, float) and type(right) in (int, float)
