"""An active account that is found nowhere in Okta."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model import Memory
from tests.worlds import Company, about, ago, found, keys, only


def stranger(**more: Any) -> Company:
    company = Company()
    company.account("k1", **({"user_name": "someone"} | more))
    return company


@pytest.mark.parametrize("active", [False, None])
def test_an_account_that_is_not_active_is_no_finding(active: bool | None) -> None:
    assert found(stranger(active=active)) == {}


@pytest.mark.parametrize("status", ["SUSPENDED", "STAGED", "PROVISIONED", "HIBERNATING"])
def test_an_account_of_somebody_who_may_be_in_is_not_unmanaged(status: str) -> None:
    company = stranger(user_name="ANA@acme.example")
    company.person("ana", status, assigned=False, account=False)
    assert "unmanaged-in-kandji" not in found(company)


def test_an_account_that_was_not_looked_up_is_told_and_no_finding() -> None:
    company = stranger()
    company.looked_up = []
    judged = company.judge()
    assert judged.findings == ()
    assert about(judged, "unmanaged-in-kandji") == ["1 of 1 accounts nobody points to could not be looked up in Okta"]
    assert "unmanaged-in-kandji" in judged.skipped


def test_an_account_that_could_be_somebodys_is_told_and_no_finding() -> None:
    company = stranger(user_name="ANA@acme.example")
    company.person("ana")
    judged = company.judge()
    assert {finding.kind for finding in judged.findings} == {"duplicate-in-kandji"}
    assert "could belong to people" in about(judged, "unmanaged-in-kandji")[0]


def test_a_declared_directorys_people_are_no_finding() -> None:
    assert found(stranger(), also_fed_by=("SOME*",)) == {}


def test_an_account_that_nobody_in_okta_has_is_unmanaged() -> None:
    assert found(stranger()) == {"unmanaged-in-kandji": ["account:k1"]}
    assert "unmanaged-in-kandji" not in stranger().judge().skipped


def test_an_account_whose_earlier_owner_can_not_be_seen_is_unmanaged() -> None:
    before = Memory(first=False, pointed=(("k1", "never-read"),))
    judged = stranger().judge(before=before)
    assert keys(judged, settling=True) == {"unmanaged-in-kandji": ["account:k1"]}


def test_one_person_of_the_same_address_is_offered_and_two_are_not() -> None:
    company = stranger(email="ana@acme.example")
    company.person("ana", assigned=False, account=False)
    assert "perhaps ana@acme.example" in only(company.judge(), "unmanaged-in-kandji").sentence
    company.person("ana2", assigned=False, account=False, user={"email": "ANA@acme.example"})
    assert "perhaps" not in only(company.judge(), "unmanaged-in-kandji").sentence


@pytest.mark.parametrize(("minutes", "settles"), [(14, True), (15, False)])
def test_an_account_that_was_made_just_now_settles(minutes: int, settles: bool) -> None:
    company = stranger(created=ago(minutes=minutes))
    assert keys(company.judge(), settling=settles) == {"unmanaged-in-kandji": ["account:k1"]}
