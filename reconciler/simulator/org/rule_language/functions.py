"""Functions that group rules know, by Okta's names: how many arguments they take and what they give.

Null is an empty text to the functions that make texts, begins with nothing and contains nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from reconciler.simulator.org.rule_language.comparing import matched, number, same, shown
from reconciler.simulator.org.rule_language.term import CanNotTell, Kind, Subject, Value

Arguments = Sequence[Value]


class Function(NamedTuple):
    """`most` None: any number. `of` raises CanNotTell."""

    kind: Kind
    least: int
    most: int | None
    of: Callable[[Subject, Arguments], Value]


def _text(value: Value) -> str:
    return "" if value is None else shown(value)


def _array(value: Value) -> tuple[Value, ...]:
    if value is None:
        return ()
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise CanNotTell(f"{shown(value)} is no array")
    return tuple(value)


def _flat(values: Iterable[Value]) -> tuple[Value, ...]:
    found: list[Value] = []
    for value in values:
        found += [value] if value is None or isinstance(value, str | int | float) else _flat(value)
    return tuple(found)


def _substring(text: str, start: Value, end: Value) -> str:
    first, last = int(number(start)), int(number(end))
    if not 0 <= first <= last <= len(text):
        raise CanNotTell(f"{text!r} has no letters {first} to {last}")
    return text[first:last]


def _switched(text: str, default: Value, pairs: Arguments) -> Value:
    found = (value for key, value in zip(pairs[::2], pairs[1::2], strict=False) if _text(key) in text)
    return next(found, default)


def element(array: Value, position: Value) -> Value:
    """One of an array, counted from 0. Raises CanNotTell for a place that it does not have."""
    values, place = _array(array), int(number(position))
    if not 0 <= place < len(values):
        raise CanNotTell(f"no place {place} among {len(values)}")
    return values[place]


def _of_text(kind: Kind, count: int, of: Callable[..., Value]) -> Function:
    return Function(kind, count, count, lambda _, given: of(*(_text(value) for value in given)))


def _of_array(kind: Kind, count: int, of: Callable[..., Value]) -> Function:
    return Function(kind, count, count, lambda _, given: of(_array(given[0]), *given[1:]))


def _about_names(holds: Callable[[str, str], bool]) -> Function:
    return Function(
        "boolean", 1, 1, lambda subject, given: any(holds(name, _text(given[0])) for name in subject.group_names)
    )


def _about_ids(most: int | None) -> Function:
    return Function("boolean", 1, most, lambda subject, given: any(value in subject.group_ids for value in given))


OLD_NAMES = ("toUpperCase", "toLowerCase", "substringBefore", "substringAfter", "substring")
"""Deprecated, and still met: the same functions without String."""

FUNCTIONS: dict[str, Function] = {
    "isMemberOfGroup": _about_ids(1),
    "isMemberOfAnyGroup": _about_ids(None),
    "isMemberOfGroupName": _about_names(lambda name, given: name == given),
    "isMemberOfGroupNameStartsWith": _about_names(lambda name, given: name.startswith(given)),
    "isMemberOfGroupNameContains": _about_names(lambda name, given: given in name),
    "isMemberOfGroupNameRegex": _about_names(matched),
    "user.getInternalProperty": Function("text", 1, 1, lambda subject, given: subject.internal.get(_text(given[0]))),
    "String.append": _of_text("text", 2, lambda text, suffix: text + suffix),
    "String.join": Function(
        "text", 2, None, lambda _, given: _text(given[0]).join(_text(value) for value in given[1:])
    ),
    "String.len": _of_text("number", 1, len),
    "String.removeSpaces": _of_text("text", 1, lambda text: text.replace(" ", "")),
    "String.replace": _of_text("text", 3, lambda text, match, other: text.replace(match, other)),
    "String.replaceFirst": _of_text("text", 3, lambda text, match, other: text.replace(match, other, 1)),
    "String.startsWith": Function(
        "boolean", 2, 2, lambda _, given: given[0] is not None and _text(given[0]).startswith(_text(given[1]))
    ),
    "String.stringContains": Function(
        "boolean", 2, 2, lambda _, given: given[0] is not None and _text(given[1]) in _text(given[0])
    ),
    "String.stringSwitch": Function("any", 4, None, lambda _, given: _switched(_text(given[0]), given[1], given[2:])),
    "String.substring": Function("text", 3, 3, lambda _, given: _substring(_text(given[0]), *given[1:])),
    "String.substringAfter": _of_text("text", 2, lambda text, searched: text.partition(searched or "\0")[2]),
    "String.substringBefore": _of_text("text", 2, lambda text, searched: text.partition(searched or "\0")[0]),
    "String.toLowerCase": _of_text("text", 1, str.lower),
    "String.toUpperCase": _of_text("text", 1, str.upper),
    "Arrays.add": _of_array("array", 2, lambda array, value: (*array, value)),
    "Arrays.remove": _of_array("array", 2, lambda array, value: tuple(v for v in array if not same(v, value))),
    "Arrays.clear": _of_array("array", 1, lambda _: ()),
    "Arrays.get": Function("any", 2, 2, lambda _, given: element(given[0], given[1])),
    "Arrays.flatten": Function("array", 1, None, lambda _, given: _flat(given)),
    "Arrays.contains": _of_array("boolean", 2, lambda array, value: any(same(v, value) for v in array)),
    "Arrays.size": _of_array("number", 1, len),
    "Arrays.isEmpty": _of_array("boolean", 1, lambda array: not array),
    "Arrays.toCsvString": _of_array("text", 1, lambda array: ",".join(shown(value) for value in array)),
}
FUNCTIONS |= {name: FUNCTIONS[f"String.{name}"] for name in OLD_NAMES}
