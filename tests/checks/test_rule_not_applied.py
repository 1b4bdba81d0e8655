"""A group rule has not brought somebody in."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.findings import finding_id
from reconciler.model import Memory
from tests.worlds import Company, ago, cause_of, found, keys, only

KEY = "rule:macs user:ana"


def seen(**parts: float) -> Memory:
    return Memory(first=False, seen=((finding_id("rule-not-applied", KEY), ago(**parts)),))


def company(expression: str = 'isMemberOfGroup("sales")', **more: Any) -> Company:
    """Ana is in Sales and not in the assigned group, though a rule says so; two others are where they belong."""
    made = Company()
    made.group("Sales")
    made.group("kandji", id="assigned")
    made.person(
        "ana", more.pop("status", "ACTIVE"), groups=["Sales"], assigned=False, account=False, user=more.pop("user", {})
    )
    for name in ("ben", "cid"):
        made.person(name, groups=["Sales", "assigned"])
    made.push("Sales")
    made.rule("Macs", expression, **more)
    return made


def told(made: Company) -> bool:
    return "rule-not-applied" in found(made, before=seen(hours=1))


@pytest.mark.parametrize("rule", [{"status": "INACTIVE"}, {"all_groups_valid": False}, {"excluded_user_ids": ("ana",)}])
def test_a_rule_that_does_nothing_or_not_for_them_has_not_failed(rule: dict[str, Any]) -> None:
    assert not told(company(**rule))


@pytest.mark.parametrize(
    "more", [{"status": "PASSWORD_EXPIRED"}, {"user": {"type_id": "x"}}, {"user": {"realm_id": "x"}}]
)
def test_people_at_whom_rules_may_not_look_are_left_alone(more: dict[str, Any]) -> None:
    assert not told(company(**more))


def test_what_is_not_surely_true_is_not_told() -> None:
    assert not told(company('isMemberOfGroup("sales") && user.team == 1'))


def test_a_group_whose_members_were_not_read_tells_nothing() -> None:
    made = company()
    del made.members["assigned"]
    assert not told(made)


@pytest.mark.parametrize(("before", "settles"), [(Memory(), True), (seen(minutes=44), True), (seen(minutes=45), False)])
def test_it_is_told_when_two_runs_a_grace_apart_have_seen_it(before: Memory, settles: bool) -> None:
    assert keys(company().judge(before=before), settling=settles)["rule-not-applied"] == [KEY]


def test_whoever_is_not_assigned_for_it_is_explained_by_it() -> None:
    judged = company().judge(before=seen(hours=1))
    finding = only(judged, "rule-not-applied")
    assert (finding.severity, cause_of(judged, only(judged, "member-not-assigned"))) == ("high", "rule-not-applied")
    assert ("true because", "they are in Sales") in {(fact.label, fact.value) for fact in finding.evidence}


def test_of_another_group_than_an_assigned_one_it_weighs_little() -> None:
    made = company()
    made.group("Design")
    made.push("Design")
    made.rule("Macs", 'isMemberOfGroup("sales")', "design")
    made.rules = made.rules[1:] if made.rules else None
    assert {finding.severity for finding in made.judge().findings if finding.kind == "rule-not-applied"} == {"low"}
