from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from reconciler.simulator.okta.rate_limits import WORKFORCE, RateLimits, TooMany, bucket_of
from reconciler.simulator.okta.roles import SUPER_ADMIN
from reconciler.simulator.server import IN_MEMORY
from tests.simulator.answers import Witness
from tests.simulator.small import World

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("method", "path", "bucket"),
    [
        ("GET", "/api/v1/apps", "/api/v1/apps"),
        ("GET", "/api/v1/apps/0oa1", "/api/v1/apps/{id}"),
        ("GET", "/api/v1/apps/0oa1/users", "/api/v1/apps"),
        ("PATCH", "/api/v1/apps/0oa1/group-push/mappings/gPm1", "/api/v1/apps"),
        ("GET", "/api/v1/users/00u1", "GET /api/v1/users/{id}"),
        ("POST", "/api/v1/users/00u1", "/api/v1/users/{id}"),
        ("GET", "/api/v1/logs", "/api/v1/logs"),
        ("GET", "/api/v1/org", "/api/v1"),
    ],
)
def test_a_request_is_counted_in_the_bucket_of_its_path_and_method(method: str, path: str, bucket: str) -> None:
    assert bucket_of(method, path) == bucket


def test_a_token_uses_half_of_a_bucket_and_another_token_the_other_half() -> None:
    limits = RateLimits(lambda: NOW)
    limits.limits.update(WORKFORCE)
    for principal in ("one", "two"):
        for _ in range(50):
            limits.spend("GET", "/api/v1/apps", principal)
        with pytest.raises(TooMany):
            limits.spend("GET", "/api/v1/apps", principal)
    with pytest.raises(TooMany):
        limits.spend("GET", "/api/v1/apps", "three")


def test_the_share_of_a_token_can_be_set() -> None:
    limits = RateLimits(lambda: NOW)
    limits.limits["/api/v1/apps"] = 10
    limits.shares["one"] = 1.0
    limits.spend("GET", "/api/v1/apps", "one")
    assert limits.headers("GET", "/api/v1/apps", "one") == {
        "X-Rate-Limit-Limit": "10",
        "X-Rate-Limit-Remaining": "9",
        "X-Rate-Limit-Reset": str(int((NOW + timedelta(minutes=1)).timestamp())),
    }


def one_more(world: World, running: int) -> tuple[list[httpx.Response], httpx.Response]:
    """The answers of so many requests that run at once, and that of one more that comes meanwhile."""

    async def asking() -> tuple[list[httpx.Response], httpx.Response]:
        door, full = asyncio.Event(), asyncio.Event()
        arrived = []

        async def waits() -> None:
            arrived.append(1)
            if len(arrived) == running:
                full.set()
            await door.wait()

        world.okta.waits = waits
        head = {"Authorization": f"SSWS {world.okta.token}"}
        async with httpx.AsyncClient(transport=Witness(httpx.ASGITransport(app=world.okta)), headers=head) as client:
            url = f"{IN_MEMORY.okta}/api/v1/groups"
            tasks = [asyncio.create_task(client.get(url)) for _ in range(running)]
            await full.wait()
            late = await client.get(url)
            door.set()
            return [await task for task in tasks], late

    return asyncio.run(asking())


def test_one_request_too_many_at_once_is_refused_with_a_limit_of_nothing() -> None:
    world = World()
    world.okta.concurrency.limit = 3
    answers, refused = one_more(world, 3)
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert (refused.status_code, refused.json()["errorCode"]) == (429, "E0000047")
    assert (refused.headers["x-rate-limit-limit"], refused.headers["x-rate-limit-remaining"]) == ("0", "0")
    assert int(refused.headers["x-rate-limit-reset"]) > world.clock.now().timestamp()


def test_the_log_tells_once_a_window_that_a_limit_was_met() -> None:
    world = World()
    world.okta.limits.limits["/api/v1/groups"] = 2
    world.okta.tokens["other"] = SUPER_ADMIN
    for _ in range(3):
        world.ask("/api/v1/groups")
    (row,) = world.ask('/api/v1/logs?filter=eventType eq "system.org.rate_limit.violation"').json()
    assert row["target"][0]["id"] == "/api/v1/groups"


def test_a_reset_is_told_in_whole_seconds_and_never_before_the_window_ends() -> None:
    begun = datetime(2026, 3, 2, 8, 0, 0, 300_000, tzinfo=UTC)
    headers = RateLimits(lambda: begun).headers("GET", "/api/v1/groups", None)
    assert int(headers["X-Rate-Limit-Reset"]) == int(begun.timestamp()) + 61
