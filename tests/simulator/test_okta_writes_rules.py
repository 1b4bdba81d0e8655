from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from reconciler.simulator.org.state import Group, GroupRule, Person
from tests.simulator.small import World

DESIGN = 'user.department == "Design"'


def said(*groups: Group, name: str = "design", value: str = DESIGN, exclude: tuple[Person, ...] = ()) -> dict[str, Any]:
    return {
        "type": "group_rule",
        "name": name,
        "conditions": {
            "expression": {"type": "urn:okta:expression:1.0", "value": value},
            "people": {"users": {"exclude": [person.id for person in exclude]}},
        },
        "actions": {"assignUserToGroups": {"groupIds": [group.id for group in groups]}},
    }


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["errorCode"]


def made(world: World, *, active: bool = False) -> tuple[GroupRule, str]:
    answer = world.ask("/api/v1/groups/rules", method="POST", json=said(world.designers))
    rule = world.org.rules[answer.json()["id"]]
    if active:
        world.org.activate_rule(rule)
        world.settle()
    return rule, f"/api/v1/groups/rules/{rule.id}"


def test_a_rule_is_made_inactive_and_read_back() -> None:
    world = World()
    answer = world.ask("/api/v1/groups/rules", method="POST", json=said(world.designers))
    assert (answer.status_code, answer.json()["status"]) == (200, "INACTIVE")
    assert answer.json() == world.ask(f"/api/v1/groups/rules/{answer.json()['id']}").json()


def test_an_activated_rule_brings_members_later_and_a_deactivated_one_keeps_them() -> None:
    world = World()
    ada = world.join("ada", department="Design")
    _, path = made(world)
    answer = world.ask(f"{path}/lifecycle/activate", method="POST")
    assert (answer.status_code, answer.content, ada.id in world.designers.members) == (204, b"", False)
    world.settle()
    assert ada.id in world.designers.members
    assert world.ask(f"{path}/lifecycle/deactivate", method="POST").status_code == 204
    world.settle()
    assert ada.id in world.designers.members


def test_a_rule_is_replaced_whole_and_only_while_inactive() -> None:
    world = World()
    ada = world.join("ada")
    rule, path = made(world, active=True)
    body = said(world.assigned, name="staff", value="isMemberOfAnyGroup()", exclude=(ada,))
    body["conditions"]["expression"]["value"] = f'isMemberOfAnyGroup("{world.org.everyone.id}")'
    assert code(world.ask(path, method="PUT", json=body)) == (400, "E0000001")
    world.org.deactivate_rule(rule)
    answer = world.ask(path, method="PUT", json=body).json()
    assert (answer["name"], answer["conditions"]["people"]["users"]["exclude"]) == ("staff", [ada.id])
    assert answer["actions"]["assignUserToGroups"]["groupIds"] == [world.assigned.id]


@pytest.mark.parametrize(("switch", "outcome"), [("ignored", 200), ("refused", 400)])
def test_an_org_may_ignore_or_refuse_other_groups_for_a_rule(switch: str, outcome: int) -> None:
    world = World()
    rule, path = made(world)
    world.okta.switches.rule_actions = switch
    assert world.ask(path, method="PUT", json=said(world.assigned)).status_code == outcome
    assert rule.target_group_ids == (world.designers.id,)


def test_members_of_a_deleted_rule_stay_unless_they_are_to_leave() -> None:
    world = World()
    ada = world.join("ada", department="Design")
    for asked, stays in (("", True), ("?removeUsers=false", True), ("?removeUsers=true", False)):
        _, path = made(world, active=True)
        answer = world.ask(f"{path}{asked}", method="DELETE")
        assert (answer.status_code, answer.json()) == (202, {})
        assert (ada.id in world.designers.members) is stays


