"""What was applied is not applied again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mending.fingerprint import difference, fingerprint
from tests.mending.harness import planned, site
from tests.mending.scenes import SCENES, Scene

FINDINGS = [scene for scene in SCENES if scene.change not in {"link", "unlink"}]
"""Scenes of which a plan over the same findings can be asked for again."""


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_applying_a_plan_twice_changes_nothing_more(scene: Scene, tmp_path: Path) -> None:
    company = scene.build()
    with site(company, tmp_path, more=scene.more) as place:
        place.run()
        verb, *words = scene.ask(place)
        place.plan(*words, verb=verb)
        first = place.apply()
        assert first.code == 0, first.err
        assert set(first.words.values()) == {"verified"}, first.told
        place.settle()
        before = fingerprint(company)
        second = place.apply()
        assert [write.line for write in second.writes] == []
        assert set(second.words.values()) <= {"verified", "skipped"}
        place.settle()
        assert difference(before, fingerprint(company)) == {}
        assert planned(place.plan()) == []
