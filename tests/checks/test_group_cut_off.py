"""Kandji cuts a group's members off."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from reconciler.findings import finding_id
from reconciler.model import Memory
from tests.worlds import NOW, Company, found, only, sales

HUNDRED = range(100)


def cut(people: int, *, shown: int = 100, groups: int = 1) -> Company:
    """Groups of so many people, of whom Kandji shows so many."""
    company = sales(people=people, without=[f"p{number}" for number in range(people - shown)])
    names = [f"Copy{number}" for number in range(1, groups)]
    for name in names:
        company.group(name)
        company.members[name.lower()] = list(company.members["sales"])
        company.push(name, without=[f"p{number}" for number in range(people - shown)])
    company.kandji_groups = [replace(group, perhaps_cut=True) for group in company.kandji_groups]
    return company


@pytest.mark.parametrize(("people", "shown"), [(104, 100), (100, 100), (320, 300)])
def test_nobody_is_called_missing_where_a_list_may_be_cut_off(people: int, shown: int) -> None:
    company = cut(people, shown=shown)
    assert found(company) == {}
    assert "member-missing group:sales" in company.judge().skipped


def test_a_group_of_a_round_size_beside_a_larger_one_is_whole() -> None:
    company = cut(106)
    company.kandji_groups = [replace(group, perhaps_cut=False) for group in company.kandji_groups]
    assert set(found(company)) == {"member-missing"}


@pytest.mark.parametrize(("groups", "severity"), [(1, "medium"), (2, "critical")])
def test_two_groups_that_are_cut_alike_leave_little_doubt(groups: int, severity: str) -> None:
    judged = cut(105, groups=groups).judge()
    assert {(told.kind, told.severity) for told in judged.findings} == {("group-cut-off", severity)}
    assert len(judged.findings) == groups


def test_so_does_a_second_run_that_saw_the_same() -> None:
    seen = ((finding_id("group-cut-off", "group:sales"), NOW),)
    judged = cut(105).judge(before=Memory(first=False, seen=seen))
    assert only(judged, "group-cut-off").severity == "critical"


def test_who_is_shown_and_not_entitled_is_told_all_the_same() -> None:
    company = cut(104)
    company.members["sales"].remove("p50")
    assert found(company)["member-extra"] == ["group:sales user:p50"]
