"""On every morning of a lived history, findings equal the truth of that morning; so they do in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.simulator.between import nothing
from reconciler.simulator.company import Company, found, lived
from reconciler.simulator.server import IN_MEMORY
from reconciler.simulator.weather import outage
from reconciler.store import Store
from tests.proofs.harness import Installation, Told, difference, installed, truth

WEATHERS = {None: nothing, "okta": outage(IN_MEMORY.okta), "kandji": outage(IN_MEMORY.kandji)}


def looked(installation: Installation, down: str | None = None) -> int:
    """One run at the company's time, with the token that is good just then. Returns its exit code."""
    company = installation.company
    installation.time.at = company.clock.now()
    installation.config.write_text(company.config(installation.folder), encoding="utf-8")
    return installation.call("pull", meddling=WEATHERS[down]).code


def walked(company: Company, days: int, folder: Path) -> tuple[Counter[str], list[Mapping[str, list[Told]]]]:
    """How findings stood over all runs, and where findings and truth differed on a morning or in the end."""
    lives: Counter[str] = Counter()
    wrong = []
    with installed(company, folder) as installation:
        for look in lived(company, days):
            assert looked(installation, look.down) == (5 if look.down else 0)
            if look.at.hour == 6 and look.down is None:
                wrong.append(difference(installation.told(), truth(company)))
        assert looked(installation) == 0
        wrong.append(difference(installation.told(), truth(company)))
        with Store.open(installation.database) as store:
            for run in store.runs(limit=100):
                lives.update(life.state for _, life in store.findings(run.id))
    return lives, [one for one in wrong if one]


def test_each_morning_and_in_the_end_findings_equal_the_truth(tmp_path: Path) -> None:
    company = found(6, 80, 9, now=datetime(2026, 3, 18, 14, 20, tzinfo=UTC))
    lives, wrong = walked(company, 10, tmp_path)
    assert wrong == []
    assert {"first sight", "new", "open", "fixed", "back again"} <= set(lives)


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(2, 8))
def test_they_do_so_for_thirty_days_whatever_the_seed_and_the_day_of_the_week(seed: int, tmp_path: Path) -> None:
    company = found(seed, 200, 12, now=datetime(2026, 3, 14 + seed, 3 * seed, 20, tzinfo=UTC))
    _, wrong = walked(company, 30, tmp_path)
    assert wrong == []
