"""The events of the System Log, as checks read them."""

from __future__ import annotations

from datetime import datetime

import pytest
from msgspec.structs import replace

from reconciler.model import LogEvent, Memory, Target
from reconciler.system_log import AUTHENTICATION, ask_since, carried, kept_since
from tests.test_world import numbered
from tests.worlds import NOW, Company, ago, sales


def logged() -> Company:
    company = sales()
    company.event("application.provision.user.push", "p0", when=ago(hours=1), outcome="FAILURE", reason="timed out")
    company.event("application.provision.user.deactivate", "p1", when=ago(hours=3))
    company.event("group.user_membership.add", "p0", "sales", when=ago(hours=2))
    return company


def test_events_are_found_by_whom_they_concern_and_by_type_oldest_first() -> None:
    world = logged().world()
    assert [event.id for event in world.events_of("p0")] == ["e2", "e0"]
    assert [event.id for event in world.events_of_group("sales")] == ["e2"]
    assert [event.id for event in world.events_of_type("application.provision.user.")] == ["e1", "e0"]
    assert [event.id for event in world.events_of_type("application.provision.user.push", "unheard.of")] == ["e0"]


def test_a_log_that_was_not_read_is_told_from_one_without_events() -> None:
    assert not sales().world().log_read
    assert logged().world().log_read


def test_the_evidence_about_a_person_ends_with_the_last_events_in_words() -> None:
    company = logged()
    for hours in range(10, 20):
        company.event("user.lifecycle.suspend", "p0", when=ago(hours=hours))
    world = company.world()
    lines = [fact.value for fact in world.person_facts(numbered(world, "p0")) if fact.label == "log"]
    assert len(lines) == 5
    assert lines[-1] == "2025-11-20 11:00 UTC  user pushed to the app: FAILURE, timed out  event e0"


@pytest.mark.parametrize(
    ("read", "since"),
    [
        (None, datetime.fromisoformat("2025-11-13T00:00:00Z")),
        (ago(days=30), datetime.fromisoformat("2025-11-13T00:00:00Z")),
        (ago(days=3), ago(days=3, hours=1)),
        (ago(minutes=15), ago(days=1)),
    ],
)
def test_the_log_is_read_since_the_last_run_for_a_day_at_least_and_a_week_at_most(
    read: datetime | None, since: datetime
) -> None:
    assert ask_since(Memory(log_read_at=read), NOW) == since


def happened(event_id: str, when: datetime, target: str = "p0") -> LogEvent:
    return LogEvent(id=event_id, published=when, type="x", targets=(Target(type="User", id=target),))


def test_events_of_the_last_week_are_carried_from_run_to_run_and_older_ones_and_strangers_are_not() -> None:
    fresh = (happened("e3", ago(hours=2)), happened("e4", ago(hours=1)), happened("e5", ago(hours=1), "stranger"))
    okta = replace(sales().snapshot().okta, events=fresh, events_since=ago(days=1))
    earlier = (happened("e1", ago(days=9)), happened("e2", ago(days=5)), happened("e3", ago(hours=2)))
    before = Memory(events=earlier, events_since=ago(days=9), log_read_at=ago(hours=2))
    found = carried(okta, before, asked=ago(days=1), now=NOW)
    assert [event.id for event in found.events or ()] == ["e2", "e3", "e4"]
    assert found.events_since == kept_since(NOW)


def test_events_that_were_cut_off_are_whole_since_then_alone() -> None:
    okta = replace(sales().snapshot().okta, events=(), events_since=ago(hours=3))
    before = Memory(events=(happened("e2", ago(days=5)),), events_since=ago(days=6), log_read_at=ago(hours=2))
    found = carried(okta, before, asked=ago(days=1), now=NOW)
    assert (len(found.events or ()), found.events_since) == (1, ago(hours=3))


@pytest.mark.parametrize("sent", [False, True])
def test_the_last_refusal_of_the_token_stays_until_something_was_sent_with_success(sent: bool) -> None:
    refusals = [LogEvent(id=f"e{days}", published=ago(days=days), type=AUTHENTICATION) for days in (12, 10)]
    pushed = LogEvent(id="e8", published=ago(days=8), type="application.provision.user.push", outcome="SUCCESS")
    okta = replace(sales().snapshot().okta, events=(), events_since=ago(days=1))
    before = Memory(events=(*refusals, *[pushed] * sent), events_since=ago(days=13), log_read_at=ago(hours=2))
    found = carried(okta, before, asked=ago(days=1), now=NOW)
    assert [event.id for event in found.events or ()] == ([] if sent else ["e10"])
