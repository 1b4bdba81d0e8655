"""Companies with the kinds of drift that the program does not look for yet: it finds what follows, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.simulator.company import BEYOND, build
from tests.proofs.harness import difference, installed, truth

PEOPLE = {"group-cut-off": 160}
"""How many a company needs, where it is more than 90."""
SAMPLE = tuple(BEYOND)[::4]
"""Kinds that ``make test`` takes; ``make prove`` takes them all."""


def assert_true(slug: str, seed: int, folder: Path) -> None:
    company = build(seed, people=PEOPLE.get(slug, 90), groups=6, injections=[slug])
    with installed(company, folder) as found:
        outcome = found.call("run")
        assert outcome.code == 0, outcome.err
        assert difference(found.told(), truth(company)) == {}
        assert [finding.sentence for finding in found.findings() if finding.settling] == []


@pytest.mark.parametrize("slug", SAMPLE)
def test_of_a_kind_that_is_not_looked_for_what_follows_is_found_and_nothing_else(slug: str, tmp_path: Path) -> None:
    assert_true(slug, 31, tmp_path)


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(31, 35))
@pytest.mark.parametrize("slug", BEYOND)
def test_of_a_kind_that_is_not_looked_for_what_follows_is_found_whatever_the_seed(
    slug: str, seed: int, tmp_path: Path
) -> None:
    assert_true(slug, seed, tmp_path)
