"""What each change rests on, read live before anything is sent: every reason to leave it, and none where it stands."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import Any, TypeVar

import pytest
from msgspec import structs

from reconciler.changes import ActivateRule, Named, ReplaceAttributes, Repush, SetActive
from reconciler.commands.applying.live import Live
from reconciler.commands.applying.memberships import arrived
from reconciler.commands.applying.procedure import AlreadySo, Look, Procedure, Ready, Skip
from reconciler.commands.applying.procedures import procedure
from reconciler.errors import Vanished
from reconciler.model import AppUser, ScimUser
from reconciler.plan import Planned
from reconciler.simulator.faults import okta_error
from reconciler.simulator.org.state import Person
from tests.commands import mending_scenarios as scenarios
from tests.commands.mending import Fuse, Mending, Scenario, named, planned

Move = Callable[[Mending], Any]
T = TypeVar("T")


def with_procedure(m: Mending, wanted: Planned, work: Callable[[Procedure], Awaitable[T]], **live: Any) -> T:
    async def working() -> T:
        async with contextlib.AsyncExitStack() as stack:
            writers = m.writers(Fuse(), stack)
            return await work(procedure(wanted, Live(writers.okta, writers.scim, m.terms, m.sleep, **live)))

    return asyncio.run(working())


def looked(m: Mending, wanted: Planned, **live: Any) -> Look:
    """What the change finds when it looks."""
    return with_procedure(m, wanted, lambda one: one.before(), **live)


def shows(m: Mending, wanted: Planned) -> bool:
    """Whether its effect stands where it is written, or shows where it must."""

    async def watching(one: Procedure) -> bool:
        await one.before()
        holds = await one.holds() and not isinstance(wanted.change, ActivateRule | Repush)
        return holds or (await one.seen()).shows

    return with_procedure(m, wanted, watching)


def who(m: Mending, name: str) -> Person:
    person = m.world.org.find_user(f"{name}@acme.test")
    assert person is not None
    return person


def group(m: Mending, name: str) -> Any:
    return next(one for one in m.world.org.groups.values() if one.name == name)


def the_rule(m: Mending) -> Any:
    return next(iter(m.world.org.rules.values()))


def kandji(m: Mending) -> str:
    return m.world.tenant.group_id("designers")


def edited(m: Mending, expression: str) -> None:
    m.world.org.deactivate_rule(the_rule(m))
    m.world.org.set_rule_expression(the_rule(m), expression)


def assigned_elsewhere(m: Mending) -> None:
    m.world.org.app.users[who(m, "ana").id].external_id = "another"


def fed(m: Mending) -> None:
    S._ruled(m, S._member(m.world.designers), on=True)
    m.world.settle()


def revoked(m: Mending) -> None:
    m.world.org.app.users[who(m, "ana").id].status = "REVOKED"


def active_not_told(m: Mending) -> None:
    m.world.tenant.edit_user(m.account(who(m, "ana")).id, active=None)


def edited_in_kandji(m: Mending) -> None:
    m.world.tenant.edit_user(m.account(who(m, "ana")).id, title="Cook")


def rules_not_told(m: Mending) -> None:
    refused = okta_error(404, "E0000007", "Not found: group-rules")
    m.meddling = lambda asked: refused if "group-rules" in asked.url else None


S = scenarios
OFF_RULE: Move = lambda m: m.world.org.deactivate_rule(the_rule(m))  # noqa: E731
GONE_RULE: Move = lambda m: m.world.org.delete_rule(the_rule(m))  # noqa: E731
GONE_GROUP: Move = lambda m: m.world.tenant.delete_group(kandji(m))  # noqa: E731
PAUSED: Move = lambda m: m.world.org.pause_mapping(m.world.mapping)  # noqa: E731
UNLINKED: Move = lambda m: m.world.org.unlink(m.world.mapping)  # noqa: E731


def in_error(m: Mending) -> None:
    m.world.mapping.status = "ERROR"


def on_again(m: Mending) -> None:
    m.world.mapping.status = "ACTIVE"


MOVED: tuple[tuple[Scenario, Move, str], ...] = (
    (S.add_to_group, lambda m: m.world.org.suspend(who(m, "ana")), "ana@acme.test is SUSPENDED in Okta now"),
    (S.add_to_group, lambda m: m.world.org.unassign_group(m.world.assigned), "is not assigned to the app any more"),
    (S.add_to_group, lambda m: m.world.org.add_member(m.world.assigned, who(m, "ana")), "already in the group"),
    (S.add_to_group, lambda m: m.world.org.link_group(m.world.assigned), "is pushed now"),
    (S.remove_from_group, lambda m: m.world.org.remove_member(m.world.assigned, who(m, "ana")), "not in the group: no"),
    (S.remove_from_group, fed, "a rule feeds ana@acme.test now: they stay"),
    (S.remove_from_group, rules_not_told, "Okta does not tell whether a rule feeds ana@acme.test"),
    (S.assign_group, lambda m: m.world.org.assign_group(group(m, "late")), "already so"),
    (S.assign_group, lambda m: m.world.org.link_group(group(m, "late")), "late is pushed"),
    (S.assign_group, lambda m: m.world.join("bo", group(m, "late")), "would now also bring bo@acme.test"),
    (S.edit_rule, OFF_RULE, "is INACTIVE now"),
    (S.edit_rule, GONE_RULE, "the rule Everybody is deleted"),
    (S.edit_rule, lambda m: m.world.join("bo", m.world.designers), "would now also bring bo@acme.test"),
    (S.create_rule, lambda m: m.world.org.link_group(m.world.assigned), "is pushed now: nobody is put into a group"),
    (S.activate_rule, GONE_RULE, "the rule Everybody is deleted"),
    (S.activate_rule, lambda m: m.world.org.activate_rule(the_rule(m)), "already so"),
    (S.restart_rule, OFF_RULE, "is INACTIVE now"),
    (S.deactivate_rule, OFF_RULE, "already so"),
    (S.deactivate_rule, GONE_RULE, "the rule Everybody is deleted"),
    (S.deactivate_rule, lambda m: edited(m, 'user.title == "x"'), "has another expression now"),
    (S.repush, PAUSED, "is INACTIVE now"),
    (S.repush, in_error, "is ERROR now"),
    (S.repush, UNLINKED, "the mapping of designers is gone"),
    (S.activate_mapping, on_again, "already so"),
    (S.activate_mapping, in_error, "is ERROR now"),
    (S.relink, on_again, "active again already"),
    (S.relink, lambda m: setattr(m.world.mapping, "status", "INACTIVE"), "is INACTIVE now"),
    (S.link, lambda m: m.world.org.assign_group(group(m, "painters")), "is assigned to the app"),
    (S.link, lambda m: m.world.tenant.delete_group(m.world.tenant.group_id("painters")), "Kandji has no groups named"),
    (S.unlink, UNLINKED, "unlinked already"),
    (S.set_active, lambda m: m.world.tenant.activate_user(m.account(who(m, "ana")).id), "already so"),
    (S.set_active, lambda m: m.world.tenant.delete_user(m.account(who(m, "ana")).id), "is not in Kandji any more"),
    (S.set_active, lambda m: m.world.org.suspend(who(m, "ana")), "is SUSPENDED in Okta now"),
    (S.set_active, lambda m: m.world.org.app.users.clear(), "is not assigned with this account now"),
    (S.set_active, assigned_elsewhere, "is not assigned with this account now"),
    (S.set_active, revoked, "is not assigned with this account now"),
    (S.set_inactive, lambda m: m.world.org.reactivate(who(m, "ana")), "in Okta now"),
    (S.set_inactive, active_not_told, "Kandji does not tell whether"),
    (S.replace_attributes, edited_in_kandji, "title of ana@acme.test moved in Kandji since the plan"),
    (S.replace_attributes, lambda m: m.world.tenant.delete_user(m.account(who(m, "ana")).id), "is not in Kandji any m"),
    (S.replace_attributes, lambda m: m.world.tenant.edit_user(m.account(who(m, "ana")).id, title="Painter"), "already"),
    (S.add_member, GONE_GROUP, "designers is not in Kandji any more"),
    (S.add_member, lambda m: m.world.tenant.add_member(kandji(m), m.account(who(m, "ana")).id), "already so"),
    (S.remove_member, GONE_GROUP, "designers is not in Kandji any more"),
    (S.remove_member, lambda m: m.world.tenant.remove_member(kandji(m), m.account(who(m, "cy")).id), "already so"),
)


@pytest.mark.parametrize(("scenario", "move", "words"), MOVED, ids=lambda one: getattr(one, "__name__", None))
def test_what_moved_is_left_with_the_reason(scenario: Scenario, move: Move, words: str) -> None:
    m = Mending()
    wanted = scenario(m)
    assert isinstance(looked(m, wanted), Ready)
    move(m)
    found = looked(m, wanted)
    assert isinstance(found, AlreadySo if words.split()[0] in SO else Skip), found
    assert words in found.words


SO = {"already", "active", "unlinked", "not"}
"""First words of what says that nothing needs to be sent."""


@pytest.mark.parametrize(
    "scenario",
    [one for one in S.SCENARIOS if one not in (S.restart_rule, S.clear_attribute)],
    ids=lambda one: one.__name__,
)
def test_what_was_not_done_does_not_show(scenario: Scenario) -> None:
    m = Mending()
    wanted = scenario(m)
    assert not shows(m, wanted)
    assert not shows(m, structs.replace(wanted, joins=()))


def test_a_group_that_makes_admins_is_not_filled() -> None:
    for scenario, name in (
        (S.add_to_group, "everybody-mac"),
        (S.assign_group, "late"),
        (S.create_rule, "everybody-mac"),
    ):
        m = Mending()
        wanted = scenario(m)
        group(m, name).admin_role = True
        assert looked(m, wanted) == Skip(words=f"{name} carries an admin role")


def test_a_group_that_others_fill_is_not_filled_from_here() -> None:
    m = Mending()
    wanted = S.add_to_group(m)
    group(m, "everybody-mac").type = "APP_GROUP"
    found = looked(m, wanted)
    assert isinstance(found, Skip)
    assert "is a group of type APP_GROUP" in found.words


def test_who_is_assigned_already_or_need_not_be_does_not_join_by_another_assigned_group() -> None:
    m = Mending()
    wanted = S.assign_group(m)
    m.world.join("bo", group(m, "late"), m.world.assigned)
    m.world.org.suspend(m.world.join("cy", group(m, "late")))
    m.world.settle()
    assert isinstance(looked(m, wanted), Ready)


def test_what_takes_an_apply_back_asks_only_for_what_that_apply_left() -> None:
    m = Mending()
    wanted = S.set_active(m)
    m.world.org.suspend(who(m, "ana"))
    assert isinstance(looked(m, wanted, undoing=True), Ready)


def test_an_attribute_that_can_not_be_written_is_left() -> None:
    m = Mending()
    wanted = S.replace_attributes(m)
    assert isinstance(wanted.change, ReplaceAttributes)
    more = structs.replace(wanted.change, after=(*wanted.change.after, ("shoes", "44")))
    found = looked(m, structs.replace(wanted, change=more))
    assert isinstance(found, Skip)
    assert "can't write" in found.words


@pytest.mark.parametrize(
    ("kind", "suspended", "ready"),
    [
        ("suspended-still-active", True, True),
        ("suspended-still-active", False, False),
        ("left-still-active", True, False),
    ],
)
def test_who_is_suspended_is_switched_off_for_that_reason_alone(kind: str, suspended: bool, ready: bool) -> None:
    m = Mending()
    ana = m.world.designer("ana")
    if suspended:
        m.world.org.suspend(ana)
    change = SetActive(account=m.account(ana), user_id=ana.id, active=False)
    assert isinstance(looked(m, planned(change, kinds=(kind,))), Ready) is ready


def test_an_account_of_nobody_in_okta_is_switched_off_and_not_on() -> None:
    m = Mending()
    off = S.set_inactive(m)
    m.world.org.app.users.pop(who(m, "ana").id, None)
    change = structs.replace(off.change, user_id=None)
    assert isinstance(looked(m, structs.replace(off, change=change)), Ready)
    assert isinstance(looked(m, structs.replace(off, change=change, kinds=("suspended-still-active",))), Ready)
    m.world.tenant.deactivate_user(off.change.account.id)
    assert isinstance(looked(m, structs.replace(off, change=structs.replace(change, active=True))), Skip)


def test_a_value_that_is_missing_on_both_sides_has_not_moved() -> None:
    m = Mending()
    ana = m.world.designer("ana", title="Painter")
    m.world.tenant.edit_user(m.account(ana).id, title=None)
    change = ReplaceAttributes(
        account=m.account(ana), user_id=ana.id, before=(("title", None),), after=(("title", "Painter"),)
    )
    assert isinstance(looked(m, planned(change)), Ready)
    m.world.tenant.edit_user(change.account.id, title="")
    assert isinstance(looked(m, planned(change)), Ready)


@pytest.mark.parametrize("scenario", [S.set_active, S.replace_attributes, S.add_member, S.remove_member])
def test_what_is_gone_does_not_hold(scenario: Scenario) -> None:
    m = Mending()
    change = scenario(m)
    m.world.tenant.delete_group(kandji(m))
    for person in m.people():
        m.world.tenant.delete_user(m.account(person).id)
    assert with_procedure(m, change, lambda one: one.holds()) is False


def test_an_account_to_which_somebody_is_assigned_again_is_not_switched_off() -> None:
    m = Mending()
    wanted = S.set_inactive(m)
    bo = m.world.designer("bo")
    assert isinstance(looked(m, wanted), Ready)
    m.world.org.app.users[bo.id].external_id = wanted.change.account.id
    m.world.org.app.users[bo.id].status = "REVOKED"
    assert isinstance(looked(m, wanted), Ready)
    m.world.org.app.users[bo.id].status = "ACTIVE"
    found = looked(m, wanted)
    assert isinstance(found, Skip)
    assert found.words == "bo@acme.test is assigned with this account now"


@pytest.mark.parametrize(("scenario", "name"), [(S.unlink, "ana"), (S.unlink_and_delete, "bo")])
def test_a_group_that_is_deleted_with_its_mapping_has_no_other_members(scenario: Scenario, name: str) -> None:
    m = Mending()
    wanted = scenario(m)
    m.world.designer("bo")
    found = looked(m, wanted)
    assert isinstance(found, Skip if name == "bo" else Ready), found


@pytest.mark.parametrize("field", ["group", "target"])
def test_a_mapping_of_other_groups_is_not_unlinked(field: str) -> None:
    m = Mending()
    wanted = S.unlink(m)
    change = structs.replace(wanted.change, **{field: Named(name="other", id="00gother")})
    found = looked(m, structs.replace(wanted, change=change))
    assert isinstance(found, Skip)
    assert "another group" in found.words


@pytest.mark.parametrize(("kind", "ready"), [("member-unknown", False), ("member-extra", True)])
def test_a_member_that_nobody_knew_and_somebody_knows_now_stays(kind: str, ready: bool) -> None:
    m = Mending()
    assert isinstance(looked(m, structs.replace(S.remove_member(m), kinds=(kind,))), Ready) is ready


@pytest.mark.parametrize("kinds", [("member-missing", "member-extra"), ("mapping-stale", "member-extra"), ()])
def test_a_push_for_members_alone_is_not_asked_for_where_they_are_in_step(kinds: tuple[str, ...]) -> None:
    m = Mending()
    wanted = structs.replace(S.repush(m), kinds=kinds)
    m.world.tenant.set_members(kandji(m), [m.account(who(m, name)).id for name in ("ana", "bo")])
    found = looked(m, wanted)
    assert isinstance(found, AlreadySo if "member-missing" in kinds else Ready), found


@pytest.mark.parametrize(("replaces", "ready"), [(False, False), (True, True), (None, True)])
def test_where_pushes_take_nobody_out_none_is_asked_for_to_do_so(replaces: bool | None, ready: bool) -> None:
    m = Mending()
    wanted = S.repush(m)
    m.world.tenant.add_member(kandji(m), m.account(who(m, "ana")).id)
    assert isinstance(looked(m, wanted, push_replaces=replaces), Ready) is ready


def test_a_rule_that_brought_everybody_meanwhile_is_not_switched_off_and_on() -> None:
    m = Mending()
    wanted = S.restart_rule(m)
    assert isinstance(wanted.change, ActivateRule)
    ana = Named(name="ana", id=who(m, "ana").id)
    assert isinstance(looked(m, structs.replace(wanted, joins=(ana,))), AlreadySo)
    bo = Named(name="bo", id=m.world.join("bo").id)
    assert isinstance(looked(m, structs.replace(wanted, joins=(ana, bo))), Ready)


def test_a_rule_that_fills_a_group_with_who_is_there_already_brings_nobody() -> None:
    m = Mending()
    wanted = S.edit_rule(m)
    m.world.org.suspend(m.world.join("cy", m.world.designers))
    m.world.join("bo", m.world.designers, m.world.assigned)
    assert isinstance(looked(m, wanted), Ready)


def test_a_rule_that_is_made_already_needs_nothing_and_another_of_that_name_stops_it() -> None:
    m = Mending()
    wanted = S.create_rule(m)
    rule = m.world.org.create_rule(wanted.change.name, wanted.change.expression, [m.world.assigned])
    assert isinstance(looked(m, wanted), Skip)
    m.world.org.activate_rule(rule)
    assert isinstance(looked(m, wanted), AlreadySo)


def test_a_mapping_of_the_planned_groups_that_is_there_already_needs_nothing() -> None:
    m = Mending()
    wanted = S.link(m)
    m.world.org.link_group(group(m, "painters"))
    assert isinstance(looked(m, wanted), AlreadySo)


@pytest.mark.parametrize("scenario", [S.add_to_group, S.create_rule, S.link, S.assign_group])
def test_a_group_that_is_gone_is_not_filled_or_pushed(scenario: Scenario) -> None:
    m = Mending()
    wanted = scenario(m)
    gone = Named(name="gone", id="00ggone")
    fields = [one for one in ("group", "target") if getattr(wanted.change, one, None) is not None]
    for field in fields:
        found = looked(m, structs.replace(wanted, change=structs.replace(wanted.change, **{field: gone})))
        assert isinstance(found, Skip)
        assert found.words == "gone is deleted, or not visible" or "is deleted, or not visible" in found.words


class Late:
    """Nobody but Ana has an account."""

    async def not_in_kandji(self, ids: Iterable[str]) -> frozenset[str]:
        return frozenset(ids) - {"ana"}


def test_who_has_not_arrived_is_named_and_nobody_else() -> None:
    live: Any = Late()
    ana, *rest = (Named(name=f"{one}@acme.test", id=one) for one in ("ana", "g", "f", "e", "d", "c", "b"))
    assert asyncio.run(arrived(live, [ana])).shows
    assert asyncio.run(arrived(live, [ana, rest[0]])).words == "g@acme.test not active in Kandji yet"
    many = asyncio.run(arrived(live, [*rest, ana])).words
    assert many == f"{', '.join(f'{one}@acme.test' for one in 'bcdef')} and 1 more not active in Kandji yet"


def test_somebody_who_is_gone_is_not_added_and_not_switched_on() -> None:
    m = Mending()
    gone = Named(name="gone", id="00ugone")
    add = S.add_to_group(m)
    found = looked(m, structs.replace(add, change=structs.replace(add.change, person=gone)))
    assert found == Skip(words="gone is deleted in Okta")
    other = Mending()
    on = S.set_active(other)
    for user_id in (None, "00ugone"):
        found = looked(other, structs.replace(on, change=structs.replace(on.change, user_id=user_id)))
        assert isinstance(found, Skip)
        assert found.words.endswith("is deleted in Okta")


def test_a_plan_may_name_more_people_than_come() -> None:
    m = Mending()
    wanted = S.assign_group(m)
    more = (*wanted.joins, named(m.world.designers))
    assert isinstance(looked(m, structs.replace(wanted, joins=more)), Ready)


def test_a_server_that_takes_no_patch_is_asked_once() -> None:
    m = Mending()
    wanted = S.add_member(m)
    m.world.tenant.ways = replace(m.world.tenant.ways, patch="501")
    assert looked(m, wanted) == looked(m, wanted, patch_supported=False)


class OneAccount:
    """A Kandji of one account, as its body and as it is told, and its assignment; notes what is put."""

    def __init__(
        self,
        body: dict[str, Any] | None,
        account: ScimUser | None,
        assigned: AppUser | None = None,
        undoing: bool = False,
    ) -> None:
        self.scim, self._body, self._account, self._assigned, self.undoing = self, body, account, assigned, undoing
        self.put: list[Any] = []

    async def read_user_body(self, account_id: str) -> dict[str, Any] | None:
        return self._body

    async def account(self, account_id: str) -> ScimUser | None:
        return self._account

    async def app_users(self, ids: list[str]) -> dict[str, AppUser]:
        return {self._assigned.id: self._assigned} if self._assigned is not None else {}

    async def put_user(self, account_id: str, body: Any, *, etag: str | None) -> None:
        self.put.append((body, etag))


TOLD = AppUser(
    id="00u1",
    status="ACTIVE",
    external_id="k1",
    user_name="Ana",
    profile=(("displayName", "Ana"), ("title", "Painter")),
)
BAKER = ScimUser(id="k1", user_name="ana", title="Baker")
PAINTER = ReplaceAttributes(
    account=Named(name="ana", id="k1"),
    user_id="00u1",
    before=(("title", "Baker"), ("displayName", None)),
    after=(("title", "Painter"), ("displayName", "Ana")),
)


@pytest.mark.parametrize(
    ("body", "account", "words"),
    [
        ({"title": "Baker"}, BAKER, None),
        ({"id": "k1"}, BAKER, "Kandji's answer does not hold title: nothing is written over it"),
        ({"title": "Baker"}, None, "ana is not in Kandji any more"),
        (None, BAKER, "ana is not in Kandji any more"),
    ],
)
def test_only_a_value_that_the_answer_holds_is_written_over(
    body: dict[str, Any] | None, account: ScimUser | None, words: str | None
) -> None:
    live: Any = OneAccount(body, account, TOLD)
    found = asyncio.run(procedure(planned(PAINTER), live).before())
    assert found == (Skip(words=words) if words else Ready(image={"values": {"title": "Baker", "displayName": None}}))


NOT_ASSIGNED = "ana is not assigned with this account now"


@pytest.mark.parametrize(
    ("assigned", "words"),
    [
        (structs.replace(TOLD, profile=(("displayName", "Ana"), ("title", "Cook"))), "title of ana moved in Okta"),
        (structs.replace(TOLD, profile=()), "title, displayName of ana moved in Okta since the plan"),
        (structs.replace(TOLD, external_id="k2"), NOT_ASSIGNED),
        (structs.replace(TOLD, status="REVOKED"), NOT_ASSIGNED),
        (structs.replace(TOLD, id="00u2"), NOT_ASSIGNED),
        (None, NOT_ASSIGNED),
    ],
)
def test_values_are_written_only_while_okta_sends_them_or_where_the_old_ones_come_back(
    assigned: AppUser | None, words: str
) -> None:
    live: Any = OneAccount({"title": "Baker"}, BAKER, assigned)
    found = asyncio.run(procedure(planned(PAINTER), live).before())
    assert isinstance(found, Skip)
    assert words in found.words
    back: Any = OneAccount({"title": "Baker"}, BAKER, assigned, undoing=True)
    assert isinstance(asyncio.run(procedure(planned(PAINTER), back).before()), Ready)


def test_a_user_name_is_compared_with_what_okta_sends_whatever_its_case() -> None:
    change = structs.replace(PAINTER, before=(("userName", "ana"),), after=(("userName", "ANNA"),))
    for sent, ready in (("anna", True), ("bo", False)):
        live: Any = OneAccount({"userName": "ana"}, BAKER, structs.replace(TOLD, user_name=sent))
        assert isinstance(asyncio.run(procedure(planned(change), live).before()), Ready) is ready


@pytest.mark.parametrize("change", [PAINTER, SetActive(account=PAINTER.account, user_id=None, active=False)])
def test_an_account_that_vanished_is_not_put(change: ReplaceAttributes | SetActive) -> None:
    live: Any = OneAccount(None, None)
    (step,) = procedure(planned(change), live).steps()
    with pytest.raises(Vanished, match="ana was deleted"):
        asyncio.run(step.send())
    assert live.put == []


@pytest.mark.parametrize(
    ("after", "account", "holds"),
    [
        ((("title", None),), ScimUser(id="k1", user_name="ana"), True),
        ((("title", ""),), ScimUser(id="k1", user_name="ana"), True),
        ((("title", "Baker"),), BAKER, True),
        ((("title", "Baker"), ("shoes", "44")), BAKER, False),
        ((("title", "Baker"), ("displayName", "Ana")), BAKER, False),
        ((("title", "BAKER"),), BAKER, False),
        ((("email", "Ana@acme.test"), ("userName", "ANA")), structs.replace(BAKER, email="ana@acme.test"), True),
        ((("title", None),), BAKER, False),
        ((), None, False),
    ],
)
def test_attributes_hold_where_all_of_them_are_told(after: Any, account: ScimUser | None, holds: bool) -> None:
    live: Any = OneAccount({}, account)
    change = structs.replace(PAINTER, before=(), after=after)
    assert asyncio.run(procedure(planned(change), live).holds()) is holds
