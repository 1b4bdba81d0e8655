"""A group rule fills a group that is neither assigned nor pushed."""

from __future__ import annotations

import pytest

from tests.worlds import Company, found, only


def company(target: str, expression: str = 'isMemberOfGroup("sales")', *, assigned: bool = True) -> Company:
    """Sales is pushed; a rule brings its people into another group than kandji_apple_users, which is assigned."""
    made = Company()
    made.group("kandji_apple_users", id="assigned")
    made.group("Sales")
    made.person("ana", groups=["Sales"], assigned=assigned, account=assigned)
    made.push("Sales")
    made.group(target, id="other")
    made.rule("Macs", expression, "other")
    return made


def test_groups_of_other_apps_are_not_told() -> None:
    made = company("Ticket Desk")
    assert "rule-feeds-unassigned-group" not in found(made)


def test_whom_another_rule_assigns_is_not_forgotten() -> None:
    made = company("kandji_all_apple")
    made.rule("All", 'isMemberOfGroup("sales")')
    assert "rule-feeds-unassigned-group" not in found(made)


@pytest.mark.parametrize("expression", ['isMemberOfGroup("sales")', 'user.department == "Warehouse"'])
def test_a_group_named_like_an_assigned_one_is_a_likely_mistake(expression: str) -> None:
    finding = only(company("kandji_all_apple", expression).judge(), "rule-feeds-unassigned-group")
    assert (finding.subject.key, finding.severity) == ("rule:macs", "medium")


def test_people_of_a_pushed_group_who_are_brought_elsewhere_weigh_little() -> None:
    finding = only(company("Laptops", assigned=False).judge(), "rule-feeds-unassigned-group")
    assert (finding.severity, finding.people) == ("low", ("user:ana",))


@pytest.mark.parametrize("asked", ['Group("other")', 'GroupName("kandji_all_apple")', 'GroupNameStartsWith("kandji")'])
def test_a_group_from_which_another_rule_fills_an_assigned_one_is_not_told(asked: str) -> None:
    made = company("kandji_all_apple", 'user.department == "Warehouse"')
    made.rule("On", f"isMemberOf{asked}")
    assert "rule-feeds-unassigned-group" not in found(made)
