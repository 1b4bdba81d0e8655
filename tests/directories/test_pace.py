"""Rate limits: our share of a window, in the service's own clock, and what a 429 makes us do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime

import httpx
import pytest

from reconciler.directories.http import Http, Policy
from reconciler.directories.pace import bucket_of
from reconciler.errors import Unreachable
from tests.directories.stand_in import NOON, Service, Time, answer, client, okta_error, run, then

SERVER = NOON + timedelta(days=400)
"""The service's clock is far from ours: only differences within its own headers may count."""


class Limited:
    """A window of ``limit`` requests for sixty seconds, told by headers in a clock that is not ours."""

    def __init__(self, time: Time, limit: int, *, others: int = 0) -> None:
        self.time, self.limit, self.others = time, limit, others
        self.windows: dict[int, int] = {}
        self.refused = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        now = SERVER + (self.time.now - NOON)
        window = int(now.timestamp()) // 60
        used = self.windows[window] = self.windows.get(window, 0) + 1
        headers = {
            "date": format_datetime(now, usegmt=True),
            "x-rate-limit-limit": str(self.limit),
            "x-rate-limit-remaining": str(max(0, self.limit - used - self.others)),
            "x-rate-limit-reset": str((window + 1) * 60),
        }
        if used + self.others > self.limit:
            self.refused += 1
            return okta_error(429, "E0000047", headers=headers)
        return answer([], headers=headers)


def ask(http: Http, times: int, path: Callable[[int], str]) -> None:
    async def all_of_them() -> None:
        await asyncio.gather(*(http.get(path(number)) for number in range(times)))

    run(all_of_them())


@pytest.mark.parametrize(("share", "most"), [(0.5, 10), (0.25, 5), (1.0, 20)])
def test_no_window_is_used_beyond_our_share(share: float, most: int) -> None:
    time = Time()
    limited = Limited(time, 20)
    ask(client(limited, time=time, policy=Policy(rate_share=share)), 45, lambda n: f"/api/v1/apps/0oa1/users?n={n}")
    assert (max(limited.windows.values()), limited.refused) == (most, 0)
    assert len(limited.windows) == -(-45 // most)


def test_paths_with_different_ids_share_a_window() -> None:
    time = Time()
    limited = Limited(time, 20)
    ask(client(limited, time=time), 30, lambda n: f"/api/v1/groups/00g{n:017d}/users")
    assert max(limited.windows.values()) <= 10


def test_different_paths_with_the_same_limit_and_reset_share_a_window() -> None:
    time = Time()
    limited = Limited(time, 40)
    ask(client(limited, time=time, policy=Policy(concurrency=1)), 60, lambda n: f"/api/v1/apps/0oa1/{'ab'[n % 2]}")
    assert max(limited.windows.values()) <= 20


def test_what_others_use_is_left_to_them() -> None:
    time = Time()
    limited = Limited(time, 100, others=85)
    ask(client(limited, time=time, policy=Policy(concurrency=1)), 12, lambda n: "/api/v1/apps/0oa1/users")
    assert (limited.refused, max(limited.windows.values())) == (0, 5)


def test_a_long_wait_is_told() -> None:
    time, told = Time(), list[str]()
    ask(client(Limited(time, 10), time=time, waiting=told.append), 11, lambda n: "/api/v1/apps/0oa1/users")
    assert told[0].startswith("Okta: waiting 61 s: the rate limit of /api/v1/apps/*/users")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "17"}, 17),
        ({"retry-after": format_datetime(SERVER + timedelta(seconds=40), usegmt=True)}, 40),
        ({"x-rate-limit-limit": "100", "x-rate-limit-remaining": "0", "x-rate-limit-reset": "+30"}, 31),
    ],
)
def test_a_429_waits_as_long_as_it_says_in_the_service_s_clock(headers: dict[str, str], seconds: int) -> None:
    time = Time()
    told = {
        name: str(int(SERVER.timestamp()) + int(value)) if value.startswith("+") else value
        for name, value in headers.items()
    }
    refusal = okta_error(429, "E0000047", headers={**told, "date": format_datetime(SERVER, usegmt=True)})
    service = Service(then(refusal, answer([])))
    run(client(service, time=time).get("/api/v1/groups"))
    assert len(service.requests) == 2
    assert seconds - 0.001 <= sum(time.slept) < seconds + 2


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"retry-after": "soon"},
        {"x-rate-limit-reset": "99999999999999", "x-rate-limit-limit": "5", "x-rate-limit-remaining": "0"},
        {"x-rate-limit-limit": "0", "x-rate-limit-remaining": "0", "x-rate-limit-reset": "1"},
    ],
)
def test_a_429_without_a_usable_hint_is_tried_again_soon(headers: dict[str, str]) -> None:
    time = Time()
    service = Service(then(okta_error(429, "E0000047", headers=headers), answer([])))
    run(client(service, time=time).get("/api/v1/groups"))
    assert (len(service.requests), sum(time.slept) < 5) == (2, True)


