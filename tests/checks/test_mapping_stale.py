"""A group changed after its last push, and Kandji does not show it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from tests.worlds import Company, ago, cause_of, found, keys, only, sales


def changed(hours: float | None, pushed: float | None, **push: Any) -> Company:
    """Sales lacks p0 and holds eve; it changed and was pushed so many hours ago."""
    last = None if pushed is None else ago(hours=pushed)
    company = sales(people=6, **({"without": ["p0"], "members": ["k-eve"], "last_push": last} | push))
    company.person("eve")
    moment = None if hours is None else ago(hours=hours)
    company.groups[0] = replace(company.groups[0], last_membership_updated=moment)
    return company


@pytest.mark.parametrize(("hours", "pushed"), [(3, 2), (3, None), (None, 3), (3, 5)])
def test_a_group_that_was_pushed_since_or_soon_before_or_of_which_that_is_not_told_is_not_stale(
    hours: float | None, pushed: float | None
) -> None:
    assert "mapping-stale" not in found(changed(hours, pushed))


@pytest.mark.parametrize("push", [{"status": "ERROR"}, {"status": "INACTIVE"}, {"without": (), "members": ()}])
def test_a_group_that_is_not_pushed_or_in_step_is_not_stale(push: dict[str, Any]) -> None:
    assert "mapping-stale" not in found(changed(3, 6, **push))


def test_who_is_missing_and_too_much_is_explained_by_the_push_that_was_lost() -> None:
    judged = changed(3, 6).judge()
    told = only(judged, "mapping-stale")
    assert (told.subject.key, told.people) == ("mapping:m-sales", ("user:eve", "user:p0"))
    for kind in ("member-missing", "member-extra"):
        assert cause_of(judged, only(judged, kind)) == "mapping-stale"


@pytest.mark.parametrize(("age", "settles"), [(timedelta(minutes=119), True), (timedelta(hours=2), False)])
def test_a_change_may_still_be_on_its_way_for_two_hours(age: timedelta, settles: bool) -> None:
    company = changed(age / timedelta(hours=1), 6)
    assert ("mapping-stale" in keys(company.judge(), settling=settles)) is True
