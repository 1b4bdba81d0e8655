"""Findings equal the truth exactly: nothing missed, nothing invented, each with the right cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reconciler.simulator import company as companies
from reconciler.simulator.company import ALONE, INJECTIONS, TOGETHER, Company
from reconciler.simulator.company.odd import ODD, PAIRS
from tests.proofs.companies import ROWS_A_PAGE, TENANTS, Plan, plan_of
from tests.proofs.harness import Installation, difference, installed, truth

SEEDS = range(1, 201)
SAMPLE = (7, 13, 14, 15, 16, 17, 20)
"""Seeds that ``make test`` takes; ``make prove`` takes the others."""
TIMES = 5
"""So often each kind of drift is caused over all seeds, at least."""
PEOPLE = {"group-cut-off": 175}
"""How many a company needs for one kind alone, where it is more than 90."""


def seeds(sample: Container[int], every: range) -> list[object]:
    return [seed if seed in sample else pytest.param(seed, marks=pytest.mark.prove) for seed in every]


def run(installation: Installation) -> None:
    """One run of the program at the company's time."""
    installation.time.at = installation.company.clock.now()
    outcome = installation.call("run")
    assert outcome.code == 0, outcome.err


@contextmanager
def proved(plan: Plan, folder: Path) -> Iterator[Installation]:
    """A plan's company after as many runs as it takes to find all, with the tokens that are good at each."""
    company = plan.build(lambda company: _look(plan, company, folder))
    with installed(company, folder, rest_api=plan.rest_api, rows_a_page=plan.rows_a_page) as installation:
        run(installation)
        yield installation


def _look(plan: Plan, company: Company, folder: Path) -> None:
    with installed(company, folder, rest_api=plan.rest_api, rows_a_page=plan.rows_a_page) as installation:
        run(installation)


def assert_true(plan: Plan, folder: Path) -> None:
    """What a second run sees for the first time may settle until a third, where nothing tells how old it is."""
    with proved(plan, folder) as found:
        assert found.company.truth
        assert difference(found.told(), truth(found.company)) == {}
        lives = found.lives()
        assert [one.sentence for one, life in lives if one.settling and life.times_seen == plan.runs] == []


@pytest.mark.parametrize("seed", seeds(SAMPLE, SEEDS))
def test_findings_of_a_seeded_company_equal_its_truth(seed: int, tmp_path: Path) -> None:
    assert_true(plan_of(seed), tmp_path)


def test_over_all_seeds_each_kind_of_drift_is_caused_several_times_and_each_tenant_met() -> None:
    plans = [plan_of(seed) for seed in SEEDS]
    caused = Counter(slug for plan in plans for slug in plan.injections)
    assert {slug for slug in INJECTIONS if caused[slug] < TIMES} == set()
    assert sum(len(plan.injections) > 4 for plan in plans) >= len(SEEDS) // 2


def test_on_the_same_people_and_groups_several_things_go_wrong() -> None:
    hit: dict[str, set[str]] = {}
    for row in plan_of(8).build(lambda _: None).truth:
        for part in row.subject.split():
            hit.setdefault(part, set()).add(row.kind)
    assert any(len(kinds) > 1 for kinds in hit.values())


def test_the_sample_has_every_kind_of_tenant_read_with_and_without_the_rest_api_once_and_twice() -> None:
    sample = [plan_of(seed) for seed in SAMPLE]
    assert any(plan.injections == TOGETHER for plan in sample)
    assert any(set(plan.injections) & ALONE for plan in sample)
    assert all(any(plan.tenant == tenant for plan in sample) for tenant in TENANTS)
    assert {plan.rest_api for plan in sample} == {True, False}
    assert {plan.runs for plan in sample} == {1, 2}
    assert {plan.rows_a_page for plan in sample} == set(ROWS_A_PAGE)


def alone(slug: str, seed: int, people: int = 90, groups: int = 6) -> Plan:
    size = PEOPLE.get(slug, people)
    return Plan(seed=seed, people=size, groups=groups, injections=(slug,), tenant={}, rest_api=True, rows_a_page=None)


@pytest.mark.parametrize(
    "slug", [slug if slug in ALONE else pytest.param(slug, marks=pytest.mark.prove) for slug in INJECTIONS]
)
def test_each_kind_of_drift_alone_is_found_and_nothing_else(slug: str, tmp_path: Path) -> None:
    plan = alone(slug, 31)
    with proved(plan, tmp_path) as found:
        assert slug in {row.kind for row in found.company.truth}
        assert difference(found.told(), truth(found.company)) == {}


@pytest.mark.prove
@pytest.mark.parametrize("slug", INJECTIONS)
@pytest.mark.parametrize("seed", [32, 33, 34])
def test_each_kind_of_drift_alone_is_found_whatever_the_seed(slug: str, seed: int, tmp_path: Path) -> None:
    assert_true(alone(slug, seed, 120, 7), tmp_path)


def assert_nothing_above_low(make: Callable[[], Company], folder: Path) -> None:
    """Neither in a first run, which settles less, nor in a second, which knows more."""
    with installed(make(), folder) as installation:
        for _ in range(2):
            run(installation)
            found = [finding for finding in installation.findings() if finding.severity != "low"]
            assert [(finding.kind, finding.sentence) for finding in found] == []


@pytest.mark.parametrize("seed", seeds((1, 2), range(1, 9)))
def test_a_calm_company_gives_no_finding_above_low_and_what_it_gives_is_true(seed: int, tmp_path: Path) -> None:
    company = companies.calm(seed, people=150, groups=9)
    with installed(company, tmp_path) as installation:
        run(installation)
        assert difference(installation.told(), truth(company)) == {}
        assert {finding.severity for finding in installation.findings()} <= {"low"}


@pytest.mark.parametrize("name", ODD)
def test_a_healthy_odd_company_gives_no_finding_above_low_in_two_runs(name: str, tmp_path: Path) -> None:
    assert_nothing_above_low(lambda: ODD[name](5, people=80), tmp_path)


@pytest.mark.prove
@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("seed", [6, 7, 8])
def test_a_healthy_odd_company_gives_no_finding_above_low_whatever_the_seed(
    name: str, seed: int, tmp_path: Path
) -> None:
    assert_nothing_above_low(lambda: ODD[name](seed, people=150), tmp_path)


@pytest.mark.prove
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_companies_that_are_odd_in_two_ways_give_no_finding_above_low(one: str, other: str, tmp_path: Path) -> None:
    assert_nothing_above_low(lambda: (ODD[one] & ODD[other])(9, people=80), tmp_path)
