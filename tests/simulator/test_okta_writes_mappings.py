from __future__ import annotations

from typing import Any

import pytest

from reconciler.simulator.org.state import Group
from tests.simulator.small import World


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["errorCode"]


def mappings(world: World) -> str:
    return f"/api/v1/apps/{world.org.app.id}/group-push/mappings"


def own(world: World) -> str:
    return f"{mappings(world)}/{world.mapping.id}"


def push(world: World, source: Group, **more: Any) -> Any:
    return world.ask(mappings(world), method="POST", json={"sourceGroupId": source.id} | more)


def test_a_group_is_pushed_by_the_name_of_its_target() -> None:
    world = World()
    ada = world.join("ada", world.assigned)
    video = world.org.create_group("video")
    world.org.add_member(video, ada)
    answer = push(world, video, targetGroupName="video", status="ACTIVE")
    assert answer.status_code == 200
    assert answer.json() == world.ask(f"{mappings(world)}/{answer.json()['id']}").json()
    assert "lastPush" not in answer.json()
    target = world.ask(f"/api/v1/groups/{answer.json()['targetGroupId']}").json()
    assert (target["type"], target["source"], target["profile"]["name"]) == (
        "APP_GROUP",
        {"id": world.org.app.id},
        "video",
    )
    world.settle()
    assert len(world.tenant.members(world.tenant.group_id("video"))) == 1


def test_another_group_takes_the_target_of_that_name_over() -> None:
    world = World()
    world.org.set_rename_groups(False)
    answer = push(world, world.assigned, targetGroupName="designers")
    assert answer.json()["targetGroupId"] == world.mapping.target_group_id


def test_a_target_may_be_named_by_its_id() -> None:
    world = World()
    answer = push(world, world.assigned, targetGroupId=world.mapping.target_group_id)
    assert (answer.status_code, answer.json()["targetGroupId"]) == (200, world.mapping.target_group_id)


def test_the_same_source_and_target_are_mapped_once() -> None:
    world = World()
    assert code(push(world, world.designers, targetGroupName="designers")) == (400, "E0000027")
    assert code(push(world, world.designers, targetGroupId=world.mapping.target_group_id)) == (400, "E0000027")


def test_another_name_than_the_source_s_takes_that_targets_keep_theirs() -> None:
    world = World()
    assert code(push(world, world.assigned, targetGroupName="mac")) == (400, "E0000027")
    world.org.set_rename_groups(False)
    assert push(world, world.assigned, targetGroupName="mac").status_code == 200


def test_a_target_that_is_not_the_app_s_is_refused() -> None:
    world = World()
    assert code(push(world, world.designers, targetGroupId=world.assigned.id)) == (400, "E0000027")


@pytest.mark.parametrize("target", [{}, {"targetGroupId": "00gOne", "targetGroupName": "two"}])
def test_a_target_is_named_in_one_way_exactly(target: dict[str, str]) -> None:
    world = World()
    assert code(push(world, world.assigned, **target)) == (400, "E0000027")


def test_a_mapping_made_inactive_is_not_pushed() -> None:
    world = World()
    answer = push(world, world.assigned, targetGroupName="everybody-mac", status="INACTIVE")
    world.settle()
    assert "lastPush" not in world.ask(f"{mappings(world)}/{answer.json()['id']}").json()


def test_inactive_and_active_again_pushes_the_group_whole() -> None:
    world = World()
    world.designer("ada")
    group = world.tenant.group_id("designers")
    world.tenant.set_members(group, [])
    for status in ("INACTIVE", "ACTIVE"):
        answer = world.ask(own(world), method="PATCH", json={"status": status})
        assert (answer.status_code, answer.json()["status"]) == (200, status)
    world.settle()
    assert world.pushed() == {"ada"}