def test_a_rule_whose_group_is_gone_can_be_read_and_deleted_and_nothing_else() -> None:
    world = World()
    _, path = made(world)
    world.org.delete_group(world.designers)
    world.settle()
    assert (world.ask(path).json()["status"], world.ask(path).json()["allGroupsValid"]) == ("INVALID", False)
    for verb in ("activate", "deactivate"):
        assert code(world.ask(f"{path}/lifecycle/{verb}", method="POST")) == (400, "E0000001")
    assert code(world.ask(path, method="PUT", json=said(world.assigned))) == (400, "E0000001")
    assert world.ask(path, method="DELETE").status_code == 202


@pytest.mark.parametrize(
    "change",
    [
        {"name": "x" * 51},
        {"name": ""},
        {"name": None},
        {"conditions": {"expression": {"value": "user.department ==", "type": "urn:okta:expression:1.0"}}},
        {"conditions": {}},
        {"actions": {"assignUserToGroups": {"groupIds": []}}},
        {"actions": {"assignUserToGroups": {"groupIds": ["00gNobody"]}}},
        {"type": "other"},
    ],
)
def test_a_rule_okta_would_not_take_is_refused(change: dict[str, Any]) -> None:
    world = World()
    assert code(world.ask("/api/v1/groups/rules", method="POST", json=said(world.designers) | change)) == (
        400,
        "E0000001",
    )
    assert not world.org.rules


def test_a_rule_can_t_feed_admins_other_apps_groups_or_everyone() -> None:
    world = World()
    target = world.org.groups[world.mapping.target_group_id]
    for group in (world.org.create_group("admins", admin_role=True), target, world.org.everyone):
        assert code(world.ask("/api/v1/groups/rules", method="POST", json=said(group))) == (400, "E0000001")


def test_a_rule_s_name_is_taken_where_names_are_unique() -> None:
    world = World()
    made(world)
    assert code(world.ask("/api/v1/groups/rules", method="POST", json=said(world.assigned))) == (400, "E0000001")
    world.org.unique_rule_names = False
    assert world.ask("/api/v1/groups/rules", method="POST", json=said(world.assigned)).status_code == 200


def test_an_org_takes_two_thousand_rules() -> None:
    world = World()
    for number in range(2000):
        world.org.create_rule(f"r{number}", DESIGN, [world.designers])
    assert code(world.ask("/api/v1/groups/rules", method="POST", json=said(world.designers))) == (400, "E0000093")


def test_the_next_rule_writes_are_locked_when_told_so() -> None:
    world = World()
    _, path = made(world)
    world.okta.rule_locks.refuse_next = 2
    answers = [world.ask(f"{path}/lifecycle/activate", method="POST").status_code for _ in range(3)]
    assert answers == [423, 423, 204]
    assert world.ask(path).status_code == 200


def test_a_rule_write_soon_after_another_is_locked_where_the_org_is_busy() -> None:
    world = World()
    _, path = made(world)
    world.okta.rule_locks.busy_for = timedelta(seconds=2)
    world.ask(f"{path}/lifecycle/activate", method="POST")
    answer = world.ask(f"{path}/lifecycle/deactivate", method="POST")
    assert code(answer) == (423, "E0000239")
    world.clock.advance(timedelta(seconds=2))
    assert world.ask(f"{path}/lifecycle/deactivate", method="POST").status_code == 204


def test_rules_that_are_not_yet_set_up_can_t_be_written() -> None:
    world = World()
    world.okta.rule_locks.setting_up = True
    assert code(world.ask("/api/v1/groups/rules", method="POST", json=said(world.designers))) == (409, "E0000249")


def test_the_log_tells_when_an_activated_rule_was_evaluated() -> None:
    world = World()
    rule, path = made(world)
    world.ask(f"{path}/lifecycle/activate", method="POST")
    asked = f'/api/v1/logs?filter=eventType eq "group.user_membership.rule.evaluation" and target.id eq "{rule.id}"'
    assert world.ask(asked).json() == []
    world.settle()
    assert len(world.ask(asked).json()) == 1
