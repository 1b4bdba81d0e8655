"""What a plan holds, with made-up fixers over small companies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from pyroaring import FrozenBitMap

from reconciler.changes import (
    AddMember,
    AddToGroup,
    Change,
    CreateRule,
    EditRule,
    LinkGroup,
    Named,
    Relink,
    RemoveMember,
    ReplaceAttributes,
    Repush,
    SetActive,
    kind,
)
from reconciler.expression import any_group_added, any_group_of, parse
from reconciler.findings import Finding, How, Kind, Subject
from reconciler.fixing import Effect, Fix, Fixer, Way
from reconciler.guards import Bound, Limits, Spent
from reconciler.model import Size
from reconciler.plan import Ceilings, Plan, written
from reconciler.planning import About, Asked, Policy, build, populations
from reconciler.world import EMPTY, World
from tests.worlds import NOW, Company

ASSIGNED = Named(name="Everybody in Kandji", id="assigned")
RULE = Named(name="Assign", id="assign")
CLICKS = ("Okta: here and there",)
HOW = How(by_hand=CLICKS, if_meant="", okta_alone="", side_effects="", undo="")
USUAL = Policy()
OPEN = Bound(floor=1_000, share=1.0, most=1_000)


def company(*, people: int = 20, unassigned: int = 1, lost: int = 0, **push: Any) -> Company:
    """Sales is pushed: p0, … in step, u0, … not assigned, and x0, … in the Kandji group, though assigned no more."""
    made = Company()
    made.group(ASSIGNED.name, id=ASSIGNED.id)
    made.group("Sales")
    for number in range(people):
        made.person(f"p{number}", groups=["Sales", "assigned"])
    for number in range(unassigned):
        made.person(f"u{number}", groups=["Sales"], assigned=False, account=False)
    for number in range(lost):
        made.person(f"x{number}", groups=["Sales"], assigned=False)
    made.push("Sales", members=[f"k-x{number}" for number in range(lost)], **push)
    return made


def number(world: World, name: str) -> int:
    return next(n for n, person in enumerate(world.people) if person.key == f"user:{name}")


def those(world: World, *names: str) -> FrozenBitMap:
    return FrozenBitMap([number(world, name) for name in names])


def finding(slug: str, *people: str, groups: Sequence[str] = ("sales",), key: str = "", **more: Any) -> Finding:
    """About these people by Okta id, in these groups by id."""
    return Finding(
        kind=slug,
        severity="high",
        subject=Subject(type="person", key=key or " ".join((*groups, *people)), name=" ".join(people)),
        sentence=f"{slug}: {' '.join(people)}",
        people=tuple(f"user:{one}" for one in people),
        groups=tuple((one, one.title()) for one in groups),
        **more,
    )


def put_in(world: World, name: str, group: Named = ASSIGNED) -> Effect:
    person = world.people[number(world, name)]
    change = AddToGroup(group=group, person=Named(name=person.name, id=name))
    return Effect(change=change, joins=those(world, name))


def repush(world: World, name: str = "Sales") -> Effect:
    push = next(one for one in world.pushes if one.name == name)
    group = push.kandji_group
    return Effect(
        change=Repush(
            mapping_id=push.mapping.id,
            group=Named(name=name, id=push.group_id),
            kandji_group=Named(name=name, id=group.id) if group else None,
        ),
        removes=(world.kandji_members(group) if group else EMPTY) - world.expected(push),
        expected=world.expected(push),
    )


def extended(world: World, group: str, *joins: str) -> Effect:
    rule = next(one for one in world.snapshot.okta.rules or () if one.id == RULE.id)
    before = rule.expression or ""
    change = EditRule(
        rule=RULE,
        before=before,
        after=any_group_added(parse(before), group) or "",
        group=Named(name=group.title(), id=group),
    )
    return Effect(change=change, joins=those(world, *joins))


def always(*effects: Callable[[World], Effect], **more: Any) -> Fixer:
    """One way, whatever the finding."""
    return lambda _, world: Fix(ways=(Way(effects=tuple(one(world) for one in effects), words="so"),), **more)


def by_hand_each(told: Finding, world: World) -> Fix:
    """Everybody whom the finding names is put in."""
    effects = tuple(put_in(world, key.removeprefix("user:")) for key in told.people)
    return Fix(ways=(Way(effects=effects, words="put them in by hand"),))


def plan(
    world: World,
    *findings: Finding,
    fixes: Mapping[str, Fixer] | None = None,
    policy: Policy = USUAL,
    scope_set: bool = True,
    apps: tuple[tuple[str, tuple[str, ...] | None], ...] = (("assigned", ()),),
    **more: Any,
) -> Plan:
    about = About(
        by="reconciler plan",
        run=7,
        run_finished=NOW,
        data_digest="d" * 64,
        scope_set=scope_set,
        apps_of_groups=apps,
    )
    slugs = {one.kind for one in findings}
    return build(
        world,
        findings,
        fixes=fixes or {},
        kinds={
            slug: Kind(slug=slug, title="", severity="high", means="", matters="", mend="", how=HOW) for slug in slugs
        },
        policy=policy,
        about=about,
        **({"spent": Spent(), "ceilings": Ceilings()} | more),
    )


def kinds(told: Plan) -> list[str]:
    return [kind(one.change) for one in told.changes]


def guards(told: Plan) -> list[tuple[str, ...]]:
    return [one.guards for one in told.withheld]


def test_nothing_to_mend_is_a_plan_without_changes() -> None:
    told = plan(company().world())
    assert (told.changes, told.withheld, told.by_hand, told.guards) == ((), (), (), ())


def test_where_the_rules_could_not_be_read_a_plan_is_made_all_the_same() -> None:
    made = company()
    made.rules = None
    assert plan(made.world()).changes == ()


def test_what_settles_or_is_accepted_is_not_planned() -> None:
    world = company().world()
    told = plan(
        world,
        finding("missing", "u0", settling=True),
        finding("other", "u0", accepted="A-1"),
        fixes={"missing": by_hand_each, "other": by_hand_each},
    )
    assert (told.changes, told.by_hand) == ((), ())


def test_a_change_tells_whom_it_reaches_what_else_it_does_and_how_it_is_undone() -> None:
    made = company()
    made.rule("Looks", 'isMemberOfAnyGroup("assigned")', "sales")
    made.rule("Other", 'isMemberOfAnyGroup("sales")')
    told = plan(
        made.world(), finding("missing", "u0"), fixes={"missing": by_hand_each}, apps=(("assigned", ("GitHub",)),)
    )
    (change,) = told.changes
    assert change.sentence == "put u0@acme.example into Everybody in Kandji"
    assert (change.joins, change.others) == ((Named(name="u0@acme.example", id="u0"),), ())
    assert change.side_effects == (
        "Everybody in Kandji also gives GitHub",
        "Everybody in Kandji is asked for by the rules Looks",
        "u0@acme.example stays in Everybody in Kandji when they leave Sales",
    )
    assert change.undo.startswith("undo takes them out again")


def test_apps_that_could_not_be_read_are_said_to_be_unknown() -> None:
    told = plan(company().world(), finding("missing", "u0"), fixes={"missing": by_hand_each}, apps=())
    assert "which other apps Everybody in Kandji gives could not be read" in told.changes[0].side_effects


def test_what_nothing_mends_stands_there_with_the_clicks() -> None:
    world = company().world()
    told = plan(
        world,
        finding("told", "u0"),
        finding("closed", "p0"),
        finding("meant", "p1"),
        finding("why", "p2"),
        fixes={
            "closed": always(lambda world: Effect(change=AddMember(kandji_group=ASSIGNED, account=ASSIGNED))),
            "meant": always(repush, only_by_id=True),
            "why": lambda *_: Fix(why="choose a group"),
        },
    )
    why = {one.kind: one.why for one in told.by_hand}
    assert why == {
        "told": "this program can't mend it",
        "closed": "it is written to Kandji itself, which [fix] kandji_writes does not allow for closed",
        "meant": f"it may be meant so: name it, to mend it: reconciler plan {finding('meant', 'p1').id}",
        "why": "choose a group",
    }
    assert {one.clicks for one in told.by_hand} == {CLICKS}
    assert told.changes == ()


def test_what_may_be_meant_is_planned_where_it_is_named() -> None:
    one = finding("meant", "p1")
    told = plan(company().world(), one, fixes={"meant": always(repush, only_by_id=True)}, named=frozenset({one.id}))
    assert [change.mends for change in told.changes] == [(one.id,)]


def test_one_change_mends_every_finding_that_wants_it() -> None:
    several = [finding("missing", name) for name in ("p0", "p1", "p2")]
    told = plan(company().world(), *several, fixes={"missing": always(repush)})
    assert [set(change.mends) for change in told.changes] == [{one.id for one in several}]


def test_a_cause_that_can_be_mended_mends_what_it_explains() -> None:
    cause = finding("cause", "u0", "u1")
    folded = [finding("one", "u0", cause=cause.id), finding("one", "p0", cause=cause.id)]
    told = plan(
        company(unassigned=2).world(),
        cause,
        *folded,
        fixes={"cause": by_hand_each, "one": by_hand_each},
        policy=Policy(limits=Limits(additions=OPEN)),
    )
    mends = {change.joins[0].id: set(change.mends) for change in told.changes}
    assert mends["u0"] == {cause.id, folded[0].id}
    assert mends["u1"] == {cause.id}
    assert mends["p0"] == {folded[1].id}, "the cause's change does not reach p0, so their own way stands"


def test_what_a_cause_explains_of_nobody_in_particular_is_mended_with_it() -> None:
    cause, told_alone = finding("cause", "u0"), finding("one", key="group", cause=finding("cause", "u0").id)
    told = plan(company().world(), cause, told_alone, fixes={"cause": by_hand_each})
    assert [set(change.mends) for change in told.changes] == [{cause.id, told_alone.id}]


def test_a_change_for_nobody_in_particular_mends_all_that_its_cause_explains() -> None:
    cause = finding("cause", "u0")
    folded = [finding("one", name, cause=cause.id) for name in ("p0", "p1")]
    rule = CreateRule(name="new", expression="true", group=Named(name="Sales", id="sales"), target=ASSIGNED)
    told = plan(company().world(), cause, *folded, fixes={"cause": always(lambda _: Effect(change=rule))})
    assert [set(change.mends) for change in told.changes] == [{cause.id, *(one.id for one in folded)}]


def test_a_cause_that_has_no_way_leaves_the_findings_own() -> None:
    cause = finding("cause")
    folded = finding("one", "u0", cause=cause.id)
    told = plan(company().world(), cause, folded, fixes={"one": by_hand_each})
    assert [change.mends for change in told.changes] == [(folded.id,)]
    assert [one.finding for one in told.by_hand] == [cause.id]


def ruled(**more: Any) -> Company:
    """Sales and Design are pushed, and the rule Assign names neither."""
    made = company(unassigned=3, **more)
    for name in ("Design", "Art"):
        made.group(name)
        made.person(name[0].lower(), groups=[name], assigned=False, account=False)
        made.push(name)
    made.rule("Assign", 'isMemberOfAnyGroup("other")')
    return made


def two_ways(*joins: str, rank: int = 1) -> Fixer:
    def fix(told: Finding, world: World) -> Fix:
        rule = Way(effects=(extended(world, "sales", *joins),), words="extend the rule Assign", rank=rank)
        return Fix(ways=(rule, *by_hand_each(told, world).ways))

    return fix


def test_the_way_that_reaches_fewest_others_is_chosen_and_the_choice_told() -> None:
    told = plan(ruled().world(), finding("missing", "u0"), fixes={"missing": two_ways("u0", "u1", "u2", rank=-1)})
    assert kinds(told) == ["add-to-group"]
    assert told.changes[0].instead_of == (
        "extend the rule Assign: reaches 3 people, of whom no finding names u1@acme.example, u2@acme.example",
    )


def test_whom_another_finding_names_is_not_told_as_named_by_none() -> None:
    told = plan(
        ruled().world(),
        finding("missing", "u0"),
        finding("missing", "u1"),
        fixes={"missing": two_ways("u0", "u1", "u2")},
    )
    assert {way for one in told.changes for way in one.instead_of} == {
        "extend the rule Assign: reaches 3 people, of whom no finding names u2@acme.example"
    }


def test_where_reach_is_equal_the_rank_decides() -> None:
    told = plan(ruled().world(), finding("missing", "u0"), fixes={"missing": two_ways("u0", rank=-1)})
    assert kinds(told) == ["edit-rule"]


def test_where_reach_is_equal_nobody_is_taken_over_from_hand() -> None:
    def fix(told: Finding, world: World) -> Fix:
        rule = replace(extended(world, "sales", "u0"), takes_over=those(world, "p0"))
        return Fix(ways=(Way(effects=(rule,), words="rule", rank=-1), *by_hand_each(told, world).ways))

    assert kinds(plan(ruled().world(), finding("missing", "u0"), fixes={"missing": fix})) == ["add-to-group"]


def test_a_change_that_is_planned_anyway_is_used_again() -> None:
    about_rule = finding("uncovered", key="rule")
    fixes = {
        "uncovered": always(lambda world: extended(world, "sales", "u0", "u1", "u2")),
        "missing": two_ways("u0", "u1", "u2"),
    }
    told = plan(ruled().world(), finding("missing", "u0"), about_rule, fixes=fixes)
    assert [kind(one.change) for one in told.changes] == ["edit-rule"]
    assert len(told.changes[0].mends) == 2
    assert [one.name for one in told.changes[0].others] == ["u1@acme.example", "u2@acme.example"]


def test_a_way_that_is_held_back_comes_last() -> None:
    told = plan(
        ruled().world(),
        finding("missing", "u0"),
        fixes={"missing": two_ways("u0", rank=-1)},
        policy=Policy(protected_groups=("sales",)),
    )
    assert kinds(told) == ["add-to-group"]


def test_a_rule_is_edited_once_for_all_groups() -> None:
    several = [finding("uncovered", name[0], groups=[name]) for name in ("design", "art")]
    fix: Fixer = lambda told, world: Fix(  # noqa: E731
        ways=(Way(effects=(extended(world, told.groups[0][0], told.groups[0][0][0]),), words="extend"),)
    )
    told = plan(ruled().world(), *several, fixes={"uncovered": fix})
    (change,) = told.changes
    assert isinstance(change.change, EditRule)
    assert change.change.after == 'isMemberOfAnyGroup("other", "art", "design")'
    assert change.sentence == "extend the rule Assign by Art, Design"
    assert [one.id for one in change.joins] == ["a", "d"]
    held = plan(ruled().world(), *several, fixes={"uncovered": fix}, policy=Policy(protected_people=("d@*",)))
    assert [one.change.after for one in held.changes if isinstance(one.change, EditRule)] == [
        'isMemberOfAnyGroup("other", "art")'
    ]


def test_one_rule_is_made_for_all_groups_that_need_one() -> None:
    def fix(told: Finding, world: World) -> Fix:
        group = Named(name=told.groups[0][1], id=told.groups[0][0])
        rule = CreateRule(
            name=f"Assign {group.name}", expression=any_group_of([group.id]), group=group, target=ASSIGNED
        )
        effect = Effect(change=rule, joins=those(world, group.id[0]))
        return Fix(ways=(Way(effects=(effect,), words="make a rule"),))

    several = [finding("uncovered", name[0], groups=[name]) for name in ("design", "art")]
    made = ruled()
    made.rule("assign PEOPLE of 2 groups", 'isMemberOfAnyGroup("other")')
    (change,) = plan(made.world(), *several, fixes={"uncovered": fix}).changes
    assert change.sentence == (
        "make the rule Assign people of 2 groups (2): everybody of Art, Design into Everybody in Kandji"
    )
    assert isinstance(change.change, CreateRule)
    assert change.change.expression == 'isMemberOfAnyGroup("art", "design")'
    assert ([one.id for one in change.joins], len(change.mends)) == (["a", "d"], 2)
    held = plan(made.world(), *several, fixes={"uncovered": fix}, policy=Policy(protected_people=("d@*",)))
    assert [one.change.name for one in held.changes if isinstance(one.change, CreateRule)] == ["Assign Art"]


def test_the_order_is_safe() -> None:
    account = Named(name="p0@acme.example", id="k-p0")
    group = Named(name="Sales", id="kg-sales")

    def fix(told: Finding, world: World) -> Fix:
        changes: list[Change] = [
            SetActive(account=Named(name="p1@acme.example", id="k-p1"), user_id="p1", active=False),
            RemoveMember(kandji_group=group, account=account),
            AddMember(kandji_group=group, account=account),
            SetActive(account=account, user_id="p0", active=True),
            CreateRule(name="new", expression="true", group=group, target=ASSIGNED),
        ]
        found = [Effect(change=change) for change in changes]
        return Fix(ways=(Way(effects=(*found, repush(world), put_in(world, "u0")), words="all"),))

    policy = Policy(kandji_writes=("all",))
    told = plan(company().world(), finding("all", "u0"), fixes={"all": fix}, policy=policy)
    assert kinds(told) == [
        "add-to-group",
        "create-rule",
        "set-active",
        "add-member",
        "repush",
        "set-active",
        "remove-member",
    ]


def test_one_mapping_is_pushed_once_by_what_mends_most() -> None:
    def relink(world: World) -> Effect:
        push, effect = world.pushes[0], repush(world)
        group = Named(name="Sales", id="sales")
        change = Relink(
            mapping_id=push.mapping.id,
            group=group,
            target=None,
            target_name="Sales",
            kandji_group=Named(name="Sales", id="kg-sales"),
        )
        return replace(effect, change=change)

    several = [finding("one", "p0"), finding("two", "p1")]
    told = plan(company().world(), *several, fixes={"one": always(repush), "two": always(relink)})
    assert kinds(told) == ["relink"]
    assert set(told.changes[0].mends) == {one.id for one in several}


def test_a_push_tells_whom_it_takes_out_and_why() -> None:
    told = plan(company(lost=2).world(), finding("missing", "p0"), fixes={"missing": always(repush)})
    (change,) = told.changes
    assert [one.id for one in change.removes] == ["k-x0", "k-x1"]
    assert set(change.expected or ()) == {f"k-p{one}" for one in range(20)}
    assert "x0@acme.example (no app user), x1@acme.example (no app user)" in change.side_effects[-1]


def test_a_push_that_takes_out_whom_the_plan_brings_back_counts_them_and_says_what_comes_first() -> None:
    world = company(lost=5).world()
    several = [finding("missing", "x0"), finding("missing", "x1"), finding("extra", "p0")]
    told = plan(world, *several, fixes={"missing": by_hand_each, "extra": always(repush)})
    (withheld,) = told.withheld
    assert (len(told.changes), withheld.guards) == (2, ("group",))
    assert "5 of 25 taken out" in withheld.reasons[0]
    assert withheld.reasons[-1] == (
        "this plan brings back x0@acme.example, x1@acme.example: plan again after these are in"
    )


@pytest.mark.parametrize("mapping", ["ACTIVE", "INACTIVE"])
def test_the_broken_rule_trap_is_withheld_and_names_who_would_vanish(mapping: str) -> None:
    world = company(lost=12, without={"p0"}, status=mapping).world()
    told = plan(world, finding("missing", "p0"), fixes={"missing": always(repush)})
    (withheld,) = told.withheld
    assert (told.changes, withheld.guards, withheld.lift) == ((), ("group",), "--allow-removals 12")
    assert "12 of 31 taken out" in withheld.reasons[0]
    assert "x0@acme.example (no app user)" in withheld.reasons[-1]


def test_a_link_to_a_group_with_others_in_it_is_withheld_as_well() -> None:
    made = company()
    made.kandji_group("Design", [f"k-p{one}" for one in range(9)])
    made.group("Design")
    made.person("d", groups=["Design", "assigned"])
    world = made.world()
    change = LinkGroup(
        group=Named(name="Design", id="design"),
        target_name="Design",
        kandji_group=Named(name="Design", id="kg-design"),
    )
    wish = Asked(
        why="asked for: link Design",
        ways=(Way(effects=(Effect(change=change, expected=those(world, "d")),), words=""),),
    )
    told = plan(world, asked=[wish])
    assert guards(told) == [("group",)]
    assert len(told.withheld[0].planned.removes) == 9
    assert "p0@acme.example (not in Design)" in told.withheld[0].reasons[-1]


def test_members_that_nobody_knows_count_as_people() -> None:
    made = company()
    made.kandji_groups[0] = replace(made.kandji_groups[0], member_ids=("k-p0", *(f"?{one}" for one in range(4))))
    told = plan(made.world(), finding("missing", "p0"), fixes={"missing": always(repush)})
    assert guards(told) == [("group",)]
    assert told.withheld[0].planned.removes[0] == Named(name="unknown account ?0", id="?0")


def test_a_push_that_would_empty_the_group_is_withheld_and_nothing_lifts_it() -> None:
    world = company(people=0, unassigned=0, lost=2).world()
    told = plan(
        world, finding("missing", "x0"), fixes={"missing": always(repush)}, ceilings=Ceilings(removals=99, reason="x")
    )
    assert (guards(told), told.withheld[0].lift) == ([("expected",)], None)


@pytest.mark.parametrize("members", [None, "cut"])
def test_a_push_into_a_group_whose_members_are_not_told_is_withheld(members: str | None) -> None:
    made = company()
    if members is None:
        made.kandji_groups[0] = replace(made.kandji_groups[0], member_ids=None)
    else:
        made.kandji_groups[0] = replace(made.kandji_groups[0], perhaps_cut=True)
    told = plan(made.world(), finding("missing", "p0"), fixes={"missing": always(repush)})
    assert guards(told) == [("members",)]


PROTECTED = (
    Policy(protected_people=("u0@acme.*",)),
    Policy(protected_people=("U0",)),
    Policy(protected_groups=("everybody*",)),
    Policy(protected_groups=("ASSIGNED",)),
)


@pytest.mark.parametrize("policy", PROTECTED)
def test_protected_people_and_groups_are_never_touched(policy: Policy) -> None:
    told = plan(
        company().world(),
        finding("missing", "u0"),
        fixes={"missing": by_hand_each},
        policy=policy,
        ceilings=Ceilings(additions=99, reason="x"),
    )
    assert (told.changes, guards(told), told.withheld[0].lift) == ((), [("protected",)], None)


@pytest.mark.parametrize("who", ["x0@acme.example", "k-x0", "Sales", "kg-sales"])
def test_a_push_that_takes_out_a_protected_person_is_withheld(who: str) -> None:
    policy = Policy(protected_people=(who,), protected_groups=(who,))
    told = plan(company(lost=1).world(), finding("missing", "p0"), fixes={"missing": always(repush)}, policy=policy)
    assert guards(told) == [("protected",)]


@pytest.mark.parametrize("who", ["p0@acme.example", "k-p0", "p0"])
def test_a_push_that_puts_in_a_protected_person_is_withheld(who: str) -> None:
    world = company(without={"p0"}).world()
    policy = Policy(protected_people=(who,))
    assert guards(plan(world, finding("k", "p1"), fixes={"k": always(repush)}, policy=policy)) == [("protected",)]


def test_a_protected_account_is_known_by_its_owners_login() -> None:
    def renamed(world: World) -> Effect:
        account = Named(name="old name", id="k-p0")
        return Effect(change=ReplaceAttributes(account=account, user_id="p0", before=(), after=(("title", "x"),)))

    policy = Policy(kandji_writes=("k",), protected_people=("p0@*",))
    told = plan(company().world(), finding("k", "p0"), fixes={"k": always(renamed)}, policy=policy)
    assert guards(told) == [("protected",)]


def test_a_rule_that_gets_its_old_expression_back_counts_whom_it_brought_and_comes_last() -> None:
    change = EditRule(rule=RULE, before="true", after="false")
    world = ruled().world()
    wishes = [
        Asked(why="undo", ways=(Way(effects=(Effect(change=change, removes=those(world, "p0", "p1")),), words=""),)),
        Asked(why="assign", ways=(Way(effects=(put_in(world, "u0"),), words=""),)),
    ]
    told = plan(world, asked=wishes)
    assert kinds(told) == ["add-to-group", "edit-rule"]
    assert [one.id for one in told.changes[1].removes] == ["k-p0", "k-p1"]


def test_a_protected_person_does_not_hold_back_the_others() -> None:
    several = [finding("missing", name) for name in ("u0", "u1")]
    told = plan(
        company(unassigned=2).world(),
        *several,
        fixes={"missing": by_hand_each},
        policy=Policy(protected_people=("u0@*",)),
    )
    assert ([one.joins[0].id for one in told.changes], guards(told)) == (["u1"], [("protected",)])


def deactivated(world: World) -> Effect:
    change = SetActive(account=Named(name="p0", id="k-p0"), user_id="p0", active=False)
    return Effect(change=change, removes=those(world, "p0"))


def member_gone(world: World) -> Effect:
    change = RemoveMember(kandji_group=Named(name="Sales", id="kg-sales"), account=Named(name="p0", id="k-p0"))
    return Effect(change=change, removes=those(world, "p0"))


def put_u0_in(world: World) -> Effect:
    return put_in(world, "u0")


WRITES = Policy(kandji_writes=("k",))
FORBIDDING: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("integration-recreated", "", ("add", "push", "deactivate", "member")),
    ("foreign-people", "", ("deactivate", "member")),
    ("credentials-refused", "", ("add", "push")),
    ("pushes-failing", "", ("add", "push")),
    ("app-inactive", "", ("add", "push")),
    ("provisioning-off", "app:app feature:GROUP_PUSH", ("push",)),
    ("provisioning-off", "app:app feature:PUSH_NEW_USERS", ("add",)),
    ("provisioning-off", "app:app feature:PUSH_PROFILE_UPDATES", ()),
    ("group-name-taken", "mapping:m-sales", ("push", "member")),
    ("group-cut-off", "group:sales", ("member",)),
)
EFFECTS = {"add": put_u0_in, "push": repush, "deactivate": deactivated, "member": member_gone}


@pytest.mark.parametrize(("slug", "key", "held"), FORBIDDING)
def test_a_finding_that_forbids_a_change_withholds_it(slug: str, key: str, held: tuple[str, ...]) -> None:
    forbidding = finding(slug, key=key or "app:app", settling=True)
    world = company().world()
    found = tuple(
        name
        for name, effect in EFFECTS.items()
        if plan(world, finding("k", "u0"), fixes={"k": always(effect)}, policy=WRITES, known=[forbidding]).withheld
    )
    assert found == held


def test_nothing_is_linked_to_a_name_that_is_taken() -> None:
    made = company()
    made.group("Design")
    world = made.world()
    link = LinkGroup(group=Named(name="Design", id="design"), target_name="SALES")
    wish = Asked(why="link", ways=(Way(effects=(Effect(change=link, expected=those(world, "p0")),), words=""),))
    assert guards(plan(world, asked=[wish], known=[finding("group-name-taken", key="mapping:m-sales")])) == [
        ("name taken",)
    ]


SIZES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("okta.app_users", "", ("push", "deactivate", "member")),
    ("okta.members", "sales", ("member", "push")),
    ("okta.members", "assigned", ("add", "member")),
    ("okta.mappings", "", ()),
    ("scim.users", "", ("push", "deactivate", "member")),
    ("scim.groups", "kg-sales", ("push", "member")),
)


@pytest.mark.parametrize(("source", "about", "held"), SIZES)
def test_a_list_that_shrank_holds_back_what_rests_on_it(source: str, about: str, held: tuple[str, ...]) -> None:
    world = company().world()
    size = Size(source=source, about=about, name="a list", size=40, believed=60)
    found = {
        name
        for name, effect in EFFECTS.items()
        if guards(plan(world, finding("k", "u0"), fixes={"k": always(effect)}, policy=WRITES, unconfirmed=[size]))
        == [("unconfirmed",)]
    }
    assert found == set(held)


def test_nothing_is_planned_while_nobody_is_provisioned() -> None:
    made = company(people=0)
    told = plan(made.world(), finding("missing", "u0"), fixes={"missing": by_hand_each})
    assert guards(told) == [("empty",)]


@pytest.mark.parametrize(("unassigned", "held"), [(5, False), (6, True)])
def test_without_a_scope_a_group_of_which_more_than_a_fifth_is_unassigned_is_left_alone(
    unassigned: int, held: bool
) -> None:
    world = company(people=20, unassigned=unassigned).world()
    one, fixes = finding("missing", "u0"), {"missing": by_hand_each}
    told = plan(world, one, fixes=fixes, scope_set=False)
    assert guards(told) == ([("scope",)] if held else [])
    assert [withheld.lift for withheld in told.withheld] == (["[scope] groups"] if held else [])
    assert guards(plan(world, one, fixes=fixes)) == []
    wish = Asked(why="asked for: assign u0", ways=by_hand_each(one, world).ways)
    assert guards(plan(world, scope_set=False, asked=[wish])) == []


def test_without_a_scope_whoever_is_in_a_group_that_fits_as_well_is_mended() -> None:
    made = company(unassigned=6)
    made.group("Design")
    made.members["design"] += ["u0", *(f"p{one}" for one in range(10))]
    made.push("Design")
    one = finding("missing", "u0", groups=["sales", "design"])
    assert guards(plan(made.world(), one, fixes={"missing": by_hand_each}, scope_set=False)) == []


TARGETS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"type": "BUILT_IN"}, "BUILT_IN"),
    ({"type": "APP_GROUP"}, "APP_GROUP"),
    ({"has_admin_role": True}, "admin role"),
)


@pytest.mark.parametrize(("more", "words"), TARGETS)
def test_nobody_is_added_to_a_group_that_others_fill_or_that_makes_admins(more: dict[str, Any], words: str) -> None:
    made = company()
    made.group("Target", **more)
    into = Named(name="Target", id="target")
    told = plan(made.world(), finding("k", "u0"), fixes={"k": always(lambda world: put_in(world, "u0", into))})
    assert guards(told) == [("target",)]
    assert words in told.withheld[0].reasons[0]


@pytest.mark.parametrize(("into", "who"), [("sales", "u0"), ("nowhere", "u0"), ("assigned", "s")])
def test_nobody_is_added_to_a_pushed_or_hidden_group_nor_who_need_not_be_in(into: str, who: str) -> None:
    made = company()
    made.person("s", "SUSPENDED", groups=["Sales"], assigned=False, account=False)
    group = Named(name=into, id=into)
    told = plan(made.world(), finding("k", who), fixes={"k": always(lambda world: put_in(world, who, group))})
    assert guards(told) == [("target",)]
    assert (told.withheld[0].reasons[0] == "s@acme.example has the Okta status SUSPENDED") is (who == "s")


def test_nobody_is_deactivated_whom_the_same_plan_brings_in() -> None:
    def u0_off(world: World) -> Effect:
        change = SetActive(account=Named(name="u0", id="k-u0"), user_id="u0", active=False)
        return Effect(change=change, removes=those(world, "u0"))

    told = plan(
        company().world(),
        finding("k", "u0"),
        finding("missing", "u0"),
        fixes={"k": always(u0_off), "missing": by_hand_each},
        policy=WRITES,
    )
    assert (kinds(told), guards(told)) == (["add-to-group"], [("order",)])


def test_whom_a_push_takes_out_may_be_brought_in_by_the_same_plan() -> None:
    told = plan(
        company(lost=1).world(),
        finding("k", "p0"),
        finding("missing", "x0"),
        fixes={"k": always(repush), "missing": by_hand_each},
    )
    assert (kinds(told), guards(told)) == (["add-to-group", "repush"], [])


def test_a_wish_that_is_fulfilled_already_changes_nothing() -> None:
    assert plan(company().world(), asked=[Asked(why="asked for", ways=(), told=("it is so",))]).changes == ()


def test_whoever_comes_by_a_wish_is_no_stranger_and_who_is_not_there_is_nobody() -> None:
    world = company().world()
    wish = Asked(why="assign", ways=(Way(effects=(put_in(world, "u0"),), words=""),))
    assert [one.others for one in plan(world, asked=[wish]).changes] == [()]
    fixes: dict[str, Fixer] = {"missing": always(put_u0_in)}
    told = plan(world, finding("missing", "u0", "gone"), fixes=fixes)
    assert [one.others for one in told.changes] == [()]
    held = plan(world, finding("missing", "u0"), fixes=fixes, policy=Policy(protected_people=("u0",)))
    assert held.withheld[0].reasons == ("u0@acme.example is protected",)


def test_what_people_are_counted_against_is_told_of_both_sides() -> None:
    told = populations(company(people=3, unassigned=2).world())
    assert (told.accounts, told.mappings) == (3, 1)
    assert {("sales", 5), ("kg-sales", 3), ("assigned", 3)} <= set(told.groups)


@pytest.mark.parametrize("how", [None, HOW])
def test_what_is_told_by_hand_has_the_clicks_that_are_known(how: How | None) -> None:
    kind = Kind(slug="k", title="", severity="high", means="", matters="", mend="", how=how)
    more: dict[str, Any] = {"policy": USUAL, "spent": Spent(), "ceilings": Ceilings(), "fixes": {}}
    about = About(by="", run=1, run_finished=NOW, data_digest="", scope_set=True)
    for kinds, clicks in (({"k": kind}, CLICKS if how else ()), ({}, ())):
        told = build(company().world(), [finding("k", "u0")], kinds=kinds, about=about, **more)
        assert told.by_hand[0].clicks == clicks


def test_the_plan_holds_what_lifted_a_guard_and_is_another_one_by_that() -> None:
    world, one = company(lost=12).world(), finding("missing", "p0")
    lifted = Ceilings(removals=12, reason="the rule is mended tomorrow")
    told = plan(world, one, fixes={"missing": always(repush)}, ceilings=lifted)
    assert (kinds(told), told.ceilings) == (["repush"], lifted)
    assert told.digest != plan(world, one, fixes={"missing": always(repush)}).digest


FIXES: dict[str, Fixer] = {
    "one": by_hand_each,
    "push": always(repush),
    "rule": two_ways("u0", "u1", "u2"),
    "kandji": always(deactivated),
    "none": lambda *_: Fix(why="no"),
}
WORLD = ruled(lost=4).world()
any_finding = st.builds(
    lambda slug, who, state, cause: finding(slug, who, **state, cause=cause),
    st.sampled_from(sorted(FIXES)),
    st.sampled_from(("u0", "u1", "u2", "p0", "p1")),
    st.sampled_from(({}, {}, {"settling": True}, {"accepted": "A-1"})),
    st.none() | st.sampled_from(sorted(FIXES)).flatmap(lambda slug: st.sampled_from([finding(slug, "u0").id])),
)


@settings(max_examples=25, deadline=None)
@given(
    findings=st.lists(any_finding, max_size=10, unique_by=lambda one: one.id),
    policy=st.sampled_from((USUAL, Policy(kandji_writes=("kandji",)), Policy(protected_people=("u1*",)))),
    data=st.data(),
)
def test_no_finding_is_lost_and_the_order_does_not_matter(
    findings: list[Finding], policy: Policy, data: st.DataObject
) -> None:
    told = plan(WORLD, *findings, fixes=FIXES, policy=policy)
    planned = {id_ for one in told.changes for id_ in one.mends}
    held = {id_ for one in told.withheld for id_ in one.planned.mends}
    left = {one.finding for one in told.by_hand}
    assert planned | held | left == {one.id for one in findings if one.standing}
    assert not left & (planned | held)
    assert not {one.id for one in told.changes} & {one.planned.id for one in told.withheld}
    again = plan(WORLD, *data.draw(st.permutations(findings)), fixes=FIXES, policy=policy)
    assert written(again) == written(told)
