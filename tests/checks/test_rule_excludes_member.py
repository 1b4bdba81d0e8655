"""A group rule leaves somebody out by name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.worlds import Company, cause_of, found, only


def company(
    expression: str = 'isMemberOfGroup("sales")', target: str = "assigned", *, assigned: bool = False, **rule: Any
) -> Company:
    """Ana is in Sales, and excluded by a rule."""
    made = Company()
    made.group("Sales")
    made.person("ana", groups=["Sales"], assigned=assigned, account=assigned)
    made.push("Sales")
    made.rule("Macs", expression, target, excluded_user_ids=("ana", "unheard-of"), **rule)
    return made


def test_whoever_is_assigned_all_the_same_lacks_nothing() -> None:
    assert "rule-excludes-member" not in found(company(assigned=True))


def test_a_rule_that_assigns_nobody_is_not_to_blame() -> None:
    assert "rule-excludes-member" not in found(company(target="tickets"))


def test_a_rule_that_is_not_true_of_them_is_told_all_the_same_as_it_keeps_them_out_once_it_is() -> None:
    told = only(company('!isMemberOfGroup("sales")').judge(), "rule-excludes-member")
    assert ("but for that", "they are in Sales") in {(fact.label, fact.value) for fact in told.evidence}


@pytest.mark.parametrize("status", ["INACTIVE", "INVALID"])
def test_a_rule_that_is_off_is_not_to_blame_for_its_exclusions(status: str) -> None:
    assert "rule-excludes-member" not in found(company(status=status))


def test_whoever_is_left_out_by_name_is_explained_by_it() -> None:
    judged = company().judge()
    told = only(judged, "rule-excludes-member")
    assert (told.subject.key, told.severity) == ("rule:macs user:ana", "medium")
    assert ("but for that", "they are in Sales") in {(fact.label, fact.value) for fact in told.evidence}
    assert cause_of(judged, only(judged, "member-not-assigned")) == "rule-excludes-member"
