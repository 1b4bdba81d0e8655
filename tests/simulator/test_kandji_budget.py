"""The tenant's budget of requests, where it bites."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from reconciler.simulator.kandji.ways import HOUR_LIMIT, SECOND_LIMIT
from tests.simulator.small import MONDAY, World


def biting(**ways: Any) -> World:
    world = World()
    world.tenant.ways = replace(world.tenant.ways, limits_bite=True, **ways)
    return world


def left(answer: Any) -> tuple[str, str]:
    return answer.headers["x-ratelimit-remaining-second"], answer.headers["x-ratelimit-remaining-hour"]


def test_a_budget_that_does_not_bite_is_told_and_never_used_up() -> None:
    world = World()
    told = {left(world.ask_kandji("/api/v1/users")) for _ in range(SECOND_LIMIT + 1)}
    assert told == {(str(SECOND_LIMIT - 1), str(HOUR_LIMIT - 1))}


def test_what_goes_beyond_the_second_is_refused_until_the_next() -> None:
    world = biting(second_limit=2)
    answers = [world.ask_kandji("/api/v1/users") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [left(answer)[0] for answer in answers] == ["1", "0", "0"]
    assert answers[2].json() == {"message": "API rate limit exceeded"}
    world.clock.advance(timedelta(seconds=1))
    assert world.ask_kandji("/api/v1/users").status_code == 200


def test_what_goes_beyond_the_hour_is_refused_until_the_next() -> None:
    world = biting(hour_limit=2)
    statuses = []
    for _ in range(3):
        world.clock.advance(timedelta(minutes=1))
        statuses.append(world.ask_kandji("/api/v1/users").status_code)
    assert statuses == [200, 200, 429]
    world.clock.advance(timedelta(hours=1))
    assert left(world.ask_kandji("/api/v1/users"))[1] == "1"


def test_a_refused_token_costs_a_request_and_a_refused_request_does_not() -> None:
    world = biting(second_limit=1)
    assert world.ask_kandji("/api/v1/users", "wrong").status_code == 401
    assert [world.ask_kandji("/api/v1/users").status_code for _ in range(2)] == [429, 429]


@pytest.mark.parametrize(("shared", "status"), [(True, 429), (False, 200)])
def test_scim_may_share_the_budget(shared: bool, status: int) -> None:
    world = biting(second_limit=1, scim_counts=shared)
    assert world.ask_kandji("/api/v1/users").status_code == 200
    answer = world.ask_scim("/Users")
    assert (answer.status_code, "ratelimit-limit" in answer.headers) == (status, shared)


def test_an_admin_s_hands_cost_nothing() -> None:
    world = biting(second_limit=1, scim_counts=True)
    for name in ("ada", "ben"):
        world.tenant.create_user(f"{name}@acme.test", name)
    assert world.ask_scim("/Users").json()["totalResults"] == 2


@pytest.mark.parametrize(("limit", "wait"), [("second_limit", 1), ("hour_limit", 3600)])
def test_a_refusal_says_when_to_come_again_in_seconds_as_a_date_or_not(limit: str, wait: int) -> None:
    world = biting(**{limit: 0})
    assert world.ask_kandji("/api/v1/users").headers["retry-after"] == str(wait)
    world.tenant.ways = replace(world.tenant.ways, retry_after="date")
    told = parsedate_to_datetime(world.ask_kandji("/api/v1/users").headers["retry-after"])
    assert told == MONDAY + timedelta(seconds=wait)
    world.tenant.ways = replace(world.tenant.ways, retry_after="absent")
    assert "retry-after" not in world.ask_kandji("/api/v1/users").headers
