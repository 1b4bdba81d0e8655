from __future__ import annotations

import pytest

from reconciler.simulator.org.rule_language import NotUnderstood, Subject, literals, parse

ADA = Subject(
    profile={"department": "Design", "title": "Senior Designer", "city": None, "isContractor": False, "level": 4},
    group_ids=frozenset({"00gA"}),
    group_names=frozenset({"mac designers"}),
)

TRUE = (
    'user.department == "Design"',
    "user.department == 'Design'",
    'user.department != "Sales"',
    "user.level == 4",
    "!user.isContractor",
    "user.isContractor == false",
    "user.city == null",
    'String.startsWith(user.title, "Senior")',
    'String.stringContains(user.title, "Design")',
    'String.toLowerCase(user.department) == "design"',
    'String.toUpperCase(user.department) eq "DESIGN"',
    'isMemberOfGroup("00gA")',
    'isMemberOfAnyGroup("00gX", "00gA")',
    'isMemberOfGroupName("mac designers")',
    'isMemberOfGroupNameStartsWith("mac")',
    'isMemberOfGroupNameContains("design")',
    'user.department == "Sales" OR isMemberOfGroup("00gA")',
    'user.department == "Design" AND !(user.title == "Intern" || user.city == "Rome")',
    'user.department == "Sales" && user.city == "Rome" OR user.level == 4',
    'user.title == "a \\"quoted\\" title" or user.level == 4',
)
FALSE = (
    'user.department == "design"',
    'user.unheardOf == "x"',
    'String.startsWith(user.city, "R")',
    'isMemberOfGroup("00gX")',
    "user.department",
    "user.isContractor",
    'user.department == "Design" and user.isContractor',
)
NOT_UNDERSTOOD = (
    "",
    "user.department ==",
    'user.department = "x"',
    'String.len(user.title) == "4"',
    '(user.department == "x"',
    'user.department == "x" user',
    "user.salary > 1000",
    'String.startsWith(user.title, "a", "b")',
)


@pytest.mark.parametrize("expression", TRUE)
def test_a_person_meets_a_true_expression(expression: str) -> None:
    assert parse(expression)(ADA) is True


@pytest.mark.parametrize("expression", FALSE)
def test_a_person_does_not_meet_an_expression_that_is_anything_but_true(expression: str) -> None:
    assert parse(expression)(ADA) is False


@pytest.mark.parametrize("expression", NOT_UNDERSTOOD)
def test_what_is_not_understood_is_refused(expression: str) -> None:
    with pytest.raises(NotUnderstood):
        parse(expression)


def test_the_groups_that_an_expression_names_are_among_its_literals() -> None:
    assert literals('isMemberOfAnyGroup("00gA","00gB") AND user.city == \'Rome\'') == {"00gA", "00gB", "Rome"}
