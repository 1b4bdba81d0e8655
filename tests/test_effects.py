"""Whom a change reaches and what else it does, asked of the change itself."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from pyroaring import FrozenBitMap

from reconciler.changes import (
    ActivateRule,
    AddToGroup,
    AssignGroup,
    Change,
    CreateRule,
    EditRule,
    LinkGroup,
    Named,
    RemoveMember,
    Repush,
)
from reconciler.effects import (
    SideEffects,
    brought_in,
    coming_back,
    expected_ids,
    fully_told,
    kandji_id,
    okta_names,
    taken_out,
    targets,
    vanishing,
)
from reconciler.fixing import Effect
from tests.test_planning import ASSIGNED, RULE, company, finding, number, those
from tests.worlds import Company

SALES, KG_SALES = Named(name="Sales", id="sales"), Named(name="Sales", id="kg-sales")
PUSH = Repush(mapping_id="m-sales", group=SALES, kandji_group=KG_SALES)
ADD = AddToGroup(group=ASSIGNED, person=Named(name="u0", id="u0"))
EDIT = EditRule(rule=RULE, before="a", after="b", group=SALES)


def odd() -> Company:
    """Somebody in Kandji alone, somebody whose account is gone, and somebody who never had one."""
    made = company(people=3, unassigned=0)
    made.account("k-stray", user_name="stray@acme.example")
    made.person("gone", groups=["Sales"], account=False)
    made.person("bare", assigned=False, account=False)
    return made


def test_people_are_told_by_the_id_that_the_side_knows_them_by() -> None:
    world = odd().world()
    stray = next(place for place, one in enumerate(world.people) if one.user is None)
    assert [one.id for one in okta_names(world, [stray, number(world, "p0")])] == ["p0", "k-stray"]
    ids = [kandji_id(world, place) for place in (stray, *(number(world, name) for name in ("p0", "gone", "bare")))]
    assert ids == ["k-stray", "k-p0", "k-gone", "user:bare"]


def test_of_a_group_that_kandji_does_not_have_it_is_not_known_who_is_in_it() -> None:
    world = company().world()
    assert (fully_told(world, "kg-sales"), fully_told(world, "kg-nowhere")) == (True, False)


def test_a_push_brings_in_whom_okta_expects_and_takes_out_whom_it_does_not() -> None:
    world = company(people=3, lost=1, without={"p0"}).world()
    effect = Effect(change=PUSH, expected=those(world, "p0", "p1", "p2"))
    assert (brought_in(world, effect), [one.id for one in taken_out(world, effect)]) == ({"k-p0"}, ["k-x0"])
    nobody = replace(effect, expected=None)
    assert (brought_in(world, nobody), expected_ids(world, nobody)) == (frozenset(), None)
    assert [one.id for one in taken_out(world, nobody)] == ["k-p1", "k-p2", "k-x0"]


def test_whom_a_change_takes_away_from_is_told_by_name_even_without_an_account() -> None:
    world = odd().world()
    change = RemoveMember(kandji_group=KG_SALES, account=Named(name="x", id="k-gone"))
    effect = Effect(change=change, removes=those(world, "gone"), unknown_members=("?1",))
    assert taken_out(world, effect) == (
        Named(name="gone@acme.example", id="k-gone"),
        Named(name="unknown account ?1", id="?1"),
    )


@pytest.mark.parametrize(("count", "more"), [(9, None), (10, None), (11, " and 1 more"), (12, " and 2 more")])
def test_ten_who_vanish_are_told_with_the_reason_and_of_the_others_how_many(count: int, more: str | None) -> None:
    world = company(people=1, lost=count).world()
    words = vanishing(world, PUSH, taken_out(world, Effect(change=PUSH, expected=those(world, "p0")))) or ""
    assert words.count("(no app user)") == min(count, 10)
    assert words.endswith(more or ")")


def test_nobody_vanishes_by_what_is_no_push_or_takes_nobody_out() -> None:
    world = company().world()
    assert vanishing(world, PUSH, ()) is None
    assert vanishing(world, ADD, [Named(name="p0", id="k-p0")]) is None


def test_only_a_push_takes_out_whom_a_plan_brings_back() -> None:
    world = company(lost=1).world()
    gone = (Named(name="x0", id="k-x0"),)
    assert "x0@acme.example" in (coming_back(world, PUSH, gone, {"x0"}) or "")
    assert coming_back(world, PUSH, gone, {"u0"}) is None
    take = RemoveMember(kandji_group=KG_SALES, account=gone[0])
    assert coming_back(world, take, gone, {"x0"}) is None


def test_why_somebody_vanishes_is_told_by_the_push_of_that_group() -> None:
    made = company(people=2)
    made.group("Art")
    made.members["art"] += ["p0", "p1"]
    made.members["sales"].remove("p1")
    made.group("Loose")
    made.members["loose"] += ["p0"]
    made.push("Art", status="INACTIVE")
    world = made.world()
    one = [Named(name="p0", id="k-p0")]
    assert "INACTIVE" in (vanishing(world, replace(PUSH, group=Named(name="Art", id="art")), one) or "")
    assert "INACTIVE" not in (vanishing(world, PUSH, one) or "")
    link = LinkGroup(group=Named(name="Loose", id="loose"), target_name="Loose")
    assert "p0 (not expected by Okta)" in (vanishing(world, link, one) or "")
    assert "(not expected by Okta)" in (vanishing(world, PUSH, one) or "")
    assert "p9 (no account that is known)" in (vanishing(world, link, [Named(name="p9", id="k-p9")]) or "")


@pytest.mark.parametrize(
    ("change", "ids"),
    [
        (ADD, ["assigned"]),
        (AssignGroup(group=SALES), ["sales"]),
        (CreateRule(name="r", expression="true", group=SALES, target=ASSIGNED), ["assigned"]),
        (EDIT, ["assigned", "sales"]),
        (ActivateRule(rule=RULE, expression="true"), ["assigned", "sales"]),
        (ActivateRule(rule=Named(name="x", id="x"), expression="true"), []),
        (PUSH, []),
    ],
)
def test_an_addition_fills_the_group_that_it_names_or_those_of_its_rule(change: Change, ids: list[str]) -> None:
    made = company()
    made.rule(RULE.name, "true", "assigned", "sales")
    assert [one.id for one in targets(made.world(), change)] == ids


def test_without_rules_that_can_be_read_a_rule_fills_nothing_that_is_known() -> None:
    made = company()
    made.rules = None
    world = made.world()
    assert targets(world, EDIT) == ()
    assert SideEffects(world, {}).of(Effect(change=EDIT), (), ()) == ()


def told(made: Company, change: Change, groups: tuple[str, ...] = ("sales",), **effect: Any) -> tuple[str, ...]:
    world = made.world()
    effect = {field: those(world, name) for field, name in effect.items()}
    return SideEffects(world, {"assigned": ()}).of(Effect(change=change, **effect), [finding("k", groups=groups)], ())


def ruled() -> Company:
    """``Assign`` fills the assigned group; it and an inactive rule look at it."""
    made = company()
    made.rule(RULE.name, 'isMemberOfAnyGroup("assigned")')
    made.rule("Off", 'isMemberOfAnyGroup("assigned")', "sales", status="INACTIVE")
    return made


def test_only_active_rules_that_look_at_the_group_are_told() -> None:
    stays = "u0 stays in Everybody in Kandji when they leave Sales"
    asked = "Everybody in Kandji is asked for by the rules Assign"
    assert told(ruled(), ADD) == (asked, stays)
    assert told(company(), ADD) == (stays,)
    assert told(company(), ADD, ()) == ("u0 stays in Everybody in Kandji when they leave the pushed group",)


@pytest.mark.parametrize("change", [EDIT, ActivateRule(rule=RULE, expression="true")])
def test_a_rule_is_not_told_to_look_at_its_own_target(change: Change) -> None:
    assert told(ruled(), change) == ()


def test_whom_a_rule_takes_over_from_hand_is_named() -> None:
    (words,) = told(ruled(), EDIT, takes_over="p0")
    assert words.startswith("the rule takes over whom it finds there by hand: p0@acme.example; ")


def test_a_rule_whose_expression_is_not_told_may_look_at_any_group() -> None:
    made = ruled()
    made.rules = [replace(one, expression=None) for one in made.rules or ()]
    assert "Everybody in Kandji is asked for by the rules Assign" in told(made, ADD)


def test_nobody_is_a_holder_of_an_account_that_is_not_there() -> None:
    world = company(people=1).world()
    assert taken_out(world, Effect(change=ADD, removes=FrozenBitMap())) == ()


def test_of_several_who_hold_one_account_the_first_tells_why_it_vanishes() -> None:
    made = company(people=1)
    made.account("k-x")
    made.person("a", groups=["Sales"], external_id="k-x", account=False)
    made.person("b", external_id="k-x", account=False)
    assert "(not in Sales)" not in (vanishing(made.world(), PUSH, [Named(name="x", id="k-x")]) or "")
