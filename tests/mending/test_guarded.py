"""With the guards as they come, nobody loses more by one apply than they allow: measured in the world, not in the
plan."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from reconciler.simulator.company import Company
from tests.mending.companies import SEEDS, drawn, settings
from tests.mending.harness import planned, site

SOME = SEEDS[::6]


def rosters(company: Company) -> dict[str, frozenset[str]]:
    """Accounts in each Kandji group that there is, by its id: names change."""
    groups = (str(group.id) for group in company.tenant.store.groups())
    return {group: company.tenant.members(group) for group in groups}


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
        before = rosters(company)
        plan = place.plan()
        assert all(row["reasons"] and row["guards"] for row in plan.get("withheld", []))
        if planned(plan):
            place.apply()
            place.settle()
        after = rosters(company)
        gone = {group: len(members - after.get(group, frozenset())) for group, members in before.items()}
        assert {group: count for group, count in gone.items() if count > most(len(before[group]))} == {}