def test_a_status_that_a_mapping_has_already_changes_nothing() -> None:
    world = World()
    world.designer("ada")
    for status in ("ACTIVE", "INACTIVE"):
        before = world.ask(own(world), method="PATCH", json={"status": status}).json()
        world.settle()
        lines = len(world.org.system_log.events)
        again = world.ask(own(world), method="PATCH", json={"status": status})
        assert (again.json(), world.settle()) == (before, 0)
        assert len(world.org.system_log.events) == lines


@pytest.mark.parametrize("body", [{}, {"status": "ERROR"}, {"status": 1}])
def test_a_mapping_takes_two_statuses(body: Any) -> None:
    world = World()
    assert code(world.ask(own(world), method="PATCH", json=body)) == (400, "E0000001")


def failed(world: World) -> None:
    world.designer("ada")
    world.provisioner.fail("push-members", 403)
    world.designer("eve")
    world.provisioner.heal()
    assert world.mapping.status == "ERROR"


def test_a_mapping_in_error_refuses_a_status() -> None:
    world = World()
    failed(world)
    for status in ("ACTIVE", "INACTIVE"):
        assert code(world.ask(own(world), method="PATCH", json={"status": status})) == (400, "E0000027")


def test_a_mapping_in_error_is_mended_by_a_status_where_an_org_does_that() -> None:
    world = World()
    failed(world)
    world.org.mends_errors = True
    assert world.ask(own(world), method="PATCH", json={"status": "ACTIVE"}).json()["status"] == "ACTIVE"
    world.settle()
    assert world.pushed() == {"ada", "eve"}


def test_a_mapping_in_error_is_deleted_and_linked_again_to_its_target() -> None:
    world = World()
    failed(world)
    target = world.mapping.target_group_id
    answer = world.ask(f"{own(world)}?deleteTargetGroup=false", method="DELETE")
    assert (answer.status_code, answer.content) == (200, b"")
    assert push(world, world.designers, targetGroupId=target).status_code == 200
    world.settle()
    assert world.pushed() == {"ada", "eve"}


def test_an_active_mapping_can_t_be_deleted() -> None:
    world = World()
    assert code(world.ask(f"{own(world)}?deleteTargetGroup=false", method="DELETE")) == (400, "E0000027")


@pytest.mark.parametrize("asked", ["", "?deleteTargetGroup=perhaps"])
def test_whether_the_target_goes_too_must_be_said(asked: str) -> None:
    world = World()
    world.org.pause_mapping(world.mapping)
    assert code(world.ask(f"{own(world)}{asked}", method="DELETE")) == (400, "E0000001")


def test_the_target_goes_too_when_it_is_said() -> None:
    world = World()
    world.designer("ada")
    world.org.pause_mapping(world.mapping)
    target = world.mapping.target_group_id
    world.ask(f"{own(world)}?deleteTargetGroup=true", method="DELETE")
    assert world.ask(f"/api/v1/groups/{target}").status_code == 404
    world.settle()
    assert "designers" not in {group["displayName"] for group in world.ask_scim("/Groups").json()["Resources"]}


def test_mappings_are_narrowed_by_their_last_update() -> None:
    world = World()
    assert len(world.ask(f"{mappings(world)}?lastUpdated=2026-03-02T08:00:00Z").json()) == 1
    assert world.ask(f"{mappings(world)}?lastUpdated=2026-03-02T08:00:01Z").json() == []
    assert code(world.ask(f"{mappings(world)}?lastUpdated=monday")) == (400, "E0000001")


def test_another_app_has_mappings_of_its_own_and_nothing_is_sent_for_them() -> None:
    world = World()
    other = world.org.add_app("Payroll")
    world.settle()
    path = f"/api/v1/apps/{other.id}/group-push/mappings"
    answer = world.ask(path, method="POST", json={"sourceGroupId": world.designers.id, "targetGroupName": "designers"})
    assert [row["id"] for row in world.ask(path).json()] == [answer.json()["id"]]
    assert answer.json()["targetGroupId"] != world.mapping.target_group_id
    assert world.settle() == 0
