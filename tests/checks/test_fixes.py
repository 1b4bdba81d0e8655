"""What is offered to mend each kind of finding, whom it reaches, and where nothing is offered, why."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler import checks, findings
from reconciler.about_changes import sentence
from reconciler.changes import (
    ActivateMapping,
    ActivateRule,
    AddMember,
    AddToGroup,
    Change,
    CreateRule,
    EditRule,
    Named,
    Relink,
    RemoveMember,
    ReplaceAttributes,
    Repush,
    SetActive,
)
from reconciler.findings import Finding
from reconciler.fixing import Effect, Fix
from reconciler.model import Group, Memory, ScimGroup
from reconciler.pushing import NEW_ID
from reconciler.world import World
from tests.worlds import Company, ago, sales

ASSIGNED = Named(name="kandji", id="assigned")
SALES = Named(name="Sales", id="sales")
IN_KANDJI = Named(name="Sales", id="kg-sales")
UNSEEN = 'isMemberOfAnyGroup("design")'
ANEW = Relink(mapping_id="m-sales", group=SALES, target=None, target_name="Sales", kandji_group=None)


def world_of(company: Company, **settings: Any) -> World:
    return company.world(**({"filled_by": None} | settings))


def fixed(world: World, kind: str, number: int = 0) -> Fix:
    """What is offered for the finding of this kind, by its order."""
    told = [one for one in checks.run(world).findings if one.kind == kind]
    return checks.FIXES[kind](told[number], world)


def offer(company: Company, kind: str, **settings: Any) -> Fix:
    return fixed(world_of(company, **settings), kind)


def names(world: World, effect: Effect, what: str) -> list[str]:
    return sorted(world.people[number].name.partition("@")[0] for number in getattr(effect, what))


def made(company: Company, kind: str, **settings: Any) -> list[list[Change]]:
    return [[effect.change for effect in way.effects] for way in offer(company, kind, **settings).ways]


def feeding(expression: str | None = UNSEEN, *, lacking: int = 1, among: int = 4, **rule: Any) -> Company:
    """Sales is pushed; of its people ``lacking`` are not assigned; the rule Macs feeds the assigned group."""
    company = Company()
    company.group("kandji", id="assigned")
    company.group("Design")
    company.group("Sales")
    for number in range(among):
        lacks = number < lacking
        groups = ["sales"] if lacks else ["sales", "assigned"]
        company.person(f"p{number}", groups=groups, assigned=not lacks, account=not lacks)
        company.brought[f"p{number}"] = ()
    company.push("Sales")
    company.rules = []
    if expression is not None:
        company.rule("Macs", expression, **rule)
    return company


PUT = AddToGroup(group=ASSIGNED, person=Named(name="p0@acme.example", id="p0"))
EXTENDED = EditRule(
    rule=Named(name="Macs", id="macs"), before=UNSEEN, after='isMemberOfAnyGroup("design", "sales")', group=SALES
)
MADE = CreateRule(name="Assign Sales", expression='isMemberOfAnyGroup("sales")', group=SALES, target=ASSIGNED)


# --- who is assigned -------------------------------------------------------------------------------------------------


def test_somebody_not_assigned_is_put_in_by_hand_or_by_the_rule_that_feeds_the_assignment_group() -> None:
    assert made(feeding(), "member-not-assigned") == [[PUT], [EXTENDED]]


@pytest.mark.parametrize(
    ("company", "settings", "why"),
    [
        (feeding(), {"filled_by": "HR"}, "HR fills the assigned groups"),
        (feeding('isMemberOfAnyGroup("design")', excluded_user_ids=("p0",)), {}, "excluded from the rule Macs"),
        (feeding(), {"assignment_group": "elsewhere"}, "choose one: [assignment] group"),
    ],
)
def test_somebody_not_assigned_is_left_alone_where_that_is_not_ours_to_mend(
    company: Company, settings: dict[str, Any], why: str
) -> None:
    told = offer(company, "member-not-assigned", **settings)
    assert (told.ways, told.why.startswith(why)) == ((), True)


def test_somebody_whom_okta_has_not_assigned_although_the_group_holds_them_is_not_put_in_again() -> None:
    company = feeding('isMemberOfAnyGroup("sales")')
    company.members["assigned"].append("p0")
    assert offer(company, "member-not-assigned") == Fix(why="in kandji already, and Okta has not assigned the app")


def test_most_of_a_group_is_brought_in_by_a_rule_else_by_hand() -> None:
    by_rule, by_hand = made(feeding(lacking=3), "group-feeds-no-assignment")
    assert by_rule == [EXTENDED]
    assert [change.person.id for change in by_hand if isinstance(change, AddToGroup)] == ["p0", "p1", "p2"]


@pytest.mark.parametrize(
    ("company", "change"),
    [
        (feeding(), EXTENDED),
        (feeding(None), MADE),
        (feeding("not a condition"), MADE),
        (feeding(status="INACTIVE"), MADE),
        (feeding(all_groups_valid=False), MADE),
    ],
)
def test_a_group_that_no_rule_covers_is_added_to_a_working_rule_that_is_understood_else_gets_its_own(
    company: Company, change: Change
) -> None:
    world = world_of(company)
    (way,) = checks.FIXES["push-group-not-covered"](about_sales(), world).ways
    assert [effect.change for effect in way.effects] == [change]


def about_sales() -> Finding:
    return Finding(
        kind="push-group-not-covered",
        severity="medium",
        subject=findings.Subject(type="group", key="group:sales", name="Sales"),
        sentence="",
    )


def test_a_rule_that_fills_another_group_as_well_is_not_extended() -> None:
    company = feeding(None)
    company.group("Licences")
    company.rule("Macs", UNSEEN, "assigned", "licences")
    assert made(company, "push-group-not-covered") == [[MADE]]


def test_of_several_rules_the_one_that_names_most_pushed_groups_is_extended() -> None:
    company = feeding('isMemberOfAnyGroup("other")')
    company.rule("Zebra", UNSEEN)
    company.push("Design")
    (way,) = checks.FIXES["push-group-not-covered"](about_sales(), world_of(company)).ways
    change = way.effects[0].change
    assert isinstance(change, EditRule)
    assert change.rule.name == "Zebra"


def test_everybody_joins_by_a_rule_but_who_left_and_whoever_is_in_by_hand_is_taken_over() -> None:
    company = feeding()
    for status in ("STAGED", "SUSPENDED", "DEPROVISIONED"):
        company.person(status.lower(), status, groups=["sales"], assigned=False, account=False)
    world = world_of(company)
    (way,) = fixed(world, "push-group-not-covered").ways
    (effect,) = way.effects
    assert names(world, effect, "joins") == ["p0", "staged", "suspended"]
    assert names(world, effect, "takes_over") == ["p1", "p2", "p3"]


def test_whom_the_rule_excludes_does_not_join_by_its_extension_and_is_told_where_a_new_one_brings_them() -> None:
    company = feeding(excluded_user_ids=("p0",))
    world = world_of(company)
    (way,) = checks.FIXES["push-group-not-covered"](about_sales(), world).ways
    assert names(world, way.effects[0], "joins") == []
    other = world_of(feeding("not a condition", excluded_user_ids=("p0",)))
    (way,) = checks.FIXES["push-group-not-covered"](about_sales(), other).ways
    assert way.effects[0].side_effects == ("brings in whom other rules exclude: p0@acme.example",)


def test_where_it_is_not_known_who_is_in_by_hand_that_is_said() -> None:
    company = feeding()
    company.brought = {"p1": ("macs",), "p2": ()}
    world = world_of(company)
    (effect,) = fixed(world, "push-group-not-covered").ways[0].effects
    assert effect.side_effects == ("of 1 person it is not known whether they are in kandji by hand",)
    assert names(world, effect, "takes_over") == ["p2"]


@pytest.mark.parametrize("name", ["Sales", "A group with a name that is longer than fifty characters altogether"])
def test_a_new_rule_has_a_free_name_of_fifty_characters_at_most(name: str) -> None:
    company = feeding(None)
    company.groups = [
        group if group.id != "sales" else group.__class__(id="sales", name=name, type="OKTA_GROUP")
        for group in company.groups
    ]
    company.rule(f"assign {name}"[:50], "user.x == 1", "nowhere")
    ((change,),) = made(company, "push-group-not-covered")
    assert isinstance(change, CreateRule)
    assert len(change.name) <= 50
    assert change.name.casefold() not in {rule.name.casefold() for rule in company.rules or ()}


# --- rules -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ('user.team == "A"', "of 2 people it can't be told whether it is true"),
        ('isMemberOfAnyGroup("sales") || user.team == "A"', "of 1 person it can't be told"),
    ],
)
def test_a_rule_is_not_activated_where_it_can_not_be_told_who_would_join(expression: str, why: str) -> None:
    company = feeding(expression, status="INACTIVE")
    company.person("stranger", groups=["design"], assigned=False, account=False)
    told = offer(company, "rule-inactive")
    assert (told.ways, told.only_by_id) == ((), True)
    assert told.why.startswith(why)


def test_a_rule_that_may_be_true_of_people_whom_no_run_has_read_is_not_activated() -> None:
    company = feeding('!isMemberOfAnyGroup("design")', status="INACTIVE")
    assert (
        offer(company, "rule-inactive").why
        == "it may be true of people whom no run has read: who would join can't be told"
    )


def test_an_inactive_rule_is_activated_by_id_alone_and_says_who_joins() -> None:
    company = feeding('isMemberOfAnyGroup("sales")', status="INACTIVE")
    world = world_of(company)
    told = fixed(world, "rule-inactive")
    (effect,) = told.ways[0].effects
    assert effect.change == ActivateRule(
        rule=Named(name="Macs", id="macs"), expression='isMemberOfAnyGroup("sales")', restart=False
    )
    assert (told.only_by_id, names(world, effect, "joins")) == (True, ["p0"])


def test_a_rule_that_okta_did_not_apply_is_restarted_by_id_alone() -> None:
    company = feeding('isMemberOfAnyGroup("sales")')
    world = world_of(company)
    told = fixed(world, "rule-not-applied")
    (effect,) = told.ways[0].effects
    assert isinstance(effect.change, ActivateRule)
    assert (told.only_by_id, effect.change.restart, names(world, effect, "joins")) == (True, True, ["p0"])


def test_a_rule_that_fills_a_pushed_group_is_not_started() -> None:
    company = feeding(None)
    company.rule("Fill", 'isMemberOfAnyGroup("design")', "sales", status="INACTIVE")
    assert offer(company, "rule-inactive").why == "it fills Sales, which is pushed"


# --- pushes ----------------------------------------------------------------------------------------------------------

PUSHED = Repush(mapping_id="m-sales", group=SALES, kandji_group=IN_KANDJI)


def stale() -> Company:
    company = sales(without=["p0"], last_push=ago(days=3))
    company.groups[0] = Group(id="sales", name="Sales", type="OKTA_GROUP", last_membership_updated=ago(days=1))
    return company


def renamed() -> Company:
    """The Kandji group of Sales has another name, and its people."""
    company = sales(people=6, group=False)
    company.kandji_group("Vertrieb", [f"k-p{number}" for number in range(6)])
    return company


def stopped(**more: Any) -> Company:
    return sales(status="ERROR", **more)


@pytest.mark.parametrize(
    ("kind", "company", "change"),
    [
        ("member-missing", sales(without=["p0"]), PUSHED),
        ("group-not-pushed", sales(without=["p0", "p1", "p2"]), PUSHED),
        ("mapping-stale", stale(), PUSHED),
        ("member-extra", sales(members=["k-x"]), PUSHED),
        ("mapping-target-missing", sales(group=False), ANEW),
        (
            "group-renamed",
            renamed(),
            Repush(mapping_id="m-sales", group=SALES, kandji_group=Named(name="Vertrieb", id="kg-vertrieb")),
        ),
        (
            "mapping-inactive",
            sales(status="INACTIVE"),
            ActivateMapping(mapping_id="m-sales", group=SALES, kandji_group=IN_KANDJI),
        ),
        (
            "mapping-error",
            stopped(),
            Relink(
                mapping_id="m-sales",
                group=SALES,
                target=Named(name="Sales", id="t-sales"),
                target_name="Sales",
                kandji_group=IN_KANDJI,
            ),
        ),
        ("mapping-target-missing", stopped(group=False), ANEW),
    ],
)
def test_a_push_mends_what_is_wrong_with_a_kandji_group(kind: str, company: Company, change: Change) -> None:
    if kind == "member-extra":
        company.person("x")
    told = offer(company, kind)
    assert told.ways[0].effects[0].change == change
    assert told.only_by_id is (kind == "mapping-inactive")


def test_a_group_that_kandji_lost_is_linked_by_name_and_said_to_be_another_one_then() -> None:
    (way,) = offer(sales(group=False), "mapping-target-missing").ways
    assert sentence(way.effects[0].change).endswith("push it again by name: the group is made anew")
    assert way.effects[0].side_effects == (NEW_ID,)


def test_a_group_that_shrank_is_pushed_again() -> None:
    company = sales(people=20, without=[f"p{number}" for number in range(6)])
    before = Memory(first=False, held=(("kg-sales", tuple(f"k-p{number}" for number in range(20))),))
    world = company.world(before=before)
    assert fixed(world, "group-shrank").ways[0].effects[0].change == PUSHED


def test_a_push_tells_whom_the_group_will_hold_and_whom_it_takes_out() -> None:
    company = sales(without=["p0"], members=["k-x", "ghost"])
    company.person("x")
    company.person("gone", "SUSPENDED", groups=["Sales"])
    company.kandji_groups[0] = ScimGroup(
        id="kg-sales", display_name="Sales", member_ids=("k-p1", "k-p2", "k-p3", "k-x", "k-gone", "ghost")
    )
    world = world_of(company)
    (effect,) = fixed(world, "member-missing").ways[0].effects
    assert effect.expected is not None
    assert names(world, effect, "expected") == ["p0", "p1", "p2", "p3"]
    assert names(world, effect, "removes") == ["gone", "x"]
    assert effect.unknown_members == ("ghost",)


def test_a_group_that_is_made_anew_is_said_to_have_a_new_id() -> None:
    (effect,) = offer(sales(group=False), "mapping-target-missing").ways[0].effects
    assert effect.side_effects == (
        "the group in Kandji is made anew with a new id: check every Assignment Map that refers to it",
    )


def two_of_a_name() -> Company:
    company = stopped()
    company.kandji_group("SALES", group_id="kg-other")
    return company


@pytest.mark.parametrize(
    ("kind", "company", "why"),
    [
        ("mapping-error", two_of_a_name(), "2 Kandji groups are named Sales"),
        ("mapping-error", stopped(members=None), "Kandji does not tell the members of Sales"),
        ("mapping-inactive", sales(status="INACTIVE", members=None), "Kandji does not tell the members of Sales"),
        (
            "mapping-target-missing",
            renamed(),
            "its group seems to have another name now: a second one must not be made",
        ),
        ("member-extra", stopped(members=["k-x"]), "Okta has stopped pushing it: that must be mended first"),
        (
            "member-extra",
            sales(members=["k-x"], status="INACTIVE"),
            "its push is paused, perhaps on purpose: that must be ended first",
        ),
    ],
)
def test_nothing_is_pushed_where_it_is_not_known_whom_that_takes_out(kind: str, company: Company, why: str) -> None:
    if kind == "member-extra":
        company.person("x")
    told = offer(company, kind)
    assert (told.ways, told.why) == ((), why)


def test_a_stopped_push_of_a_renamed_group_is_not_linked_by_name() -> None:
    company = stopped(target_visible=False)
    company.kandji_groups[0] = ScimGroup(id="kg-sales", display_name="Vertrieb", member_ids=())
    world = company.world(before=Memory(first=False, learnt_groups=(("m-sales", "kg-sales"),)))
    assert (
        fixed(world, "mapping-error").why
        == "its Kandji group is now named Vertrieb, and linking by name would make another"
    )


# --- what is written to Kandji ---------------------------------------------------------------------------------------


def test_somebody_missing_may_be_put_into_the_group_in_kandji_as_the_second_way() -> None:
    told = offer(sales(without=["p0"]), "member-missing")
    assert told.ways[1].effects[0].change == AddMember(
        kandji_group=IN_KANDJI, account=Named(name="p0@acme.example", id="k-p0"), group=SALES
    )
    assert [way.kandji_write for way in told.ways] == [False, True]


def test_somebody_extra_is_taken_out_in_kandji_once_it_is_learnt_that_pushes_take_nobody_out() -> None:
    company = sales(members=["k-x"])
    company.person("x")
    told = offer(company, "member-extra", push_replaces=False)
    assert told.ways[0].effects[0].change == RemoveMember(
        kandji_group=IN_KANDJI, account=Named(name="x@acme.example", id="k-x"), group=SALES
    )
    assert told.ways[0].kandji_write


def test_a_member_that_does_not_exist_is_taken_out_in_kandji() -> None:
    company = sales(people=25, members=["ghost"])
    company.absent_accounts.append("ghost")
    told = offer(company, "member-unknown")
    assert told.ways[0].effects[0].change == RemoveMember(
        kandji_group=IN_KANDJI, account=Named(name="ghost", id="ghost")
    )
    assert (told.ways[0].kandji_write, told.ways[0].effects[0].unknown_members) == (True, ("ghost",))


def one(status: str = "ACTIVE", **more: Any) -> Company:
    company = Company()
    company.group("Sales")
    company.person("ana", status, groups=["Sales"], **more)
    company.push("Sales")
    return company


@pytest.mark.parametrize(
    ("kind", "company", "active", "user_id"),
    [
        ("left-still-active", one("DEPROVISIONED", assigned=False), False, "ana"),
        ("suspended-still-active", one("SUSPENDED"), False, "ana"),
        ("inactive-in-kandji", one(active=False), True, "ana"),
    ],
)
def test_an_account_is_switched_as_okta_has_it(kind: str, company: Company, active: bool, user_id: str) -> None:
    world = world_of(company, suspended="deactivate")
    told = fixed(world, kind)
    (effect,) = told.ways[0].effects
    assert effect.change == SetActive(
        account=Named(name="ana@acme.example", id="k-ana"), user_id=user_id, active=active
    )
    assert told.ways[0].kandji_write
    assert names(world, effect, "joins" if active else "removes") == ["ana"]


def test_suspended_people_are_left_alone_where_they_are_only_told() -> None:
    assert "report" in offer(one("SUSPENDED"), "suspended-still-active").why


def test_a_leavers_account_that_somebody_else_may_have_by_now_is_left_alone() -> None:
    company = Company()
    company.person("old", "DEPROVISIONED", assigned="DEPROVISIONED", kandji={"user_name": "NEW@acme.example"})
    company.person("new", external_id=None, account=False)
    assert offer(company, "left-still-active") == Fix(
        why="perhaps the account is new@acme.example's by now, who has its user name"
    )


def differing(**kandji: Any) -> Company:
    profile = (("displayName", "Ana Ray"), ("email", "ana@acme.example"), ("title", "Head"), ("department", "IT"))
    company = sales(people=0)
    for name in ("ana", "ben"):
        held = {"display_name": "Ana Ray", "email": "ana@acme.example", "title": "Head", "department": "IT"}
        company.person(
            name, groups=["Sales"], app_user={"profile": profile}, kandji=held | (kandji if name == "ana" else {})
        )
    return company


@pytest.mark.parametrize(
    ("kandji", "before", "after"),
    [
        ({"title": "Intern"}, (("title", "Intern"),), (("title", "Head"),)),
        (
            {"display_name": "A. R.", "title": ""},
            (("displayName", "A. R."), ("title", "")),
            (("displayName", "Ana Ray"), ("title", "Head")),
        ),
    ],
)
def test_attributes_that_differ_are_written_as_okta_has_them(kandji: dict[str, Any], before: Any, after: Any) -> None:
    told = offer(differing(**kandji), "attribute-differs")
    assert told.ways[0].effects[0].change == ReplaceAttributes(
        account=Named(name="ana@acme.example", id="k-ana"), user_id="ana", before=before, after=after
    )
    assert told.ways[0].kandji_write


def test_no_attribute_is_written_where_kandji_does_not_tell_all_that_are_compared() -> None:
    told = offer(differing(title="Intern", department=None), "attribute-differs")
    assert told == Fix(why="Kandji does not tell department of the account, which writing it might clear")


def test_an_attribute_that_differs_for_most_people_is_a_mapping_to_mend_and_not_theirs() -> None:
    company = differing()
    for name in ("cem", "dan", "eva"):
        held = {"display_name": "X", "email": f"{name}@acme.example", "title": "Head", "department": "HR"}
        profile = (("displayName", "X"), ("email", f"{name}@acme.example"), ("title", "Head"), ("department", "IT"))
        company.person(name, groups=["Sales"], app_user={"profile": profile}, kandji=held)
    told = offer(company, "attribute-differs")
    assert (told.ways, told.why.startswith("department differs for most people")) == ((), True)


def test_an_account_that_several_share_is_not_written_to() -> None:
    company = one("DEPROVISIONED", assigned="ACTIVE")
    company.person("ben", "DEPROVISIONED", account=False, external_id="k-ana")
    told = offer(company, "left-still-active")
    assert (told.ways, told.why.startswith("several people share the account")) == ((), True)


# --- every fix -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(checks.FIXES))
def test_a_finding_that_the_data_does_not_show_any_more_is_offered_nothing(kind: str) -> None:
    lost = Finding(
        kind=kind,
        severity="low",
        subject=findings.Subject(type="person", key="user:nobody", name="nobody"),
        sentence="",
        people=("user:nobody",),
    )
    told = checks.FIXES[kind](lost, world_of(feeding(), suspended="deactivate"))
    assert (told.ways, told.why) == ((), "the data of this run does not show it any more")
