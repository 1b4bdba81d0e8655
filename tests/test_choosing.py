"""Which of several ways is chosen, and which findings are mended together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest
from msgspec.structs import replace
from pyroaring import FrozenBitMap

from reconciler.changes import AddMember, AddToGroup, Change, CreateRule, Named, Repush
from reconciler.choosing import Need, Offered, chosen, needs, offered
from reconciler.drafts import Draft
from reconciler.findings import Finding
from reconciler.fixing import Effect, Fix, Fixer, Way
from reconciler.world import World
from tests.test_planning import ASSIGNED, company, finding, put_in, those

WORLD = company(people=30, unassigned=4).world()
NUMBERS = {person.key: number for number, person in enumerate(WORLD.people)}
SALES = Named(name="Sales", id="sales")
PUSH = Repush(mapping_id="m-sales", group=SALES, kandji_group=None)
PUT = AddMember(kandji_group=SALES, account=SALES)


def rule(name: str, **reach: Sequence[str]) -> Effect:
    """A rule that is made, and whom it reaches: ``joins``, ``removes``, ``expected``."""
    change = CreateRule(name=name, expression="true", group=SALES, target=ASSIGNED)
    return Effect(change=change, **{field: those(WORLD, *names) for field, names in reach.items()})


def way(*effects: Effect, words: str = "so", rank: int = 0) -> Way:
    return Way(effects=effects, words=words, rank=rank)


def nobody_held(_: Draft) -> bool:
    return False


def winner(*ways: Way, people: Sequence[str] = ("u0",), is_held: Callable[[Draft], bool] = nobody_held) -> list[Change]:
    need = Need(ways=ways, findings=(finding("k", *people),))
    return [draft.change for draft in chosen(WORLD, [need], NUMBERS, is_held)]


def fixing(ways: Mapping[str, Sequence[Way]]) -> dict[str, Fixer]:
    return {kind: lambda _, __, those=those: Fix(ways=tuple(those)) for kind, those in ways.items()}


def together(cause: Sequence[Way], folded: Finding, *more: Finding, world: World = WORLD) -> list[set[str]]:
    """Kinds of the findings that are mended together, where ``cause`` explains ``folded``."""
    first = finding("cause", "u0")
    own = [way(put_in(world, "u0"))]
    fixes = fixing({"cause": cause, "folded": own, "a": own, "b": own})
    found, _ = needs(world, (first, replace(folded, cause=folded.cause or first.id), *more), fixes, (), frozenset())
    return sorted(({one.kind for one in need.findings} for need in found), key=len)


JOINED, APART = [{"cause", "folded"}], [{"cause"}, {"folded"}]


@pytest.mark.parametrize(
    ("cause", "people", "expected"),
    [
        ([way(rule("r", joins=["u0"]))], ["u0"], JOINED),
        ([way(rule("r", joins=["u0"]))], ["u1"], APART),
        ([way(rule("r", joins=["u0"]))], ["u0", "gone"], JOINED),
        ([way(rule("r", joins=["u0"]))], [], JOINED),
        ([way(rule("r", removes=["u0"]))], ["u0"], JOINED),
        ([way(rule("r", expected=["u0"]))], ["u0"], JOINED),
        ([way(rule("r", removes=["u0"]))], ["u1"], APART),
        ([way(rule("r", expected=["u0"]))], ["u1"], APART),
        ([way(rule("r"))], ["u1"], JOINED),
        ([way(rule("r", joins=["u0"]), rule("s"))], ["u1"], JOINED),
        ([way(rule("r", joins=["u0"]), rule("s", joins=["u1"]))], ["u0"], JOINED),
        ([way(rule("r", joins=["u0"])), way(rule("s", joins=["u1"]))], ["u0"], APART),
    ],
)
def test_a_cause_mends_what_it_explains_where_each_of_its_ways_is_for_somebody_of_it(
    cause: list[Way], people: list[str], expected: list[set[str]]
) -> None:
    assert together(cause, finding("folded", *people)) == expected


def test_causes_in_a_circle_end() -> None:
    one, other = finding("a", "u2"), finding("b", "u3")
    circle = (replace(one, cause=other.id), replace(other, cause=one.id))
    assert len(together([way(rule("r"))], replace(finding("folded", "u0"), cause=one.id), *circle)) >= 1


def test_a_way_that_is_offered_needs_no_excuse() -> None:
    one = finding("k")
    both = way(put_in(WORLD, "u0"), Effect(change=PUT))
    plain = way(put_in(WORLD, "u0"))
    assert offered(Fix(ways=(plain, both)), one, (), frozenset()) == Offered(ways=(plain,))
    assert offered(Fix(ways=(plain, both)), one, ("k",), frozenset()) == Offered(ways=(plain, both))
    assert offered(Fix(ways=(both,)), one, (), frozenset()).why.startswith("it is written to Kandji itself")


ONE, TWO = way(rule("one", joins=["u0"]), words="one"), way(rule("two", joins=["u0", "u1"]), words="two")
CHOICES: tuple[tuple[str, Way, Way, Sequence[str]], ...] = (
    ("who is named is no stranger", way(rule("x", joins=["u0", "u1"]), rank=-1), ONE, ["u0", "u1"]),
    ("who is taken out is a stranger", ONE, way(rule("x", removes=["u0", "u1"]), rank=-1), ["u0"]),
    ("whom nobody knows counts", TWO, way(replace(rule("x"), unknown_members=("?1", "?2")), rank=-1), ["u0"]),
    ("whom nobody knows counts besides", TWO, way(replace(rule("x", joins=["u1"]), unknown_members=("?1",))), ["u0"]),
    ("who is not there is nobody", ONE, TWO, ["u0", "gone"]),
    ("fewer changes", ONE, way(rule("x"), rule("y"), words="a"), ["u0"]),
)


@pytest.mark.parametrize(("better", "other", "people"), [one[1:] for one in CHOICES], ids=[one[0] for one in CHOICES])
def test_the_way_that_reaches_fewest_strangers_wins(better: Way, other: Way, people: Sequence[str]) -> None:
    wanted = [effect.change for effect in better.effects]
    assert winner(better, other, people=people) == wanted
    assert winner(other, better, people=people) == wanted


def test_whom_a_change_reaches_that_is_planned_anyway_is_no_stranger() -> None:
    planned = Need(ways=(way(rule("push", removes=["u1"]), rule("in", joins=["u2"])),), findings=(finding("k", "u3"),))
    free = Need(
        ways=(way(rule("x", joins=["u1", "u2"]), rank=-1), way(rule("y", joins=["u0"]))), findings=(finding("k", "u0"),)
    )
    made = [draft.change for draft in chosen(WORLD, [free, planned], NUMBERS, nobody_held)]
    assert rule("x").change in made


def test_a_way_of_which_a_part_is_not_held_back_may_win() -> None:
    def is_held(draft: Draft) -> bool:
        return draft.change == rule("held").change

    half = way(rule("held", joins=["u0"]), rule("free"), rank=-1)
    assert winner(half, TWO, is_held=is_held) == [rule("held").change, rule("free").change]
    assert winner(way(rule("held", joins=["u0"])), TWO, is_held=is_held) == [rule("two").change]


def test_ten_strangers_of_another_way_are_named_and_of_the_others_how_many() -> None:
    for count, more in ((10, ""), (11, " and 1 more"), (12, " and 2 more")):
        crowd = way(rule("crowd", joins=["u0", *(f"p{one}" for one in range(count))]), words="crowd")
        need = Need(ways=(ONE, crowd), findings=(finding("k", "u0"),))
        (draft,) = chosen(WORLD, [need], NUMBERS, nobody_held)
        (told,) = draft.instead_of
        assert told.count("@acme.example") == 10
        assert told.endswith(more or "@acme.example")


def test_a_change_mends_of_what_its_cause_explains_what_is_about_those_whom_it_is_for() -> None:
    cause = finding("cause")
    folded = [finding("f", "u0"), finding("f", "u1", "gone"), finding("g")]
    ways = (way(put_in(WORLD, "u0"), put_in(WORLD, "u1")),)
    drafts = chosen(WORLD, [Need(ways=ways, findings=(cause, *folded))], NUMBERS, nobody_held)
    assert [draft.findings for draft in drafts] == [(cause, folded[0], folded[2]), (cause, folded[1], folded[2])]
    assert [draft.reaches for draft in drafts] == [those(WORLD, "u0"), those(WORLD, "u1")]
    assert isinstance(drafts[0].change, AddToGroup)
    assert Draft(effect=Effect(change=PUSH, removes=FrozenBitMap([1]))).reaches == FrozenBitMap([1])
