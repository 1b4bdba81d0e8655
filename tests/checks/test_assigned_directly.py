"""Somebody is assigned to the app by hand."""

from __future__ import annotations

import pytest

from tests.worlds import Company, found, only


@pytest.mark.parametrize(("scope", "status"), [("GROUP", "ACTIVE"), (None, "ACTIVE"), ("USER", "DEPROVISIONED")])
def test_whoever_a_group_assigns_or_has_left_is_no_finding(scope: str | None, status: str) -> None:
    company = Company()
    company.person("ana", status, app_user={"scope": scope})
    assert "assigned-directly" not in found(company)


@pytest.mark.parametrize(("groups", "severity"), [([], "low"), (["Assigned"], "medium")])
def test_a_direct_assignment_is_graver_where_a_group_assigns_as_well(groups: list[str], severity: str) -> None:
    company = Company()
    company.group("Assigned")
    company.person("ana", groups=groups, app_user={"scope": "USER"})
    told = only(company.judge(), "assigned-directly")
    assert (told.subject.key, told.severity) == ("user:ana", severity)
    assert ("survives" in told.sentence) is bool(groups)
