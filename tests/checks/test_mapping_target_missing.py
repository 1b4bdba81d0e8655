"""A mapping pushes to a Kandji group that does not exist."""

from __future__ import annotations

import pytest

from reconciler.model import Memory
from tests.worlds import ago, found, keys, only, sales


@pytest.mark.parametrize("status", ["ACTIVE", "ERROR"])
def test_a_group_that_is_there_is_no_missing_target(status: str) -> None:
    assert "mapping-target-missing" not in found(sales(status=status))


def test_absence_from_the_list_alone_is_no_missing_target() -> None:
    company = sales(group=False)
    company.absent_groups = []
    assert found(company) == {}


def test_a_name_that_is_only_presumed_is_no_missing_target() -> None:
    assert found(sales(group=False, target_visible=False)) == {}


def test_a_renamed_group_that_an_earlier_run_learnt_is_no_missing_target() -> None:
    company = sales(group=False)
    company.kandji_group("New name", [f"k-p{number}" for number in range(4)], group_id="x")
    assert "mapping-target-missing" not in found(company, before=Memory(first=False, learnt_groups=(("m-sales", "x"),)))


def test_a_paused_mapping_needs_no_target() -> None:
    assert found(sales(group=False, status="INACTIVE")) == {"mapping-inactive": ["mapping:m-sales"]}


@pytest.mark.parametrize("status", ["ACTIVE", "ERROR"])
def test_a_confirmed_absence_is_one_finding_with_the_people_it_concerns(status: str) -> None:
    company = sales(group=False, status=status)
    assert found(company) == {"mapping-target-missing": ["mapping:m-sales"]}
    assert len(only(company.judge(), "mapping-target-missing").people) == 4


def test_a_presumed_name_is_missing_where_an_earlier_run_knew_the_group() -> None:
    company = sales(group=False, target_visible=False)
    before = Memory(first=False, learnt_groups=(("m-sales", "deleted"),))
    assert found(company, before=before) == {"mapping-target-missing": ["mapping:m-sales"]}


@pytest.mark.parametrize(("minutes", "settles"), [(119, True), (120, False)])
def test_a_mapping_that_was_made_just_now_settles(minutes: int, settles: bool) -> None:
    company = sales(group=False, created=ago(minutes=minutes))
    assert keys(company.judge(), settling=settles) == {"mapping-target-missing": ["mapping:m-sales"]}
