"""Most people were assigned before provisioning was switched on."""

from __future__ import annotations

import pytest

from tests.worlds import Company, ago, cause_of, found, only


def company_of(early: int, later: int, status: str = "ACTIVE") -> Company:
    company = Company()
    for number in range(early):
        company.person(f"e{number}", assigned=status, external_id=None, account=number == 0)
    for number in range(later):
        company.person(f"p{number}")
    return company


@pytest.mark.parametrize(("early", "later", "status"), [(2, 0, "ACTIVE"), (3, 3, "ACTIVE"), (5, 0, "STAGED")])
def test_half_of_the_people_or_such_as_are_queued_are_not(early: int, later: int, status: str) -> None:
    assert "assigned-before-provisioning" not in found(company_of(early, later, status))


def test_more_than_half_are_and_it_explains_who_is_stuck() -> None:
    judged = company_of(4, 3).judge()
    told = only(judged, "assigned-before-provisioning")
    assert (told.subject.key, told.severity, len(told.people)) == ("app:app", "high", 4)
    assert ("in Kandji, not linked", "1") in [(fact.label, fact.value) for fact in told.evidence]
    stuck = [finding for finding in judged.findings if finding.kind == "assignment-stuck"]
    assert [cause_of(judged, finding) for finding in stuck] == ["assigned-before-provisioning"] * 4


def test_an_app_that_was_assigned_just_now_settles() -> None:
    company = Company()
    for number in range(5):
        company.person(f"e{number}", external_id=None, account=False, app_user={"created": ago(minutes=5)})
    assert found(company) == {}
