"""The checks and the judge, who share no code, agree about every random small world."""

from __future__ import annotations

import ast
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from reconciler import checks
from tests.reference.judge import KINDS, judge
from tests.reference.reading import findings
from tests.reference.worlds import look_up, person, push, together, worlds

COMPARED = frozenset(KINDS) & {kind.slug for kind in checks.KINDS}
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")
"""Of a world with a crowd, where a test fails: then it is to be seen, and shrinks."""
MAPPING_LINK = frozenset({"mapping-error", "mapping-inactive", "mapping-target-missing"})


def thorough(examples: int) -> settings:
    unhurried = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(
        max_examples=examples, derandomize=True, database=None, deadline=None, suppress_health_check=unhurried
    )


def differ(world: dict[str, Any]) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """What the checks alone find, and what the judge alone finds."""
    text = json.dumps(world)
    told = {(finding.kind, finding.subject.key) for finding in findings(text) if finding.kind in COMPARED}
    expected = {(kind, subject) for kind, subject in judge(text) if kind in COMPARED}
    return told - expected, expected - told


def disputed(world: dict[str, Any]) -> set[str]:
    """Kinds of which the two are known to think differently in such a world; a test below shows each dispute."""
    okta = world["okta"]
    pointers = [row["externalId"] for row in okta["app_users"] if row["externalId"]]
    pushed = {mapping["sourceGroupId"] for mapping in okta["mappings"] if mapping["status"] != "INACTIVE"}
    kinds = set() if pushed <= set(okta["members"]) else {"unassigned-still-active"}
    return kinds | ({"duplicate-in-kandji"} if len(pointers) > len(set(pointers)) else set())


def agree(world: dict[str, Any]) -> None:
    excused = disputed(world)
    ours, theirs = ({pair for pair in pairs if pair[0] not in excused} for pairs in differ(world))
    assert (ours, theirs) == (set(), set())


def small(count: int) -> dict[str, Any]:
    """So many people in step, in one pushed group."""
    people = {number: person(number, (1,)) for number in range(1, count + 1)}
    world = together(people, {1: push(1, "Sales")}, {})
    look_up(world, people, unread=None)
    return world


def test_the_judge_imports_json_and_nothing_else() -> None:
    tree = ast.walk(ast.parse((Path(__file__).parent / "judge.py").read_text(encoding="utf-8")))
    imported = [ast.unparse(node) for node in tree if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert imported == ["import json"]


def test_nobody_is_called_in_no_pushed_group_while_a_pushed_group_was_not_read() -> None:
    world = small(1)
    world["okta"] |= {"app_users": [], "found": world["okta"]["members"].pop("00g1")}
    assert differ(world) == (set(), set())


def test_the_double_of_an_account_that_people_share_is_told_of_each_of_them() -> None:
    world = small(3)
    world["okta"]["app_users"][1]["externalId"] = "k1"
    world["scim"]["users"][2]["userName"] = "p1@acme.example"
    assert differ(world) == (set(), set())


@thorough(300)
@given(worlds())
def test_the_checks_find_in_small_worlds_what_the_judge_finds_and_nothing_else(world: dict[str, Any]) -> None:
    agree(world)


@pytest.mark.prove
@thorough(10_000)
@given(worlds())
def test_ten_thousand_worlds_are_judged_alike(world: dict[str, Any]) -> None:
    agree(world)


@pytest.mark.prove
def test_every_kind_and_every_broken_link_comes_up_in_one_world_of_twenty_at_least() -> None:
    worlds_with: Counter[str] = Counter()

    @thorough(1000)
    @given(worlds())
    def count(world: dict[str, Any]) -> None:
        text = json.dumps(world)
        kinds = {kind for kind, _ in judge(text)}
        mappings = {finding.kind for finding in findings(text)} & MAPPING_LINK
        worlds_with.update(["worlds", *kinds, *mappings])

    count()
    wanted = {*KINDS, *MAPPING_LINK}
    assert {kind: worlds_with[kind] for kind in wanted if worlds_with[kind] * 20 < worlds_with["worlds"]} == {}
