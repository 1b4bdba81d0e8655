"""At least half of a group's people were not pushed."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model import Memory
from tests.worlds import Company, ago, found, keys, only, sales


def lacking(number: int, people: int, **more: Any) -> Company:
    return sales(people=people, without=[f"p{n}" for n in range(number)], **more)


@pytest.mark.parametrize(("number", "people"), [(0, 4), (2, 2), (3, 7), (49, 100)])
def test_fewer_than_three_or_half_are_missing_one_by_one(number: int, people: int) -> None:
    assert "group-not-pushed" not in found(lacking(number, people))


@pytest.mark.parametrize(("number", "people"), [(3, 3), (3, 6), (50, 100)])
def test_three_and_half_are_one_finding_and_no_member_is_told_beside_it(number: int, people: int) -> None:
    company = lacking(number, people)
    assert found(company) == {"group-not-pushed": ["mapping:m-sales"]}
    assert len(only(company.judge(), "group-not-pushed").people) == number


def test_people_who_could_not_be_pushed_do_not_count() -> None:
    company = Company()
    company.group("Sales")
    for number in range(5):
        company.person(f"u{number}", groups=["Sales"], assigned=False, account=False)
        company.person(f"s{number}", groups=["Sales"], external_id=None, account=False)
        company.person(f"i{number}", groups=["Sales"], active=False)
    company.push("Sales", without=[f"i{number}" for number in range(5)])
    assert "group-not-pushed" not in found(company)


def test_people_outside_the_scope_do_not_count() -> None:
    company = lacking(3, 3)
    company.group("Macs")
    assert found(company, scope_groups=("Macs",)) == {}


@pytest.mark.parametrize("push", [{"status": "ERROR"}, {"status": "INACTIVE"}, {"members": None}, {"group": False}])
def test_a_group_that_is_not_pushed_or_not_told_is_another_matter(push: dict[str, Any]) -> None:
    assert "group-not-pushed" not in found(lacking(4, 4, **push))


@pytest.mark.parametrize(("minutes", "settles"), [(119, True), (120, False)])
@pytest.mark.parametrize("field", ["created", "last_updated"])
def test_a_mapping_that_changed_two_hours_ago_at_most_settles(field: str, minutes: int, settles: bool) -> None:
    company = lacking(4, 4, **{field: ago(minutes=minutes)})
    assert keys(company.judge(), settling=settles) == {"group-not-pushed": ["mapping:m-sales"]}


def test_a_mapping_that_changes_every_hour_hides_nothing_for_good() -> None:
    company = lacking(4, 4, last_updated=ago(minutes=5))
    seen = ((only(company.judge(), "group-not-pushed").id, ago(minutes=120)),)
    assert keys(company.judge(before=Memory(first=False, seen=seen)), settling=False) != {}


def test_people_who_arrived_just_now_settle_with_their_group() -> None:
    company = Company()
    company.group("Sales")
    for number in range(4):
        company.person(f"p{number}", groups=["Sales"], kandji={"created": ago(minutes=10)})
    company.push("Sales", without=["p0", "p1", "p2", "p3"])
    assert keys(company.judge(), settling=True) == {"group-not-pushed": ["mapping:m-sales"]}


@pytest.mark.parametrize(("young", "settles"), [(0, False), (1, True)])
def test_it_settles_while_too_few_people_would_be_left_without_the_young_ones(young: int, settles: bool) -> None:
    company = Company()
    company.group("Sales")
    for number in range(3):
        arrived = ago(minutes=10) if number < young else None
        company.person(f"p{number}", groups=["Sales"], kandji={"created": arrived})
    company.push("Sales", without=["p0", "p1", "p2"])
    assert only(company.judge(), "group-not-pushed").settling is settles
