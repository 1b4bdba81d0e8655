"""Okta points to an account that Kandji no longer has."""

from __future__ import annotations

from typing import Any

import pytest

from tests.worlds import Company, about, ago, found, keys, only


def gone(status: str = "ACTIVE", **more: Any) -> Company:
    company = Company()
    company.person("ana", status, account=False, **more)
    return company


def test_an_account_that_is_there_is_no_finding() -> None:
    company = Company()
    company.person("ana")
    assert found(company) == {}
    assert about(company.judge(), "missing-in-kandji") == []


def test_absence_from_the_list_alone_is_told_and_no_finding() -> None:
    company = gone()
    company.absent_accounts = []
    judged = company.judge()
    assert judged.findings == ()
    assert about(judged, "missing-in-kandji") == ["1 accounts are not in Kandji's list and were not read by id"]
    assert {"missing-in-kandji", "integration-recreated"} <= set(judged.skipped)


@pytest.mark.parametrize("status", ["DEPROVISIONED", "SUSPENDED", "STAGED", "PROVISIONED", "HIBERNATING"])
def test_whoever_need_not_be_in_may_be_gone(status: str) -> None:
    assert found(gone(status)) == {}


def test_whoever_is_no_longer_assigned_or_outside_the_scope_may_be_gone() -> None:
    assert found(gone(assigned="INACTIVE")) == {}
    company = gone()
    company.group("Macs")
    assert found(company, scope_groups=("Macs",)) == {}


def test_an_account_that_is_not_in_the_list_and_not_found_by_id_is_gone() -> None:
    assert found(gone()) == {"missing-in-kandji": ["user:ana"]}
    assert about(gone().judge(), "missing-in-kandji") == []


def test_an_account_that_was_made_anew_is_named_and_not_unmanaged() -> None:
    company = gone()
    company.account("k-new", user_name="ANA@acme.example")
    assert found(company) == {"missing-in-kandji": ["user:ana"]}
    facts = {fact.label: fact.value for fact in only(company.judge(), "missing-in-kandji").evidence}
    assert facts["re-created"] == "as k-new, which Okta ignores"


@pytest.mark.parametrize(("minutes", "settles"), [(44, True), (45, False)])
def test_a_young_assignment_settles(minutes: int, settles: bool) -> None:
    company = gone(app_user={"created": ago(minutes=minutes)})
    assert keys(company.judge(), settling=settles) == {"missing-in-kandji": ["user:ana"]}
