"""Somebody's Mac is on another entry of theirs in Kandji."""

from __future__ import annotations

from typing import Any

import pytest

from tests.worlds import Company, about, found, only

ADDRESS = "ana@acme.example"


def company_of(**other: Any) -> Company:
    """Ana, her account's row, and another entry of hers by another directory."""
    company = Company()
    company.person("ana", kandji={"email": ADDRESS})
    company.row("k-ana", email=ADDRESS, integration_id="ours")
    told: dict[str, Any] = {"email": "Ana@acme.example", "integration_id": "theirs", "integration_name": "Google"}
    company.row("other", **(told | other))
    return company


def on(company: Company, row: str | None) -> dict[str, list[str]]:
    """What is found once her Mac is on this entry."""
    company.device("mac-1", user_id=row, serial="C02X")
    return {kind: subjects for kind, subjects in found(company).items() if kind == "device-on-other-account"}


@pytest.mark.parametrize("row", ["k-ana", None, "nobody"])
def test_a_mac_on_the_account_or_on_nobody_is_no_finding(row: str | None) -> None:
    assert on(company_of(), row) == {}


@pytest.mark.parametrize("other", [{"email": None}, {"email": "eve@acme.example"}])
def test_an_entry_with_another_address_is_not_hers(other: dict[str, Any]) -> None:
    assert on(company_of(**other), "other") == {}


def test_a_mac_on_the_other_entry_is_told_of_the_accounts_person() -> None:
    company = company_of()
    assert on(company, "other") == {"device-on-other-account": ["user:ana"]}
    told = only(company.judge(), "device-on-other-account")
    assert told.severity == "high"
    assert told.sentence == "ana@acme.example has a Mac on another entry in Kandji (Google)"
    assert "duplicate-in-kandji" not in found(company)


def test_an_account_that_is_not_active_has_no_claim() -> None:
    company = Company()
    company.person("ana", kandji={"email": ADDRESS, "active": False})
    company.row("other", email=ADDRESS, integration_id="theirs")
    assert on(company, "other") == {}


def test_without_kandjis_rest_api_it_is_not_judged() -> None:
    assert about(Company().judge(), "device-on-other-account") == ["Kandji's REST API was not read"]
