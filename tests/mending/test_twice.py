"""What was applied is not applied again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mending.fingerprint import difference, fingerprint
from tests.mending.prepared import begun
from tests.mending.scenes import SCENES, Scene, sampled


@pytest.mark.parametrize("scene", sampled(SCENES, "extend the rule by a group", "unlink and link again"))
def test_applying_a_plan_twice_changes_nothing_more(scene: Scene, tmp_path: Path) -> None:
    with begun(scene, tmp_path) as place:
        company = place.company
        mended = {finding for row in place.read_plan()["changes"] for finding in row["mends"]}
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
        place.run()
        assert mended & {finding.id for finding in place.findings()} == set()
