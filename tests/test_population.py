"""What is worked out for everybody at once is what evaluating the expression says of each."""

from __future__ import annotations

import pytest

from reconciler.expression import evaluate, parse
from reconciler.world import World
from tests.test_world import numbered
from tests.worlds import Company

EXPRESSIONS = (
    'isMemberOfGroup("sales")',
    'isMemberOfAnyGroup("sales", "design")',
    'isMemberOfAnyGroup("sales", "unread")',
    '!isMemberOfGroup("design") && user.team == "A"',
    'isMemberOfGroupName("Sales") || user.team == "b"',
    'isMemberOfGroupNameStartsWith("De")',
    'isMemberOfGroupName("Everyone")',
    'user.team == "A" ? isMemberOfGroup("sales") : user.grade > 3',
    "user.team == null",
    "user.remote",
    'user.city == "Rome"',
    'user.getInternalProperty("status") == "ACTIVE" && user.grade == 1',
    'user.getInternalProperty("id") == "ana"',
    'String.startsWith(user.team, "A") || user.remote == true',
    "true",
    "not a condition",
)
PEOPLE = {
    "ana": (["Sales"], (("team", "A"), ("grade", 1))),
    "ben": (["Sales", "Design"], (("team", "B"), ("grade", 4))),
    "cid": ([], (("team", None), ("remote", True))),
    "dan": (["Design"], (("team", "Ab"), ("grade", True))),
    "eve": ([], ()),
}


@pytest.fixture(scope="module")
def world() -> World:
    company = Company()
    company.group("Sales")
    company.group("Design")
    company.group("Everyone", type="BUILT_IN")
    del company.members["everyone"]
    for name, (groups, attributes) in PEOPLE.items():
        status = "SUSPENDED" if name == "ben" else "ACTIVE"
        company.person(name, status, groups=groups, user={"attributes": attributes})
    return company.world()


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_the_sets_agree_with_each_persons_own_outcome(world: World, text: str) -> None:
    expression = parse(text)
    said = world.population.said(expression.root)
    for name in PEOPLE:
        number = numbered(world, name)
        known = True if number in said.yes else False if number in said.no else None
        assert known is evaluate(expression, world.population.facts(number)).value, name


def test_a_group_that_is_worked_out_from_the_person_is_not_known(world: World) -> None:
    said = world.population.said(parse("isMemberOfGroupName(user.team)").root)
    assert not said.yes | said.no


def test_an_attribute_that_was_told_of_nobody_is_unknown_and_one_told_of_some_is_not_set(world: World) -> None:
    facts = world.population.facts(numbered(world, "eve"))
    assert "city" not in facts.attributes
    assert facts.attributes["team"] is None


def test_of_somebody_whose_record_was_not_read_nothing_is_known() -> None:
    company = Company()
    company.group("Sales")
    company.person("ana", "", groups=["Sales"])
    company.person("ben", user={"attributes": (("team", "A"),)})
    world = company.world()
    said = world.population.said(parse('user.team == null || user.team == "A"').root)
    assert [world.people[number].name for number in said.yes] == ["ben@acme.example"]
