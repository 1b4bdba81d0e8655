"""A plan that was edited and sealed again gets around nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from reconciler.about_changes import sentence
from reconciler.changes import (
    ActivateRule,
    AddToGroup,
    Change,
    CreateRule,
    DeactivateRule,
    EditRule,
    Named,
    RemoveFromGroup,
    RemoveMember,
    SetActive,
)
from reconciler.fitting import Known, forged, held
from reconciler.guards import Bound, Limits, Populations, Spent
from reconciler.model import Size
from reconciler.plan import Ceilings, Plan, Planned, change_id
from reconciler.planning import Policy

NOW = datetime(2026, 5, 4, tzinfo=UTC)
MACS, SALES, ANA, RULE = (
    Named(name=name, id=id_)
    for name, id_ in (("Macs", "00gmacs"), ("Sales", "00gsales"), ("ana@acme.test", "00uana"), ("Everybody", "0pr1"))
)
WIDE = 'isMemberOfAnyGroup("00gsales") || user.status != "DEPROVISIONED"'
WRITES = ("member-extra",)


def planned(change: Change, **more: object) -> Planned:
    told = {"sentence": sentence(change), "why": ("asked for",), "kinds": WRITES} | more
    return Planned(id=change_id(change), change=change, **told)  # type: ignore[arg-type]


def plan(*changes: Planned, undo_of: int | None = None, ceilings: Ceilings | None = None) -> Plan:
    return Plan(
        made=NOW,
        by="reconciler plan",
        org_url="https://acme.okta.test",
        app_id="0oa1",
        app_label="Kandji",
        scim_url="https://acme.kandji.test/scim",
        run=1,
        run_finished=NOW,
        data_digest="d",
        changes=changes,
        undo_of=undo_of,
        ceilings=ceilings or Ceilings(),
    )


def taken_out(number: int) -> RemoveMember:
    return RemoveMember(
        kandji_group=Named(name="Sales", id="k1"), account=Named(name=f"p{number}@acme.test", id=f"a{number}")
    )


OUT = RemoveFromGroup(group=MACS, person=ANA)
EDIT = EditRule(
    rule=RULE,
    before='isMemberOfAnyGroup("00gmacs")',
    after='isMemberOfAnyGroup("00gmacs", "00gsales")',
    group=SALES,
)
MADE = CreateRule(name="Assign Sales", expression='isMemberOfAnyGroup("00gsales")', group=SALES, target=MACS)


@pytest.mark.parametrize("change", [AddToGroup(group=MACS, person=ANA), EDIT, MADE, taken_out(1)])
def test_what_this_program_plans_is_not_taken_for_forged(change: Change) -> None:
    assert forged(plan(planned(change)), ()) is None


@pytest.mark.parametrize(
    "change",
    [OUT, DeactivateRule(rule=RULE, expression="x"), replace(EDIT, group=None)],
    ids=lambda one: type(one).__name__,
)
def test_an_inverse_is_made_by_no_plan_but_that_of_the_apply_which_it_takes_back(change: Change) -> None:
    assert forged(plan(planned(change)), ()) is not None
    assert forged(plan(planned(change), undo_of=4), [taken_out(1)]) is not None
    assert forged(plan(planned(change), undo_of=4), [change]) is None


@pytest.mark.parametrize("change", [replace(EDIT, after=WIDE), replace(MADE, expression=WIDE)])
def test_a_rule_gets_no_other_expression_than_one_of_the_groups_that_are_named(change: Change) -> None:
    assert "expression" in (forged(plan(planned(change)), ()) or "")


def test_a_sentence_that_tells_something_else_than_is_done_is_forged() -> None:
    assert forged(plan(planned(taken_out(1), sentence="put ana@acme.test into Macs")), ()) is not None


def test_changes_of_many_people_that_count_as_one_are_forged() -> None:
    one = (Named(name="p1@acme.test", id="a1"),)
    assert forged(plan(planned(taken_out(1), removes=one), planned(taken_out(2), removes=one)), ()) is not None


PEOPLE = tuple(planned(taken_out(number)) for number in range(1, 5))
KNOWN = Known(populations=Populations(accounts=10, mappings=1, groups=(("k1", 10),)), names={"a1": ("ceo@acme.test",)})
POLICY = Policy(kandji_writes=WRITES)


@pytest.mark.parametrize(
    ("change", "known", "policy", "spent"),
    [
        (lambda one: one, KNOWN, replace(POLICY, limits=Limits(group=Bound(floor=0))), Spent()),
        (lambda one: one, KNOWN, POLICY, Spent(removed=frozenset("bcdef"))),
        (lambda one: one, KNOWN, replace(POLICY, protected_people=("ceo@*",)), Spent()),
        (lambda one: one, KNOWN, replace(POLICY, protected_groups=("sales",)), Spent()),
        (lambda one: one, KNOWN, replace(POLICY, kandji_writes=()), Spent()),
        (lambda one: replace(one, kinds=()), KNOWN, POLICY, Spent()),
        (lambda one: one, replace(KNOWN, stale="run 2 could not be read whole"), POLICY, Spent()),
        (
            lambda one: one,
            replace(KNOWN, unconfirmed=(Size(source="scim.users", about="", name="people", size=5, believed=9),)),
            POLICY,
            Spent(),
        ),
    ],
    ids=("guard", "day", "person", "group", "kandji", "found by nothing", "stale", "unconfirmed"),
)
def test_each_change_is_judged_once_more_when_it_is_applied(
    change: Callable[[Planned], Planned], known: Known, policy: Policy, spent: Spent
) -> None:
    asked = plan(change(PEOPLE[0]))
    assert held(asked, KNOWN, POLICY, Spent()) == {} or change(PEOPLE[0]) != PEOPLE[0]
    assert list(held(asked, known, policy, spent)) == [PEOPLE[0].id]


def test_more_than_a_group_may_lose_is_held_back_unless_it_was_lifted() -> None:
    assert len(held(plan(*PEOPLE), KNOWN, POLICY, Spent())) == 4
    assert held(plan(*PEOPLE, ceilings=Ceilings(removals=4, reason="they left")), KNOWN, POLICY, Spent()) == {}


@pytest.mark.parametrize(
    ("brings", "is_held"),
    [
        ({}, True),
        ({"0pr1": "it may be true of strangers"}, True),
        ({"0pr1": frozenset({"00uana"})}, False),
        ({"0pr1": frozenset({"00uana", "00ubo"})}, True),
    ],
)
def test_a_rule_that_brings_others_than_the_plan_names_is_not_switched_on(
    brings: dict[str, frozenset[str] | str], is_held: bool
) -> None:
    change = planned(ActivateRule(rule=RULE, expression="x"), joins=(ANA,))
    assert bool(held(plan(change), replace(KNOWN, brings=brings), POLICY, Spent())) is is_held


def test_an_account_is_switched_off_for_a_kind_that_may_be_written_alone() -> None:
    change = planned(SetActive(account=Named(name="p1@acme.test", id="a1"), user_id=None, active=False), kinds=("x",))
    assert "kandji_writes" in held(plan(change), KNOWN, POLICY, Spent())[change.id]
