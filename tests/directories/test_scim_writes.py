"""Kandji's side of ``apply``: accounts and groups written whole or by one member, as different servers take it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.changes import AddMember, Named, RemoveMember, ReplaceAttributes, SetActive
from reconciler.directories.writers import Body, Sent, Writers
from reconciler.errors import NotAllowed, UnexpectedAnswer, Unsure
from reconciler.simulator.faults import answer_lost, answers
from reconciler.simulator.kandji.ways import DJANGO, KANDJI, STRICT, Ways
from reconciler.simulator.weather import Rule, Weather
from tests.directories.writing import Rig, rigged
from tests.simulator.small import World

WAYS = pytest.mark.parametrize("ways", [STRICT, DJANGO, KANDJI], ids=["strict", "django", "kandji"])


def a_world(ways: Ways = STRICT) -> tuple[World, Named, Named, Named]:
    """Ada and Ben, of whom only Ada is in the pushed group: their accounts, and that group in Kandji."""
    world = World(ways=ways)
    ada, ben = world.designer("ada", department="Craft"), world.join("ben", world.assigned)
    world.settle()
    group = Named(name="designers", id=world.tenant.group_id("designers"))
    return world, *(Named(name=one.login, id=world.account(one)["id"]) for one in (ada, ben)), group


def members(rig: Rig, group: Named) -> set[str]:
    return {str(one) for one in rig.world.tenant.members(group.id)}


async def put_user(writers: Writers, change: SetActive | ReplaceAttributes, **values: Any) -> Sent:
    with writers.gate.opened(change):
        body = await writers.scim.read_user_body(change.account.id)
        assert body is not None
        return await writers.scim.put_user(change.account.id, {**body, **values})


async def patch(writers: Writers, change: AddMember | RemoveMember, *, by_path: bool = True) -> Sent:
    add = isinstance(change, AddMember)
    with writers.gate.opened(change):
        return await writers.scim.patch_member(change.kandji_group.id, change.account.id, add=add, by_path=by_path)


@WAYS
def test_an_account_is_deactivated_and_keeps_all_else(ways: Ways) -> None:
    world, ada, _, _ = a_world(ways)

    async def work(writers: Writers) -> tuple[Body | None, Body | None]:
        before = await writers.scim.read_user_body(ada.id)
        await put_user(writers, SetActive(account=ada, user_id=None, active=False), active=False)
        return before, await writers.scim.read_user_body(ada.id)

    with rigged(world) as rig:
        before, after = rig.run(work)
    assert before is not None
    assert after is not None
    assert {**before, "active": False, "meta": None} == {**after, "meta": None}


def test_an_account_gets_other_values_and_keeps_all_else() -> None:
    world, ada, _, _ = a_world()
    change = ReplaceAttributes(
        account=ada, user_id="00u", before=(("displayName", "Ada Berg"),), after=(("displayName", "Ada Bergs"),)
    )
    with rigged(world) as rig:
        rig.run(lambda writers: put_user(writers, change, displayName="Ada Bergs"))
        after = rig.run(lambda writers: writers.scim.read_user_body(ada.id))
    assert after is not None
    assert (after["displayName"], after["userName"]) == ("Ada Bergs", ada.name)


@WAYS
def test_a_member_is_patched_in(ways: Ways) -> None:
    world, ada, ben, group = a_world(ways)
    with rigged(world) as rig:
        rig.run(lambda writers: patch(writers, AddMember(kandji_group=group, account=ada)))
        rig.run(lambda writers: patch(writers, AddMember(kandji_group=group, account=ben)))
        assert members(rig, group) == {ada.id, ben.id}


@pytest.mark.parametrize(("ways", "by_path"), [(STRICT, True), (DJANGO, False)], ids=["strict", "django"])
def test_a_member_is_patched_out_in_the_form_that_the_server_takes(ways: Ways, by_path: bool) -> None:
    world, ada, _, group = a_world(ways)
    change = RemoveMember(kandji_group=group, account=ada)

    async def work(writers: Writers) -> int | None:
        await patch(writers, AddMember(kandji_group=group, account=ada))
        with pytest.raises(UnexpectedAnswer) as caught:
            await patch(writers, change, by_path=not by_path)
        assert members(rig, group) == {ada.id}
        await patch(writers, change, by_path=by_path)
        return caught.value.status

    with rigged(world) as rig:
        assert rig.run(work) in (400, 501)
        assert members(rig, group) == set()


def test_where_nothing_can_be_patched_the_group_is_put_whole_unless_it_has_moved() -> None:
    world, ada, ben, group = a_world(replace(STRICT, patch="405"))
    change = AddMember(kandji_group=group, account=ben)

    async def work(writers: Writers) -> list[Any]:
        with pytest.raises(UnexpectedAnswer) as refused:
            await patch(writers, change)
        with writers.gate.opened(change):
            body = await writers.scim.read_group_body(group.id)
            assert body is not None
            more = {**body, "members": [*body["members"], {"value": ben.id}]}
            with pytest.raises(UnexpectedAnswer) as moved:
                await writers.scim.put_group(group.id, more, etag='W/"of another time"')
            put = await writers.scim.put_group(group.id, more, etag=body["meta"]["version"])
        return [refused.value.status, moved.value.status, put.status]

    with rigged(world) as rig:
        assert rig.run(work) == [405, 412, 200]
        assert members(rig, group) == {ada.id, ben.id}


def test_a_lost_answer_is_unsure_and_nothing_is_sent_twice() -> None:
    world, ada, ben, group = a_world()
    with rigged(world, Weather(Rule(fault=answer_lost(), methods=("PATCH",)))) as rig:
        with pytest.raises(Unsure):
            rig.run(lambda writers: patch(writers, AddMember(kandji_group=group, account=ben)))
        assert len(rig.sent) == 1
        assert members(rig, group) == {ada.id, ben.id}


def test_kandji_asks_to_wait_and_is_asked_again() -> None:
    world, _, ben, group = a_world()
    busy = answers(429, b'{"message":"API rate limit exceeded"}', retry_after="7")
    with rigged(world, Weather(Rule(fault=busy, methods=("PATCH",), most=1))) as rig:
        assert rig.run(lambda writers: patch(writers, AddMember(kandji_group=group, account=ben))).status == 204
        assert sum(rig.slept) > 6.9


def test_what_nobody_has_is_none() -> None:
    world, *_ = a_world()

    async def work(writers: Writers) -> list[Body | None]:
        return [await writers.scim.read_user_body(".."), await writers.scim.read_group_body("nobody")]

    with rigged(world) as rig:
        assert rig.run(work) == [None, None]


def test_a_refusal_names_the_token() -> None:
    world, _, ben, group = a_world()
    with (
        rigged(world, Weather(Rule(fault=answers(403), methods=("PATCH",)))) as rig,
        pytest.raises(NotAllowed) as caught,
    ):
        rig.run(lambda writers: patch(writers, AddMember(kandji_group=group, account=ben)))
    assert "the SCIM token that Okta uses" in (caught.value.next or "")
