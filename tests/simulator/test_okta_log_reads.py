from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.simulator.small import World, next_link


def told(world: World, asked: str = "") -> list[dict[str, Any]]:
    answer = world.ask(f"/api/v1/logs{asked}")
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()
    return rows


def test_what_an_api_token_did_is_told_with_its_owner_and_what_okta_did_with_okta() -> None:
    world = World()
    admin = world.org.add_user("admin@acme.test", "Ann", "Admin")
    world.okta.callers.owners[world.okta.token] = admin.id
    ada = world.join("ada", world.assigned)
    world.ask(f"/api/v1/groups/{world.designers.id}/users/{ada.id}", method="PUT")
    world.settle()
    (joined,) = told(world, f'?filter=eventType eq "group.user_membership.add" and target.id eq "{world.designers.id}"')
    assert (joined["actor"]["id"], joined["outcome"]["result"]) == (admin.id, "SUCCESS")
    assert {target["id"] for target in joined["target"]} == {ada.id, world.designers.id}
    (assigned,) = told(world, '?filter=eventType sw "application.user_membership."')
    assert assigned["actor"]["type"] == "SystemPrincipal"


def test_lines_come_in_the_order_in_which_they_were_written_or_the_other_way_round() -> None:
    world = World()
    rising, falling = told(world), told(world, "?sortOrder=DESCENDING")
    assert [row["eventType"] for row in rising[-3:]] == [
        "group.lifecycle.create",
        "group.lifecycle.create",
        "application.provision.group_push.mapping.created",
    ]
    assert falling == rising[::-1]


def test_a_bounded_query_ends() -> None:
    world = World()
    path: str | None = "/api/v1/logs?limit=4&until=2026-03-02T09:00:00Z"
    seen = []
    while path is not None:
        answer = world.ask(path)
        seen += answer.json()
        path = next_link(answer)
    assert seen == told(world)


def test_a_polling_query_always_has_a_next_link_which_brings_what_is_new() -> None:
    world = World()
    asked = "?filter=eventType eq %22group.lifecycle.create%22"
    path = next_link(world.ask(f"/api/v1/logs{asked}")) or ""
    answer = world.ask(path)
    assert answer.json() == []
    world.clock.advance(timedelta(minutes=1))
    group = world.org.create_group("video")
    (row,) = world.ask(next_link(answer) or "").json()
    assert row["target"][0]["id"] == group.id


def test_a_polling_query_that_found_nothing_yet_finds_what_comes() -> None:
    world = World()
    path = next_link(world.ask("/api/v1/logs?q=video")) or ""
    world.org.create_group("video")
    assert len(world.ask(path).json()) == 1


def test_without_a_beginning_the_last_seven_days_are_told_and_ninety_are_kept() -> None:
    world = World()
    world.okta.callers.unused_for = None
    made = "filter=eventType eq %22group.lifecycle.create%22"
    assert len(told(world, f"?{made}")) == 4
    world.clock.advance(timedelta(days=7, seconds=1))
    assert told(world, f"?{made}") == []
    assert len(told(world, f"?since=2026-03-01T00:00:00Z&{made}")) == 4
    world.clock.advance(timedelta(days=83))
    assert told(world, f"?since=2026-03-01T00:00:00Z&{made}") == []


def test_a_filter_knows_not_pr_and_endings() -> None:
    world = World()
    world.join("ada")
    types = {row["eventType"] for row in told(world, '?filter=not (eventType ew ".create") and outcome.result pr')}
    assert types == {"group.application_assignment.add", "application.provision.group_push.mapping.created"}
    assert told(world, "?filter=outcome.reason pr") == []


def test_keywords_must_all_be_found() -> None:
    world = World()
    assert [row["eventType"] for row in told(world, "?q=DESIGNERS lifecycle")] == ["group.lifecycle.create"] * 2
    assert told(world, "?q=designers nobody") == []


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("?limit=1001", "E0000001"),
        ("?limit=-1", "E0000001"),
        ("?since=yesterday", "E0000001"),
        ("?sortOrder=UP", "E0000001"),
        ("?after=never", "E0000001"),
        (f"?q={'x' * 41}", "E0000001"),
        ("?filter=colour eq %22red%22", "E0000031"),
    ],
)
def test_a_question_that_can_t_be_understood_is_refused(asked: str, code: str) -> None:
    answer = World().ask(f"/api/v1/logs{asked}")
    assert (answer.status_code, answer.json()["errorCode"]) == (400, code)


def test_a_query_may_end_before_time_began() -> None:
    assert told(World(), "?until=0001-01-01T00:00:00Z") == []
