"""What the group rules of a simulated company say, read from their expressions: the few forms that companies write."""

from __future__ import annotations

import re
from collections.abc import Mapping

GROUP = re.compile(r"isMemberOf(?:Any)?Group\((?P<ids>[^)]*)\)")
NAME = re.compile(r'isMemberOfGroupName\("(?P<name>[^"]*)"\)')
ATTRIBUTE = re.compile(r'user\.(?P<attribute>\w+) (?P<sign>==|!=) "(?P<value>[^"]*)"')


def clauses(expression: str) -> list[str]:
    """The clauses that OR joins; companies write no other connective."""
    return expression.split(" OR ")


def brings(expression: str, profile: Mapping[str, object], groups: Mapping[str, str]) -> bool:
    """Whether a rule is true of somebody with this profile in these groups (id → name)."""
    return any(_holds(clause, profile, groups) for clause in clauses(expression))


def _holds(clause: str, profile: Mapping[str, object], groups: Mapping[str, str]) -> bool:
    if found := GROUP.fullmatch(clause):
        return bool(set(re.findall(r'"([^"]*)"', found["ids"])) & set(groups))
    if found := NAME.fullmatch(clause):
        return found["name"] in groups.values()
    found = ATTRIBUTE.fullmatch(clause)
    assert found, clause
    return (profile.get(found["attribute"]) == found["value"]) is (found["sign"] == "==")


def looks_at(expression: str, group: str, name: str) -> bool:
    """Whether being in that group alone makes the rule true."""
    return any(_holds(clause, {}, {group: name}) for clause in clauses(expression) if not ATTRIBUTE.fullmatch(clause))
