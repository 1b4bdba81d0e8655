"""Group rules, and what each says of whom: read by checks, and made when both sides are joined.

A rule matters where it fills a group that is assigned or pushed, where it fills a group from which another rule does,
where it looks at a pushed group, or where its target is named like an assigned one. Of other rules nothing is worked
out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct
from pyroaring import FrozenBitMap

from reconciler.expression import Expression, parse
from reconciler.model import Group, Rule
from reconciler.population import NOBODY, Population


class Ruled(Struct, frozen=True, kw_only=True):
    """A rule that matters. ``brings``: whom its condition is surely true of; ``passes``: surely false, or excluded."""

    rule: Rule
    expression: Expression
    brings: FrozenBitMap = NOBODY
    passes: FrozenBitMap = NOBODY
    excluded: FrozenBitMap = NOBODY

    @property
    def active(self) -> bool:
        return self.rule.status == "ACTIVE"

    @property
    def invalid(self) -> bool:
        return self.rule.status == "INVALID" or self.rule.all_groups_valid is False

    def feeds(self, groups: Iterable[str]) -> bool:
        """Whether one of these groups is its target."""
        return not frozenset(self.rule.target_group_ids).isdisjoint(groups)


def that_matter(
    rules: Iterable[Rule], assigned: frozenset[str], pushed: frozenset[str], groups: Mapping[str, Group]
) -> list[tuple[Rule, Expression]]:
    """The rules that matter, by id, with their expressions."""
    parsed = [(rule, parse(rule.expression or "")) for rule in sorted(rules, key=lambda rule: rule.id)]
    wanted = set(assigned | pushed)
    reached: set[str] = set()
    while reached != wanted:
        reached = set(wanted)
        for rule, expression in parsed:
            if wanted.intersection(rule.target_group_ids):
                wanted |= expression.group_ids
    names = [groups[key].name for key in assigned if key in groups]
    targets = {key for key, group in groups.items() if any(resembles(group.name, name) for name in names)}
    return [
        (rule, expression)
        for rule, expression in parsed
        if (wanted | targets).intersection(rule.target_group_ids) or expression.group_ids & pushed
    ]


def ruled(
    rules: Iterable[tuple[Rule, Expression]], population: Population, numbers: Mapping[str, int]
) -> tuple[Ruled, ...]:
    """What each of these rules says of everybody. ``numbers``: people's by Okta id."""
    found = []
    for rule, expression in rules:
        said = population.said(expression.root)
        excluded = FrozenBitMap([numbers[user_id] for user_id in rule.excluded_user_ids if user_id in numbers])
        found.append(
            Ruled(
                rule=rule,
                expression=expression,
                brings=said.yes - excluded,
                passes=said.no | excluded,
                excluded=excluded,
            )
        )
    return tuple(found)


_WORD = re.compile(r"[^\W_]+")
_COMMON = frozenset({"all", "and", "for", "group", "groups", "in", "of", "okta", "the", "user"})


def resembles(name: str, other: str) -> bool:
    """Whether two names share at least half of their telling words: kandji_all_apple, and kandji_apple_users."""
    one, two = _telling(name), _telling(other)
    return bool(one and two) and 2 * len(one & two) >= max(len(one), len(two))


def _telling(name: str) -> frozenset[str]:
    return frozenset(word.casefold().removesuffix("s") for word in _WORD.findall(name)) - _COMMON
