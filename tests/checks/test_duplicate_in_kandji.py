"""Two accounts in Kandji have one user name or one address."""

from __future__ import annotations

from typing import Any

import pytest

from tests.worlds import Company, found, keys, only

ADDRESS = "ana@acme.example"


def twins(**twin: Any) -> Company:
    company = Company()
    company.person("ana", kandji={"email": ADDRESS})
    company.account("twin", **twin)
    return company


def duplicates(company: Company, **settings: Any) -> list[str]:
    return found(company, **settings).get("duplicate-in-kandji", [])


@pytest.mark.parametrize("twin", [{}, {"user_name": None}, {"email": "anna@acme.example"}, {"user_name": "ana"}])
def test_another_name_and_address_or_none_is_no_twin(twin: dict[str, Any]) -> None:
    assert duplicates(twins(**twin)) == []


@pytest.mark.parametrize("twin", [{"user_name": "ANA@acme.example"}, {"email": "Ana@acme.example"}])
def test_one_finding_for_whom_okta_knows(twin: dict[str, Any]) -> None:
    company = twins(**twin)
    assert duplicates(company) == ["user:ana"]
    told = only(company.judge(), "duplicate-in-kandji")
    assert told.severity == "high"
    assert "(twin), active" in told.evidence[-1].value


def test_two_whom_okta_does_not_know_are_told_each() -> None:
    company = Company()
    company.account("k1", email="desk@acme.example")
    company.account("k2", email="desk@acme.example")
    assert duplicates(company) == ["account:k1", "account:k2"]


def test_of_an_account_that_people_share_each_is_told() -> None:
    company = twins(email=ADDRESS)
    company.person("ben", external_id="k-ana", account=False)
    assert duplicates(company) == ["user:ana", "user:ben"]


def test_people_whom_another_directory_feeds_and_who_share_an_account_are_no_twins() -> None:
    assert duplicates(twins(email=ADDRESS, user_name="theirs"), also_fed_by=("theirs",)) == []
    company = Company()
    company.person("ana", kandji={"email": ADDRESS})
    company.person("ben", external_id="k-ana", account=False)
    assert duplicates(company) == []


def test_people_in_two_directories_are_one_finding_of_advice() -> None:
    company = Company()
    for name in ("ana", "ben"):
        company.person(name, kandji={"email": f"{name}@acme.example"})
        company.row(f"k-{name}", email=f"{name}@acme.example", integration_id="ours")
        company.row(f"other-{name}", email=f"{name.upper()}@acme.example", integration_id="theirs")
    assert keys(company.judge(), settling=False) == {"duplicate-in-kandji": ["app:app"]}
    told = only(company.judge(), "duplicate-in-kandji")
    assert (told.severity, told.people) == ("low", ("user:ana", "user:ben"))


def test_twins_of_two_directories_are_summed_up_as_well_where_scim_shows_both() -> None:
    company = twins(email=ADDRESS)
    for account, integration in (("k-ana", "okta"), ("twin", "entra")):
        company.row(account, email=ADDRESS, integration_id=integration, active=True)
    told = only(company.judge(), "duplicate-in-kandji")
    assert (told.subject.key, told.severity) == ("app:app", "low")
