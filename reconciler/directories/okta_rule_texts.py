"""What the expressions of group rules name: profile attributes, and groups by id or by name.

Read off the text, not parsed: one name too many costs a field or a request, and judges nobody.
Source: https://developer.okta.com/docs/reference/okta-expression-language/#group-functions
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from reconciler.model import Rule

_ATTRIBUTE = re.compile(r"\buser\.([A-Za-z_]\w*)\b(?!\s*\()")
_GROUP_ID = re.compile(r"[\"'](00g[0-9A-Za-z]{17})[\"']")
_GROUP_NAMES = re.compile(r"\bisMemberOf(?:Any)?GroupName\s*\(((?:[^\"')]|\"[^\"]*\"|'[^']*')*)\)")
_QUOTED = re.compile(r"\"([^\"]*)\"|'([^']*)'")


def attributes_of(rules: Iterable[Rule]) -> frozenset[str]:
    """Names of the profile attributes that any of these rules reads."""
    return frozenset(name for rule in rules for name in _ATTRIBUTE.findall(rule.expression or ""))


def group_ids_of(rule: Rule) -> frozenset[str]:
    """Groups that its expression names by id."""
    return frozenset(_GROUP_ID.findall(rule.expression or ""))


def group_names_of(rule: Rule) -> frozenset[str]:
    """Names of groups that its expression asks for exactly, not by a part of the name."""
    lists = _GROUP_NAMES.findall(rule.expression or "")
    return frozenset(one or other for text in lists for one, other in _QUOTED.findall(text))


def feeding(rules: Iterable[Rule], fed: Iterable[str]) -> tuple[Rule, ...]:
    """Rules one of whose targets is among ``fed``, in the order given."""
    wanted = frozenset(fed)
    return tuple(rule for rule in rules if wanted.intersection(rule.target_group_ids))
