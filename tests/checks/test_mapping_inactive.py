"""A push mapping is paused."""

from __future__ import annotations

import pytest

from tests.worlds import Company, ago, cause_of, found, keys, only, sales


def test_a_mapping_that_is_not_paused_is_no_finding() -> None:
    assert found(sales()) == {}


def test_a_paused_mapping_is_one_finding_and_what_its_people_lack_is_none() -> None:
    company = Company()
    company.group("Sales")
    company.person("ana", groups=["Sales"])
    for number in range(4):
        company.person(f"u{number}", groups=["Sales"], assigned=False, account=False)
    company.push("Sales", status="INACTIVE", without=["ana"])
    assert found(company) == {"mapping-inactive": ["mapping:m-sales"]}


def test_who_is_too_much_in_its_group_is_told_and_explained_by_it() -> None:
    company = sales(status="INACTIVE", members=["k-eve"])
    company.person("eve")
    judged = company.judge()
    assert cause_of(judged, only(judged, "member-extra")) == "mapping-inactive"
    assert only(judged, "mapping-inactive").people == ("user:eve",)


def test_nobody_is_too_much_where_a_live_mapping_has_taken_the_group_over() -> None:
    company = sales()
    company.group("Design")
    company.push("Design", target="Sales", status="INACTIVE", group=False)
    assert found(company) == {"mapping-inactive": ["mapping:m-design"]}


@pytest.mark.parametrize(("minutes", "settles"), [(119, True), (120, False)])
def test_a_mapping_that_was_paused_just_now_settles(minutes: int, settles: bool) -> None:
    company = sales(status="INACTIVE", last_updated=ago(minutes=minutes))
    assert keys(company.judge(), settling=settles) == {"mapping-inactive": ["mapping:m-sales"]}
