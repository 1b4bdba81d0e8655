"""A group rule is switched off."""

from __future__ import annotations

from tests.worlds import Company, cause_of, found, only


def company(status: str, expression: str = 'isMemberOfGroup("sales")', **rule: object) -> Company:
    """Ana is in Sales and not assigned; the rule would bring her, were it active."""
    made = Company()
    made.group("Sales")
    made.person("ana", groups=["Sales"], assigned=False, account=False)
    made.push("Sales")
    made.rule("Macs", expression, status=status, **rule)
    return made


def test_an_active_rule_is_not_switched_off() -> None:
    assert "rule-inactive" not in found(company("ACTIVE"))


def test_a_rule_that_has_nothing_to_do_with_these_groups_is_not_told() -> None:
    made = company("ACTIVE")
    made.group("Tickets")
    made.rule("Other", 'user.department == "IT"', "tickets", status="INACTIVE")
    assert "rule-inactive" not in found(made)


def test_whom_it_would_bring_is_explained_by_it() -> None:
    judged = company("INACTIVE").judge()
    told = only(judged, "rule-inactive")
    assert (told.subject.key, told.severity, told.people) == ("rule:macs", "high", ("user:ana",))
    assert cause_of(judged, only(judged, "member-not-assigned")) == "rule-inactive"


def test_a_rule_of_which_nobody_is_surely_in_need_weighs_little() -> None:
    for made in (company("INACTIVE", "user.team == 1"), company("INACTIVE", excluded_user_ids=("ana",))):
        assert only(made.judge(), "rule-inactive").severity == "low"


def test_one_that_is_invalid_as_well_can_not_be_activated_and_is_told_as_such() -> None:
    told = found(company("INACTIVE", all_groups_valid=False))
    assert "rule-inactive" not in told
    assert told["rule-invalid"] == ["rule:macs"]
