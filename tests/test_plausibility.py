"""A list that shrank is not believed before somebody confirms it or a second pull agrees."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model import Memory, Size
from reconciler.plausibility import notes, weighed
from reconciler.world import Settings
from tests.worlds import Company, found, sales


def members(size: int, believed: int | None = None) -> Size:
    return Size(source="okta.members", about="sales", name="members of Sales", size=size, believed=believed or size)


def sales_now(people: int, before: Size | None, **settings: Any) -> Size:
    """What is believed of a group of so many people."""
    memory = Memory(first=before is None, sizes=() if before is None else (before,))
    sizes = weighed(sales(people=people).snapshot(), memory, Settings(**settings))
    return next(size for size in sizes if size.source == "okta.members")


@pytest.mark.parametrize(
    ("before", "now", "unconfirmed"),
    [(60, 54, False), (60, 53, True), (60, 0, True), (49, 0, False), (50, 44, True), (60, 90, False)],
)
def test_a_list_of_fifty_shrinks_when_more_than_a_tenth_is_gone(before: int, now: int, unconfirmed: bool) -> None:
    assert sales_now(now, members(before)).unconfirmed is unconfirmed


def test_the_first_run_has_nothing_to_compare_with() -> None:
    assert not sales_now(3, None).unconfirmed


def test_how_much_may_be_gone_can_be_set() -> None:
    assert not sales_now(31, members(60), max_shrink=0.5).unconfirmed
    assert sales_now(59, members(60), max_shrink=0.0).unconfirmed


def test_a_second_pull_that_agrees_confirms_and_one_that_shrinks_further_does_not() -> None:
    once = sales_now(30, members(60))
    assert once == members(30, 60)
    assert sales_now(29, once) == members(29)
    assert sales_now(60, once) == members(60)


def test_half_of_what_was_left_is_not_an_agreement() -> None:
    assert sales_now(52, members(70, 200)).unconfirmed
    assert sales_now(52, members(70, 200)).believed == 200


def test_somebody_confirms_the_source_and_no_other() -> None:
    assert not sales_now(30, members(60), accept_shrink=("okta.members",)).unconfirmed
    assert sales_now(30, members(60), accept_shrink=("scim.users",)).unconfirmed


def test_a_kandji_group_whose_members_are_not_told_keeps_what_was_known() -> None:
    known = Size(source="scim.groups", about="kg-sales", name="members", size=70, believed=70)
    sizes = weighed(sales(members=None).snapshot(), Memory(first=False, sizes=(known,)), Settings())
    assert known in sizes


def test_what_shrank_is_noted_with_the_way_to_confirm_it_and_findings_are_told_meanwhile() -> None:
    company = sales(people=30, without=["p0"])
    before = Memory(first=False, sizes=(members(60),))
    judged = company.judge(before=before)
    (note,) = [note for note in judged.notes if note.kind == "shrank"]
    assert note.about == "members of Sales"
    assert "60 before, 30 now (50 % fewer)" in note.reason
    assert note.reason.endswith("reconciler run --accept-shrink okta.members")
    assert judged.unconfirmed == (members(30, 60),)
    assert [finding.kind for finding in judged.findings] == ["member-missing"]


def test_where_kandji_has_nobody_nothing_is_provisioned_yet() -> None:
    snapshot = Company().snapshot()
    assert [note.kind for note in notes(snapshot, ())] == ["empty"]
    assert found(Company()) == {}
