"""Answers that look whole and are not."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from reconciler.simulator.between import Fault
from reconciler.simulator.lies import next_dropped, page_repeated, row_dropped
from reconciler.simulator.server import IN_MEMORY, in_memory
from reconciler.simulator.weather import Rule, Weather
from tests.simulator.small import World

OKTA = f"{IN_MEMORY.okta}/api/v1/users?limit=2"
SCIM = f"{IN_MEMORY.scim}/Users?count=2"
REST = f"{IN_MEMORY.kandji}/api/v1/users?sizePerPage=2"
NAMES = ["ada", "bea", "cleo", "dora", "edna"]


@pytest.fixture(scope="module")
def world() -> World:
    world = World()
    for name in NAMES:
        world.designer(name)
    return world


def ask(world: World, url: str, *rules: Rule) -> httpx.Response:
    secret = world.tenant.token if "/scim" in url else world.tenant.api_token
    authorization = f"SSWS {world.okta.token}" if "okta" in url else f"Bearer {secret}"

    async def asking() -> httpx.Response:
        async with httpx.AsyncClient(transport=in_memory(world.okta, world.kandji, Weather(*rules))) as client:
            return await client.get(url, headers={"Authorization": authorization})

    return asyncio.run(asking())


def rows(answer: httpx.Response) -> list[Any]:
    body = answer.json()
    found = body if isinstance(body, list) else body.get("Resources", body.get("results"))
    return [row.get("id") for row in found]


@pytest.mark.parametrize("url", [OKTA, SCIM, REST])
def test_a_dropped_row_is_gone_and_the_rest_of_the_page_stays(world: World, url: str) -> None:
    whole = ask(world, url)
    spoilt = ask(world, url, Rule(fault=row_dropped(lambda row: row["id"] == rows(whole)[1])))
    assert rows(spoilt) == rows(whole)[:1]
    assert spoilt.headers.get_list("link") == whole.headers.get_list("link")


def test_a_row_that_is_not_on_the_page_can_not_be_dropped(world: World) -> None:
    assert ask(world, OKTA, Rule(fault=row_dropped(lambda row: False))).content == ask(world, OKTA).content


@pytest.mark.parametrize(("counted", "totals"), [(False, (5, 2)), (True, (4, 1))])
def test_scim_s_counts_tell_of_a_dropped_row_unless_they_are_changed_too(
    world: World, counted: bool, totals: tuple[int, int]
) -> None:
    body = ask(world, SCIM, Rule(fault=row_dropped(counted=counted))).json()
    assert (body["totalResults"], body["itemsPerPage"]) == totals


def test_a_dropped_next_ends_a_list_of_any_kind(world: World) -> None:
    rule = Rule(fault=next_dropped)
    assert [line for line in ask(world, OKTA, rule).headers.get_list("link") if "next" in line] == []
    assert ask(world, REST, rule).json()["next"] is None
    assert ask(world, SCIM, rule).json()["totalResults"] == 2
    assert ask(world, f"{SCIM}&startIndex=3", rule).json()["totalResults"] == 4


@pytest.mark.parametrize(("first", "second"), [(SCIM, f"{SCIM}&startIndex=3"), (OKTA, None), (REST, None)])
def test_a_repeated_page_comes_with_the_rows_of_the_first(world: World, first: str, second: str | None) -> None:
    begun = ask(world, first)
    following = second or (begun.links["next"]["url"] if "okta" in first else begun.json()["next"])
    following = str(httpx.URL(following).copy_with(host=httpx.URL(first).host))
    assert rows(ask(world, following)) not in (rows(begun), [])
    assert rows(ask(world, following, Rule(fault=page_repeated()))) == rows(begun)


def test_a_repeated_page_may_be_any_that_is_named(world: World) -> None:
    third = f"{SCIM}&startIndex=5"
    assert rows(ask(world, SCIM, Rule(fault=page_repeated(third)))) == rows(ask(world, third))


@pytest.mark.parametrize("fault", [row_dropped(), next_dropped], ids=["row", "next"])
def test_what_is_no_list_passes_unharmed(world: World, fault: Fault) -> None:
    app = f"{IN_MEMORY.okta}/api/v1/apps/{world.org.app.id}"
    assert ask(world, app, Rule(fault=fault)).content == ask(world, app).content
    assert ask(world, f"{app}x", Rule(fault=fault)).status_code == 404
