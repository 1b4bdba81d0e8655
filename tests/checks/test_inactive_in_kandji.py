"""Somebody must be in, and their account is inactive."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.worlds import Company, ago, found, keys, only, sales


def test_an_active_account_is_no_finding() -> None:
    company = Company()
    company.person("ana")
    assert found(company) == {}


@pytest.mark.parametrize("status", ["DEPROVISIONED", "SUSPENDED", "STAGED", "PROVISIONED", "HIBERNATING"])
def test_whoever_need_not_be_in_may_be_inactive(status: str) -> None:
    company = Company()
    company.person("ana", status, active=False)
    assert found(company) == {}


def test_whoever_is_not_assigned_not_provisioned_or_outside_the_scope_may_be_inactive() -> None:
    company = Company()
    company.group("Macs")
    company.person("ana", assigned=False, active=False)
    company.person("ben", external_id=None, active=False)
    company.person("eve", active=False)
    assert "inactive-in-kandji" not in found(company, scope_groups=("Macs",))
    assert found(company)["inactive-in-kandji"] == ["user:eve"]


def test_an_account_of_which_kandji_does_not_tell_is_not_called_inactive() -> None:
    company = Company()
    company.person("ana", active=None)
    assert found(company) == {}


@pytest.mark.parametrize("status", ["ACTIVE", "LOCKED_OUT", "PASSWORD_EXPIRED", "RECOVERY"])
def test_whoever_must_be_in_is_told_once_however_many_groups_lack_them(status: str) -> None:
    company = Company()
    for name in ("Sales", "Design"):
        company.group(name)
    company.person("ana", status, groups=["Sales", "Design"], active=False)
    for name in ("Sales", "Design"):
        company.push(name, without=["ana"])
    assert found(company) == {"inactive-in-kandji": ["user:ana"]}
    assert [name for _, name in only(company.judge(), "inactive-in-kandji").groups] == ["Design", "Sales"]


@pytest.mark.parametrize(("minutes", "settles"), [(44, True), (45, False)])
def test_whoever_came_back_just_now_settles(minutes: int, settles: bool) -> None:
    company = Company()
    company.person("ana", active=False, user={"status_changed": ago(minutes=minutes)})
    assert keys(company.judge(), settling=settles) == {"inactive-in-kandji": ["user:ana"]}


def test_somebody_archived_whom_only_the_rest_api_shows_is_inactive_and_not_gone() -> None:
    company = sales()
    company.person("ana", groups=["Sales"], account=False)
    company.row("k-ana", email="ana@acme.example", archived=True)
    assert found(company) == {"inactive-in-kandji": ["user:ana"]}
    broken = [fact.label for fact in company.judge().findings[0].evidence if fact.good is False]
    assert broken == ["active in Kandji"]
    company.rows = [replace(company.rows[0], archived=False)] if company.rows else None
    assert found(company) == {"missing-in-kandji": ["user:ana"]}
