from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from reconciler import checks
from reconciler.changes import Named, ReplaceAttributes
from reconciler.commands.plan_text import MOST_NAMED, lines
from reconciler.guards import Spent
from reconciler.plan import ByHand, Ceilings, Plan, Withheld
from reconciler.planning import About, Policy, build
from tests.checks.test_fixes import feeding
from tests.commands.plans import adding, plan_of, planned
from tests.commands.samples import NOW

CROWD = tuple(Named(name=f"p{number}@acme.example", id=f"k-{number}") for number in range(MOST_NAMED + 3))


def shown(plan: Plan) -> str:
    return "\n".join(lines(plan, NOW + timedelta(minutes=5)))


def unwrapped(plan: Plan) -> str:
    return " ".join(shown(plan).split())


def hand(number: int) -> ByHand:
    return ByHand(
        finding=f"F-{number:012d}",
        kind="import-on",
        sentence=f"app {number} imports",
        why="told only",
        clicks=("Okta",),
    )


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, "Nothing to mend."),
        ({"changes": (adding("ana"),)}, "1 change."),
        ({"changes": (adding("ana", mends=("F-1", "F-2")),)}, "1 change for 2 findings."),
        ({"withheld": (Withheld(planned=adding("bo"), reasons=("too many.",)),)}, "changed, 1 withheld."),
        ({"by_hand": (hand(1), hand(2))}, "2 findings to be mended by hand."),
        ({"changes": (adding("ana", removes=CROWD),)}, f"{len(CROWD)} people: p0@acme.example"),
        ({"changes": (adding("ana", removes=CROWD),)}, "and 3 more, all in the plan's file"),
        ({"changes": (adding("ana", others=CROWD[:2]),)}, "no finding names p0@acme.example and p1@acme.example"),
        ({"changes": (adding("ana", side_effects=("gives Slack",)),)}, "also       gives Slack"),
        ({"changes": (adding("ana", instead_of=("a rule",)),)}, "instead of a rule"),
        ({"changes": (adding("ana", undo="taken out again"),)}, "undo       taken out again"),
        (
            {"withheld": (Withheld(planned=adding("bo"), reasons=("9 > 5.",), lift="--allow-additions 9"),)},
            'lifted by  --allow-additions 9 --reason "…"',
        ),
        ({"ceilings": Ceilings(removals=1, reason="a new office")}, "1 removal allowed, because: a new office"),
        ({"undo_of": 3}, "takes back what apply 3 did"),
        ({"by_hand": tuple(map(hand, range(12)))}, "and 2 more: reconciler findings --kind import-on"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_plan_says(more: dict[str, Any], told: str) -> None:
    changes = more.pop("changes", ())
    assert told in shown(plan_of(*changes, **more))


MANY = tuple(f"u{number:03}" for number in range(143))


@pytest.mark.parametrize("hold", [False, True])
def test_many_additions_to_one_group_stand_together_with_what_they_share(hold: bool) -> None:
    changes = tuple(
        adding(name, side_effects=("it gives Slack", f"{name} stays"), instead_of=("a rule: reaches bo",))
        for name in MANY
    )
    held = tuple(Withheld(planned=one, reasons=("too many.",), lift="--allow-additions 143") for one in changes)
    told = unwrapped(plan_of(withheld=held) if hold else plan_of(*changes))
    assert "143 changes put 143 people into kandji_apple_users" in told
    assert f"{'would join' if hold else 'joins'} 143 people: u000@acme.example" in told
    assert [told.count(words) for words in ("it gives Slack", "a rule: reaches bo", " stays")] == (
        [0, 1, 0] if hold else [1, 1, 3]
    )


def test_a_rule_that_would_bring_two_more_than_are_missing_is_told_beside_the_choice_with_their_names() -> None:
    told = both_ways("member-not-assigned")
    assert "143 changes put 143 people into kandji" in told
    assert "instead of extend the rule Macs by Sales: reaches 145 people, of whom no finding names" in told
    assert told.count("q0@acme.example, q1@acme.example") == 1


def test_a_rule_that_must_be_extended_anyway_is_chosen_and_names_the_two_more() -> None:
    told = both_ways("member-not-assigned", "group-feeds-no-assignment", "push-group-not-covered")
    assert "1 change for 145 findings." in told
    assert "of these no finding names q0@acme.example and q1@acme.example" in told
    assert "instead of put 143 people into kandji by hand: reaches 143 people" in told


def both_ways(*slugs: str) -> str:
    """The plan for 143 people of Sales who are not assigned, and two more whom a rule would bring as well."""
    company = feeding(lacking=143, among=143)
    company.person("d", groups=["design", "assigned"])
    for name in ("q0", "q1"):
        company.person(name, "STAGED", groups=["sales"], assigned=False, account=False)
    world = company.world(filled_by=None)
    found = tuple(one for one in checks.run(world).findings if one.kind in slugs)
    about = About(by="reconciler plan", run=1, run_finished=NOW, data_digest="", scope_set=True)
    lifted = Ceilings(additions=145, reason="all of Sales is meant")
    return unwrapped(
        build(
            world,
            found,
            fixes=checks.FIXES,
            kinds={kind.slug: kind for kind in checks.KINDS},
            policy=Policy(),
            spent=Spent(),
            about=about,
            ceilings=lifted,
        )
    )


def test_clicks_that_several_findings_share_are_told_once() -> None:
    assert shown(plan_of(by_hand=(hand(1), hand(2)))).count("clicks") == 1


def test_changes_of_which_the_same_is_to_be_told_are_told_together_each_by_its_own_sentence() -> None:
    names = [f"p{number}" for number in range(3)]
    several = [
        replace(adding(name, undo="undone"), sentence=f"add {name}@acme.example", why=(f"{name}@acme.example is out",))
        for name in names
    ]
    made = shown(plan_of(*several))
    assert [made.count(f"  add {name}@acme.example") for name in names] == [1] * len(names)
    assert (made.count("each is out"), made.count("undone")) == (1, 1)
    held = shown(plan_of(withheld=tuple(Withheld(planned=one, reasons=("9 > 5.",)) for one in several)))
    assert (held.count("9 > 5."), held.count("acme.example")) == (1, len(names))


def test_whom_a_push_takes_out_is_told_once() -> None:
    gone = CROWD[:2]
    told = shown(plan_of(adding("ana", removes=gone, side_effects=(f"takes out: {gone[0].name}, {gone[1].name}",))))
    assert [told.count(one.name) for one in gone] == [1, 1]


def test_values_that_are_written_to_kandji_are_told_with_those_they_replace() -> None:
    account = Named(name="ana@acme.example", id="k-1")
    change = ReplaceAttributes(
        account=account, user_id="00uana", before=(("department", "Sales"), ("title", None)),
        after=(("department", "Ops"), ("title", "Lead")),
    )  # fmt: skip
    told = shown(plan_of(planned(change)))
    assert "department: Ops, where there is Sales" in told
    assert "title: Lead, where there is (nothing)" in told


def test_the_age_of_the_data_is_told() -> None:
    assert "5 minutes ago" in shown(plan_of())
