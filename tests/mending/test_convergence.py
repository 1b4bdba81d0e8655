"""What can be mended is mended: by one plan, one apply and the time that it takes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from reconciler.simulator.company import Company
from tests.mending.companies import SEEDS, Draw, drawn, settings
from tests.mending.harness import LIFTED, Mended, Site, planned, site
from tests.mending.implied import unexplained
from tests.mending.notebook import Json
from tests.mending.oracle import BY_ID, BY_POLICY, IN_KANDJI, IN_OKTA, MENDABLE, mendable, still_wrong

SAMPLE = (1,)
TIMES = 20
"""In so many companies each kind occurs and is mended, at least."""
MADE = frozenset({"verified", "not seen yet"})
Pair = tuple[str, str]


def by_name(company: Company) -> set[Pair]:
    """True drift that is mended where it is named alone, and is not meant so."""
    rules = {
        f"rule:{rule.id}" for rule in company.ledger.rules.values() if rule.target in company.ledger.assigned_groups
    }
    return {
        (row.kind, row.subject)
        for row in company.truth
        if row.kind in BY_ID and (row.kind != "rule-inactive" or row.subject in rules)
    }


def everywhere(company: Company) -> set[Pair]:
    """True drift that a plan over everything mends."""
    return mendable(company.truth, IN_OKTA | IN_KANDJI | BY_POLICY)


def named(place: Site, pairs: set[Pair]) -> list[str]:
    """Ids of what the program found of these."""
    return [one.id for one in place.findings() if (one.kind, one.subject.key) in pairs]


def unmended(plan: Json, outcome: Mended, pairs: set[Pair], place: Site) -> dict[str, object]:
    """Everything about what is still wrong that helps to see why."""
    wrong = pairs & still_wrong(place.company)
    standing = named(place, pairs)
    if not wrong and not standing:
        return {}
    return {
        "wrong": sorted(wrong),
        "standing": standing,
        "outcomes": {row["sentence"]: (row["outcome"], row["told"]) for row in outcome.document.get("outcomes", [])},
        "withheld": [(row["planned"]["sentence"], row["reasons"]) for row in plan.get("withheld", [])],
        "by hand": [(row["sentence"], row["why"]) for row in plan.get("by_hand", []) if row["kind"] in MENDABLE],
    }


def mend(place: Site, *words: str) -> tuple[Json, Mended]:
    """Plans, applies, waits and looks again. Every write is one that the plan implies, and every change one that a
    finding needs."""
    needed = {(row.kind, row.subject) for row in place.company.truth} | still_wrong(place.company)
    told = {one.id: (one.kind, one.subject.key) for one in place.findings()}
    plan = place.plan(*words, *LIFTED)
    changes = planned(plan)
    assert [row["sentence"] for row in changes if not {told[one] for one in row["mends"]} & needed] == []
    outcome = place.apply() if changes else Mended(0, {"outcomes": []}, (), "")
    assert unexplained(changes, outcome.words, outcome.told, outcome.writes) == []
    place.settle()
    place.run()
    return plan, outcome


def converge(draw: Draw, folder: Path) -> None:
    def look(company: Company) -> None:
        with site(company, folder, more=settings(company)) as place:
            place.run()

    company = draw.build(look)
    with site(company, folder, more=settings(company)) as place:
        place.run()
        place.settle()
        place.run()  # what the last run saw for the first time may have been settling
        pairs, by_id = everywhere(company), by_name(company)
        plan, outcome = mend(place)
        assert unmended(plan, outcome, pairs, place) == {}
        if by_id:
            plan, outcome = mend(place, *named(place, by_id))
            assert unmended(plan, outcome, by_id, place) == {}
        assert planned(mend(place)[0]) == [] or planned(place.plan(*LIFTED)) == []


@pytest.mark.parametrize(
    "seed", [seed if seed in SAMPLE else pytest.param(seed, marks=pytest.mark.prove) for seed in SEEDS]
)
def test_after_plan_apply_and_time_nothing_is_left_that_could_be_mended(seed: int, tmp_path: Path) -> None:
    converge(drawn(seed), tmp_path)


@pytest.mark.prove
def test_each_kind_that_can_be_mended_occurs_in_twenty_companies_at_least() -> None:
    occurred: Counter[str] = Counter()
    for seed in SEEDS:
        company = drawn(seed).build()
        occurred.update({kind for kind, _ in everywhere(company) | by_name(company)})
    assert {kind: occurred[kind] for kind in MENDABLE if occurred[kind] < TIMES} == {}
