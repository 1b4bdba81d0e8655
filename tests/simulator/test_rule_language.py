from __future__ import annotations

import pytest

from reconciler.simulator.org.rule_language import CanNotTell, NotUnderstood, Subject, attributes, literals, parse
from tests.expressions import ACCEPTED, NO, REFUSED, UNKNOWN, WORLDS, YES, Known, Row


def subject(known: Known) -> Subject:
    """The person with nothing beside what is known of them, which leaves a value that is certain as it is."""
    return Subject(
        profile=known["attributes"],
        internal={"id": known["user_id"], "status": "ACTIVE"},
        group_ids=frozenset(known["groups"]),
        group_names=frozenset(known["groups"].values()),
    )


PEOPLE = tuple(subject(known) for known in WORLDS)
ENGINEER, SELLER, _ = PEOPLE
CERTAIN = [row for row in ACCEPTED if set(row.expected) != {UNKNOWN}]


@pytest.mark.parametrize("row", CERTAIN, ids=[f"{number} {row.text[:60]!a}" for number, row in enumerate(CERTAIN, 1)])
def test_whatever_the_documentation_is_sure_of_the_org_evaluates_alike(row: Row) -> None:
    rule = parse(row.text)
    sure = [(who, value) for who, value in zip(PEOPLE, row.expected, strict=True) if value != UNKNOWN]

    assert [YES if rule(who) else NO for who, _ in sure] == [value for _, value in sure]


@pytest.mark.parametrize("row", REFUSED, ids=[f"{number} {row.text[:60]!a}" for number, row in enumerate(REFUSED, 1)])
def test_what_is_no_rule_is_refused(row: Row) -> None:
    with pytest.raises(NotUnderstood):
        parse(row.text)


@pytest.mark.parametrize(
    ("expression", "brings"),
    [
        ('user.department == "engineering"', False),  # case counts
        ('isMemberOfGroupName("engineering macs")', False),
        ("!user.ownsCar", True),  # null is no
        ('String.startsWith(user.nickName, "W")', False),
        ("String.len(user.nickName) == 0", True),
        ('String.append(user.nickName, "x") == "x"', True),
        ("user.nickName < 5", True),  # and comes before everything
        ('user.nickName matches ".*"', False),
        ('user.nickName + "!" == "null!"', True),
        ('user.level == "4"', False),  # no text is a number
        ("user.isContractor == 0", False),
        ("user.level + 1 == 5", True),
        ('user.level + "" == "4"', True),
        ('user.title matches "(?!Junior).*Engineer"', True),  # Java's patterns
        ('user.favoriteColors == {"blue", "green"}', True),
        ('user.getInternalProperty("status") == "ACTIVE"', True),
        ("user.hasBadge == TRUE", True),
    ],
)
def test_what_the_documentation_leaves_open_has_one_value_in_this_org(expression: str, brings: bool) -> None:
    assert parse(expression)(ENGINEER) is brings


@pytest.mark.parametrize(
    "expression",
    [
        "user.motto < 5",
        "user.favoriteColors[7] == null",
        "Arrays.get(user.favoriteColors, 2) == null",
        "Arrays.size(user.motto) == 1",
        'String.substring(user.firstName, 0, 99) == "Wren"',
        "user.level + user.hasBadge == 5",
        "user.title matches user.pattern",
        "-user.motto == 1",
    ],
)
def test_what_can_not_be_evaluated_for_somebody_says_so(expression: str) -> None:
    odd = Subject(
        profile=ENGINEER.profile | {"pattern": "("},  # type: ignore[operator]
        internal={},
        group_ids=frozenset(),
        group_names=frozenset(),
    )

    with pytest.raises(CanNotTell):
        parse(expression)(odd)


def test_the_groups_that_an_expression_names_are_among_its_literals() -> None:
    assert literals('isMemberOfAnyGroup("00gA","00gB") AND user.city == \'Rome\'') == {"00gA", "00gB", "Rome"}


def test_the_attributes_that_an_expression_looks_at_are_told() -> None:
    expression = 'user.city == "user.x" && user.getInternalProperty("id") != user.level'

    assert attributes(expression) == {"city", "level"}
