"""A Kandji group lost many members at once."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.findings import finding_id
from reconciler.model import Memory
from tests.worlds import NOW, Company, found, only, sales


def shrunk(people: int, by: int, **push: Any) -> tuple[Company, Memory]:
    """Sales has lost so many of its people since the last run."""
    company = sales(people=people, without=[f"p{number}" for number in range(by)], **push)
    held = tuple(f"k-p{number}" for number in range(people))
    return company, Memory(first=False, held=(("kg-sales", held),))


@pytest.mark.parametrize(("people", "by"), [(20, 4), (25, 5), (6, 0)])
def test_a_few_or_a_fifth_are_told_one_by_one(people: int, by: int) -> None:
    company, before = shrunk(people, by)
    assert "group-shrank" not in found(company, before=before)


def test_who_should_not_be_in_it_may_go() -> None:
    company, before = shrunk(20, 6)
    for number in range(6):
        company.members["sales"].remove(f"p{number}")
    assert "group-shrank" not in found(company, before=before)


def test_who_was_not_in_it_at_the_last_run_is_not_lost() -> None:
    company, _ = shrunk(20, 6)
    held = tuple(f"k-p{number}" for number in range(2, 20))
    assert "group-shrank" not in found(company, before=Memory(first=False, held=(("kg-sales", held),)))


@pytest.mark.parametrize("push", [{"status": "INACTIVE"}, {"members": None}])
def test_a_group_that_stands_still_or_is_not_told_has_not_shrunk(push: dict[str, Any]) -> None:
    company, before = shrunk(20, 6, **push)
    assert "group-shrank" not in found(company, before=before)


@pytest.mark.parametrize(
    ("people", "by", "severity"), [(6, 5, "high"), (24, 5, "high"), (200, 49, "high"), (200, 50, "critical")]
)
def test_more_than_a_fifth_and_five_is_a_loss_and_fifty_people_a_grave_one(people: int, by: int, severity: str) -> None:
    company, before = shrunk(people, by)
    told = only(company.judge(before=before), "group-shrank")
    assert (told.subject.key, told.severity, len(told.people)) == ("group:sales", severity, by)


def test_a_loss_stands_until_the_people_are_back_whatever_the_last_run_saw() -> None:
    seen = Memory(first=False, seen=((finding_id("group-shrank", "group:sales"), NOW),))
    for by, stands in ((6, True), (0, False)):
        company, _ = shrunk(20, by)
        assert ("group-shrank" in found(company, before=seen)) is stands
