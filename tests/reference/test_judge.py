"""The checks and the judge, who share no code, agree about every random small world."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from reconciler import checks
from tests.reference.judge import KINDS, judge
from tests.reference.reading import findings
from tests.reference.worlds import worlds

COMPARED = frozenset(KINDS) & {kind.slug for kind in checks.KINDS}
MAPPING_LINK = frozenset({"mapping-error", "mapping-inactive", "mapping-target-missing"})


def thorough(examples: int) -> settings:
    unhurried = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(
        max_examples=examples, derandomize=True, database=None, deadline=None, suppress_health_check=unhurried
    )


def agree(world: dict[str, Any]) -> None:
    text = json.dumps(world)
    told = {(finding.kind, finding.subject.key) for finding in findings(text) if finding.kind in COMPARED}
    expected = {(kind, subject) for kind, subject in judge(text) if kind in COMPARED}
    assert (told - expected, expected - told) == (set(), set())


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
