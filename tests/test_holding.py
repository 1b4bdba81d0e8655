"""What holds one change back, asked of the change itself: each reason on both sides of its edge."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from msgspec.structs import replace
from pyroaring import FrozenBitMap

from reconciler.changes import (
    ActivateRule,
    AddMember,
    AddToGroup,
    AssignGroup,
    Change,
    EditRule,
    LinkGroup,
    Named,
    Relink,
    RemoveFromGroup,
    RemoveMember,
    Repush,
    SetActive,
    UnlinkGroup,
)
from reconciler.drafts import Draft
from reconciler.findings import Finding
from reconciler.fixing import Effect
from reconciler.holding import Holding
from reconciler.model import Size
from reconciler.planning import Policy
from reconciler.world import World
from tests.test_planning import ASSIGNED, RULE, company, finding, those
from tests.worlds import Company

SALES, KG_SALES = Named(name="Sales", id="sales"), Named(name="Sales", id="kg-sales")
OTHER, KG_OTHER = Named(name="Other", id="other"), Named(name="Other", id="kg-other")
ANA, K_ANA = Named(name="p0", id="p0"), Named(name="p0", id="k-p0")
ADD = AddToGroup(group=ASSIGNED, person=Named(name="u0", id="u0"))
PUSH = Repush(mapping_id="m-sales", group=SALES, kandji_group=KG_SALES)
RELINK = Relink(mapping_id="m-other", group=OTHER, target=None, target_name="Sales", kandji_group=None)
LINK = LinkGroup(group=OTHER, target_name="Other", kandji_group=KG_OTHER)
UNLINK = UnlinkGroup(mapping_id="m-sales", group=SALES, target=None, kandji_group=KG_SALES)
DELETE = replace(UNLINK, delete_in_kandji=True)
OUT = RemoveFromGroup(group=ASSIGNED, person=ANA)
OFF, ON = (SetActive(account=K_ANA, user_id="p0", active=active) for active in (False, True))
PUT, TAKE = AddMember(kandji_group=KG_SALES, account=K_ANA), RemoveMember(kandji_group=KG_SALES, account=K_ANA)
PUT_ELSEWHERE = replace(PUT, kandji_group=KG_OTHER)
EDIT = EditRule(rule=RULE, before="a", after="b", group=SALES)
USUAL = Policy()


def holds(
    change: Change,
    *,
    world: World | None = None,
    known: Iterable[Finding] = (),
    unconfirmed: Iterable[Size] = (),
    findings: Iterable[Finding] = (),
    asked: tuple[str, ...] = (),
    policy: Policy = USUAL,
    scope_set: bool = True,
    **effect: Any,
) -> list[str]:
    """What holds it back, by the name of the guard."""
    world = company().world() if world is None else world
    holding = Holding(world, known, policy=policy, unconfirmed=tuple(unconfirmed), scope_set=scope_set)
    everybody = FrozenBitMap([number for number, one in enumerate(world.people) if one.user and one.account])
    more = {"expected": everybody} | effect
    draft = Draft(effect=Effect(change=change, **more), findings=tuple(findings), asked=asked)
    return [hold.guard for hold in holding.of(draft)]


@pytest.mark.parametrize(
    ("change", "held"),
    [(OFF, True), (ON, False), (TAKE, True), (PUT, False), (DELETE, True), (UNLINK, False), (PUSH, False)],
)
def test_nothing_is_taken_from_people_who_may_be_another_apps(change: Change, held: bool) -> None:
    assert holds(change, known=[finding("foreign-people")]) == (["foreign"] if held else [])


@pytest.mark.parametrize(
    ("change", "groups", "held"),
    [
        (PUT, ["sales"], True),
        (TAKE, ["other", "sales"], True),
        (PUT, ["other"], False),
        (PUT_ELSEWHERE, ["sales"], False),
        (PUSH, ["sales"], False),
    ],
)
def test_no_members_are_written_into_a_group_whose_list_is_cut_off(
    change: Change, groups: list[str], held: bool
) -> None:
    assert holds(change, known=[finding("group-cut-off", groups=groups)]) == (["cut off"] if held else [])


@pytest.mark.parametrize(
    ("change", "held"),
    [
        (PUT, True),
        (TAKE, True),
        (PUT_ELSEWHERE, False),
        (PUSH, True),
        (replace(PUSH, kandji_group=None), True),
        (replace(PUSH, mapping_id="m-x"), True),
        (replace(PUSH, mapping_id="m-x", kandji_group=None), False),
        (RELINK, True),
        (replace(RELINK, target_name="Other"), False),
        (replace(LINK, kandji_group=replace(KG_SALES, id="kg-other")), True),
        (LINK, False),
        (UNLINK, False),
    ],
)
def test_nothing_is_pushed_or_written_under_a_name_that_is_taken(change: Change, held: bool) -> None:
    made = company()
    made.kandji_group("Other")
    taken = [finding("group-name-taken", key="mapping:m-sales"), finding("group-name-taken", key="mapping:gone")]
    assert set(holds(change, world=made.world(), known=taken)) == ({"name taken"} if held else set())


FEATURES = {"GROUP_PUSH": {"push", "delete"}, "PUSH_NEW_USERS": {"add"}, "PUSH_USER_DEACTIVATION": {"out"}}
CARRIED: dict[str, Change] = {"push": PUSH, "delete": DELETE, "unlink": UNLINK, "add": ADD, "out": OUT, "off": OFF}


@pytest.mark.parametrize("feature", [*FEATURES, None])
def test_what_okta_can_not_carry_to_kandji_is_held_back(feature: str | None) -> None:
    key, kind = (f"app:app feature:{feature}", "provisioning-off") if feature else ("app:app", "pushes-failing")
    held = {name for name, change in CARRIED.items() if "not arriving" in holds(change, known=[finding(kind, key=key)])}
    assert held == (FEATURES[feature] if feature else {"push", "delete", "add", "out"})


PUSHED = {"okta.app_users", "scim.users"}
SOURCES = ("okta.app_users", "okta.mappings", "okta.members", "scim.groups", "scim.users")
RESTS: tuple[tuple[Change, set[str]], ...] = (
    (PUSH, PUSHED),
    (ADD, set()),
    (OUT, {"okta.app_users", "okta.members", "scim.groups", "scim.users"}),
    (TAKE, {"okta.app_users", "okta.members", "scim.groups", "scim.users"}),
    (OFF, PUSHED),
    (UNLINK, {"okta.mappings", "scim.groups"}),
    (EditRule(rule=RULE, before="b", after="a"), set(SOURCES)),
)


@pytest.mark.parametrize(("change", "rests"), RESTS)
def test_a_change_rests_on_the_lists_that_tell_whom_it_should_spare(change: Change, rests: set[str]) -> None:
    sizes = [Size(source=source, about="", name="a list", size=1, believed=9) for source in SOURCES]
    held = {size.source for size in sizes if holds(change, unconfirmed=[size]) == ["unconfirmed"]}
    assert held == rests


@pytest.mark.parametrize("source", SOURCES)
def test_a_push_that_takes_somebody_out_rests_on_every_list(source: str) -> None:
    size = Size(source=source, about="", name="a list", size=1, believed=9)
    assert holds(PUSH, unconfirmed=[size], unknown_members=("?0",)) == ["unconfirmed"]


def test_a_rule_that_feeds_a_group_which_shrank_is_held_back() -> None:
    made = company()
    made.rule(RULE.name, 'isMemberOfAnyGroup("sales")')
    size = Size(source="okta.members", about="assigned", name="a list", size=1, believed=9)
    rule = ActivateRule(rule=RULE, expression='isMemberOfAnyGroup("sales")')
    assert holds(rule, world=made.world(), unconfirmed=[size]) == ["unconfirmed"]


def thin(*, fitting: bool) -> World:
    """Of Sales every fourth is not assigned; of Design, where it fits, nobody."""
    made = company(unassigned=7)
    made.group("Design")
    made.members["design"] += [f"p{one}" for one in range(10)] + ([] if fitting else ["u0", "u1", "u2"])
    made.push("Design")
    made.kandji_group("Other")
    return made.world()


IN_BOTH = finding("k", groups=["sales", "design", "nowhere"])


@pytest.mark.parametrize(
    ("change", "findings", "held"),
    [
        (PUSH, [], ["scope"]),
        (PUSH, [IN_BOTH], ["scope"]),
        (ADD, [IN_BOTH], []),
        (ADD, [finding("k", groups=["sales", "nowhere"])], ["scope"]),
        (ADD, [], []),
        (PUT, [IN_BOTH], ["scope"]),
        (TAKE, [IN_BOTH], ["scope"]),
        (PUT_ELSEWHERE, [finding("k")], []),
    ],
)
def test_without_a_scope_the_groups_count_for_whose_sake_a_change_is_made(
    change: Change, findings: list[Finding], held: list[str]
) -> None:
    world = thin(fitting=True)
    assert holds(change, world=world, findings=findings, scope_set=False) == held
    assert holds(change, world=world, findings=findings) == []
    assert holds(change, world=world, findings=findings, scope_set=False, asked=("asked for",)) == []


def test_without_a_scope_a_change_for_two_groups_that_do_not_fit_is_held_back_for_each() -> None:
    assert holds(ADD, world=thin(fitting=False), findings=[IN_BOTH], scope_set=False) == ["scope", "scope"]


@pytest.mark.parametrize(
    ("change", "held"),
    [
        (ADD, []),
        (replace(ADD, person=Named(name="nobody", id="nobody")), ["target"]),
        (replace(ADD, group=Named(name="x", id="x")), ["target"]),
        (AssignGroup(group=Named(name="x", id="x")), ["target"]),
        (RemoveFromGroup(group=Named(name="x", id="x"), person=ANA), []),
        (EditRule(rule=RULE, before="b", after="a"), []),
    ],
)
def test_only_an_addition_asks_for_a_target_that_is_seen(change: Change, held: list[str]) -> None:
    made = company()
    made.rule(RULE.name, "true", "x")
    assert holds(change, world=made.world()) == held


def test_somebody_without_an_okta_account_is_nobody_to_add() -> None:
    made = company()
    made.account("k-stray")
    assert holds(replace(ADD, person=Named(name="stray", id="k-stray")), world=made.world()) == ["target"]


def test_a_push_goes_by_the_group_in_kandji_and_needs_none() -> None:
    made = company()
    made.group("Art")
    made.push("Art", group=False)
    assert holds(replace(PUSH, kandji_group=None), world=made.world()) == []
    assert holds(PUSH, expected=FrozenBitMap()) == ["expected"]
    assert holds(PUSH, expected=None) == ["expected"]


def strangers() -> Company:
    """With an account that nobody of Okta has, and an Okta user without account."""
    made = company()
    made.account("k-stray", user_name="stray@acme.example", email="stray@mail.example")
    made.person("bare", assigned=False, account=False, user={"email": "bare@mail.example"})
    return made


@pytest.mark.parametrize(
    ("change", "pattern", "effect", "held"),
    [
        (OUT, "p0", {}, True),
        (OUT, "P0@acme.example", {}, True),
        (OFF, "k-p0", {}, True),
        (OFF, "p0@acme.example", {}, True),
        (OFF, "p0", {}, True),
        (OFF, "p1*", {}, False),
        (OFF, "p1@acme.example", {"removes": "p1"}, True),
        (EDIT, "p1@acme.example", {"joins": "p1"}, True),
        (EDIT, "p1@acme.example", {"removes": "p1"}, True),
        (EDIT, "p1@acme.example", {"takes_over": "p1"}, True),
        (EDIT, "bare@mail.example", {"joins": "bare"}, True),
        (EDIT, "bare@mail.example", {"removes": "bare"}, True),
        (EDIT, "Assign", {}, False),
        (EDIT, "Sales", {}, False),
        (UNLINK, "kg-sales", {}, False),
        (RemoveMember(kandji_group=KG_SALES, account=Named(name="x", id="k-stray")), "stray@mail.example", {}, True),
        (RemoveMember(kandji_group=KG_SALES, account=Named(name="x", id="k-gone")), "k-gone", {}, True),
    ],
)
def test_a_protected_person_is_known_by_every_name_and_a_group_or_rule_is_no_person(
    change: Change, pattern: str, effect: dict[str, str], held: bool
) -> None:
    world = strangers().world()
    numbers: dict[str, Any] = {field: those(world, name) for field, name in effect.items()}
    found = holds(change, world=world, policy=Policy(protected_people=(pattern,)), **numbers)
    assert set(found) == ({"protected"} if held else set())


def test_members_that_nobody_knows_are_protected_by_their_ids() -> None:
    policy = Policy(protected_people=("?0",))
    assert holds(PUSH, policy=policy, unknown_members=("?0",)) == ["protected"]


@pytest.mark.parametrize(("pattern", "held"), [("everybody*", True), ("assigned", True), ("sales", False)])
def test_a_rule_touches_the_groups_that_it_feeds(pattern: str, held: bool) -> None:
    made = company()
    made.rule(RULE.name, "true")
    change = ActivateRule(rule=RULE, expression="true")
    found = holds(change, world=made.world(), policy=Policy(protected_groups=(pattern,)))
    assert found == (["protected"] if held else [])
