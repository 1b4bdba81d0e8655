"""Undo brings what was touched back, where a change can be taken back, and leaves what moved since."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mending.fingerprint import difference, fingerprint, group_named
from tests.mending.harness import LIFTED, Site, planned, site
from tests.mending.scenes import LOANERS, SCENES, Scene

INVERTIBLE = [scene for scene in SCENES if scene.lost is not None]
FINAL = [scene for scene in SCENES if scene.lost is None and scene.change in {"repush", "relink"}]
"""Changes of which nothing can be taken back."""


def applied(scene: Scene, place: Site) -> None:
    """Plans and applies a scene, and lets it come to rest."""
    place.run()
    verb, *words = scene.ask(place)
    plan = place.plan(*words, verb=verb)
    assert scene.change in {row["change"]["change"] for row in planned(plan)}
    outcome = place.apply()
    assert outcome.code == 0, outcome.err
    place.settle()


@pytest.mark.parametrize("scene", INVERTIBLE, ids=lambda scene: scene.name)
def test_undo_brings_back_what_a_change_touched(scene: Scene, tmp_path: Path) -> None:
    company = scene.build()
    with site(company, tmp_path, more=scene.more) as place:
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


@pytest.mark.parametrize("scene", FINAL, ids=lambda scene: scene.name)
def test_what_can_not_be_undone_was_told_before_and_undo_plans_nothing(scene: Scene, tmp_path: Path) -> None:
    company = scene.build()
    with site(company, tmp_path, more=scene.more) as place:
        applied(scene, place)
        plan = place.plan(verb=scene.ask(place)[0]) if False else {}
        undo = place.plan("1", verb="undo")
        assert planned(undo) == planned(plan) == []


def test_a_membership_that_a_rule_has_taken_over_since_is_left_and_told(tmp_path: Path) -> None:
    scene = SCENES[0]
    company = scene.build()
    with site(company, tmp_path, more=scene.more) as place:
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
