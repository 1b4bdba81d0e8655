"""Undo brings what was touched back, where a change can be taken back, and leaves what moved since."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mending.fingerprint import difference, fingerprint, group_named
from tests.mending.harness import LIFTED, Site, planned
from tests.mending.prepared import begun
from tests.mending.scenes import LOANERS, SCENES, Scene, sampled

INVERTIBLE = [scene for scene in SCENES if scene.lost is not None]
FINAL = [scene for scene in SCENES if scene.lost is None and scene.change in {"repush", "relink"}]
"""Changes of which nothing can be taken back."""


def applied(scene: Scene, place: Site) -> None:
    """Applies a scene, and lets it come to rest."""
    assert planned(place.read_plan(), scene.change)
    outcome = place.apply()
    assert outcome.code == 0, outcome.err
    place.settle()


@pytest.mark.parametrize(
    "scene", sampled(INVERTIBLE, "extend the rule by a group", "give an account the values of Okta")
)
def test_undo_brings_back_what_a_change_touched(scene: Scene, tmp_path: Path) -> None:
    with begun(scene, tmp_path) as place:
        company = place.company
        before = fingerprint(company)
        applied(scene, place)
        changed = difference(before, fingerprint(company))
        assert changed, "the change changed nothing"
        place.plan("1", *LIFTED, verb="undo")
        outcome = place.apply()
        assert outcome.code == 0, outcome.err
        place.settle()
        after = fingerprint(company)
        assert scene.lost is not None
        assert {part: rows for part, rows in difference(before, after).items() if part not in scene.lost} == {}


@pytest.mark.parametrize("scene", sampled(FINAL, "push a group again"))
def test_what_can_not_be_undone_is_told_before_and_undo_plans_nothing(scene: Scene, tmp_path: Path) -> None:
    with begun(scene, tmp_path) as place:
        assert all("can't be undone" in row["undo"] for row in planned(place.read_plan(), scene.change))
        assert place.apply().code == 0
        undo = place.call("undo", "1", "-o", str(place.folder / "undo.json"))
        assert undo.code == 0, undo.err
        assert planned(place.read_plan("undo.json")) == []


def test_a_membership_that_a_rule_has_taken_over_since_is_left_and_told(tmp_path: Path) -> None:
    scene = SCENES[0]
    with begun(scene, tmp_path) as place:
        company = place.company
        applied(scene, place)
        group, rule = group_named(company, LOANERS), company.feeding
        assert rule is not None
        company.org.deactivate_rule(rule)
        company.org.set_rule_expression(rule, rule.expression.replace(")", f', "{group.id}")'))
        company.org.activate_rule(rule)
        place.settle()
        before = fingerprint(company)
        place.plan("1", *LIFTED, verb="undo")
        outcome = place.apply()
        assert outcome.code != 0
        assert set(outcome.words.values()) == {"skipped"}
        assert outcome.writes == ()
        place.settle()
        assert difference(before, fingerprint(company)) == {}
