"""With the guards as they come, nobody loses more by one apply than they allow: measured in the world, not in the
plan."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

from tests.mending.companies import SEEDS, drawn, settings
from tests.mending.fingerprint import Parts, fingerprint
from tests.mending.harness import planned, site

SOME = SEEDS[::6]


def lost(before: Parts, after: Parts) -> Counter[str]:
    """How many of a Kandji group's members are not in it any more."""
    left = set(before["kandji memberships"]) - set(after["kandji memberships"])
    return Counter(group for group, _ in left)


def most(population: int) -> int:
    """How many may be taken out of a group of so many."""
    allowed = max(3, int(Fraction(1, 10) * population))
    return min(allowed, population // 2) if population >= 4 else allowed


@pytest.mark.prove
@pytest.mark.parametrize("seed", SOME)
def test_no_apply_takes_more_out_of_a_group_than_the_guards_allow(seed: int, tmp_path: Path) -> None:
    company = drawn(seed).build()
    with site(company, tmp_path, more=settings(company, guards="")) as place:
        place.run()
        place.settle()
        place.run()
        before = fingerprint(company)
        sizes = Counter(group for group, _ in before["kandji memberships"])
        plan = place.plan()
        assert all(row["reasons"] and row["guards"] for row in plan.get("withheld", []))
        if planned(plan):
            place.apply()
            place.settle()
        gone = lost(before, fingerprint(company))
        assert {group: (count, sizes[group]) for group, count in gone.items() if count > most(sizes[group])} == {}
