"""A group's name in Kandji is not unique."""

from __future__ import annotations

import pytest

from tests.worlds import Company, cause_of, found, only, sales


def doubled(**push: str) -> Company:
    """Sales and Design are pushed to one name."""
    company = sales()
    company.group("Design")
    company.push("Design", target="SALES", group=False, **push)
    company.absent_groups = []
    return company


@pytest.mark.parametrize("status", ["ACTIVE", "ERROR", "INACTIVE"])
def test_two_groups_of_a_name_in_whatever_case_are_one_finding(status: str) -> None:
    company = sales(status=status)
    company.kandji_group("SALES", ["k-p0"], group_id="x")
    told = only(company.judge(), "group-name-taken")
    assert told.subject.key == "mapping:m-sales"
    assert {"Sales (kg-sales)", "SALES (x)"} <= {fact.value for fact in told.evidence}


def test_two_mappings_to_one_name_are_a_finding_each() -> None:
    assert found(doubled()) == {"group-name-taken": ["mapping:m-design", "mapping:m-sales"]}


def test_a_paused_mapping_disturbs_no_other() -> None:
    assert "group-name-taken" not in found(doubled(status="INACTIVE"))


def test_a_push_that_failed_for_the_name_is_explained_by_it() -> None:
    company = sales(status="ERROR", error_summary="already exists")
    company.kandji_group("sales", group_id="x")
    judged = company.judge()
    assert cause_of(judged, only(judged, "mapping-error")) == "group-name-taken"


def test_groups_without_a_name_have_none_in_common() -> None:
    company = sales(target="")
    company.kandji_group("", group_id="x")
    assert "group-name-taken" not in found(company)
