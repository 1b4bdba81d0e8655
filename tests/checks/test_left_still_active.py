"""Somebody left, and is still active in Kandji."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model import Memory
from tests.worlds import Company, ago, cause_of, found, keys, only


def leaver(**more: Any) -> Company:
    company = Company()
    company.person("ana", "DEPROVISIONED", **({"assigned": False} | more))
    return company


@pytest.mark.parametrize("active", [False, None])
def test_a_leaver_whose_account_is_not_active_is_no_finding(active: bool | None) -> None:
    assert "left-still-active" not in found(leaver(active=active))


def test_a_leaver_without_an_account_who_lingers_in_groups_is_no_finding() -> None:
    company = Company()
    company.group("Sales")
    company.person("ana", "DEPROVISIONED", groups=["Sales"], assigned=False, account=False)
    company.push("Sales")
    assert "left-still-active" not in found(company)


@pytest.mark.parametrize("status", ["SUSPENDED", "STAGED", "PROVISIONED", "HIBERNATING", ""])
def test_whoever_may_be_in_has_not_left(status: str) -> None:
    company = Company()
    company.person("ana", status, assigned=False)
    assert "left-still-active" not in found(company)


def test_an_e_mail_address_that_somebody_new_has_makes_no_leaver() -> None:
    company = leaver(account=False)
    company.account("k1", user_name="someone@acme.example", email="ana@acme.example")
    assert found(company) == {"unmanaged-in-kandji": ["account:k1"]}


def test_a_user_name_that_somebody_new_has_too_makes_no_leaver() -> None:
    company = leaver()
    company.person("ana2", assigned=False, account=False, user={"login": "Ana@acme.example"})
    assert found(company) == {}


def test_a_stale_pointer_to_the_account_of_somebody_who_works_here_makes_no_leaver() -> None:
    company = leaver(assigned="INACTIVE", external_id="k-ben", account=False)
    company.person("ben")
    assert found(company) == {}


def test_a_leaver_is_found_by_the_user_name() -> None:
    told = only(leaver().judge(), "left-still-active")
    assert (told.subject.key, told.severity) == ("user:ana", "critical")
    assert told.sentence == "ana@acme.example was deactivated in Okta, but is still active in Kandji"


def test_a_leaver_is_found_by_an_assignment_that_was_taken_back_or_not() -> None:
    for assigned in ("DEPROVISIONED", "ACTIVE"):
        company = leaver(assigned=assigned, kandji={"user_name": "other"})
        assert found(company) == {"left-still-active": ["user:ana"]}


def test_a_leaver_is_found_by_what_an_earlier_run_saw() -> None:
    company = leaver(kandji={"user_name": "other"})
    before = Memory(first=False, pointed=(("k-ana", "ana"),))
    assert found(company, before=before) == {"left-still-active": ["user:ana"]}
    assert found(company) == {"unmanaged-in-kandji": ["account:k-ana"]}


def test_whoever_okta_deleted_since_an_earlier_run_has_left() -> None:
    company = Company(absent_users=["ana"])
    company.account("k1", user_name="k1")
    judged = company.judge(before=Memory(first=False, pointed=(("k1", "ana"),)))
    told = only(judged, "left-still-active")
    assert (told.subject.key, told.sentence) == ("user:ana", "k1 was deleted in Okta, but is still active in Kandji")


def test_two_accounts_of_one_leaver_are_both_told() -> None:
    company = leaver(account=False)
    company.account("k1", user_name="ana@acme.example")
    company.account("k2", user_name="ANA@acme.example")
    assert found(company)["left-still-active"] == ["account:k1", "account:k2"]


def test_a_declared_directorys_people_have_not_left() -> None:
    assert found(leaver(), also_fed_by=("*@acme.example",)) == {}


def test_it_explains_that_the_leaver_is_in_groups_of_kandji() -> None:
    company = Company()
    company.group("Sales")
    company.person("ana", "DEPROVISIONED", groups=["Sales"], assigned=False)
    company.push("Sales", members=["k-ana"], status="ERROR")
    judged = company.judge()
    assert cause_of(judged, only(judged, "member-extra")) == "left-still-active"
    assert cause_of(judged, only(judged, "left-still-active")) is None


@pytest.mark.parametrize(("minutes", "settles"), [(14, True), (15, False)])
def test_a_leaver_settles_for_a_quarter_of_an_hour(minutes: int, settles: bool) -> None:
    company = leaver(user={"status_changed": ago(minutes=minutes)})
    assert keys(company.judge(), settling=settles) == {"left-still-active": ["user:ana"]}


def test_its_groups_are_those_of_okta_in_which_the_leaver_lingers() -> None:
    company = Company()
    company.group("Sales")
    company.person("ana", "DEPROVISIONED", groups=["Sales"], assigned=False)
    company.push("Sales", status="INACTIVE")
    assert only(company.judge(), "left-still-active").groups == (("sales", "Sales"),)


def test_somebody_who_came_back_as_another_person_is_named() -> None:
    company = Company()
    company.person("old", "DEPROVISIONED", assigned="DEPROVISIONED", kandji={"user_name": "NEW@acme.example"})
    assert "perhaps" not in only(company.judge(), "left-still-active").sentence
    company.person("new", external_id=None, account=False)
    assert "perhaps it is new@acme.example's by now" in only(company.judge(), "left-still-active").sentence
