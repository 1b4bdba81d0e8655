"""What can go wrong with one request, in memory and on sockets, and whether the service has heard of it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest

from reconciler.simulator import faults
from reconciler.simulator.between import Asked, Fault
from reconciler.simulator.server import IN_MEMORY, in_memory, serve
from reconciler.simulator.weather import Rule, Weather
from tests.simulator.small import MONDAY, World

NEW = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada@acme.test"}


def weather_of(fault: Fault) -> Weather:
    """This fault for the first request, and fair weather afterwards."""
    return Weather(Rule(fault=fault, most=1))


def asked(world: World, fault: Fault, method: str = "GET", **more: Any) -> httpx.Response:
    """The answer of the SCIM server's /Users, in memory; raises what the client sees."""

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=in_memory(world.okta, world.kandji, weather_of(fault))) as client:
            headers = {"Authorization": f"Bearer {world.tenant.token}"}
            return await client.request(method, f"{IN_MEMORY.scim}/Users", headers=headers, **more)

    return asyncio.run(ask())


def people(world: World) -> list[str]:
    return [user.user_name for user in world.tenant.store.users()]


def test_a_write_whose_answer_is_lost_has_taken_effect_once() -> None:
    world = World()
    with pytest.raises(httpx.ReadError):
        asked(world, faults.answer_lost(), "POST", json=NEW)
    assert people(world) == ["ada@acme.test"]


@pytest.mark.parametrize(
    "fault",
    [
        faults.breaks(),
        faults.breaks(httpx.ConnectTimeout, "timed out"),
    ],
)
def test_a_write_before_which_the_connection_breaks_has_no_effect(fault: Fault) -> None:
    world = World()
    with pytest.raises(httpx.TransportError):
        asked(world, fault, "POST", json=NEW)
    assert people(world) == []


@pytest.mark.parametrize("fault", [faults.gateway_error(502), faults.login_page(), faults.answers(429)])
def test_a_write_that_something_before_the_service_answers_has_no_effect(fault: Fault) -> None:
    world = World()
    asked(world, fault, "POST", json=NEW)
    assert people(world) == []


def test_a_late_answer_comes_after_so_many_seconds_of_the_given_sleep() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    assert asked(World(), faults.late(20, sleep), timeout=30).status_code == 200
    assert slept == [20]


def test_a_client_that_has_less_patience_sees_a_timeout_after_the_effect() -> None:
    world, slept = World(), []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    with pytest.raises(httpx.ReadTimeout):
        asked(world, faults.late(20, sleep), "POST", json=NEW, timeout=5)
    assert (slept, people(world)) == ([5], ["ada@acme.test"])


@pytest.mark.parametrize("form", ["rate limit", "concurrency limit"])
def test_okta_s_429_names_the_end_of_its_window_in_epoch_seconds(form: str) -> None:
    answer = asked(World(), faults.too_many(form, lambda: MONDAY, seconds=25))
    assert (answer.status_code, answer.json()["errorCode"]) == (429, "E0000047")
    reset = datetime.fromtimestamp(int(answer.headers["x-rate-limit-reset"]), UTC)
    assert (reset - parsedate_to_datetime(answer.headers["date"])).seconds == 25
    assert answer.headers["x-rate-limit-limit"] == {"rate limit": "100", "concurrency limit": "0"}[form]
    assert "retry-after" not in answer.headers


def test_a_429_may_say_when_to_come_again_in_seconds_by_a_date_or_not_at_all() -> None:
    seconds, date, silent = (
        asked(World(), faults.too_many(form, lambda: MONDAY, seconds=25))
        for form in ("retry after seconds", "retry after date", "no reset")
    )
    assert seconds.headers["retry-after"] == "25"
    assert (parsedate_to_datetime(date.headers["retry-after"]) - MONDAY).seconds == 25
    assert not {"retry-after", "x-rate-limit-reset"} & set(silent.headers)


def test_a_429_of_an_unknown_form_is_refused() -> None:
    with pytest.raises(ValueError, match="no such form: gentle"):
        faults.too_many("gentle", lambda: MONDAY)


def test_a_body_that_is_cut_on_the_way_is_an_error_of_the_connection() -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        asked(World(), faults.cut_on_the_way)


def test_a_body_that_is_cut_silently_is_half_of_it_with_the_right_length() -> None:
    whole, half = (asked(World(), fault) for fault in (faults.late(0, asyncio.sleep), faults.cut_silently))
    assert half.content == whole.content[: len(whole.content) // 2]
    assert int(half.headers["content-length"]) == len(half.content)


# --- on sockets ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [faults.breaks(), faults.cut_on_the_way], ids=["break", "cut"])
def test_on_sockets_a_broken_connection_is_a_broken_connection(fault: Fault) -> None:
    world = World()
    weather = weather_of(fault)
    with serve(world.okta, world.kandji, meddling=weather) as at, httpx.Client() as client:
        headers = {"Authorization": f"Bearer {world.tenant.token}"}
        with pytest.raises(httpx.TransportError):
            client.get(f"{at.scim}/Users", headers=headers)
        assert client.get(f"{at.scim}/Users", headers=headers).json()["totalResults"] == 0
        assert weather.met == [(Asked("GET", f"{at.scim}/Users"), 0)]


def test_on_sockets_a_write_whose_answer_is_lost_has_taken_effect_and_is_refused_when_tried_again() -> None:
    world = World()
    with serve(world.okta, world.kandji, meddling=weather_of(faults.answer_lost())) as at, httpx.Client() as client:
        headers = {"Authorization": f"Bearer {world.tenant.token}"}
        with pytest.raises(httpx.TransportError):
            client.post(f"{at.scim}/Users", headers=headers, json=NEW)
        assert client.post(f"{at.scim}/Users", headers=headers, json=NEW).status_code == 409
    assert people(world) == ["ada@acme.test"]


def test_on_sockets_whoever_meets_no_fault_sees_the_service_itself() -> None:
    world = World()
    world.designer("ada")
    headers = {"Authorization": f"SSWS {world.okta.token}"}
    with httpx.Client() as client:
        with serve(world.okta, world.kandji, meddling=Weather()) as exposed:
            through = client.get(f"{exposed.okta}/api/v1/groups?limit=1", headers=headers)
        with serve(world.okta, world.kandji) as plain:
            direct = client.get(f"{plain.okta}/api/v1/groups?limit=1", headers=headers)
    assert through.text.replace(exposed.okta, plain.okta) == direct.text
    assert len(through.headers.get_list("link")) == len(direct.headers.get_list("link")) == 2
