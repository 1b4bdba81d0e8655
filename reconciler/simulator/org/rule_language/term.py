"""What an expression is made of: terms of a kind, each with a value for a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Value: TypeAlias = "str | int | float | bool | Sequence[Value] | None"
Kind = Literal["boolean", "number", "text", "array", "any"]
"""What a term gives; null and the attributes that an org made itself are of any kind."""


class NotUnderstood(ValueError):
    """The expression is none that Okta takes for a rule."""


class CanNotTell(Exception):
    """The expression is a rule's, yet can't be evaluated for this person: a number beside a text, a place out of an
    array."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A person as a rule sees them: profile under Okta's names, what Okta knows beside it (id, status), and ids and
    names of their groups."""

    profile: Mapping[str, Value]
    internal: Mapping[str, str]
    group_ids: frozenset[str]
    group_names: frozenset[str]


@dataclass(frozen=True)
class Term:
    """`of` raises CanNotTell."""

    kind: Kind
    of: Callable[[Subject], Value]


def constant(kind: Kind, value: Value) -> Term:
    """The same for everybody."""
    return Term(kind, lambda _: value)