def test_a_wait_longer_than_our_patience_is_not_begun() -> None:
    time = Time()
    with pytest.raises(Unreachable) as caught:
        run(client(then(okta_error(429, "E0000047", headers={"retry-after": "3600"})), time=time).get("/x"))
    assert (time.slept, ("asks", "to wait 3600 s") in caught.value.facts) == ([], True)


def test_a_concurrency_limit_makes_us_ask_less_at_once() -> None:
    time = Time()
    full = {"x-rate-limit-limit": "0", "x-rate-limit-remaining": "0", "x-rate-limit-reset": "1"}
    service = Service(lambda _: okta_error(429, "E0000047", headers=full) if service.at_once > 3 else answer([]))
    http = client(service, time=time)
    ask(http, 30, lambda n: f"/x/{n}")
    service.most_at_once = 0
    ask(http, 10, lambda n: f"/x/{n}")
    assert service.most_at_once <= 4


def test_a_429_of_one_path_does_not_stop_another() -> None:
    time = Time()
    limited = Limited(time, 4)

    def respond(request: httpx.Request) -> httpx.Response:
        return limited(request) if request.url.path.endswith("/users") else answer([])

    service = Service(respond)
    http = client(service, time=time)

    async def both() -> None:
        for _ in range(3):
            await http.get("/api/v1/apps/0oa1/users")
        slept = len(time.slept)
        await http.get("/api/v1/groups")
        assert len(time.slept) == slept

    run(both())


def test_a_fixed_budget_is_kept_without_any_header() -> None:
    time = Time()
    moments: list[float] = []

    def respond(request: httpx.Request) -> httpx.Response:
        moments.append((time.now - NOON).total_seconds())
        return answer([])

    policy = Policy(limits=((10, 1.0), (40, 60.0)), rate_share=0.5)
    ask(client(respond, time=time, policy=policy, service="Kandji SCIM"), 45, lambda n: "/Users")
    assert all(sum(start <= one < start + 1.0 for one in moments) <= 5 for start in moments)
    assert all(sum(start <= one < start + 60.0 for one in moments) <= 20 for start in moments)


class StoppedTime(Time):
    """Sleeping passes time for the service alone: our own clock was stopped."""

    def __init__(self, service_time: Time) -> None:
        super().__init__()
        self.service_time = service_time

    async def sleep(self, seconds: float) -> None:
        await self.service_time.sleep(seconds)


def test_a_clock_that_stands_still_does_not_stop_us() -> None:
    service_time = Time()
    limited = Limited(service_time, 20)
    ask(client(limited, time=StoppedTime(service_time)), 45, lambda n: "/api/v1/groups")
    assert (limited.refused, max(limited.windows.values())) == (0, 10)


@pytest.mark.parametrize(
    ("path", "bucket"),
    [
        ("/api/v1/apps/0oauj96z2dGonI16R1d7/users", "/api/v1/apps/*/users"),
        ("/api/v1/apps/0oauj96z2dGonI16R1d7/group-push/mappings", "/api/v1/apps/*/group-push/mappings"),
        ("/api/v1/users/ana@acme.example", "/api/v1/users/*"),
        ("/api/v1/groups/rules", "/api/v1/groups/rules"),
        ("/api/v1/scim/Users/42", "/api/v1/scim/Users/*"),
        ("/scim/Users/dd5f9b0cdb8c4d7f9a", "/scim/Users/*"),
    ],
)
def test_ids_are_left_out_of_the_form_of_a_path(path: str, bucket: str) -> None:
    assert bucket_of(path) == bucket
