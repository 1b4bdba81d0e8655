"""What is judged once more when a plan is applied, on both sides of each edge."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from reconciler.changes import AddToGroup, Change, EditRule, Named, RemoveMember, Repush
from reconciler.commands.applying.fences import DAY, Day, is_stale, protected, refuse_wrong
from reconciler.commands.applying.outcomes import Terms
from reconciler.errors import Refused
from reconciler.guards import Spent
from reconciler.plan import GuardLine, Plan, sealed
from tests.applies import ADD, EDIT, MACS, NOON, RELINK, SALES, UNLINK, plan, planned

PLAN = plan(ADD)
TERMS = Terms(
    org_url=PLAN.org_url,
    app_id=PLAN.app_id,
    scim_url=PLAN.scim_url,
    patience=timedelta(minutes=5),
    ttl=timedelta(hours=1),
)
KG = Named(name="kandji sales", id="kg1")
TAKE = RemoveMember(kandji_group=KG, account=Named(name="bo", id="k-bo"))
TARGETED = replace(RELINK, target=Named(name="the target", id="00gtarget"))
TWICE = replace(EDIT, group=SALES, also=(MACS,))


@pytest.mark.parametrize(
    ("field", "value"),
    [("org_url", "https://other.okta.example"), ("app_id", "0oa2"), ("scim_url", "https://other.example/scim")],
)
def test_a_plan_for_another_place_is_refused(field: str, value: str) -> None:
    with pytest.raises(Refused, match="another"):
        refuse_wrong(sealed(replace(PLAN, **{field: value})), TERMS, NOON)
    slashed = sealed(replace(PLAN, org_url=f"{PLAN.org_url}/", scim_url=f"{PLAN.scim_url}/"))
    refuse_wrong(slashed, TERMS, NOON)
    refuse_wrong(PLAN, replace(TERMS, org_url=f"{PLAN.org_url}/"), NOON)


@pytest.mark.parametrize("wrong", [replace(PLAN, digest=""), replace(PLAN, run=2)])
def test_a_plan_that_was_edited_is_refused(wrong: Plan) -> None:
    with pytest.raises(Refused, match="digest"):
        refuse_wrong(wrong, TERMS, NOON)


def test_a_plan_is_too_old_beyond_its_time_to_live() -> None:
    edge = NOON + TERMS.ttl
    refuse_wrong(PLAN, TERMS, edge)
    assert (is_stale(PLAN, TERMS, edge), is_stale(PLAN, TERMS, edge + timedelta(seconds=1))) == (False, True)
    with pytest.raises(Refused, match="too old"):
        refuse_wrong(PLAN, TERMS, edge + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("change", "pattern", "held"),
    [
        (ADD, "ana@*", True),
        (ADD, ADD.person.id, True),
        (ADD, "bo@*", False),
        (TAKE, "k-bo", True),
        (TAKE, "kg1", False),
        (TAKE, "j1", True),
        (TAKE, "r1", True),
        (EDIT, "everybody", False),
        (EDIT, EDIT.rule.id, False),
    ],
)
def test_a_protected_person_is_not_touched(change: Change, pattern: str, held: bool) -> None:
    told = protected(planned(change, joins=["j1"], removes=["r1"]), replace(TERMS, protected_people=(pattern,)))
    assert (told is not None) is held


@pytest.mark.parametrize(
    ("change", "pattern", "held"),
    [
        (ADD, "macs", True),
        (ADD, MACS.id, True),
        (ADD, "ana@*", False),
        (TAKE, "kandji*", True),
        (TARGETED, "the target", True),
        (TWICE, MACS.id, True),
        (TWICE, SALES.id, True),
        (EDIT, "everybody", False),
        (UNLINK, "sales", True),
    ],
)
def test_a_protected_group_is_not_touched(change: Change, pattern: str, held: bool) -> None:
    told = protected(planned(change), replace(TERMS, protected_groups=(pattern,)))
    assert (told is not None) is held
    assert told is None or told.endswith(" is protected")


def line(what: str, most: int, guard: str = "day") -> GuardLine:
    return GuardLine(
        guard=guard,
        about="",
        what=what,
        count=0,
        before=0,
        population=0,
        most=most,
        kept=True,
        words="",  # type: ignore[arg-type]
    )


def takes(*people: str) -> Change:
    return Repush(mapping_id="-".join(people), group=SALES, kandji_group=KG)


def test_the_day_counts_everybody_once_and_ends_at_its_limit() -> None:
    day = Day([line("removals", 2), line("removals", 0, "run"), line("additions", 1)], Spent(removed=frozenset("a")))
    assert day.takes(planned(takes("a"), removes=["a"])) is None
    assert day.takes(planned(takes("b"), removes=["b"])) is None
    assert day.takes(planned(takes("b"), removes=["a", "b"])) is None
    too_many = day.takes(planned(takes("c"), removes=["c"]))
    assert too_many == "removals of the last 24 hours: 3 people, and no more than 2 are allowed"
    assert day.takes(planned(ADD, joins=["x"])) is None
    assert day.takes(planned(AddToGroup(group=MACS, person=KG), joins=["y"])) is not None


def test_what_was_too_much_before_lets_pass_whom_it_affected_already() -> None:
    day = Day([line("removals", 1)], Spent(removed=frozenset("abc")))
    assert day.takes(planned(takes("a"), removes=["a"])) is None
    assert day.takes(planned(takes("d"), removes=["d"])) is not None


def test_a_change_that_is_too_much_counts_for_nothing() -> None:
    day = Day([line("removals", 1)], Spent())
    edit = EditRule(rule=EDIT.rule, before="a", after="b", group=SALES)
    assert day.takes(planned(edit, removes=["a", "b"], joins=["x"])) is not None
    assert day.takes(planned(takes("a"), removes=["a"])) is None


def test_what_the_plan_has_no_line_for_is_not_bounded_and_a_day_has_24_hours() -> None:
    assert Day([], Spent()).takes(planned(takes("a"), removes=["a"] * 500)) is None
    assert timedelta(days=1) == DAY
