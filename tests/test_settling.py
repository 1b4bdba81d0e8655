"""What may still be on its way is shown apart; what nothing shows to be older waits for a second look."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from reconciler import joining
from reconciler.findings import Finding, Subject
from reconciler.model import LogEvent, Memory, Target
from reconciler.settling import Settling
from reconciler.world import Settings
from tests.worlds import LONG_AGO, NOW, Company, ago

GRACE = 45


def finding(**more: Any) -> Finding:
    told: dict[str, Any] = {"kind": "lack", "severity": "high", "sentence": "ana lacks", "people": ("user:ana",)}
    told |= {"subject": Subject(type="person", key="user:ana", name="ana"), "groups": (("sales", "Sales"),)}
    return Finding(**(told | more))


def event(minutes: float, *targets: str, type: str = "group.user_membership.add") -> LogEvent:
    named = tuple(Target(type="?", id=target) for target in targets)
    return LogEvent(id=f"{minutes} {targets}", published=ago(minutes=minutes), type=type, targets=named)


def settles(
    told: Finding,
    *,
    first: bool = False,
    seen: int | None = None,
    counted: bool = False,
    log: tuple[LogEvent, ...] | None = None,
    log_minutes: int = 600,
) -> bool:
    """Whether it settles. ``seen``: it is found since so many minutes, ``counted``: and did not settle in the last run;
    ``log``: events, whole for ``log_minutes``."""
    snapshot = Company().snapshot()
    if log is not None:
        since = ago(minutes=log_minutes)
        snapshot = replace(snapshot, okta=replace(snapshot.okta, events=log, events_since=since))
    seen_at = () if seen is None else ((told.id, ago(minutes=seen)),)
    before = Memory(first=first, seen=seen_at, settling=frozenset(() if counted else [told.id]))
    world = joining.join(snapshot, before=before, settings=Settings(), now=NOW)
    return Settling(world).judged(told, GRACE).settling


@pytest.mark.parametrize(("minutes", "expected"), [(0, True), (44.99, True), (45, False), (1000, False)])
@pytest.mark.parametrize("first", [True, False])
def test_a_finding_settles_while_its_youngest_change_is_younger_than_the_grace(
    minutes: float, expected: bool, first: bool
) -> None:
    assert settles(finding(youngest=ago(minutes=minutes)), first=first) is expected


def test_a_finding_of_which_no_time_is_known_settles_until_it_has_stood_for_a_grace() -> None:
    assert [settles(finding(), seen=seen) for seen in (None, 0, 44, 45)] == [True, True, True, False]


def test_in_the_first_run_nothing_settles_for_want_of_a_second_look() -> None:
    assert not settles(finding(), first=True)
    assert not settles(finding(group_changed=ago(minutes=1)), first=True)


def test_what_has_been_counted_settles_again_only_for_what_is_known_to_be_young() -> None:
    assert not settles(finding(), seen=1, counted=True)
    assert not settles(finding(group_changed=ago(minutes=1)), seen=1, counted=True)
    assert settles(finding(youngest=ago(minutes=1)), seen=1, counted=True)


@pytest.mark.parametrize("subject", ["app", "rule"])
def test_nothing_is_on_its_way_to_an_app_or_a_rule(subject: Any) -> None:
    assert not settles(finding(subject=Subject(type=subject, key="x", name="x"), people=()))


def test_about_somebody_in_a_group_the_group_s_time_must_be_known() -> None:
    pair = Subject(type="group and person", key="group:sales user:ana", name="ana in Sales")
    assert settles(finding(subject=pair, youngest=LONG_AGO))
    assert not settles(finding(subject=pair, youngest=LONG_AGO, group_changed=LONG_AGO))


@pytest.mark.parametrize(("minutes", "expected"), [(44.99, True), (45, False)])
def test_a_change_of_the_group_counts_alike(minutes: float, expected: bool) -> None:
    assert settles(finding(group_changed=ago(minutes=minutes))) is expected


@pytest.mark.parametrize("change", ["youngest", "group_changed"])
@pytest.mark.parametrize(("seen", "expected"), [(44, True), (45, False)])
def test_what_has_stood_for_a_grace_settles_no_more_however_often_its_group_changes(
    change: str, seen: int, expected: bool
) -> None:
    assert settles(finding(**{change: ago(minutes=1)}), seen=seen) is expected


@pytest.mark.parametrize(("minutes", "expected"), [(5, True), (45, False), (500_000, False)])
def test_a_clock_that_is_a_little_ahead_settles_and_one_that_is_far_ahead_tells_nothing(
    minutes: int, expected: bool
) -> None:
    ahead = NOW + timedelta(minutes=minutes)
    assert settles(finding(youngest=ahead), first=True) is expected
    assert settles(finding(youngest=ahead, group_changed=LONG_AGO)) is expected


@pytest.mark.parametrize(
    ("log", "log_minutes", "expected"),
    [
        (None, 600, True),
        ((event(5, "sales", "bo"),), 600, False),
        ((event(5, "sales", "ana"),), 600, True),
        ((event(5, "sales", "bo"), event(50, "sales", "ana")), 600, False),
        ((event(5, "sales", "bo"),), 44, True),
        ((event(30, "sales", "bo"),), 600, True),
        ((event(5, "design", "bo"),), 600, True),
    ],
    ids=["no log", "another", "the person", "the person long ago", "log too short", "event not there yet", "elsewhere"],
)
def test_the_log_tells_whether_a_change_of_the_group_was_this_person_s(
    log: tuple[LogEvent, ...] | None, log_minutes: int, expected: bool
) -> None:
    told = finding(youngest=LONG_AGO, group_changed=ago(minutes=5))
    assert settles(told, log=log, log_minutes=log_minutes) is expected


@pytest.mark.parametrize(
    ("type", "expected"),
    [("application.user_membership.add", True), ("user.authentication.sso", False)],
)
def test_what_the_log_has_of_a_person_lets_them_settle_but_not_their_signing_in(type: str, expected: bool) -> None:
    assert settles(finding(youngest=LONG_AGO), log=(event(5, "ana", type=type),)) is expected
