"""What the expressions of group rules name: profile attributes, and groups by id or by name.

What is not understood names nothing: it is unknown to whoever evaluates it, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from reconciler.expression import parse
from reconciler.model import Rule

_GROUP_ID = re.compile(r"00g[0-9A-Za-z]{17}")


def is_group_id(text: str) -> bool:
    """Whether it has the form of a group's id: whatever else is written in its place can't be asked for."""
    return _GROUP_ID.fullmatch(text) is not None


class RuleText(Struct, frozen=True, kw_only=True):
    """What one rule reads, and the ids of the groups it feeds."""

    attributes: frozenset[str]
    group_ids: frozenset[str]
    group_names: frozenset[str]
    """Asked for exactly, not by a part of the name."""
    feeds: frozenset[str]


def read_texts(rules: Iterable[Rule]) -> tuple[RuleText, ...]:
    """Each rule's text, in the order given. Okta's own status is no profile attribute and left out."""
    parsed = ((rule, parse(rule.expression or "")) for rule in rules)
    return tuple(
        RuleText(
            attributes=expression.attributes - {"status"},
            group_ids=frozenset(filter(is_group_id, expression.group_ids)),
            group_names=expression.group_names,
            feeds=frozenset(rule.target_group_ids),
        )
        for rule, expression in parsed
    )


def feeding(texts: Iterable[RuleText], fed: Iterable[str]) -> tuple[RuleText, ...]:
    """Rules one of whose targets is among ``fed``, in the order given."""
    wanted = frozenset(fed)
    return tuple(text for text in texts if wanted & text.feeds)
