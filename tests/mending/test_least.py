"""Nothing is sent that the plan does not hold, and only ``apply`` sends anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mending.fingerprint import difference, fingerprint
from tests.mending.harness import LIFTED, OPEN_GUARDS, planned, site
from tests.mending.implied import unexplained
from tests.mending.prepared import begun
from tests.mending.scenes import SCENES, Scene, injected, sampled


@pytest.mark.parametrize("scene", sampled(SCENES, "extend the rule by a group", "unlink and link again"))
def test_the_writes_that_the_services_took_are_those_that_the_plan_implies(scene: Scene, tmp_path: Path) -> None:
    with begun(scene, tmp_path) as place:
        changes = planned(place.read_plan())
        outcome = place.apply()
        assert any(write.taken for write in outcome.writes)
        assert unexplained(changes, outcome.words, outcome.told, outcome.writes) == []


@pytest.mark.parametrize("scene", sampled(SCENES, "extend the rule by a group"))
def test_neither_a_dry_run_nor_verify_writes(scene: Scene, tmp_path: Path) -> None:
    with begun(scene, tmp_path) as place:
        before = fingerprint(place.company)
        plan = str(place.folder / "plan.json")
        assert place.mended("apply", plan, "--dry-run").code == 0
        place.mended("verify", plan)
        assert place.notebook.writes == []
        assert difference(before, fingerprint(place.company)) == {}


def test_what_no_finding_asks_for_is_not_planned(tmp_path: Path) -> None:
    company = injected("mapping-error")
    with site(company, tmp_path, more=OPEN_GUARDS) as place:
        place.run()
        told = {finding.id: finding for finding in place.findings()}
        changes = planned(place.plan("--kind", "mapping-error", *LIFTED))
        assert [{told[one].kind for one in row["mends"]} for row in changes] != []
        assert all("mapping-error" in {told[one].kind for one in row["mends"]} for row in changes)
