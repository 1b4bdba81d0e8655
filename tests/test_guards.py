"""The guards on both sides of every edge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler.changes import (
    AddMember,
    AddToGroup,
    Change,
    EditRule,
    LinkGroup,
    Named,
    RemoveFromGroup,
    RemoveMember,
    Repush,
    SetActive,
    UnlinkGroup,
)
from reconciler.errors import UsageError
from reconciler.guards import Bound, Limits, Populations, Spent, Verdict, added, allowed, judge, removed
from reconciler.plan import Ceilings, Planned, change_id

SALES = Named(name="Sales", id="kg-sales")
OPEN = Bound(floor=10_000, share=1.0, most=10_000)
USUAL, NOTHING = Limits(), Spent()
ONLY_GROUP = Limits(other=OPEN, additions=OPEN)
ONLY_OTHER = Limits(group=OPEN, additions=OPEN)


def people(count: int, start: int = 0) -> tuple[Named, ...]:
    return tuple(Named(name=f"p{number}", id=f"k{number}") for number in range(start, start + count))


def planned(change: Change, **more: Any) -> Planned:
    return Planned(id=change_id(change), change=change, sentence="", why=(), **more)


def push(count: int, *, group: Named = SALES, start: int = 0) -> Planned:
    """A push that takes so many people out."""
    change = Repush(mapping_id=f"m-{group.id}", group=group, kandji_group=group)
    return planned(change, removes=people(count, start))


def member(number: int) -> Planned:
    return planned(RemoveMember(kandji_group=SALES, account=people(1, number)[0]), removes=people(1, number))


def deactivation(number: int) -> Planned:
    change = SetActive(account=people(1, number)[0], user_id=None, active=False)
    return planned(change, removes=people(1, number))


def addition(number: int) -> Planned:
    change = AddToGroup(group=Named(name="in", id="in"), person=people(1, number)[0])
    return planned(change, joins=people(1, number))


def unlink(number: int) -> Planned:
    group = Named(name=f"g{number}", id=f"g{number}")
    return planned(UnlinkGroup(mapping_id=f"m{number}", group=group, target=None, kandji_group=group))


def judged(
    changes: Sequence[Planned],
    *,
    limits: Limits = USUAL,
    accounts: int = 1_000,
    members: int = 1_000,
    mappings: int = 100,
    spent: Spent = NOTHING,
    **ceilings: Any,
) -> Verdict:
    told = tuple((one.change.kandji_group.id, members) for one in changes if isinstance(one.change, Repush))
    return judge(
        changes,
        limits=limits,
        populations=Populations(accounts=accounts, mappings=mappings, groups=(*told, ("kg-sales", members))),
        spent=spent,
        ceilings=Ceilings(**({"reason": "meant"} if ceilings else {}) | ceilings),
    )


def broken(verdict: Verdict) -> set[str]:
    return {guard for one in verdict.withheld for guard in one.guards}


@pytest.mark.parametrize(
    ("population", "most"),
    [(0, 3), (1, 3), (3, 3), (4, 2), (5, 2), (6, 3), (9, 3), (10, 3), (11, 3), (30, 3), (39, 3), (40, 4), (2_500, 200)],
)
def test_a_group_may_lose_the_floor_or_its_share_but_never_more_than_half_of_four_or_more(
    population: int, most: int
) -> None:
    assert allowed(Bound(floor=3), population, "removals") == most
    kept = judged([push(most)], limits=ONLY_GROUP, members=population)
    over = judged([push(most + 1)], limits=ONLY_GROUP, members=population)
    assert (len(kept.kept), broken(over)) == (1, {"group"})


@pytest.mark.parametrize(
    ("population", "most"),
    [(0, 5), (3, 5), (4, 2), (9, 4), (10, 5), (11, 5), (59, 5), (60, 6), (2_000, 200), (2_010, 200)],
)
def test_the_tenant_has_a_floor_of_five(population: int, most: int) -> None:
    assert judged([deactivation(n) for n in range(most)], accounts=population).withheld == ()
    over = judged([deactivation(n) for n in range(most + 1)], accounts=population)
    assert (over.kept, broken(over)) == ((), {"tenant"})


@pytest.mark.parametrize(("population", "most"), [(0, 10), (4, 10), (100, 10), (109, 10), (110, 11), (5_000, 200)])
def test_additions_know_floor_share_and_most_but_no_half(population: int, most: int) -> None:
    assert judged([addition(n) for n in range(most)], accounts=population).withheld == ()
    over = judged([addition(n) for n in range(most + 1)], accounts=population)
    assert (over.kept, broken(over)) == ((), {"tenant"})


@pytest.mark.parametrize(("share", "population", "most"), [(0.07, 100, 7), (0.29, 100, 29), (1e-05, 300_000, 3)])
def test_exactly_the_share_passes_whatever_floats_make_of_it(share: float, population: int, most: int) -> None:
    assert allowed(Bound(floor=1, share=share), population, "additions") == most


def test_a_most_of_one_lets_one_pass() -> None:
    assert allowed(Bound(floor=3, most=1), 100, "additions") == 1


@pytest.mark.parametrize("bound", [Bound(floor=0), Bound(floor=3, most=0)])
def test_a_floor_or_a_most_of_nothing_lets_nobody_pass(bound: Bound) -> None:
    verdict = judged([member(1), addition(2)], limits=Limits(group=bound, other=bound, additions=bound))
    assert verdict.kept == ()
    assert verdict.withheld[0].reasons[0].endswith("[guard] allows none")


def test_unlinked_mappings_are_counted_against_mappings_and_whole() -> None:
    assert judged([unlink(n) for n in range(5)], mappings=10).withheld == ()
    assert broken(judged([unlink(n) for n in range(6)], mappings=10)) == {"tenant"}
    assert broken(judged([unlink(n) for n in range(3)], mappings=4)) == {"tenant"}


ONE, RULE = people(1)[0], Named(name="Assign", id="rule")
UNLINK = UnlinkGroup(mapping_id="m1", group=SALES, target=None, kandji_group=SALES)
EDIT = EditRule(rule=RULE, before="a", after="b", group=SALES)


@pytest.mark.parametrize(
    ("change", "takes", "brings"),
    [
        (RemoveFromGroup(group=SALES, person=ONE), {"k0"}, set()),
        (RemoveMember(kandji_group=SALES, account=ONE), {"k0"}, set()),
        (SetActive(account=ONE, user_id=None, active=False), {"k0"}, set()),
        (SetActive(account=ONE, user_id="u0", active=True), set(), {"k0"}),
        (AddToGroup(group=SALES, person=ONE), set(), {"k0"}),
        (AddMember(kandji_group=SALES, account=ONE), set(), {"k0"}),
        (UNLINK, {"m1"}, set()),
        (EDIT, set(), set()),
        (Repush(mapping_id="m", group=SALES, kandji_group=SALES), set(), set()),
    ],
)
def test_whom_a_change_affects_is_whom_the_plan_tells_else_whom_it_names(
    change: Change, takes: set[str], brings: set[str]
) -> None:
    assert (removed(planned(change)), added(planned(change))) == (takes, brings)
    told = planned(change, removes=people(2, 7), joins=people(2, 8))
    assert removed(told) == {"k7", "k8"}
    assert added(told) == (set() if isinstance(change, Repush) else {"k8", "k9"})


@pytest.mark.parametrize(
    ("change", "stages"),
    [
        (UNLINK, ["group", "tenant", "tenant", "run", "day"]),
        (LinkGroup(group=SALES, target_name="Sales"), ["tenant", "run", "day"]),
        (EDIT, ["tenant", "run", "day"]),
    ],
)
def test_whoever_is_taken_out_of_a_kandji_group_that_is_known_counts_in_that_group(
    change: Change, stages: list[str]
) -> None:
    assert [line.guard for line in judged([planned(change, removes=people(2))]).lines] == stages


def test_nothing_is_counted_of_what_a_narrower_guard_withholds() -> None:
    assert [line.guard for line in judged([push(150)]).lines] == ["group"]


def test_a_group_of_which_no_size_is_known_is_told_as_empty() -> None:
    unlinking = planned(replace(UNLINK, kandji_group=RULE), removes=people(1))
    assert judged([unlinking]).lines[0].population == 0


def test_a_change_that_takes_and_brings_too_many_needs_both_ceilings() -> None:
    edit = planned(EDIT, joins=people(143), removes=people(37, 200))
    (withheld,) = judged([edit], accounts=100).withheld
    assert withheld.lift == "--allow-removals 37 --allow-additions 143"


def test_what_was_added_before_counts_with_the_additions_of_the_day() -> None:
    verdict = judged([addition(1)], accounts=50, spent=Spent(added=frozenset("abcdefghij"), removed=frozenset("xy")))
    assert (verdict.kept, broken(verdict)) == ((), {"day"})
    assert (verdict.lines[-1].before, verdict.lines[-1].count) == (10, 11)


def test_unlinking_takes_nobody_out_of_a_group() -> None:
    assert [line.about for line in judged([unlink(1)]).lines] == [
        "push mappings unlinked",
        "this plan",
        "the last 24 hours",
    ]


def test_whom_a_change_names_is_counted_even_where_nobody_else_is_told() -> None:
    change = RemoveMember(kandji_group=SALES, account=people(1)[0])
    assert {line.guard: line.count for line in judged([planned(change)]).lines} == dict.fromkeys(
        ("group", "tenant", "run", "day"), 1
    )


def test_a_person_is_counted_once_however_many_changes_affect_them() -> None:
    same = [push(3, group=Named(name=f"g{n}", id=f"kg{n}")) for n in range(4)]
    verdict = judged(same)
    assert {line.guard: line.count for line in verdict.lines} == {"group": 3, "tenant": 3, "run": 3, "day": 3}
    assert verdict.withheld == ()


def test_single_removals_from_one_group_add_up() -> None:
    verdict = judged([member(number) for number in range(4)], members=20)
    assert (verdict.kept, broken(verdict)) == ((), {"group"})


def test_a_group_over_its_limit_does_not_use_up_the_plan() -> None:
    other = push(2, group=Named(name="Design", id="kg-design"), start=100)
    verdict = judged([push(150), other])
    assert [one.id for one in verdict.kept] == [other.id]
    run = next(line for line in verdict.lines if line.guard == "run")
    assert (run.count, run.kept) == (2, True)


def test_what_is_withheld_is_told_the_reasons_of_the_narrowest_guard_alone() -> None:
    others = [
        push(2, group=Named(name=name, id=name), start=start) for name, start in (("a", 10), ("b", 20), ("c", 30))
    ]
    verdict = judged([push(4), *others], accounts=50, members=20)
    assert [one.guards for one in verdict.withheld] == [("group",), *[("tenant",)] * 3]


def test_the_plan_adds_up_what_each_kind_may_by_itself() -> None:
    changes = [*(deactivation(n) for n in range(3)), push(3, start=10)]
    verdict = judged(changes, accounts=50)
    assert (verdict.kept, broken(verdict)) == ((), {"run"})


@pytest.mark.parametrize(("before", "kept"), [(2, True), (3, False)])
def test_the_last_day_counts_what_was_done_before(before: int, kept: bool) -> None:
    spent = Spent(removed=frozenset(f"old{number}" for number in range(before)))
    verdict = judged([push(3)], accounts=50, spent=spent)
    assert bool(verdict.kept) is kept
    day = next(line for line in verdict.lines if line.guard == "day")
    assert (day.count, day.before, day.most) == (3 + before, before, 5)


def test_whoever_was_affected_before_is_not_counted_twice() -> None:
    assert judged([push(3)], accounts=50, spent=Spent(removed=frozenset({"k0", "k1", "k2", "x", "y"}))).withheld == ()


def test_additions_and_removals_do_not_count_together() -> None:
    changes = [*(deactivation(n) for n in range(5)), *(addition(n) for n in range(10))]
    assert judged(changes, accounts=50).withheld == ()


def test_whom_a_push_puts_in_is_no_addition() -> None:
    change = Repush(mapping_id="m", group=SALES, kandji_group=SALES)
    assert judged([planned(change, joins=people(500))]).lines == ()


def test_whoever_is_taken_out_in_okta_counts_in_that_group() -> None:
    changes = [
        planned(RemoveFromGroup(group=Named(name="in", id="in"), person=person), removes=(person,))
        for person in people(4)
    ]
    assert broken(judged(changes)) == {"group"}


@pytest.mark.parametrize(("ceiling", "kept"), [(36, False), (37, True)])
def test_a_ceiling_takes_the_place_of_every_bound(ceiling: int, kept: bool) -> None:
    verdict = judged([push(37)], members=40, accounts=50, limits=Limits(group=Bound(floor=0)), removals=ceiling)
    assert bool(verdict.kept) is kept
    assert verdict.lines[0].words.endswith(f"; {ceiling} allowed, as lifted for this plan")


def test_a_ceiling_may_be_lower_than_the_bound() -> None:
    assert broken(judged([push(2)], removals=1)) == {"group"}


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_a_ceiling_needs_a_reason(reason: str | None) -> None:
    with pytest.raises(UsageError, match="reason"):
        judged([push(1)], removals=5, reason=reason)


@pytest.mark.parametrize(
    ("changes", "lift"),
    [
        ([push(37)], "--allow-removals 37"),
        ([push(37), deactivation(200)], "--allow-removals 38"),
        ([addition(number) for number in range(143)], "--allow-additions 143"),
    ],
)
def test_what_lifts_a_guard_is_told_with_the_number_that_is_enough(changes: list[Planned], lift: str) -> None:
    verdict = judged(changes, accounts=100, members=100)
    assert {one.lift for one in verdict.withheld} == {lift}
    what, _, most = lift.removeprefix("--allow-").partition(" ")
    assert judged(changes, accounts=100, members=100, **{what: int(most)}).withheld == ()


def test_the_arithmetic_stands_in_words() -> None:
    (withheld,) = judged([push(4)], members=20).withheld
    assert withheld.reasons == (
        "members of Sales in Kandji: 4 of 20 taken out; 3 allowed: 3, or 10 % of 20 members if that is more, "
        "never above 200, nor more than half",
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            deactivation(1),
            "accounts deactivated in Kandji: 1; 5 allowed: 5, or 10 % of 50 people in Kandji if that is ",
        ),
        (unlink(1), "push mappings unlinked: 1; 5 allowed: 5, or 10 % of 10 mappings if that is more, never above 200"),
        (
            addition(1),
            "people added: 1; 10 allowed: 10, or 10 % of 50 people in Kandji if that is more, never above 200",
        ),
        (member(1), "people taken out of groups: 1; 5 allowed"),
    ],
)
def test_each_kind_is_counted_in_its_own_words(change: Planned, words: str) -> None:
    verdict = judged([change], accounts=50, mappings=10, spent=Spent(removed=frozenset({"x"}), added=frozenset({"x"})))
    told = {line.guard: line.words for line in verdict.lines}
    assert told["tenant"].startswith(words)
    assert told["run"].startswith("this plan: 1 people ")
    assert ", 1 of them before this plan; " in told["day"]


any_change = st.one_of(
    st.builds(push, st.integers(0, 8), start=st.integers(0, 6)),
    st.builds(member, st.integers(0, 12)),
    st.builds(deactivation, st.integers(0, 12)),
    st.builds(addition, st.integers(0, 14)),
    st.builds(unlink, st.integers(0, 8)),
)


@settings(max_examples=50, deadline=None)
@given(
    changes=st.lists(any_change, max_size=14, unique_by=lambda one: one.id),
    accounts=st.integers(0, 60),
    ceiling=st.none() | st.integers(0, 9),
    data=st.data(),
)
def test_every_change_is_kept_or_withheld_whatever_the_order(
    changes: list[Planned], accounts: int, ceiling: int | None, data: st.DataObject
) -> None:
    more = {} if ceiling is None else {"removals": ceiling}
    verdict = judged(changes, accounts=accounts, members=20, **more)
    kept, held = [one.id for one in verdict.kept], [one.planned.id for one in verdict.withheld]
    assert sorted([*kept, *held]) == sorted(one.id for one in changes)
    assert all(one.reasons and one.guards and one.lift for one in verdict.withheld)
    other = judged(data.draw(st.permutations(changes)), accounts=accounts, members=20, **more)
    assert ({one.id for one in other.kept}, other.lines) == (set(kept), verdict.lines)
    again = judged(verdict.kept, accounts=accounts, members=20, **more)
    assert again.withheld == ()
