"""Somebody works here and is active in Kandji, but no longer assigned."""

from __future__ import annotations

from typing import Any

import pytest

from tests.worlds import Company, about, ago, found, keys, only


def unassigned(status: str = "ACTIVE", **more: Any) -> Company:
    company = Company()
    company.person("ana", status, **({"assigned": False} | more))
    return company


@pytest.mark.parametrize("status", ["SUSPENDED", "STAGED", "PROVISIONED", "HIBERNATING", ""])
def test_whoever_may_be_in_is_no_finding(status: str) -> None:
    assert "unassigned-still-active" not in found(unassigned(status))


@pytest.mark.parametrize("active", [False, None])
def test_an_account_that_is_not_active_is_no_finding(active: bool | None) -> None:
    assert found(unassigned(active=active)) == {}


def test_somebody_in_a_pushed_group_lacks_the_assignment_instead() -> None:
    company = Company()
    company.group("Sales")
    company.person("ana", groups=["Sales"], assigned=False)
    company.push("Sales")
    assert found(company) == {"member-not-assigned": ["user:ana"]}


def test_a_group_whose_push_is_paused_is_no_pushed_group_and_named_as_such() -> None:
    company = Company()
    company.group("Sales")
    company.person("ana", groups=["Sales"], assigned=False)
    company.push("Sales", status="INACTIVE")
    assert only(company.judge(), "unassigned-still-active").sentence.endswith("pushed group but those that are paused")


def test_a_declared_directorys_people_are_no_finding() -> None:
    assert found(unassigned(), also_fed_by=("ana@*",)) == {}


def test_somebody_whose_account_another_person_is_assigned_to_is_no_finding() -> None:
    company = unassigned(assigned="INACTIVE", external_id="k-ben", account=False)
    company.person("ben")
    assert found(company) == {}


@pytest.mark.parametrize("assigned", [False, "INACTIVE", "DEPROVISIONED"])
def test_whoever_is_active_on_both_sides_without_an_assignment_is_told(assigned: bool | str) -> None:
    assert found(unassigned(assigned=assigned)) == {"unassigned-still-active": ["user:ana"]}


def test_a_paused_mapping_counts_as_no_pushed_group() -> None:
    company = Company()
    company.group("Sales")
    company.person("ana", groups=["Sales"], assigned=False)
    company.push("Sales", status="INACTIVE")
    assert found(company)["unassigned-still-active"] == ["user:ana"]


@pytest.mark.parametrize(("minutes", "settles"), [(14, True), (15, False)])
def test_whoever_was_unassigned_just_now_settles(minutes: int, settles: bool) -> None:
    company = unassigned(assigned="INACTIVE", app_user={"status_changed": ago(minutes=minutes)})
    assert keys(company.judge(), settling=settles) == {"unassigned-still-active": ["user:ana"]}


def test_while_a_pushed_group_was_not_read_nobody_is_called_in_none() -> None:
    company = unassigned()
    company.group("Sales")
    company.push("Sales")
    del company.members["sales"]
    judged = company.judge()
    assert "unassigned-still-active" not in {finding.kind for finding in judged.findings}
    assert about(judged, "unassigned-still-active") != []
    assert "unassigned-still-active" in judged.skipped
