"""A pushed group has another name in Kandji."""

from __future__ import annotations

import pytest

from reconciler.model import Memory
from tests.worlds import Company, cause_of, found, only, sales

LEARNT = Memory(first=False, learnt_groups=(("m-sales", "x"),))


def renamed(*, people: int = 10, held: int = 10, strangers: int = 0) -> Company:
    """Sales is gone by its name; a group named otherwise holds so many of its people, and others."""
    company = sales(people=people, group=False)
    for number in range(strangers):
        company.person(f"s{number}")
    members = [f"k-p{number}" for number in range(held)] + [f"k-s{number}" for number in range(strangers)]
    company.kandji_group("Sales (Macs)", members, group_id="x")
    return company


@pytest.mark.parametrize(("people", "held", "strangers"), [(4, 4, 0), (10, 7, 0), (10, 10, 3), (5, 4, 0)])
def test_a_group_of_few_or_of_other_people_is_another_group(people: int, held: int, strangers: int) -> None:
    assert "group-renamed" not in found(renamed(people=people, held=held, strangers=strangers))


@pytest.mark.parametrize(("people", "held", "strangers"), [(5, 5, 0), (10, 8, 0), (10, 10, 2)])
def test_an_unmapped_group_of_nearly_the_same_people_is_the_one(people: int, held: int, strangers: int) -> None:
    judged = renamed(people=people, held=held, strangers=strangers).judge()
    assert only(judged, "group-renamed").subject.key == "mapping:m-sales"
    for kind in ("mapping-target-missing", "group-unmanaged"):
        assert cause_of(judged, only(judged, kind)) == "group-renamed"


def test_of_two_groups_that_are_alike_none_is_chosen() -> None:
    company = renamed()
    company.kandji_group("Copy", [f"k-p{number}" for number in range(10)])
    assert "group-renamed" not in found(company)


def test_a_group_that_an_earlier_run_learnt_is_known_whoever_is_in_it() -> None:
    company = renamed(people=4, held=4)
    assert found(company, before=LEARNT) == {"group-renamed": ["mapping:m-sales"]}
    assert only(company.judge(before=LEARNT), "group-renamed").confirm is None


def test_a_learnt_group_whose_target_is_not_visible_may_have_any_name() -> None:
    company = sales(target_visible=False, group=False)
    company.kandji_group("Vertrieb", [f"k-p{number}" for number in range(4)], group_id="x")
    assert found(company, before=LEARNT) == {}
