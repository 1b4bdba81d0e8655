"""Whatever the text and the person: nothing raises, knowing more contradicts nothing, and an edit is what it says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler.expression import Facts, GroupAsked, about, any_group_added, evaluate, parse, words
from reconciler.expression.spelling import spelled

QUICK = settings(
    max_examples=150, derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
LONG = settings(QUICK, max_examples=3_000)

STRINGS = ("", "Sales", "sales", "a.b", "Straße", "x\ny", "\ud800", "(?i)s.*", "[", "Everyone", "/.*s")
VALUES = (*STRINGS, 0, 1, 1.5, True, False, None, ("Sales", 1, None), ())
ATTRIBUTES = ("a", "b", "isC", "status")
GROUPS = {"00g1": "Sales", "00g2": "sales", "00g3": "Everyone", "00g4": "Saleß", "00g5": ""}
PIECES = (
    '"',
    "'",
    "(",
    ")",
    "user.",
    "a",
    " ",
    "==",
    "&&",
    "!",
    "{",
    "}",
    "[0]",
    "?",
    ":",
    "String.len",
    "1",
    ",",
    "é",
)

texts = st.text() | st.lists(st.sampled_from(PIECES)).map("".join)
literals = st.sampled_from([*(f'"{text}"' for text in STRINGS), "1", "1.5", "true", "null", '{"Sales", 1}', "{}"])


def shapes(*pool: str) -> Callable[[st.SearchStrategy[str]], st.SearchStrategy[str]]:
    """What makes larger expressions of smaller ones, by the shapes given."""

    return lambda inner: st.sampled_from(pool).flatmap(lambda shape: filled(shape, inner))


def filled(shape: str, inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    count = shape.count("%s")
    return st.lists(inner, min_size=count, max_size=count).map(lambda parts: shape % (*parts,))


SHAPES = (
    "%s == %s",
    "%s != %s",
    "%s < %s",
    "%s matches %s",
    "%s || %s",
    "%s OR %s OR %s",
    "%s AND %s",
    "!%s",
    "(%s)",
    "%s ? %s : %s",
    "%s ?: %s",
    "%s + %s",
    "%s[%s]",
    "{%s, %s}",
    "String.startsWith(%s, %s)",
    "String.stringContains(%s, %s)",
    "String.toLowerCase(%s)",
    "String.replaceFirst(%s, %s, %s)",
    'String.stringSwitch(%s, "d", %s, %s)',
    "Arrays.contains(%s, %s)",
    "Arrays.remove(%s, %s)",
    "Arrays.flatten(%s, %s)",
    "isMemberOfGroupName(%s)",
    "isMemberOfGroupNameStartsWith(%s)",
    "isMemberOfGroupNameRegex(%s)",
    "isMemberOfAnyGroup(%s, %s)",
    "Time.now(%s)",
)
read = st.sampled_from([f"user.{name}" for name in ATTRIBUTES if name != "status"])
internal = st.sampled_from(['user.getInternalProperty("status")', 'user.getInternalProperty("id")'])
members = st.sampled_from(
    [f'isMemberOfGroup("{id_}")' for id_ in GROUPS] + [f'isMemberOfGroupName("{name}")' for name in GROUPS.values()]
)
conditions = st.recursive(
    members | filled("%s == %s", read | literals) | filled("%s != %s", read | internal | literals),
    shapes("(%s || %s)", "(%s AND %s AND %s)", "!(%s)", "(%s ? %s : %s)"),
    max_leaves=8,
)
"""Such as rules are made of."""
grown = conditions | st.recursive(literals | read | internal | members, shapes(*SHAPES), max_leaves=12)


@st.composite
def people(draw: st.DrawFn) -> tuple[Facts, Facts]:
    """(What is known of somebody, what is known of the same person later: the same and more)."""
    attributes = draw(st.dictionaries(st.sampled_from(ATTRIBUTES), st.sampled_from(VALUES)))
    inside = draw(st.sets(st.sampled_from(sorted(GROUPS))))
    user_id = draw(st.sampled_from(("00u1", "Sales")))
    later = Facts(
        attributes=attributes,
        member_of={id_: name for id_, name in GROUPS.items() if id_ in inside},
        not_member_of={id_: name for id_, name in GROUPS.items() if id_ not in inside},
        all_groups_known=draw(st.booleans()),
        user_id=user_id,
    )
    known = draw(st.sets(st.sampled_from((*ATTRIBUTES, *GROUPS))))
    early = Facts(
        attributes={name: value for name, value in attributes.items() if name in known},
        member_of={id_: name for id_, name in later.member_of.items() if id_ in known},
        not_member_of={id_: name for id_, name in later.not_member_of.items() if id_ in known},
        user_id=draw(st.sampled_from((None, user_id))),
    )
    return early, later


def nothing_raises(text: str, both: tuple[Facts, Facts]) -> None:
    expression = parse(text)
    for facts in both:
        outcome = evaluate(expression, facts)
        assert outcome.value in (True, False, None)
        assert outcome.why
        stance = about(expression, GroupAsked("00g1", "Sales"), assume=facts)
        assert stance.why or stance.condition
    assert words(expression, GROUPS)
    edited = any_group_added(expression, "00g9")
    assert (edited is None) is (expression.problem is not None)


def knowing_more_contradicts_nothing(text: str, both: tuple[Facts, Facts]) -> None:
    early, later = (evaluate(parse(text), facts).value for facts in both)
    assert early in (None, later)


def the_edit_lets_one_group_in_and_changes_nothing_else(text: str, both: tuple[Facts, Facts]) -> None:
    old = parse(text)
    edited = any_group_added(old, "00g9")
    if edited is None:
        return
    new = parse(edited)
    for facts in both:
        inside = replace(facts, member_of={**facts.member_of, "00g9": "Nine"})
        outside = replace(facts, not_member_of={**facts.not_member_of, "00g9": "Nine"})
        assert evaluate(new, inside).value is True
        assert evaluate(new, outside).value is evaluate(old, outside).value
    assert about(new, GroupAsked("00g9", "Nine")).says == "covers"


def a_tree_spelled_out_is_read_as_the_same_tree(text: str, both: tuple[Facts, Facts]) -> None:
    expression = parse(text)
    if expression.problem is None:
        again = parse(spelled(expression.root))
        assert [evaluate(again, facts).value for facts in both] == [evaluate(expression, facts).value for facts in both]


PROMISES = (
    nothing_raises,
    knowing_more_contradicts_nothing,
    the_edit_lets_one_group_in_and_changes_nothing_else,
    a_tree_spelled_out_is_read_as_the_same_tree,
)


@QUICK
@given(texts, people())
def test_no_text_whatever_breaks_anything(text: str, both: tuple[Facts, Facts]) -> None:
    nothing_raises(text, both)


@QUICK
@given(grown, people())
def test_any_expression_keeps_its_promises(text: str, both: tuple[Facts, Facts]) -> None:
    for promise in PROMISES:
        promise(text, both)


@pytest.mark.prove
@LONG
@given(texts | grown, people())
def test_very_many_expressions_keep_their_promises(text: str, both: tuple[Facts, Facts]) -> None:
    for promise in PROMISES:
        promise(text, both)
