"""Most people of a pushed group are not assigned."""

from __future__ import annotations

from typing import Any

import pytest

from tests.worlds import Company, ago, cause_of, found, keys, only


def company_with(unassigned: int, assigned: int, **more: Any) -> Company:
    company = Company()
    company.group("Sales")
    for number in range(unassigned):
        company.person(f"u{number}", groups=["Sales"], assigned=False, account=False)
    for number in range(assigned):
        company.person(f"a{number}", groups=["Sales"])
    company.push("Sales", **more)
    return company


@pytest.mark.parametrize(("unassigned", "assigned"), [(0, 4), (2, 0), (2, 1), (3, 3), (100, 100)])
def test_up_to_half_or_two_people_are_not_a_groups_fault(unassigned: int, assigned: int) -> None:
    assert "group-feeds-no-assignment" not in found(company_with(unassigned, assigned))


@pytest.mark.parametrize(("unassigned", "assigned"), [(3, 0), (3, 2), (101, 100)])
def test_more_than_half_and_three_are_one_cause(unassigned: int, assigned: int) -> None:
    judged = company_with(unassigned, assigned).judge()
    told = only(judged, "group-feeds-no-assignment")
    assert (told.subject.key, len(told.people)) == ("group:sales", unassigned)
    causes = [cause_of(judged, finding) for finding in judged.findings if finding.kind == "member-not-assigned"]
    assert causes == ["group-feeds-no-assignment"] * unassigned


def test_only_people_who_must_be_in_and_are_in_scope_count() -> None:
    company = company_with(3, 3)
    for number in range(9):
        company.person(f"s{number}", "SUSPENDED", groups=["Sales"], assigned=False, account=False)
    assert "group-feeds-no-assignment" not in found(company)
    company.group("Macs")
    company.members["macs"] += ["u0", "u1", "u2", "a0", "a1"]
    assert "group-feeds-no-assignment" in found(company, scope_groups=("Macs",))


def test_a_paused_mapping_brings_nobody_and_a_failed_one_does() -> None:
    assert found(company_with(4, 0, status="INACTIVE")) == {"mapping-inactive": ["mapping:m-sales"]}
    assert "group-feeds-no-assignment" in found(company_with(4, 0, status="ERROR"))


def test_until_the_scope_is_set_it_asks_whether_all_are_meant() -> None:
    company = company_with(3, 0)
    assert only(company.judge(), "group-feeds-no-assignment").confirm == (
        "Are all people of Sales meant to be in Kandji?"
    )
    assert only(company.judge(scope_groups=("Sales",)), "group-feeds-no-assignment").confirm is None


def test_the_first_group_by_name_explains_somebody_in_several() -> None:
    company = company_with(3, 0)
    company.group("alpha")
    company.members["alpha"] += ["u0", "u1", "u2"]
    company.push("alpha")
    judged = company.judge()
    causes = {finding.cause for finding in judged.findings if finding.kind == "member-not-assigned"}
    (cause,) = [finding for finding in judged.findings if finding.id in causes]
    assert cause.subject.key == "group:alpha"


@pytest.mark.parametrize(("people", "young", "settles"), [(4, 1, False), (4, 2, True), (3, 0, False), (3, 1, True)])
def test_it_settles_while_too_few_people_would_be_left_without_the_young_ones(
    people: int, young: int, settles: bool
) -> None:
    company = company_with(people, 0)
    company.users = [
        user.__class__(id=user.id, status="ACTIVE", login=user.login, created=ago(minutes=5))
        if number < young
        else user
        for number, user in enumerate(company.users)
    ]
    assert "group-feeds-no-assignment" in keys(company.judge(), settling=settles)


def test_where_rules_could_not_be_read_it_does_not_say_that_none_brings_them() -> None:
    made = company_with(3, 0)
    assert "no rule brings them" in only(made.judge(), "group-feeds-no-assignment").sentence
    made.rules = None
    assert "rule" not in only(made.judge(), "group-feeds-no-assignment").sentence
