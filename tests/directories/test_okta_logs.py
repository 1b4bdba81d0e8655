"""Okta's System Log: which events are asked for and kept, and since when they are whole."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from reconciler.directories import okta_logs
from reconciler.directories.ledger import Ledger
from reconciler.directories.okta_logs import LogRead, read_log
from reconciler.model import LogEvent, Note, Target
from tests.directories.small_org import APP, SmallOrg, event, group_id, user_id
from tests.directories.stand_in import NOON, Service, Time, client, run

SINCE = NOON - timedelta(days=7)


def logged(org: SmallOrg | Service, groups: int = 2) -> tuple[LogRead, tuple[Note, ...]]:
    time = Time()
    ledger = Ledger(time.clock)
    ids = [group_id(number) for number in range(1, groups + 1)]
    reading = read_log(
        client(org, time=time),
        ledger,
        app_id=APP,
        group_ids=ids,
        since=SINCE,
        until=NOON,
        progress=lambda *_: None,
    )
    return run(reading), ledger.notes()


def test_what_concerns_the_app_its_groups_and_people_s_leaving_is_read_and_nothing_else() -> None:
    org = SmallOrg()
    org.events += [
        event(2, "user.authentication.sso", APP, user_id(1)),
        event(3, "application.provision.user.push", "0oaanother0000000001", user_id(1)),
        event(4, "group.user_membership.add", group_id(2), user_id(6)),
        event(5, "group.user_membership.add", group_id(9), user_id(6)),
        event(6, "user.lifecycle.deactivate", user_id(6)),
        event(7, "application.integration.authentication_failure", APP),
        event(8, "group.user_membership.rule.error", "0pr1", user_id(6)),
    ]
    found, notes = logged(org)
    assert [one.id for one in found.events or ()] == ["e1", "e4", "e6", "e7", "e8"]
    assert (found.since, notes) == (SINCE, ())


def test_an_event_is_kept_with_its_outcome_actor_and_targets() -> None:
    org = SmallOrg()
    outcome = {"result": "FAILURE", "reason": "timed out"}
    org.events = [event(1, "application.provision.user.push", APP, hours_ago=2, outcome=outcome)]
    found, _ = logged(org)
    assert found.events == (
        LogEvent(
            id="e1",
            published=NOON - timedelta(hours=2),
            type="application.provision.user.push",
            outcome="FAILURE",
            reason="timed out",
            actor="admin@acme.example",
            targets=(Target(type="User", id=APP, name=f"name of {APP}"),),
        ),
    )


def test_pages_of_any_size_give_the_same_events() -> None:
    org = SmallOrg()
    org.events = [event(number, "application.provision.user.push", APP, hours_ago=number) for number in range(1, 8)]
    whole = logged(org)
    org.page_cap = 3
    assert logged(org) == whole
    assert len(whole[0].events or ()) == 7


def test_a_log_with_too_many_events_is_whole_since_the_hour_after_the_oldest_that_was_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(okta_logs, "_MOST_PAGES", 2)
    org = SmallOrg()
    org.events = [event(number, "application.provision.user.push", APP, hours_ago=number) for number in range(1, 8)]
    org.page_cap = 2
    found, notes = logged(org)
    assert ([one.id for one in found.events or ()], found.since) == (
        ["e1", "e2", "e3", "e4"],
        NOON - timedelta(hours=3),
    )
    assert [(one.about, "begins at 2026-05-04 09:00 UTC" in one.reason) for one in notes] == [("System Log", True)]


def test_a_full_last_page_may_have_lost_the_next_and_is_taken_for_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(okta_logs, "_PAGE", 2)
    org = SmallOrg()
    org.events = [event(number, "application.provision.user.push", APP, hours_ago=number) for number in (1, 2)]
    assert logged(org)[0].since == NOON - timedelta(hours=1)


def test_an_event_of_a_strange_shape_hides_no_other_and_is_noted_once() -> None:
    org = SmallOrg()
    org.events += [
        event(2, "application.provision.user.push", APP, published="yesterday"),
        event(3, "application.provision.user.push", APP, outcome="fine"),
    ]
    found, notes = logged(org)
    assert [one.id for one in found.events or ()] == ["e1"]
    assert [(one.about, one.reason[-1]) for one in notes] == [("System Log", "2")]


def test_every_query_is_bounded_names_its_types_and_fits_into_an_address() -> None:
    service = Service(SmallOrg())
    logged(service, groups=70)
    queries = [parse_qs(urlsplit(url).query) for url in service.asked]
    assert len(queries) == 2 + 3
    assert all({"since", "until", "filter", "limit", "sortOrder"} == query.keys() for query in queries)
    assert all("eventType" in query["filter"][0] for query in queries)
    assert max(len(url) for url in service.asked) < 2500
