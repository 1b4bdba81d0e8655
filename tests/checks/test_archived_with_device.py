"""Somebody is archived in Kandji and still has a Mac."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.findings import finding_id
from reconciler.model import Memory
from tests.worlds import Company, about, ago, found, only

ADDRESS = "ana@acme.example"


def archived(*, left: dict[str, Any] | None = None, **row: Any) -> Company:
    company = Company()
    company.person("ana", "DEPROVISIONED", assigned=False, active=False, user=left)
    told: dict[str, Any] = {"email": ADDRESS, "archived": True, "device_count": 1, "integration_id": "ours"}
    company.row("k-ana", **(told | row))
    return company


@pytest.mark.parametrize("row", [{"archived": False}, {"device_count": 0}, {"archived": None}, {"device_count": None}])
def test_whoever_is_not_archived_or_has_no_device_is_no_finding(row: dict[str, Any]) -> None:
    assert found(archived(**row)) == {}


def test_a_row_that_is_active_again_in_the_same_directory_is_no_finding() -> None:
    company = archived()
    company.row("again", email=ADDRESS.upper(), active=True, integration_id="ours")
    assert found(company) == {}


def test_it_is_told_of_the_person_whose_row_it_is() -> None:
    told = only(archived().judge(), "archived-with-device")
    assert (told.subject.key, told.people, told.severity) == ("user:ana", ("user:ana",), "high")


def test_a_device_that_names_its_user_counts_and_is_named() -> None:
    company = archived(device_count=None)
    company.device("mac-1", user_id="k-ana", serial="C02X")
    assert "mac-1, serial C02X" in [fact.value for fact in only(company.judge(), "archived-with-device").evidence]


def test_a_row_of_nobody_is_told_by_its_own_id() -> None:
    company = Company()
    company.row("r9", email="old@acme.example", archived=True, device_count=2)
    assert found(company) == {"archived-with-device": ["row:r9"]}
    assert found(company, also_fed_by=("old@*",)) == {}


@pytest.mark.parametrize(("days", "severity"), [(7, "high"), (7.1, "critical")])
def test_it_is_critical_after_seven_days(days: float, severity: str) -> None:
    left = archived(left={"status_changed": ago(days=days)})
    assert only(left.judge(), "archived-with-device").severity == severity
    seen = Memory(first=False, seen=((finding_id("archived-with-device", "user:ana"), ago(days=days)),))
    assert only(archived().judge(before=seen), "archived-with-device").severity == severity


def test_without_kandjis_rest_api_it_is_not_judged() -> None:
    assert about(Company().judge(), "archived-with-device") == ["Kandji's REST API was not read"]
