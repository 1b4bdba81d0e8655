from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from reconciler.simulator.server import IN_MEMORY
from tests.simulator.answers import Witness
from tests.simulator.small import World


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["errorCode"]


def test_a_group_is_made_and_read_back() -> None:
    world = World()
    made = world.ask("/api/v1/groups", method="POST", json={"profile": {"name": "video", "description": ""}})
    assert made.status_code == 200
    assert made.json() == world.ask(f"/api/v1/groups/{made.json()['id']}").json()
    assert (made.json()["type"], made.json()["profile"]) == ("OKTA_GROUP", {"name": "video", "description": ""})


def test_a_name_that_is_taken_is_refused_when_a_group_is_made_or_replaced() -> None:
    world = World()
    wanted = {"profile": {"name": "designers"}}
    assert code(world.ask("/api/v1/groups", method="POST", json=wanted)) == (400, "E0000001")
    answer = world.ask(f"/api/v1/groups/{world.assigned.id}", method="PUT", json=wanted)
    assert code(answer) == (400, "E0000001")
    assert "already exists" in answer.json()["errorCauses"][0]["errorSummary"]


def test_a_replaced_profile_loses_what_is_not_said() -> None:
    world = World()
    group = world.org.create_group("video", description="cutters")
    answer = world.ask(f"/api/v1/groups/{group.id}", method="PUT", json={"profile": {"name": "film"}})
    assert answer.json()["profile"] == {"name": "film", "description": None}


@pytest.mark.parametrize("body", ["{", '["profile"]', "", '{"profile": 3}'])
def test_a_body_that_can_t_be_read_is_refused(body: str) -> None:
    answer = World().ask("/api/v1/groups", method="POST", content=body)
    assert code(answer) == (400, "E0000003")


@pytest.mark.parametrize("body", [{}, {"profile": {}}, {"profile": {"name": ""}}, {"profile": {"name": 3}}])
def test_a_group_needs_a_name(body: Any) -> None:
    assert code(World().ask("/api/v1/groups", method="POST", json=body)) == (400, "E0000001")


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_groups_that_are_not_the_org_s_own_have_no_members_to_write(method: str) -> None:
    world = World()
    ada = world.join("ada")
    for group in (world.org.everyone.id, world.mapping.target_group_id):
        assert code(world.ask(f"/api/v1/groups/{group}/users/{ada.id}", method=method)) == (403, "E0000006")


def test_a_built_in_group_and_the_target_of_a_mapping_can_t_be_deleted() -> None:
    world = World()
    for group in (world.org.everyone.id, world.mapping.target_group_id):
        assert code(world.ask(f"/api/v1/groups/{group}", method="DELETE")) == (403, "E0000006")


def test_a_deleted_group_is_gone() -> None:
    world = World()
    path = f"/api/v1/groups/{world.assigned.id}"
    assert world.ask(path, method="DELETE").status_code == 204
    assert code(world.ask(path)) == (404, "E0000007")


def test_a_member_is_put_in_and_taken_out_and_twice_changes_nothing() -> None:
    world = World()
    ada = world.join("ada")
    path = f"/api/v1/groups/{world.designers.id}/users/{ada.id}"
    for method, members in (("PUT", {ada.id}), ("PUT", {ada.id}), ("DELETE", set()), ("DELETE", set())):
        answer = world.ask(path, method=method)
        assert (answer.status_code, answer.content) == (204, b"")
        assert set(world.designers.members) == members


def test_a_request_without_a_body_must_tell_its_length() -> None:
    world = World()
    ada = world.join("ada")
    url = f"{IN_MEMORY.okta}/api/v1/groups/{world.designers.id}/users/{ada.id}"

    async def sending() -> httpx.Response:
        async with httpx.AsyncClient(transport=Witness(httpx.ASGITransport(app=world.okta))) as client:
            request = client.build_request("PUT", url, headers={"Authorization": f"SSWS {world.okta.token}"})
            del request.headers["Content-Length"]
            return await client.send(request)

    assert asyncio.run(sending()).status_code == 411
    assert ada.id not in world.designers.members


def test_whom_a_rule_brought_is_excluded_by_it_when_taken_out_by_hand() -> None:
    world = World()
    rule = world.org.create_rule("design", 'user.department == "Design"', [world.designers])
    world.org.activate_rule(rule)
    ada = world.designer("ada", department="Design")
    assert world.ask(f"/api/v1/groups/{world.designers.id}/users/{ada.id}", method="DELETE").status_code == 204
    shown = world.ask(f"/api/v1/groups/rules/{rule.id}").json()
    assert shown["conditions"]["people"]["users"]["exclude"] == [ada.id]
    world.settle()
    assert ada.id not in world.designers.members


def test_a_full_exclude_list_refuses_to_take_a_member_out() -> None:
    world = World()
    people = [world.join(f"p{number}", department="Design") for number in range(101)]
    rule = world.org.create_rule("design", 'user.department == "Design"', [world.designers], exclude=people[:100])
    world.org.activate_rule(rule)
    world.settle()
    path = f"/api/v1/groups/{world.designers.id}/users/{people[100].id}"
    assert code(world.ask(path, method="DELETE")) == (400, "E0000001")
    assert people[100].id in world.designers.members


def test_a_membership_tells_the_rules_that_feed_it() -> None:
    world = World()
    rule = world.org.create_rule("design", 'user.department == "Design"', [world.designers])
    world.org.activate_rule(rule)
    ada = world.designer("ada", department="Design")
    path = f"/api/v1/groups/{world.designers.id}/users/{ada.id}/group-rules"
    assert world.ask(path).json() == [{"id": rule.id, "name": "design"}]


def test_a_group_tells_the_apps_it_is_assigned_to() -> None:
    world = World()
    world.org.add_app("Payroll")
    assert [row["id"] for row in world.ask(f"/api/v1/groups/{world.assigned.id}/apps").json()] == [world.org.app.id]
    assert world.ask(f"/api/v1/groups/{world.designers.id}/apps").json() == []
