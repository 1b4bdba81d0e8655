"""The functions that Okta documents for group rules: what each takes, and what it gives.

Source: Okta developer documentation, *Okta Expression Language*, tables of string and array functions. Where the table
leaves a case open (nothing found, an index out of bounds, signs that a regular expression would read otherwise), the
result is unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from msgspec import Struct

from reconciler.expression.compare import equal
from reconciler.expression.tree import How, Value
from reconciler.expression.unknown import Unknown, folded, surely, unknown

Given: TypeAlias = "Value | Unknown | None"
"""What a term comes to: a value, null, or unknown."""

GROUP_FUNCTIONS: dict[str, How] = {
    "isMemberOfGroup": "id",
    "isMemberOfAnyGroup": "id",
    "isMemberOfGroupName": "name",
    "isMemberOfGroupNameStartsWith": "starts",
    "isMemberOfGroupNameContains": "contains",
    "isMemberOfGroupNameRegex": "regex",
}
OLD_NAMES = {
    name: f"String.{name}" for name in ("toUpperCase", "toLowerCase", "substringBefore", "substringAfter", "substring")
}
"""Deprecated names that Okta still documents."""

PATTERN_SIGNS = frozenset("\\^$.|?*+()[]{}")


class Function(Struct, frozen=True):
    """``signature``: a letter for each argument: text, whole number, array, any value; a capital may be null, ``*``
    repeats the last."""

    signature: str
    gives: Callable[..., Given]

    def takes(self, count: int) -> bool:
        wanted = len(self.signature.rstrip("*"))
        return count == wanted or (count > wanted and self.signature.endswith("*"))

    def apply(self, name: str, given: list[Given]) -> Given:
        """What it gives for these arguments; unknown where one is unknown, null, or not of its type."""
        last = len(self.signature.rstrip("*")) - 1
        for place, value in enumerate(given):
            if (problem := _unfit(self.signature[min(place, last)], value, name)) is not None:
                return problem
        return self.gives(*given)


def _unfit(letter: str, value: Given, name: str) -> Unknown | None:
    if isinstance(value, Unknown):
        return value
    if value is None:
        if letter.isupper():
            return None
        return unknown(f"what {name} makes of something that isn't set isn't documented")
    kind = type(value)
    fits = {"t": kind is str, "n": kind is int, "a": kind is tuple, "v": True}[letter.lower()]
    return None if fits else unknown(f"what {name} makes of {kind_of(value)} isn't documented")


def kind_of(value: Value) -> str:
    return {str: "a text", bool: "a yes or no", tuple: "a list"}.get(type(value), "a number")


def _starts_with(text: str, start: str) -> bool | Unknown:
    return surely(text.startswith(start), folded(text).startswith(folded(start)), f"“{start}”")


def _contains_text(text: str, part: str) -> bool | Unknown:
    return surely(part in text, folded(part) in folded(text), f"“{part}”")


def _join(separator: str, *texts: str) -> str | Unknown:
    if len(texts) < 2:
        return unknown("what String.join makes of a single text isn't documented")
    return separator.join(texts)


def _length(text: str) -> int | Unknown:
    return _odd_length("String.len") if _beyond_16_bits(text) else len(text)


def _beyond_16_bits(text: str) -> bool:
    return not text.isascii() and max(text) > "\uffff"


def _odd_length(name: str) -> Unknown:
    return unknown(f"how {name} counts signs beyond sixteen bits isn't documented")


def _remove_spaces(text: str) -> str | Unknown:
    gone = text.replace(" ", "")
    if any(sign.isspace() for sign in gone):
        return unknown("whether String.removeSpaces removes white space other than spaces isn't documented")
    return gone


def _replace(text: str, old: str, new: str) -> str | Unknown:
    return text.replace(old, new) if old else unknown("what String.replace makes of an empty text isn't documented")


def _replace_first(text: str, old: str, new: str) -> str | Unknown:
    if not old or PATTERN_SIGNS & {*old, *new}:
        return unknown("whether String.replaceFirst takes a pattern isn't documented")
    return text.replace(old, new, 1)


def _switch(text: str, other: str, *pairs: str) -> str | Unknown:
    if len(pairs) % 2:
        return unknown("String.stringSwitch has a key without a value")
    for key, value in zip(pairs[::2], pairs[1::2], strict=True):
        if not key:
            return unknown("what String.stringSwitch makes of an empty key isn't documented")
        found = _contains_text(text, key)
        if found is True:
            return value
        if isinstance(found, Unknown):
            return found
    return other


def _substring(text: str, start: int, end: int) -> str | Unknown:
    if _beyond_16_bits(text):
        return _odd_length("String.substring")
    if not 0 <= start <= end <= len(text):
        return unknown(f"String.substring asks for {start} to {end} of a text of {len(text)} signs")
    return text[start:end]


def _after(text: str, mark: str) -> str | Unknown:
    return text.partition(mark)[2] if mark and mark in text else _not_found("String.substringAfter", mark)


def _before(text: str, mark: str) -> str | Unknown:
    return text.partition(mark)[0] if mark and mark in text else _not_found("String.substringBefore", mark)


def _not_found(name: str, mark: str) -> Unknown:
    return unknown(f"what {name} gives where “{mark}” isn't found isn't documented")


def _cased(change: Callable[[str], str]) -> Callable[[str], str | Unknown]:
    def cased(text: str) -> str | Unknown:
        changed = change(text)
        if not text.isascii() and len(changed) != len(text):
            return unknown(f"“{text}” has letters whose case depends on the language")
        return changed

    return cased


def _remove(array: tuple[Value | None, ...], value: Value) -> Given:
    same = [equal(item, value) for item in array]
    if any(isinstance(it, Unknown) for it in same) or same.count(True) > 1:
        return unknown("which items Arrays.remove takes away isn't documented")
    return tuple(item for item, gone in zip(array, same, strict=True) if not gone)


def _get(array: tuple[Value | None, ...], place: int) -> Given:
    if not 0 <= place < len(array):
        return unknown(f"item {place} is asked of a list of {len(array)}")
    return array[place]


def _flatten(*values: Value) -> tuple[Value | None, ...]:
    flat: list[Value | None] = []
    for value in values:
        flat.extend(_flatten(*value) if isinstance(value, tuple) else (value,))  # type: ignore[arg-type]  # null is kept
    return tuple(flat)


def _contains_item(array: tuple[Value | None, ...], value: Value) -> bool | Unknown:
    doubt: Unknown | None = None
    for item in array:
        same = equal(item, value)
        if same is True:
            return True
        if isinstance(same, Unknown):
            doubt = same
    return False if doubt is None else doubt


def _csv(array: tuple[Value | None, ...]) -> str | Unknown:
    if not all(type(item) in (str, int) for item in array):
        return unknown("how Arrays.toCsvString writes what is neither text nor a whole number isn't documented")
    return ",".join(str(item) for item in array)


def _empty(array: tuple[Value | None, ...] | None) -> bool:
    return not array


def _size(array: tuple[Value | None, ...] | None) -> int:
    return len(array or ())


FUNCTIONS: dict[str, Function] = {
    "String.append": Function("tt", lambda text, end: text + end),
    "String.join": Function("tt*", _join),
    "String.len": Function("t", _length),
    "String.removeSpaces": Function("t", _remove_spaces),
    "String.replace": Function("ttt", _replace),
    "String.replaceFirst": Function("ttt", _replace_first),
    "String.startsWith": Function("tt", _starts_with),
    "String.stringContains": Function("tt", _contains_text),
    "String.stringSwitch": Function("tttt*", _switch),
    "String.substring": Function("tnn", _substring),
    "String.substringAfter": Function("tt", _after),
    "String.substringBefore": Function("tt", _before),
    "String.toUpperCase": Function("t", _cased(str.upper)),
    "String.toLowerCase": Function("t", _cased(str.lower)),
    "Arrays.add": Function("av", lambda array, value: (*array, value)),
    "Arrays.remove": Function("av", _remove),
    "Arrays.clear": Function("a", lambda array: ()),
    "Arrays.get": Function("an", _get),
    "Arrays.flatten": Function("v*", _flatten),
    "Arrays.contains": Function("av", _contains_item),
    "Arrays.size": Function("A", _size),
    "Arrays.isEmpty": Function("A", _empty),
    "Arrays.toCsvString": Function("a", _csv),
}
