"""Each kind of drift that the program does not look for yet can be caused, and leaves what the catalogue tells."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pytest

from reconciler.simulator.company import BEYOND, INJECTIONS, Company, Expected, calm
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

USUAL = {"inactive-in-pushed-group", "inactive-member-lingers", "suspended-still-active"}
"""Kinds (low or a matter of policy) that a company shows in which nothing went wrong."""

BESIDE: dict[str, set[str]] = {
    "external-id-shared": {"profile-push-failed"},
    "rule-inactive": {"push-group-not-covered"},
    "rule-invalid": {"push-group-not-covered"},
}
"""Further kinds that come of the same deed."""

LOGGED = {
    "credentials-refused": "application.integration.authentication_failure",
    "pushes-failing": "application.provision.group_push.mapping.update.or.delete.failed.with.error",
    "rule-excludes-member": "group.user_membership.rule.add_exclusion",
    "rule-not-applied": "group.user_membership.rule.error",
    "rule-invalid": "group.user_membership.rule.invalidate",
    "rule-inactive": "group.user_membership.rule.deactivated",
    "mapping-source-missing": "group.lifecycle.delete",
    "suspended-still-active": "user.lifecycle.suspend",
}
"""What Okta's System Log says of a deed, and of nothing in the days before."""

PEOPLE = {"group-cut-off": 160}
"""How many a company needs, where it is more than 60."""


@dataclass(frozen=True)
class Story:
    """One company before and after a deed."""

    company: Company
    claimed: tuple[Expected, ...]
    before: Beyond
    after: Beyond

    def claims(self, kinds: set[str]) -> set[tuple[str, str]]:
        return {(row.kind, row.subject) for row in self.claimed if row.kind in kinds}


@cache
def story(slug: str, seed: int = 1) -> Story:
    company = calm(seed, PEOPLE.get(slug, 60), 6, days=6)
    before = read(company)
    company.wait(hours=5)
    claimed = BEYOND[slug](company)
    company.settle()
    company.wait(hours=24)
    company.settle()
    return Story(company, claimed, Beyond(before), Beyond(read(company), before))


def test_every_kind_of_the_catalogue_has_an_injection() -> None:
    kinds = " ".join(CATALOGUE.values()).split()

    assert sorted([*INJECTIONS, *BEYOND]) == sorted(kinds)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_calm_company_shows_none_of_these_kinds_but_the_usual(seed: int) -> None:
    raw: Raw = read(calm(seed, 60, 6, days=6))

    assert {kind for kind, _ in Beyond(raw, raw).further()} <= USUAL


@pytest.mark.parametrize("slug", BEYOND)
def test_an_injection_leaves_the_signature_that_was_not_there_before(slug: str) -> None:
    told = story(slug)

    claimed = {subject for _, subject in told.claims({slug})}
    assert claimed - told.before.of(slug)
    assert told.after.of(slug) - told.before.of(slug) <= claimed <= told.after.of(slug)


@pytest.mark.parametrize("slug", BEYOND)
def test_an_injection_tells_what_follows_of_the_kinds_that_the_program_looks_for(slug: str) -> None:
    told = story(slug)

    assert told.after.seen() == {(row.kind, row.subject) for row in told.company.truth}
    assert told.after.seen() == told.claims(set(INJECTIONS))


@pytest.mark.parametrize("slug", BEYOND)
def test_an_injection_causes_no_other_of_these_kinds_but_what_comes_of_the_same_deed(slug: str) -> None:
    told = story(slug)

    new = {kind for kind, _ in told.after.further() - told.before.further()}
    assert new - {slug} - USUAL == BESIDE.get(slug, set())


@pytest.mark.parametrize("slug", LOGGED)
def test_the_system_log_tells_of_a_deed(slug: str) -> None:
    told = story(slug)

    before, after = ({row["eventType"] for row in look.raw.logs} for look in (told.before, told.after))
    assert LOGGED[slug] in after - before


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(2, 5))
@pytest.mark.parametrize("slug", BEYOND)
def test_an_injection_leaves_its_signature_and_what_follows_whatever_the_seed(slug: str, seed: int) -> None:
    told = story(slug, seed)

    claimed = {subject for _, subject in told.claims({slug})}
    assert claimed - told.before.of(slug)
    assert told.after.of(slug) - told.before.of(slug) <= claimed <= told.after.of(slug)
    assert told.after.seen() == told.claims(set(INJECTIONS)) == {(row.kind, row.subject) for row in told.company.truth}
