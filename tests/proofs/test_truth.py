"""Findings equal the truth exactly: nothing missed, nothing invented, each with the right cause."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path
from typing import Any

import pytest

from reconciler.simulator import company as companies
from reconciler.simulator.company import INJECTIONS, Company
from reconciler.simulator.company.odd import ODD
from tests.proofs.companies import ROWS_A_PAGE, TENANTS, plan_of
from tests.proofs.harness import Installation, difference, installed, truth

SEEDS = range(1, 201)
SAMPLE = range(5, 21)
"""Seeds that ``make test`` takes; ``make prove`` takes the others."""


def seeds(sample: Container[int], every: range) -> list[object]:
    return [seed if seed in sample else pytest.param(seed, marks=pytest.mark.prove) for seed in every]


def judged(company: Company, folder: Path, **read: Any) -> Installation:
    """The company after one run of the program; how it is read goes to ``installed``."""
    with installed(company, folder, **read) as installation:
        outcome = installation.call("run")
        assert outcome.code == 0, outcome.err
    return installation


def assert_true(company: Company, folder: Path, **read: Any) -> None:
    found = judged(company, folder, **read)
    assert difference(found.told(), truth(company)) == {}
    assert [finding.sentence for finding in found.findings() if finding.settling] == []


@pytest.mark.parametrize("seed", seeds(SAMPLE, SEEDS))
def test_findings_of_a_seeded_company_equal_its_truth(seed: int, tmp_path: Path) -> None:
    plan = plan_of(seed)
    company = plan.build()
    assert company.truth
    assert_true(company, tmp_path, rest_api=plan.rest_api, rows_a_page=plan.rows_a_page)


def test_half_of_the_companies_have_several_injections_on_the_same_people_and_groups() -> None:
    assert sum(len(plan_of(seed).injections) > 4 for seed in SEEDS) >= len(SEEDS) // 2
    hit: dict[str, set[str]] = {}
    for row in plan_of(2).build().truth:
        for part in row.subject.split():
            hit.setdefault(part, set()).add(row.kind)
    assert any(len(kinds) > 1 for kinds in hit.values())


def test_the_sample_has_every_kind_of_drift_and_every_kind_of_tenant_read_with_and_without_the_rest_api() -> None:
    sample = [plan_of(seed) for seed in SAMPLE]
    assert {slug for plan in sample if len(plan.injections) < len(INJECTIONS) for slug in plan.injections} == set(
        INJECTIONS
    )
    assert any(plan.injections == tuple(INJECTIONS) for plan in sample)
    assert all(any(plan.tenant == tenant for plan in sample) for tenant in TENANTS)
    assert {plan.rest_api for plan in sample} == {True, False}
    assert {plan.rows_a_page for plan in sample} == set(ROWS_A_PAGE)


@pytest.mark.parametrize("slug", INJECTIONS)
def test_each_kind_of_drift_alone_is_found_and_nothing_else(slug: str, tmp_path: Path) -> None:
    company = companies.build(31, people=90, groups=6, injections=[slug])
    assert slug in {row.kind for row in company.truth}
    assert_true(company, tmp_path)


@pytest.mark.prove
@pytest.mark.parametrize("slug", INJECTIONS)
@pytest.mark.parametrize("seed", [32, 33, 34])
def test_each_kind_of_drift_alone_is_found_whatever_the_seed(slug: str, seed: int, tmp_path: Path) -> None:
    assert_true(companies.build(seed, people=120, groups=8, injections=[slug]), tmp_path)


@pytest.mark.parametrize("seed", seeds((1, 2), range(1, 9)))
def test_a_calm_company_gives_no_finding(seed: int, tmp_path: Path) -> None:
    company = companies.calm(seed, people=150, groups=9)
    assert company.truth == ()
    found = judged(company, tmp_path)
    assert found.findings() == []
    assert found.state() == "in-step"


def assert_nothing_above_low(company: Company, folder: Path) -> None:
    """Neither in a first run, which settles less, nor in a second, which knows more."""
    with installed(company, folder) as installation:
        for _ in range(2):
            outcome = installation.call("run")
            assert outcome.code == 0, outcome.err
            found = [finding for finding in installation.findings() if finding.severity != "low"]
            assert [(finding.kind, finding.sentence) for finding in found] == []


@pytest.mark.parametrize("name", ODD)
def test_a_healthy_odd_company_gives_no_finding_above_low_in_two_runs(name: str, tmp_path: Path) -> None:
    assert_nothing_above_low(ODD[name](5, people=80), tmp_path)


@pytest.mark.prove
@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("seed", [6, 7, 8])
def test_a_healthy_odd_company_gives_no_finding_above_low_whatever_the_seed(
    name: str, seed: int, tmp_path: Path
) -> None:
    assert_nothing_above_low(ODD[name](seed, people=150), tmp_path)
