"""Each injection leaves in both services what the catalogue's signature tells, alone and among others."""

from __future__ import annotations

from random import Random

import pytest

from reconciler.simulator.company import INJECTIONS, Company, Expected, build, calm
from reconciler.simulator.company.injections.integration import SETTINGS, provisioning_off
from tests.simulator.company_raw import read
from tests.simulator.company_reading import Reading

SLUGS = tuple(INJECTIONS)


def pairs(rows: tuple[Expected, ...]) -> set[tuple[str, str]]:
    return {(row.kind, row.subject) for row in rows}


def seen(company: Company) -> set[tuple[str, str]]:
    return Reading(read(company)).seen()


def alone(slug: str, seed: int) -> Company:
    return build(seed, 45, 6, [slug], days=6)


@pytest.mark.parametrize("slug", SLUGS)
def test_an_injection_leaves_its_signature_in_the_raw_answers_and_nothing_else(slug: str) -> None:
    company = alone(slug, seed=1)

    assert slug in {kind for kind, _ in seen(company)}
    assert seen(company) == pairs(company.truth)
    assert set(company.truth) == set(company.expected), "what it says of itself is what the ledger says"


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(2, 5))
@pytest.mark.parametrize("slug", SLUGS)
def test_an_injection_does_so_by_each_of_its_ways(slug: str, seed: int) -> None:
    company = alone(slug, seed)

    assert slug in {kind for kind, _ in seen(company)}
    assert seen(company) == pairs(company.truth)
    assert set(company.truth) == set(company.expected)


@pytest.mark.parametrize("feature", SETTINGS)
def test_each_provisioning_setting_is_missed_by_what_it_would_have_sent(feature: str) -> None:
    company = calm(5, 45, 6, days=0)

    claimed = provisioning_off(company, feature)

    off = ("provisioning-off", f"app:{company.org.app.id} feature:{feature}")
    assert feature not in read(company).app["features"]
    assert [row for row in claimed if row.cause == off]
    assert set(company.truth) == set(claimed)
    assert seen(company) == pairs(company.truth)


def combined(seed: int) -> Company:
    random = Random(f"combined {seed}")
    slugs = random.sample(SLUGS, random.choice((5, 9, 14)))
    return build(seed, random.choice((60, 80)), random.choice((7, 9)), slugs, days=8)


@pytest.mark.parametrize("seed", range(3))
def test_several_injections_on_the_same_people_and_groups_leave_what_the_truth_tells(seed: int) -> None:
    company = combined(seed)

    assert seen(company) == pairs(company.truth)


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(3, 20))
def test_many_combined_companies_leave_what_the_truth_tells(seed: int) -> None:
    company = combined(seed)

    assert seen(company) == pairs(company.truth)


@pytest.mark.parametrize("seed", [3, 12])
def test_a_company_can_have_every_kind_of_drift_at_once(seed: int) -> None:
    company = build(seed, 90, 9, days=8)

    assert {row.kind for row in company.truth} == set(INJECTIONS)
    assert seen(company) == pairs(company.truth)


def test_every_cause_in_the_truth_is_itself_to_be_found() -> None:
    company = build(4, 60, 9, days=0)

    causes = {row.cause for row in company.truth if row.cause}
    assert causes
    assert causes <= pairs(company.truth)


def test_the_truth_holds_for_a_tenant_with_numeric_ids_and_small_pages() -> None:
    slugs = ["member-extra", "foreign-people", "missing-in-kandji"]
    company = build(6, 45, 6, slugs, days=0, ids="decimal", page_cap=7)

    assert seen(company) == pairs(company.truth)
