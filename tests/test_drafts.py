"""Several wishes for one change: what is pushed, edited and told once."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from pyroaring import FrozenBitMap

from reconciler.changes import (
    ActivateMapping,
    AddToGroup,
    Change,
    CreateRule,
    EditRule,
    LinkGroup,
    Named,
    Relink,
    Repush,
)
from reconciler.drafts import Draft, each_pushed_once, each_rule_edited_once, one_rule_made, together
from reconciler.fixing import Effect

SALES, ART, RULE = Named(name="Sales", id="sales"), Named(name="Art", id="art"), Named(name="Assign", id="rule")
REPUSH = Repush(mapping_id="m1", group=SALES, kandji_group=None)
ACTIVATE = ActivateMapping(mapping_id="m1", group=SALES, kandji_group=None)
RELINK = Relink(mapping_id="m1", group=SALES, target=None, target_name="Sales", kandji_group=None)
LINK = LinkGroup(group=SALES, target_name="Sales")
ADD = AddToGroup(group=SALES, person=ART)
BEFORE = 'isMemberOfAnyGroup("in")'


def draft(change: Change, *numbers: int) -> Draft:
    few = FrozenBitMap(numbers)
    return Draft(effect=Effect(change=change, joins=few, removes=few, takes_over=few, expected=few or None))


def edit(group: Named | None, *, before: str = BEFORE, after: str | None = None) -> EditRule:
    name = group.id if group else "nobody"
    return EditRule(rule=RULE, before=before, after=after or f'isMemberOfAnyGroup("in", "{name}")', group=group)


@pytest.mark.parametrize(
    ("several", "made"),
    [
        ([REPUSH, ACTIVATE], [ACTIVATE]),
        ([ACTIVATE, RELINK, REPUSH], [RELINK]),
        ([REPUSH, replace(REPUSH, mapping_id="m2")], [REPUSH, replace(REPUSH, mapping_id="m2")]),
        ([LINK, replace(LINK, target_name="Other")], [replace(LINK, target_name="Other")]),
        ([LINK, replace(LINK, group=ART)], [LINK, replace(LINK, group=ART)]),
        ([REPUSH, LINK, ADD, ADD], [ADD, ADD, REPUSH, LINK]),
    ],
)
def test_one_mapping_is_pushed_once_by_what_mends_most(several: list[Change], made: list[Change]) -> None:
    assert [one.change for one in each_pushed_once(map(draft, several))] == made


def test_one_change_reaches_whomever_one_of_those_who_want_it_reaches() -> None:
    effect = together([draft(REPUSH, 1, 2), draft(REPUSH, 2, 3), draft(REPUSH)]).effect
    assert effect == draft(REPUSH, 1, 2, 3).effect
    assert together([draft(REPUSH)]).effect.expected is None


UNPROVABLE = edit(ART, before="odd(", after="odd( too")
TWO_MORE = replace(edit(SALES, before="odd("), also=(Named(name="Zoo", id="zoo"),))


@pytest.mark.parametrize(
    ("several", "after", "unproven"),
    [
        ([edit(SALES), edit(ART)], ['isMemberOfAnyGroup("in", "art", "sales")'], []),
        ([edit(ART), edit(SALES, before="true")], ['isMemberOfAnyGroup("in", "art")'], [edit(SALES, before="true")]),
        ([UNPROVABLE, edit(SALES, before="odd(")], ["odd( too"], [edit(SALES, before="odd(")]),
        ([UNPROVABLE, TWO_MORE], ["odd( too"], [TWO_MORE]),
        ([edit(None), edit(ART)], ['isMemberOfAnyGroup("in", "nobody")', 'isMemberOfAnyGroup("in", "art")'], []),
    ],
)
def test_a_rule_is_edited_once_and_what_can_not_be_proven_is_left_out(
    several: list[EditRule], after: list[str], unproven: list[EditRule]
) -> None:
    rest, left = each_rule_edited_once(map(draft, several))
    assert [one.change.after for one in rest if isinstance(one.change, EditRule)] == after
    assert [one.change for one in left] == unproven


def test_what_is_extended_twice_names_every_group_and_reaches_everybody() -> None:
    third = Named(name="Zoo", id="zoo")
    (one,), _ = each_rule_edited_once([draft(edit(SALES), 1), draft(edit(third), 3), draft(edit(ART), 2)])
    assert isinstance(one.change, EditRule)
    assert (one.change.group, one.change.also) == (ART, (SALES, third))
    assert one.effect.joins == FrozenBitMap([1, 2, 3])
    more = replace(edit(SALES), also=(Named(name="odd", id='"'),))
    assert each_rule_edited_once([draft(edit(ART)), draft(more)])[0][0].change != more


def test_rules_for_one_group_are_made_as_one_but_for_any_that_asks_for_more() -> None:
    few = [
        CreateRule(name=one.name, expression=f'isMemberOfAnyGroup("{one.id}")', group=one, target=RULE)
        for one in (SALES, ART)
    ]
    more = replace(few[0], expression='isMemberOfAnyGroup("sales", "zoo")', also=(Named(name="Zoo", id="zoo"),))
    apart, together_ = one_rule_made(map(draft, [*few, more]), ())
    assert (apart.change, together_.change) == (
        more,
        CreateRule(
            name="Assign people of 2 groups",
            expression='isMemberOfAnyGroup("art", "sales")',
            group=ART,
            target=RULE,
            also=(SALES,),
        ),
    )
