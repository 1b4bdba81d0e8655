"""Okta points to accounts that Kandji does not have."""

from __future__ import annotations

import pytest

from tests.worlds import Company, cause_of, found, only


def company_of(there: int, gone: int, *, again: bool = False) -> Company:
    company = Company()
    for number in range(there):
        company.person(f"p{number}")
    for number in range(gone):
        company.person(f"g{number}", account=False)
        if again:
            company.account(f"new{number}", user_name=f"g{number}@acme.example")
    return company


@pytest.mark.parametrize(("there", "gone"), [(0, 4), (5, 5), (20, 6)])
def test_a_few_or_less_than_half_are_people_and_not_the_integration(there: int, gone: int) -> None:
    assert found(company_of(there, gone)).keys() <= {"missing-in-kandji"}


@pytest.mark.parametrize(
    ("again", "words"), [(True, "was re-created"), (False, "speaks to another tenant or integration")]
)
def test_five_and_more_than_half_are_and_it_explains_who_is_missing(again: bool, words: str) -> None:
    judged = company_of(4, 5, again=again).judge()
    told = only(judged, "integration-recreated")
    assert (told.subject.key, told.severity, len(told.people)) == ("app:app", "critical", 5)
    assert told.sentence.endswith(words)
    missing = [finding for finding in judged.findings if finding.kind == "missing-in-kandji"]
    assert [cause_of(judged, finding) for finding in missing] == ["integration-recreated"] * 5


def test_without_a_sample_read_by_id_nothing_is_said() -> None:
    company = company_of(4, 12)
    company.absent_accounts = company.absent_accounts[:9]
    assert "integration-recreated" not in found(company)


@pytest.mark.parametrize("key", ["id", "old_id"])
def test_ids_that_kandjis_own_api_knows_are_not_gone(key: str) -> None:
    company = company_of(0, 6)
    company.row(**({"row_id": "k-g0"} if key == "id" else {"row_id": "r0", "old_id": "k-g0"}))
    assert "integration-recreated" not in found(company)
