"""A plan that was edited and sealed again gets around nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from reconciler.about_changes import sentence
from reconciler.changes import (
    ActivateRule,
    AddMember,
    AddToGroup,
    Change,
    CreateRule,
    DeactivateRule,
    EditRule,
    Named,
    RemoveFromGroup,
    RemoveMember,
    Repush,
    SetActive,
)
from reconciler.fitting import Known, forged, held, known
from reconciler.guards import Bound, Limits, Populations, Spent
from reconciler.model import Size
from reconciler.plan import Ceilings, Plan, Planned, change_id
from reconciler.planning import Policy
from tests.worlds import Company

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


def test_a_rule_that_can_not_be_extended_is_extended_by_nobody() -> None:
    edit = replace(EDIT, before="user.title ==", also=(MACS,))
    assert "expression" in (forged(plan(planned(edit)), ()) or "")


@pytest.mark.parametrize(
    "change",
    [
        AddToGroup(group=MACS, person=ANA),
        OUT,
        taken_out(1),
        AddMember(kandji_group=Named(name="Sales", id="k1"), account=ANA),
        SetActive(account=ANA, user_id=None, active=True),
    ],
    ids=lambda one: type(one).__name__,
)
@pytest.mark.parametrize("field", ["joins", "removes"])
def test_a_change_of_one_person_counts_one_alone(change: Change, field: str) -> None:
    others = (Named(name="p8@acme.test", id="a8"), Named(name="p9@acme.test", id="a9"))
    assert forged(plan(planned(change, **{field: others[:1]}), undo_of=1), [change]) is None
    assert "counts others" in (forged(plan(planned(change, **{field: others}), undo_of=1), [change]) or "")


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


def test_what_takes_an_apply_back_and_what_is_done_in_okta_need_no_leave_to_write_to_kandji() -> None:
    back = planned(taken_out(1), kinds=())
    assert held(plan(back, undo_of=3), KNOWN, POLICY, Spent()) == {}
    assert held(plan(planned(AddToGroup(group=MACS, person=ANA), kinds=("x",))), KNOWN, POLICY, Spent()) == {}


PUSH = Repush(mapping_id="m", group=SALES, kandji_group=Named(name="Sales", id="k1"))
OUT_BY_PUSH = planned(PUSH, removes=(Named(name="p1@acme.test", id="a1"),))


@pytest.mark.parametrize(
    ("change", "is_held"),
    [(planned(AddToGroup(group=MACS, person=ANA)), False), (planned(PUSH), False), (OUT_BY_PUSH, True)],
)
def test_data_that_are_too_old_hold_back_what_takes_away_alone(change: Planned, is_held: bool) -> None:
    assert bool(held(plan(change), replace(KNOWN, stale="it is old"), POLICY, Spent())) is is_held


@pytest.mark.parametrize(
    ("source", "about", "is_held"),
    [
        ("x", "00gsales", True),
        ("x", "00gmacs", False),
        ("scim.users", "", True),
        ("x", "", False),
    ],
)
def test_a_list_that_nobody_confirmed_holds_back_what_rests_on_it(source: str, about: str, is_held: bool) -> None:
    sizes = (
        Size(source="x", about="another", name="another", size=1, believed=1),
        Size(source=source, about=about, name="the list", size=1_000, believed=2_000),
    )
    found = held(plan(OUT_BY_PUSH), replace(KNOWN, unconfirmed=sizes), POLICY, Spent())
    words = "the list: 2,000 before, 1,000 now, and nobody has confirmed that"
    assert found == ({OUT_BY_PUSH.id: words} if is_held else {})


def test_whom_a_rule_would_also_bring_is_told_by_name_and_not_without_end() -> None:
    change = planned(ActivateRule(rule=RULE, expression="x"), joins=(ANA,))

    def words(brings: dict[str, frozenset[str] | str]) -> str:
        told = replace(KNOWN, brings=brings, names={"u1": ("user:u1", "zoe@acme.test", "u1")})
        return held(plan(change), told, POLICY, Spent())[change.id]

    assert words({"0pr1": frozenset({"00uana", "u1", "u2"})}) == "it would also bring u2, zoe@acme.test: plan again"
    assert words({"0pr1": frozenset("abcdef")}) == "it would also bring a, b, c, d, e: plan again"
    assert words({}) == "who would join can't be told: the last run does not know this rule"


def company(*, rules: bool = True) -> Company:
    """Bo is in Sales and would come in by the rule; nothing is known of Cy but an account."""
    made = Company()
    made.group("Everybody", id="assigned")
    made.group("Sales")
    made.person(
        "ana",
        groups=["Sales", "assigned"],
        user={"email": "u@acme.example"},
        kandji={"email": "k@acme.example", "user_name": "ana.k"},
    )
    made.person("bo", groups=["Sales"], assigned=False, account=False, user={"email": None})
    made.account("k-cy", user_name=None, email=None)
    made.push("Sales")
    made.kandji_group("Empty", ())
    made.kandji_group("Nameless", None, group_id="kg-none")
    made.kandji_groups[-1] = replace(made.kandji_groups[-1], display_name=None)
    if rules:
        made.rule("Assign", 'isMemberOfAnyGroup("sales")')
        made.rule("Another", 'isMemberOfAnyGroup("sales")')
        made.rule("Into a pushed one", 'isMemberOfAnyGroup("assigned")', "sales", id="wrong")
    else:
        made.rules = None
    return made


def restarting(*rules: str) -> Plan:
    changes = (ActivateRule(rule=Named(name=one, id=one), expression="x", restart=True) for one in rules)
    return plan(*map(planned, changes), planned(taken_out(1)))


def test_of_a_run_all_names_are_known_by_every_id() -> None:
    names = known(company().world(), restarting()).names
    ana = {"ana", "ana@acme.example", "u@acme.example", "k-ana", "ana.k", "k@acme.example"}
    assert (ana - {*names["ana"]}, names["ana"]) == (set(), names["k-ana"])
    assert ("bo" in names["bo"], "k-cy" in names["k-cy"], "None" in map(str, names["bo"])) == (True, True, False)
    assert all(isinstance(one, str) for told in names.values() for one in told)
    assert (names["sales"], names["kg-sales"], names["kg-none"]) == (
        ("Sales", "sales"),
        ("Sales", "kg-sales"),
        ("", "kg-none"),
    )
    assert all(names[person.key] for person in company().world().people)


def test_of_a_run_is_known_whom_the_rules_of_the_plan_would_bring() -> None:
    world = company().world()
    assert known(world, restarting()).brings == {}
    assert known(world, restarting("assign")).brings == {"assign": frozenset({"bo"})}
    assert isinstance(known(world, restarting("wrong")).brings["wrong"], str)
    assert known(company(rules=False).world(), restarting("assign")).brings == {}


def test_of_a_run_is_known_how_kandji_tells_its_members() -> None:
    made = company()
    assert (known(made.world(), restarting()).cut_at, known(made.world(), restarting()).shows_members) == (None, True)
    made.kandji_group("Cut", ["k-ana", "k-cy"], cut=True)
    assert known(made.world(), restarting()).cut_at == 2
    made.kandji_groups[-1] = replace(made.kandji_groups[-1], member_ids=None)
    assert known(made.world(), restarting()).cut_at == 0
    unsure = (Size(source="x", about="", name="x", size=1, believed=1),)
    told = known(Company().world(), restarting(), unconfirmed=unsure, stale="it is old")
    assert (told.shows_members, told.unconfirmed, told.stale) == (False, unsure, "it is old")
    assert (Known().shows_members, Known().populations) == (False, Populations(accounts=0, mappings=0))
