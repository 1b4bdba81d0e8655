"""What an expression is made of, as frozen values: nodes, what is known of one person, and what comes out.

Every node that holds others holds them in ``parts``, so that walking a tree and building it anew need no case for each
kind. The language is Okta's for group rules, a subset of Spring's (Okta developer documentation, *Okta Expression
Language*): strings, arrays, attributes of the person and the group functions; anything else is a ``Foreign``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal as OneOf
from typing import TypeAlias

from msgspec import Struct

Value: TypeAlias = "str | int | float | bool | tuple[Value | None, ...]"
"""What an attribute can hold besides null; an array is a tuple."""

Sign: TypeAlias = OneOf["==", "!=", "<", ">", "<=", ">=", "matches"]
How: TypeAlias = OneOf["id", "name", "starts", "contains", "regex"]


class Facts(Struct, frozen=True, kw_only=True):
    """What is known of one person. What is left out is unknown, never false.

    ``attributes``: by Okta's profile name; absent is unknown, None is null. The key ``status`` is Okta's own status, as
    ``user.getInternalProperty("status")`` reads it, never a profile attribute of that name.
    ``member_of`` and ``not_member_of``: id → name of groups known to hold the person, or known not to.
    ``all_groups_known``: ``member_of`` is everything.
    """

    attributes: Mapping[str, Value | None] = {}
    member_of: Mapping[str, str] = {}
    not_member_of: Mapping[str, str] = {}
    all_groups_known: bool = False
    user_id: str | None = None


class Outcome(Struct, frozen=True):
    """True, False, or None for unknown; ``why``: what decided it, or the reasons why it is unknown, in words."""

    value: bool | None
    why: tuple[str, ...] = ()


class GroupAsked(Struct, frozen=True):
    """The group that a rule is asked about; ``built_in_everyone``: Okta's own group of everybody."""

    id: str
    name: str
    built_in_everyone: bool = False


class Stance(Struct, frozen=True):
    """What a rule says about a group's members; ``condition`` in words where it covers them under a condition."""

    says: OneOf["covers", "excludes", "covers if", "does not look", "unknown"]
    condition: str | None = None
    why: tuple[str, ...] = ()


class Literal(Struct, frozen=True, cache_hash=True):
    """A value; ``written`` as in an expression, which also keeps 1, 1.0 and true apart."""

    value: Value | None
    written: str


class Attribute(Struct, frozen=True, cache_hash=True):
    """``user.name``."""

    name: str


class Internal(Struct, frozen=True, cache_hash=True):
    """``user.getInternalProperty("status")`` or ``("id")``."""

    name: OneOf["status", "id"]


class Foreign(Struct, frozen=True, cache_hash=True):
    """What was not understood: as written, and the reason with its column."""

    written: str
    why: str


class And(Struct, frozen=True, cache_hash=True):
    parts: tuple[Node, ...]


class Or(Struct, frozen=True, cache_hash=True):
    parts: tuple[Node, ...]


class Not(Struct, frozen=True, cache_hash=True):
    parts: tuple[Node, ...]


class Compare(Struct, frozen=True, cache_hash=True):
    """Two parts and the sign between them."""

    sign: Sign
    parts: tuple[Node, ...]


class Sum(Struct, frozen=True, cache_hash=True):
    """Parts joined by ``+``."""

    parts: tuple[Node, ...]


class Choice(Struct, frozen=True, cache_hash=True):
    """``condition ? one : other``."""

    parts: tuple[Node, ...]


class Elvis(Struct, frozen=True, cache_hash=True):
    """``value ?: other``, the other where the value is null or empty."""

    parts: tuple[Node, ...]


class Listed(Struct, frozen=True, cache_hash=True):
    """``{one, two}``."""

    parts: tuple[Node, ...]


class Index(Struct, frozen=True, cache_hash=True):
    """``array[place]``."""

    parts: tuple[Node, ...]


class Call(Struct, frozen=True, cache_hash=True):
    """A function of strings or arrays, by its full name."""

    name: str
    parts: tuple[Node, ...]


class Member(Struct, frozen=True, cache_hash=True):
    """A group function: how it looks for groups, its name, and the ids, names or patterns it asks for."""

    how: How
    name: str
    parts: tuple[Node, ...]


Leaf: TypeAlias = "Literal | Attribute | Internal | Foreign"
Branch: TypeAlias = "And | Or | Not | Compare | Sum | Choice | Elvis | Listed | Index | Call | Member"
Node: TypeAlias = "Leaf | Branch"


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, from left to right."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(getattr(node, "parts", ())))


def texts(node: Node) -> tuple[str, ...]:
    """The strings written out among the parts of a node."""
    parts: tuple[Node, ...] = getattr(node, "parts", ())
    return tuple(part.value for part in parts if isinstance(part, Literal) and isinstance(part.value, str))


class Expression(Struct, frozen=True, kw_only=True):
    """A parsed expression and what it looks at. Made by ``parse``.

    ``problem``: why it was not understood, wholly or in part, with the column. ``attributes``: the names it reads,
    among them ``status`` for Okta's own status. ``group_ids``, ``group_names``: asked for exactly.
    ``looks_at_groups_by_pattern``: by a part of the name, or by an id or a name that is worked out from attributes.
    ``users``: ids of people it names; ``reads_user_id``: it looks at the person's id in any way.
    """

    text: str
    root: Node
    problem: str | None = None
    attributes: frozenset[str] = frozenset()
    group_ids: frozenset[str] = frozenset()
    group_names: frozenset[str] = frozenset()
    looks_at_groups_by_pattern: bool = False
    users: frozenset[str] = frozenset()
    reads_user_id: bool = False
