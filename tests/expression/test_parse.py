"""What is read of an expression, and what is said of one that is not of the language."""

from __future__ import annotations

import pytest

from reconciler.expression import Facts, evaluate, parse
from reconciler.expression.spelling import spelled


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("user.a OR user.b AND !user.c", "user.a OR (user.b AND !user.c)"),
        ("(user.a || user.b) or user.c", "user.a OR user.b OR user.c"),
        ("NOT user.a eq user.b", "!user.a == user.b"),
        ("user.a + 'x' == user.b and user.c", "((user.a + 'x') == user.b) AND user.c"),
        ("user.a ? user.b : user.c ? user.d : user.e", "user.a ? user.b : (user.c ? user.d : user.e)"),
        ("user.a ?: user.b || user.c", "user.a ?: (user.b OR user.c)"),
        ("user.notes == NULL", "user.notes == null"),
        ("user.not == user.order", "user.not == user.order"),
        ("toLowerCase(user.a) == user.b[0]", "String.toLowerCase(user.a) == user.b[0]"),
        ("{1, -2.5} == user.a", "{1, -2.5} == user.a"),
    ],
)
def test_signs_bind_as_in_springs_grammar(text: str, meant: str) -> None:
    assert spelled(parse(text).root) == meant


def test_a_backslash_is_a_character_and_a_doubled_quote_is_one_quote() -> None:
    facts = Facts(attributes={"a": 'X\\"Y'})
    assert evaluate(parse('user.a == "X\\" + """Y"'), facts).value is True


def test_an_expression_tells_what_it_looks_at() -> None:
    read = parse(
        'user.city == "Oslo" && user.getInternalProperty("status") == "ACTIVE" && isMemberOfAnyGroup("00ga", "00gb")'
        ' || isMemberOfGroupName("Sales") || user.getInternalProperty("id") == "00u1"'
    )
    assert (read.attributes, read.group_ids, read.group_names) == (
        {"city", "status"},
        {"00ga", "00gb"},
        {"Sales"},
    )
    assert (read.users, read.reads_user_id, read.looks_at_groups_by_pattern) == ({"00u1"}, True, False)


@pytest.mark.parametrize(
    "text",
    ['isMemberOfGroupNameStartsWith("S")', "isMemberOfGroupName(user.department)", 'isMemberOfGroupNameRegex("S")'],
)
def test_groups_that_no_list_can_name_are_looked_at_by_pattern(text: str) -> None:
    assert parse(text).looks_at_groups_by_pattern


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "the expression is empty (column 1)"),
        ("user.a ==", "the expression ends too early (column 10)"),
        ('user.a = "b"', "unexpected =, which assigns (== compares) (column 8)"),
        ('user.a == "b', 'unexpected ", which is never closed (column 11)'),
        ("user.a == user.b == user.c", "unexpected == (column 18)"),
        ("user.a > 99999999999", "the number 99999999999 is too large (column 10)"),
        ("user.a ** 2", "unexpected * (column 8)"),
        ("Time.now() == user.a", "Time.now is not a function that is documented for group rules (column 1)"),
        ("true && app.domain == user.a", "app.domain is not an attribute of the person (column 9)"),
        ("String.len()", "String.len is not documented with 0 arguments (column 1)"),
        ("user.a.toLowerCase()", "user.a.toLowerCase() is not documented for group rules (column 1)"),
        ("user.status", "user.status is not documented; getInternalProperty reads Okta's own (column 1)"),
    ],
)
def test_what_is_not_understood_is_unknown_with_its_column(text: str, problem: str) -> None:
    read = parse(text)
    outcome = evaluate(read, Facts(all_groups_known=True))
    assert (read.problem, outcome.value) == (problem, None)
    assert problem in outcome.why


def test_a_part_that_is_not_understood_does_not_hide_the_rest() -> None:
    read = parse('getManagerUser("x") || user.city == "Oslo"')
    assert evaluate(read, Facts(attributes={"city": "Oslo"})).value is True


@pytest.mark.parametrize(
    "text",
    ["(" * 5000 + "true", "!" * 5000 + "true", "user.a" + "[0]" * 5000, "true ? " * 5000, "((true || (false && " * 40],
)
def test_nesting_beyond_reason_is_a_problem_and_no_crash(text: str) -> None:
    assert parse(text).problem is not None


def test_a_rule_of_thousands_of_alternatives_is_read() -> None:
    text = " OR ".join(f'user.department == "{number}"' for number in range(3000))
    assert evaluate(parse(text), Facts(attributes={"department": "2999"})).value is True
