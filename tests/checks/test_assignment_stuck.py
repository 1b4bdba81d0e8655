"""Somebody is assigned, but was never provisioned."""

from __future__ import annotations

from typing import Any

import pytest

from tests.worlds import LONG_AGO, Company, about, ago, found, keys, only


def stuck(status: str = "ACTIVE", **more: Any) -> Company:
    company = Company()
    company.person("ana", assigned=status, external_id=None, account=False, **more)
    return company


@pytest.mark.parametrize(
    ("app_user", "lacking"),
    [
        ({}, None),
        ({"profile": (("displayName", "Ana"), ("givenName", None))}, None),
        ({"profile": (("displayName", None), ("title", "Chief"))}, "display or full name"),
        ({"user_name": None, "profile": (("displayName", ""),)}, "user name and display or full name"),
    ],
)
def test_it_names_what_kandji_requires_and_is_missing(app_user: dict[str, Any], lacking: str | None) -> None:
    company = Company()
    company.person("ana", external_id=None, account=False, app_user=app_user)
    facts = {fact.label: fact.value for fact in only(company.judge(), "assignment-stuck").evidence}
    assert facts.get("missing, and required by Kandji") == lacking


def test_whoever_has_an_external_id_is_not_stuck_whatever_the_sync_state() -> None:
    company = Company()
    company.person("ana", app_user={"sync_state": "ERROR"})
    assert "assignment-stuck" not in found(company)


@pytest.mark.parametrize("status", ["DEPROVISIONED", "SUSPENDED", "STAGED", "PROVISIONED", "HIBERNATING"])
def test_whoever_need_not_be_in_is_not_stuck(status: str) -> None:
    company = Company()
    company.person("ana", status, external_id=None, account=False)
    assert found(company) == {}


def test_whoever_is_outside_the_scope_is_not_stuck() -> None:
    company = stuck()
    company.group("Macs")
    assert found(company, scope_groups=("Macs",)) == {}


@pytest.mark.parametrize("status", ["ACTIVE", "STAGED", "APPROVED", "PENDING"])
def test_whoever_waits_for_an_external_id_is_stuck(status: str) -> None:
    assert found(stuck(status)) == {"assignment-stuck": ["user:ana"]}


def test_an_assignment_of_another_status_without_an_external_id_is_told_and_not_judged() -> None:
    judged = stuck("MATCHED").judge()
    assert judged.findings == ()
    assert "1 app users are MATCHED" in about(judged, "assignment-stuck")[0]


def test_it_is_the_first_broken_link_even_where_the_person_is_in_no_group_of_kandji() -> None:
    company = Company()
    company.group("Sales")
    company.person("ana", groups=["Sales"], external_id=None, account=False)
    company.push("Sales")
    assert found(company) == {"assignment-stuck": ["user:ana"]}
    assert only(company.judge(), "assignment-stuck").groups == (("sales", "Sales"),)


def test_an_account_of_that_name_is_shown_as_not_linked() -> None:
    company = stuck()
    company.account("k1", user_name="ANA@acme.example")
    facts = {fact.label: fact.value for fact in only(company.judge(), "assignment-stuck").evidence}
    assert facts["in Kandji, not linked"] == "account k1"
    assert found(company) == {"assignment-stuck": ["user:ana"]}


@pytest.mark.parametrize(("minutes", "settles"), [(44, True), (45, False)])
@pytest.mark.parametrize("field", ["created", "status_changed"])
def test_a_young_assignment_settles(field: str, minutes: int, settles: bool) -> None:
    company = stuck(app_user={"created": LONG_AGO} | {field: ago(minutes=minutes)})
    assert keys(company.judge(), settling=settles) == {"assignment-stuck": ["user:ana"]}
