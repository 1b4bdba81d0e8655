"""Okta's side of ``apply``, against the simulated org: each write does what it says, and each read tells the truth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler.changes import (
    AddToGroup,
    AssignGroup,
    CreateRule,
    DeactivateRule,
    EditRule,
    LinkGroup,
    Named,
    Relink,
    RemoveFromGroup,
    Repush,
    UnlinkGroup,
)
from reconciler.directories.writers import Body, Writers
from reconciler.errors import NotAllowed, UnexpectedAnswer, Unreachable, Unsure, Vanished, WriteRefused
from reconciler.simulator.between import Asked, Fault
from reconciler.simulator.faults import answer_lost, answers, gateway_error, okta_error
from reconciler.simulator.okta.roles import GROUP_ADMIN
from reconciler.simulator.org.state import Group, Person
from reconciler.simulator.server import IN_MEMORY
from reconciler.simulator.weather import Rule, Weather
from tests.directories.writing import invalid, rigged
from tests.simulator.answers import every_answer_is_as_described
from tests.simulator.small import World

__all__ = ["every_answer_is_as_described"]

IN = 'isMemberOfAnyGroup("{}")'


def named(thing: Group | Person) -> Named:
    return Named(name=thing.login if isinstance(thing, Person) else thing.name, id=thing.id)


def rule_body(name: str, expression: str, target: Group) -> Body:
    return {
        "type": "group_rule",
        "name": name,
        "conditions": {"expression": {"value": expression, "type": "urn:okta:expression:1.0"}},
        "actions": {"assignUserToGroups": {"groupIds": [target.id]}},
    }


def edited(body: Body, expression: str) -> Body:
    conditions = body["conditions"]
    return {**body, "conditions": {**conditions, "expression": {**conditions["expression"], "value": expression}}}


async def edit_rule(writers: Writers, change: EditRule) -> Body:
    """As ``apply`` does it; the body that is read back."""
    with writers.gate.opened(change):
        await writers.okta.deactivate_rule(change.rule.id)
        body = await writers.okta.read_rule(change.rule.id)
        assert body is not None
        await writers.okta.replace_rule(change.rule.id, edited(body, change.after))
        await writers.okta.activate_rule(change.rule.id)
    after = await writers.okta.read_rule(change.rule.id)
    assert after is not None
    return after


def test_a_member_is_added_by_hand_and_taken_out_again() -> None:
    world = World()
    ada = world.join("ada")
    add = AddToGroup(group=named(world.assigned), person=named(ada))

    async def work(writers: Writers) -> list[Any]:
        told: list[Any] = []
        with writers.gate.opened(add):
            told.append((await writers.okta.add_member(world.assigned.id, ada.id)).status)
        told.append(await writers.okta.read_rules_of_member(world.assigned.id, ada.id))
        told.append([one.user_id for one in (await writers.okta.read_members(world.assigned.id))[0].members])
        with writers.gate.opened(RemoveFromGroup(group=add.group, person=add.person)):
            told.append((await writers.okta.remove_member(world.assigned.id, ada.id)).status)
        told.append(await writers.okta.read_rules_of_member(world.assigned.id, ada.id))
        return told

    with rigged(world) as rig:
        assert rig.run(work) == [204, (), [ada.id], 204, None]


def test_a_group_is_assigned_to_the_app_and_the_apps_of_a_group_are_told() -> None:
    world = World()
    crew = world.org.create_group("crew")

    async def work(writers: Writers) -> list[Any]:
        before = await writers.okta.read_group_assigned(crew.id)
        with writers.gate.opened(AssignGroup(group=named(crew))):
            await writers.okta.assign_group(crew.id)
        after = await writers.okta.read_group_assigned(crew.id)
        return [before, after, await writers.okta.read_apps_of_group(crew.id), (await writers.okta.read_app()).id]

    with rigged(world) as rig:
        app = world.org.app
        assert rig.run(work) == [False, True, ((app.id, app.label),), app.id]


def test_a_mapping_is_made_paused_activated_and_ended() -> None:
    world = World()
    crew = world.org.create_group("crew")
    link = LinkGroup(group=named(crew), target_name="crew")

    async def work(writers: Writers) -> list[Any]:
        with writers.gate.opened(link):
            made = await writers.okta.create_mapping(crew.id, target_id=None, target_name="crew")
        mapping_id = made.body["id"]
        with writers.gate.opened(Repush(mapping_id=mapping_id, group=named(crew), kandji_group=None)):
            words = [(await writers.okta.set_mapping(mapping_id, one)).body["status"] for one in ("INACTIVE", "ACTIVE")]
        told = await writers.okta.read_mappings_of(crew.id)
        with writers.gate.opened(UnlinkGroup(mapping_id=mapping_id, group=named(crew), target=None, kandji_group=None)):
            await writers.okta.set_mapping(mapping_id, "INACTIVE")
            gone = await writers.okta.delete_mapping(mapping_id, delete_target=False)
        assert [one.id for one in told] == [mapping_id]
        return [*words, gone.body, await writers.okta.read_mappings_of(crew.id)]

    with rigged(world) as rig:
        assert rig.run(work) == ["INACTIVE", "ACTIVE", None, ()]
        assert rig.sent[-1][1].endswith("?deleteTargetGroup=false")


def test_a_mapping_is_linked_again_by_the_id_of_its_target() -> None:
    world = World()
    target = world.org.groups[world.mapping.target_group_id]
    world.org.pause_mapping(world.mapping)
    relink = Relink(
        mapping_id=world.mapping.id,
        group=named(world.designers),
        target=named(target),
        target_name=target.name,
        kandji_group=None,
    )

    async def work(writers: Writers) -> Any:
        with writers.gate.opened(relink):
            await writers.okta.delete_mapping(world.mapping.id, delete_target=False)
            return await writers.okta.create_mapping(world.designers.id, target_id=target.id, target_name=None)

    with rigged(world) as rig:
        assert rig.run(work).body["targetGroupId"] == target.id


def test_a_rule_is_made_inactive_and_activated() -> None:
    world = World()
    rule = CreateRule(
        name="crew rule",
        expression=IN.format(world.designers.id),
        group=named(world.designers),
        target=named(world.assigned),
    )

    async def work(writers: Writers) -> list[Any]:
        body = rule_body(rule.name, rule.expression, world.assigned)
        with writers.gate.opened(rule):
            made = await writers.okta.create_rule(body)
            writers.gate.learnt(made.body["id"])
            await writers.okta.activate_rule(made.body["id"])
        found = await writers.okta.find_rules("crew rule")
        with writers.gate.opened(DeactivateRule(rule=Named(name=rule.name, id=made.body["id"]), expression="")):
            await writers.okta.deactivate_rule(made.body["id"])
        after = await writers.okta.read_rule(made.body["id"])
        return [made.body["status"], [one["status"] for one in found], after and after["status"]]

    with rigged(world) as rig:
        assert rig.run(work) == ["INACTIVE", ["ACTIVE"], "INACTIVE"]


def a_rule(world: World) -> EditRule:
    """An active rule of the org, with somebody excluded, and the edit that adds a group."""
    before = IN.format(world.designers.id)
    made = world.org.create_rule("feeds", before, [world.assigned], exclude=[world.join("eve")])
    world.org.activate_rule(made)
    crew = world.org.create_group("crew")
    after = f"{before} OR {IN.format(crew.id)}"
    return EditRule(rule=Named(name=made.name, id=made.id), before=before, after=after, group=named(crew))


def test_a_rule_gets_another_expression_and_keeps_all_else() -> None:
    world = World()
    change = a_rule(world)
    with rigged(world) as rig:
        before = rig.run(lambda writers: writers.okta.read_rule(change.rule.id))
        after = rig.run(lambda writers: edit_rule(writers, change))
    assert before is not None
    assert after == {**edited(before, change.after), "lastUpdated": after["lastUpdated"]}


@pytest.mark.parametrize("expands", [True, False])
def test_a_group_tells_its_admin_role_where_the_org_expands_and_is_read_all_the_same(expands: bool) -> None:
    world = World()
    world.assigned.admin_role = True
    refused = okta_error(400, "E0000001", "Api validation failed: expand")

    def meddling(asked: Asked) -> Fault | None:
        return refused if not expands and "expand=stats" in asked.url else None

    with rigged(world, meddling) as rig:
        group = rig.run(lambda writers: writers.okta.read_group(world.assigned.id))
    assert group is not None
    assert (group.name, group.has_admin_role) == ("everybody-mac", True if expands else None)


def test_what_is_hidden_or_gone_is_none_or_vanished() -> None:
    world = World()
    nobody, nothing = "00u" + "x" * 17, "00g" + "x" * 17

    async def work(writers: Writers) -> list[Any]:
        change = AddToGroup(group=Named(name="", id=nothing), person=Named(name="", id=nobody))
        with writers.gate.opened(change), pytest.raises(Vanished):
            await writers.okta.add_member(nothing, nobody)
        return [await writers.okta.read_rule("0pr" + "x" * 17), await writers.okta.read_group(nothing)]

    with rigged(world) as rig:
        assert rig.run(work) == [None, None]


@pytest.mark.parametrize("fault", [answer_lost(), gateway_error(504)], ids=["lost", "504"])
def test_a_lost_answer_is_unsure_and_nothing_is_sent_twice(fault: Any) -> None:
    world = World()
    ada = world.join("ada")

    async def work(writers: Writers) -> None:
        change = AddToGroup(group=named(world.assigned), person=named(ada))
        with writers.gate.opened(change), pytest.raises(Unsure):
            await writers.okta.add_member(world.assigned.id, ada.id)

    with rigged(world, Weather(Rule(fault=fault, methods=("PUT",)))) as rig:
        rig.run(work)
        assert len(rig.sent) == len(rig.gate.passed) == 1


def test_rate_limits_and_locks_of_rules_are_waited_for() -> None:
    world = World()
    change = a_rule(world)
    world.okta.rule_locks.refuse_next = 2
    busy = okta_error(429, "E0000047", "too many", x_rate_limit_limit="0")
    with rigged(world, Weather(Rule(fault=busy, methods=("PUT",), nth=(1,)))) as rig:
        assert rig.run(lambda writers: edit_rule(writers, change))["status"] == "ACTIVE"
        assert len(rig.sent) == len(rig.between.asked) - 2 == 6


def test_a_lock_that_stays_means_that_nothing_was_done() -> None:
    world = World()
    change = a_rule(world)
    world.okta.rule_locks.setting_up = True

    async def work(writers: Writers) -> None:
        with writers.gate.opened(change), pytest.raises(Unreachable, match="E0000249"):
            await writers.okta.deactivate_rule(change.rule.id)

    with rigged(world) as rig:
        rig.run(work)
        assert sum(rig.slept) <= 180


def test_what_a_credential_lacks_is_named() -> None:
    world = World()
    change = a_rule(world)
    world.okta.tokens[world.okta.token] = GROUP_ADMIN

    async def work(writers: Writers) -> str | None:
        with writers.gate.opened(change), pytest.raises(NotAllowed) as caught:
            await writers.okta.deactivate_rule(change.rule.id)
        return caught.value.next

    with rigged(world) as rig:
        told = rig.run(work) or ""
    assert "okta.groups.manage" in told
    assert "Organizational Administrator" in told


def test_where_the_org_does_not_tell_rules_of_a_member_it_is_unknown() -> None:
    world = World()
    ada = world.designer("ada")
    absent = Weather(Rule(fault=answers(404, b"<h1>no</h1>", content_type="text/html"), where="group-rules$"))

    async def work(writers: Writers) -> Any:
        return await writers.okta.read_rules_of_member(world.designers.id, ada.id)

    with rigged(world, absent) as rig:
        assert rig.run(work) is None


@pytest.mark.parametrize("group_id", ["rules", "00g/../users", "..", "", "00g1?x=1"])
def test_what_is_no_id_never_becomes_part_of_a_path(group_id: str) -> None:
    world = World()
    ada = world.join("ada")

    async def work(writers: Writers) -> None:
        change = AddToGroup(group=Named(name="", id=group_id), person=named(ada))
        with writers.gate.opened(change), pytest.raises(WriteRefused):
            await writers.okta.add_member(group_id, ada.id)

    with rigged(world) as rig:
        rig.run(work)
        assert rig.sent == []


def test_a_mapping_in_error_is_refused_with_its_code() -> None:
    world = World()
    world.mapping.status = "ERROR"

    async def work(writers: Writers) -> UnexpectedAnswer:
        change = Repush(mapping_id=world.mapping.id, group=named(world.designers), kandji_group=None)
        with writers.gate.opened(change), pytest.raises(UnexpectedAnswer) as caught:
            await writers.okta.set_mapping(world.mapping.id, "ACTIVE")
        return caught.value

    with rigged(world) as rig:
        assert rig.run(work).code == "E0000027"


def test_everybody_assigned_is_read_whole() -> None:
    world = World()
    people = {world.designer(name).id for name in ("ada", "ben", "cleo")}
    with rigged(world) as rig:
        assert {one.id for one in rig.run(lambda writers: writers.okta.read_all_app_users())} == people


@pytest.mark.facts
def test_a_write_that_okta_does_not_describe_is_noticed(facts: Path) -> None:
    rule = f"{IN_MEMORY.okta}/api/v1/groups/rules/0pr1"
    assert facts.is_dir()
    assert invalid([("PUT", rule, {"name": "x", "nonsense": True})])
    assert invalid([("DELETE", f"{IN_MEMORY.okta}/api/v1/apps/0oa1/group-push/mappings/gPm1", None)])
    assert invalid([("PUT", f"{IN_MEMORY.okta}/api/v1/groups/00g1/users/00u1", {})])
