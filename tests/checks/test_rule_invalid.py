"""A group rule is invalid."""

from __future__ import annotations

import pytest

from tests.worlds import Company, cause_of, found, only


def company(*targets: str, **rule: object) -> Company:
    """Ana is in Sales and not assigned; the rule also names a group that is gone."""
    made = Company()
    made.group("Sales")
    made.person("ana", groups=["Sales"], assigned=False, account=False)
    made.push("Sales")
    made.rule("Macs", 'isMemberOfAnyGroup("sales", "gone")', *targets, **rule)
    return made


def test_a_rule_whose_groups_are_all_there_is_valid() -> None:
    assert "rule-invalid" not in found(company(all_groups_valid=True))


@pytest.mark.parametrize("rule", [{"status": "INVALID"}, {"all_groups_valid": False}])
def test_an_invalid_rule_explains_whom_it_would_bring(rule: dict[str, object]) -> None:
    judged = company(**rule).judge()
    told = only(judged, "rule-invalid")
    assert (told.subject.key, told.severity, told.people) == ("rule:macs", "high", ("user:ana",))
    assert cause_of(judged, only(judged, "member-not-assigned")) == "rule-invalid"


def test_one_that_feeds_neither_an_assigned_nor_a_pushed_group_weighs_little() -> None:
    made = company("tickets", status="INVALID")
    assert only(made.judge(), "rule-invalid").severity == "low"


def test_a_retired_one_that_would_bring_nobody_weighs_little() -> None:
    made = company(status="INACTIVE", all_groups_valid=False)
    assert only(made.judge(), "rule-invalid").severity == "high"
    made.users.clear()
    made.members["sales"].clear()
    assert only(made.judge(), "rule-invalid").severity == "low"


def test_one_that_has_nothing_to_do_with_kandji_is_told_in_words_too() -> None:
    made = Company()
    made.rule("Tickets", 'user.city == "Rome"', "tickets", status="INVALID")
    told = only(made.judge(), "rule-invalid")
    assert ("brings", "people whose city is Rome") in {(fact.label, fact.value) for fact in told.evidence}
