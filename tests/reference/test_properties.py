"""What holds for the judgement of any small world: no order matters, no process does, and nothing is told of what was
not read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reference.reading import findings, judgement
from tests.reference.test_judge import thorough
from tests.reference.worlds import worlds

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")
World = dict[str, Any]


def shuffled(value: Any, random: Any) -> Any:
    """The same JSON with every list and every object of it in another order."""
    if isinstance(value, list):
        return random.sample([shuffled(inner, random) for inner in value], len(value))
    if isinstance(value, dict):
        return {key: shuffled(value[key], random) for key in random.sample(sorted(value), len(value))}
    return value


@thorough(40)
@given(world=worlds(), seed=st.integers(0, 999))
def test_the_judgement_does_not_depend_on_the_order_in_which_anything_was_answered(world: World, seed: int) -> None:
    assert judgement(json.dumps(shuffled(world, Random(seed)))) == judgement(json.dumps(world))


def test_another_process_with_another_locale_and_hash_seed_gives_findings_the_same_ids() -> None:
    drawn: list[World] = []

    @thorough(25)
    @given(worlds())
    def draw(world: World) -> None:
        drawn.append(world)

    draw()
    odd = {"PYTHONHASHSEED": "4711", "LC_ALL": "tr_TR.UTF-8", "TZ": "Asia/Tokyo"}
    told = subprocess.run(
        [sys.executable, "-m", "tests.reference.reading"],
        input=json.dumps(drawn),
        env=os.environ | odd,
        capture_output=True,
        text=True,
        check=True,
    )
    ours = [finding.id for world in drawn for finding in findings(json.dumps(world))]
    assert ours
    assert told.stdout.split() == ours


def without_members(world: World) -> None:
    """No pushed group could be read."""
    users = [user for members in world["okta"]["members"].values() for user in members]
    world["okta"] |= {"members": {}, "found": [*world["okta"]["found"], *users]}


def without_look_ups(world: World) -> None:
    """Nobody was looked up for the accounts that no assignment points to."""
    world["okta"]["looked_up"] = []


def without_accounts_by_id(world: World) -> None:
    """No account that the list left out was read by its id."""
    world["scim"]["gone"] = []


def without_members_in_kandji(world: World) -> None:
    """Kandji does not tell who is in its groups."""
    for group in world["scim"]["groups"]:
        group.pop("members", None)


@pytest.mark.parametrize(
    ("take_away", "kinds"),
    [
        (without_members, {"member-not-assigned", "member-missing", "member-extra"}),
        (without_look_ups, {"unmanaged-in-kandji"}),
        (without_accounts_by_id, {"missing-in-kandji", "member-unknown"}),
        (without_members_in_kandji, {"member-missing", "member-extra", "member-unknown", "group-not-pushed"}),
    ],
)
def test_what_was_not_read_is_never_told(take_away: Callable[[World], None], kinds: set[str]) -> None:
    @thorough(30)
    @given(worlds())
    def hold(world: World) -> None:
        take_away(world)
        assert {finding.kind for finding in findings(json.dumps(world))} & kinds == set()

    hold()
