"""Each injection leaves in both services what the catalogue's signature tells, alone and among others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pytest

from reconciler.simulator.company import ALONE, INJECTIONS, TOGETHER, Company, Expected, build, calm
from reconciler.simulator.company.injections.integration import SETTINGS, provisioning_off
from tests.proofs.companies import plan_of
from tests.simulator.company_beyond import Beyond
from tests.simulator.company_raw import Raw, read

CATALOGUE = {
    "the integration": "app-inactive provisioning-off username-push-off import-on credentials-refused pushes-failing "
    "integration-recreated foreign-people",
    "who is assigned": "member-not-assigned group-feeds-no-assignment assignment-group-pushed "
    "assigned-before-provisioning assignment-stuck profile-push-failed assigned-directly assigned-in-no-pushed-group "
    "inactive-in-pushed-group suspended-still-active external-id-shared",
    "group rules": "push-group-not-covered rule-inactive rule-invalid rule-excludes-member rule-not-applied "
    "rule-feeds-unassigned-group",
    "push mappings": "mapping-error mapping-inactive mapping-stale group-not-pushed mapping-target-missing "
    "mapping-source-missing group-renamed group-name-taken",
    "people": "left-still-active unassigned-still-active unmanaged-in-kandji missing-in-kandji inactive-in-kandji "
    "duplicate-in-kandji attribute-differs attribute-not-sent archived-with-device device-on-other-account",
    "groups": "member-missing member-extra inactive-member-lingers group-unmanaged group-linked-wrong member-unknown "
    "group-cut-off group-shrank",
}

LOGGED = {
    "credentials-refused": "application.integration.authentication_failure",
    "pushes-failing": "application.provision.group_push.mapping.update.or.delete.failed.with.error",
    "rule-excludes-member": "group.user_membership.rule.add_exclusion",
    "rule-not-applied": "group.user_membership.rule.error",
    "rule-invalid": "group.user_membership.rule.invalidate",
    "rule-inactive": "group.user_membership.rule.deactivated",
    "mapping-source-missing": "group.lifecycle.delete",
}
"""What Okta's System Log says of a deed, and of nothing in a calm company."""

PEOPLE = {"group-cut-off": 160}
"""How many a company needs, where it is more than 60."""

Pairs = set[tuple[str, str]]


def pairs(rows: tuple[Expected, ...] | list[Expected]) -> Pairs:
    return {(row.kind, row.subject) for row in rows}


@dataclass(frozen=True)
class Story:
    """A company, and all that its raw answers show, with what an earlier look showed."""

    company: Company
    raw: Raw
    seen: Pairs


def shown(raw: Raw, before: Raw | None = None) -> Pairs:
    reading = Beyond(raw, before)
    return reading.seen() | reading.further()


@cache
def alone(slug: str, seed: int = 1) -> Story:
    looks: list[Raw] = []
    company = build(seed, PEOPLE.get(slug, 60), 6, [slug], days=6, looks=lambda company: looks.append(read(company)))
    raw = read(company)
    return Story(company, raw, shown(raw, *looks))


def assert_shown(told: Story, slug: str) -> None:
    assert slug in {kind for kind, _ in told.seen}
    assert told.seen == pairs(told.company.truth)
    assert pairs(told.company.expected) <= told.seen, "what it says of itself is what is to be seen"


def test_every_kind_of_the_catalogue_has_an_injection() -> None:
    kinds = " ".join(CATALOGUE.values()).split()

    assert sorted(INJECTIONS) == sorted(kinds)


def sample() -> list[object]:
    """Those that ``make test`` takes alone; it sees the others together, and ``make prove`` takes each."""
    now = ALONE | set(LOGGED)
    return [slug if slug in now else pytest.param(slug, marks=pytest.mark.prove) for slug in INJECTIONS]


@pytest.mark.parametrize("slug", sample())
def test_an_injection_leaves_its_signature_in_the_raw_answers_and_nothing_that_truth_does_not_tell(slug: str) -> None:
    assert_shown(alone(slug), slug)


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(2, 5))
@pytest.mark.parametrize("slug", INJECTIONS)
def test_an_injection_does_so_by_each_of_its_ways(slug: str, seed: int) -> None:
    assert_shown(alone(slug, seed), slug)


@pytest.mark.parametrize("slug", LOGGED)
def test_the_system_log_tells_of_a_deed(slug: str) -> None:
    without, told = ({row["eventType"] for row in raw.logs} for raw in (calm_raw(), alone(slug).raw))

    assert LOGGED[slug] in told - without


@cache
def calm_raw() -> Raw:
    return read(calm(1, 60, 6, days=6))


@pytest.mark.parametrize("feature", SETTINGS)
def test_each_provisioning_setting_is_missed_by_what_it_would_have_sent(feature: str) -> None:
    company = calm(5, 45, 6, days=0)

    claimed = provisioning_off(company, feature)
    company.wait(hours=24 * 8)

    off = ("provisioning-off", f"app:{company.org.app.id} feature:{feature}")
    raw = read(company)
    assert feature not in raw.app["features"]
    assert [row for row in claimed if row.cause == off]
    assert set(claimed) <= set(company.truth)
    assert shown(raw) == pairs(company.truth)


def planned(seed: int) -> Story:
    looks: list[Raw] = []
    company = plan_of(seed).build(lambda company: looks.append(read(company)))
    raw = read(company)
    if company.tenant.ways.ignored and "department" in company.tenant.ways.ignored:
        for row in raw.app_users.values():
            row["profile"]["department"] = None
    return Story(company, raw, shown(raw, *looks))


@pytest.mark.parametrize("seed", [8, 12])
def test_several_injections_on_the_same_people_and_groups_leave_what_the_truth_tells(seed: int) -> None:
    told = planned(seed)

    assert told.seen == pairs(told.company.truth)


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(22, 62))
def test_many_companies_leave_what_the_truth_tells(seed: int) -> None:
    told = planned(seed)

    assert told.seen == pairs(told.company.truth)


def test_a_company_can_have_nearly_every_kind_of_drift_at_once() -> None:
    told = planned(20)

    assert len(set(TOGETHER) - {row.kind for row in told.company.truth}) <= 3
    assert told.seen == pairs(told.company.truth)


def test_every_cause_in_the_truth_is_itself_to_be_found() -> None:
    company = build(4, 170, 9, days=0)

    causes = {row.cause for row in company.truth if row.cause}
    assert causes
    assert causes <= pairs(company.truth)


def test_the_truth_holds_for_a_tenant_with_numeric_ids_and_small_pages() -> None:
    slugs = ["member-extra", "foreign-people", "missing-in-kandji"]
    company = build(6, 45, 6, slugs, days=0, ids="decimal", page_cap=7)

    assert shown(read(company)) == pairs(company.truth)


def test_a_group_that_was_renamed_in_kandji_is_found_under_either_name() -> None:
    company = build(1, 60, 6, ["group-renamed"])
    push = next(push for push in company.ledger.pushes.values() if push.renamed)
    before = company.kandji_group(push)
    company.retry(push)
    company.settle()
    assert (push.renamed, company.kandji_group(push)) == (None, before)
