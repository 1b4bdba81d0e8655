"""The events of the System Log, as checks read them."""

from __future__ import annotations

from tests.test_world import numbered
from tests.worlds import Company, ago, sales


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
