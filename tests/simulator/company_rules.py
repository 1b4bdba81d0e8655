"""Kinds of drift about group rules, read from raw answers: what rules say, as far as companies write them, and do."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tests.simulator.company_raw import Row
from tests.simulator.company_reading import Reading, Seen

GROUP = re.compile(r"isMemberOf(?:Any)?Group\((?P<ids>[^)]*)\)")
NAME = re.compile(r'isMemberOfGroupName\("(?P<name>[^"]*)"\)')
ATTRIBUTE = re.compile(r'user\.(?P<attribute>\w+) (?P<sign>==|!=) "(?P<value>[^"]*)"')


IDLE = {"INVALID": "rule-invalid", "INACTIVE": "rule-inactive"}


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


class RuleReading(Reading):
    """What the rules of an org show."""

    def _brings(self, rule: Row, user: str) -> bool:
        groups = {
            group: self.raw.okta_groups[group]["profile"]["name"]
            for group, members in self.raw.rosters.items()
            if user in members
        }
        excluded = user in rule["conditions"]["people"]["users"]["exclude"]
        expression = rule["conditions"]["expression"]["value"]
        return not excluded and brings(expression, self.raw.users[user]["profile"], groups)

    def _targets(self, rule: Row) -> set[str]:
        return set(rule["actions"]["assignUserToGroups"]["groupIds"])

    def about_rules(self) -> Seen:
        """Every kind that is about a rule, or a group that rules should look at."""
        seen: Seen = set()
        pushed = {row["sourceGroupId"] for row in self._counted()}
        unassigned = {
            subject.removeprefix("user:") for kind, subject in self._lacking(None) if kind == "member-not-assigned"
        }
        active = [rule for rule in self.raw.rules if rule["status"] == "ACTIVE"]
        feeding = [rule for rule in active if self._targets(rule) & self.raw.app_groups]
        for rule in self.raw.rules:
            subject, status = f"rule:{rule['id']}", "INVALID" if not rule["allGroupsValid"] else rule["status"]
            for user in rule["conditions"]["people"]["users"]["exclude"]:
                if user in unassigned and status not in IDLE:
                    seen.add(("rule-excludes-member", f"{subject} user:{user}"))
            if status in IDLE:
                seen.add((IDLE[status], subject))
            else:
                seen |= self._active_rule(rule, feeding)
        if all(self.raw.groups[group]["type"] == "OKTA_GROUP" for group in self.raw.app_groups):
            seen |= {("push-group-not-covered", f"group:{group}") for group in pushed if self._bare(group, feeding)}
        return seen

    def _active_rule(self, rule: Row, feeding: list[Row]) -> Seen:
        targets = self._targets(rule)
        brought = {
            user for user, row in self.raw.users.items() if row["status"] == "ACTIVE" and self._brings(rule, user)
        }
        inside = set.intersection(*(self.raw.rosters[group] for group in targets))
        seen: Seen = {("rule-not-applied", f"rule:{rule['id']} user:{user}") for user in brought - inside}
        stats = [self.raw.okta_groups[group]["_embedded"]["stats"] for group in targets]
        if not any(row["appsCount"] or row["groupPushMappingsCount"] for row in stats) and any(
            not any(self._brings(other, user) for other in feeding) for user in brought
        ):
            seen.add(("rule-feeds-unassigned-group", f"rule:{rule['id']}"))
        return seen

    def _bare(self, group: str, feeding: list[Row]) -> bool:
        if group not in self.raw.groups:
            return False
        name = self.raw.groups[group]["profile"]["name"]
        if any(looks_at(rule["conditions"]["expression"]["value"], group, name) for rule in feeding):
            return False
        return any(
            self.must(user) and not any(self._brings(rule, user) for rule in feeding)
            for user in self.raw.members[group]
        )
