"""The large company has what the bench promises of it."""

from __future__ import annotations

from reconciler import checks, joining
from reconciler.world import Settings
from tests.bench import large

WHOLE = {
    "app-inactive",
    "assigned-before-provisioning",
    "attribute-not-sent",
    "credentials-refused",
    "foreign-people",
    "integration-recreated",
    "pushes-failing",
}
"""Kinds of a company of which most is in drift, which this one is not."""


def test_the_large_company_has_every_kind_of_drift_that_a_part_of_a_company_can_be_in() -> None:
    company = large.Company(people=4_000, groups=40)
    world = joining.join(company.snapshot(), before=company.memory(), settings=Settings(), now=large.NOW)
    found = {finding.kind for finding in checks.run(world).findings}
    assert {kind.slug for kind in checks.KINDS} - found == WHOLE
