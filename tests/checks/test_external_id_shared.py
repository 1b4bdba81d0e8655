"""Okta points two people to one account."""

from __future__ import annotations

from tests.worlds import Company, found


def test_whoever_has_an_account_of_their_own_is_no_finding_nor_is_a_leavers_old_pointer() -> None:
    company = Company()
    company.person("ana")
    company.person("left", "DEPROVISIONED", external_id="k-ana", account=False)
    company.person("gone", assigned="DEPROVISIONED", external_id="k-ana", account=False)
    assert found(company) == {}


def test_each_of_them_is_told_with_the_others() -> None:
    company = Company()
    company.person("ana")
    company.person("ben", external_id="k-ana", account=False)
    assert found(company) == {"external-id-shared": ["user:ana", "user:ben"]}
    told = company.judge().findings[0]
    assert told.sentence == "ana@acme.example shares one account in Kandji with ben@acme.example"
    assert told.severity == "high"


def test_an_account_that_is_gone_may_be_shared_too() -> None:
    company = Company()
    company.person("ana", account=False, external_id="x")
    company.person("ben", account=False, external_id="x")
    assert found(company)["external-id-shared"] == ["user:ana", "user:ben"]
