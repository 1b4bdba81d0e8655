from __future__ import annotations

import threading

import httpx
import pytest

from reconciler.simulator.server import serve
from tests.simulator.small import World


def test_both_services_answer_on_loopback_sockets_until_the_block_ends() -> None:
    world = World()
    world.designer("ada")
    before = set(threading.enumerate())
    with serve(world.okta, world.kandji) as at, httpx.Client() as client:
        okta = client.get(f"{at.okta}/api/v1/groups", headers={"Authorization": f"SSWS {world.okta.token}"})
        scim = client.get(f"{at.scim}/Users", headers={"Authorization": f"Bearer {world.tenant.token}"})
        kandji = client.get(f"{at.kandji}/api/v1/users", headers={"Authorization": f"Bearer {world.tenant.api_token}"})
        assert okta.json()[0]["_links"]["users"]["href"].startswith(at.okta)
        assert okta.headers.get_list("link")[0].startswith(f"<{at.okta}/api/v1/groups?")
        assert scim.json()["totalResults"] == len(kandji.json()["results"]) == 1
        assert [answer.headers.get_list("date") for answer in (okta, scim, kandji)] == [
            [answer.headers["date"]] for answer in (okta, okta, okta)
        ]
    assert set(threading.enumerate()) <= before
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{at.okta}/api/v1/groups")


def test_a_taken_port_is_told() -> None:
    world = World()
    with serve(world.okta, world.kandji) as at:
        taken = int(at.okta.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"), serve(world.okta, world.kandji, okta_port=taken):
            pass


def test_two_worlds_are_served_side_by_side() -> None:
    one, two = World(), World()
    with serve(one.okta, one.kandji) as first, serve(two.okta, two.kandji) as second:
        assert first.okta != second.okta
