"""What Okta sends and what Kandji has differ."""

from __future__ import annotations

from typing import Any

import pytest

from tests.worlds import Company, about, found, only

BEN = {
    "displayName": "Ben Roe",
    "givenName": "Ben",
    "familyName": "Roe",
    "email": "ben@acme.example",
    "title": "Chief",
    "department": "R&D",
}


def company_of(okta: dict[str, str | None], kandji: dict[str, Any]) -> Company:
    """Ana, with these app profile keys and this account, and Ben, for whom both sides tell everything alike."""
    company = Company()
    company.person("ana", app_user={"profile": tuple(okta.items())}, kandji=kandji)
    told = {"display_name": "Ben Roe", "email": "ben@acme.example", "title": "Chief", "department": "R&D"}
    company.person("ben", app_user={"profile": tuple(BEN.items())}, kandji=told)
    return company


def differing(okta: dict[str, str | None], kandji: dict[str, Any]) -> str | None:
    """The words of Ana's finding, None without one."""
    judged = company_of(okta, kandji).judge()
    words = [finding.sentence for finding in judged.findings]
    assert len(words) <= 1
    return words[0].removeprefix("ana@acme.example has another ").removesuffix(" in Kandji") if words else None


@pytest.mark.parametrize(
    ("okta", "kandji"),
    [
        ({}, {}),
        ({"title": None, "department": ""}, {"title": "", "department": None}),
        ({"title": "Chief"}, {"title": " Chief "}),
        ({"title": "Chief of staff"}, {"title": "Chief\u00a0of\u200b  staff\x00"}),
        ({"title": "Chief of staff"}, {"title": "Chief of\tstaff"}),
        ({"department": "Zoë"}, {"department": "Zoe\u0308"}),
        ({"email": "Ana@Acme.example"}, {"email": "ana@acme.EXAMPLE"}),
        ({"displayName": "Ana Roe"}, {"given_name": "Ana", "family_name": "Roe"}),
        ({"displayName": "Dr Ana Roe", "givenName": "Ana", "familyName": "Roe"}, {"formatted_name": "Ana Roe"}),
        ({"displayName": "Ana Roe", "givenName": "Ana"}, {"display_name": "Other", "formatted_name": "Ana Roe"}),
    ],
)
def test_what_means_the_same_does_not_differ(okta: dict[str, str | None], kandji: dict[str, Any]) -> None:
    assert differing(okta, kandji) is None


def test_a_user_name_differs_by_more_than_its_case() -> None:
    assert differing({}, {"user_name": "ANA@acme.example"}) is None
    assert differing({}, {"user_name": "ann@acme.example"}) == "userName"


@pytest.mark.parametrize(
    ("okta", "kandji", "words"),
    [
        ({"displayName": "Ana Roe"}, {"display_name": "Ana Lee"}, "name"),
        ({"displayName": "Ana Roe"}, {"display_name": "ana roe"}, "name"),
        ({"email": "ana@acme.example"}, {"email": "ana@old.example"}, "email"),
        ({"title": "Chief"}, {"title": "chief"}, "title"),
        ({"title": None}, {"title": "Chief"}, "title"),
        ({}, {"title": "Chief"}, "title"),
        ({"department": "Sales"}, {}, "department"),
        ({"title": "A", "department": "B"}, {"title": "B", "department": "A"}, "title, department"),
    ],
)
def test_what_differs_is_one_finding_a_person(okta: dict[str, str | None], kandji: dict[str, Any], words: str) -> None:
    assert differing(okta, kandji) == words


@pytest.mark.parametrize(
    ("kandji", "severity"),
    [({"user_name": "x"}, "low"), ({"email": "x"}, "low"), ({"title": "x"}, "medium"), ({"department": "x"}, "medium")],
)
def test_what_drives_assignment_maps_is_graver(kandji: dict[str, Any], severity: str) -> None:
    told = only(
        company_of(
            {"email": "e", "department": "x" if "department" not in kandji else ""},
            {"email": "e", "department": "x"} | kandji,
        ).judge(),
        "attribute-differs",
    )
    assert told.severity == severity


def test_both_values_are_the_evidence() -> None:
    told = only(company_of({"title": "Chief"}, {}).judge(), "attribute-differs")
    assert {(fact.side, fact.value) for fact in told.evidence if fact.label == "title"} == {
        ("okta", "Chief"),
        ("kandji", "empty"),
    }


def test_what_kandji_returns_for_nobody_is_told_and_not_compared() -> None:
    company = Company()
    company.person("ana", app_user={"profile": (("title", "Chief"), ("displayName", "Ana"))})
    judged = company.judge()
    assert judged.findings == ()
    assert about(judged, "attribute-differs: title") == [
        "the app profile does not have it, or Kandji returns it for nobody"
    ]


def test_what_the_app_does_not_have_is_told_and_not_compared() -> None:
    company = Company()
    company.person("ana", kandji={"title": "Chief", "department": "R&D"})
    judged = company.judge()
    assert judged.findings == ()
    assert about(judged, "attribute-differs: department") != []


def test_an_attribute_that_is_not_to_be_compared_is_not() -> None:
    company = company_of({"title": "Chief"}, {"user_name": "x"})
    assert found(company, compare=("email",)) == {}


@pytest.mark.parametrize("status", ["SUSPENDED", "STAGED", "DEPROVISIONED"])
def test_only_people_who_must_be_in_are_compared(status: str) -> None:
    company = Company()
    company.person("ana", status, active=False, kandji={"user_name": "x"})
    assert found(company) == {}


def test_people_who_are_not_provisioned_or_not_present_are_not_compared() -> None:
    company = Company()
    company.person("ana", external_id=None, account=False, app_user={"profile": (("title", "Chief"),)})
    company.account("k1", user_name="ana@acme.example", title="Other")
    company.person("ben", account=False)
    assert "attribute-differs" not in found(company)


def test_the_attributes_of_an_account_that_two_people_share_are_not_compared() -> None:
    company = Company()
    company.person("ana")
    company.person("ben", external_id="k-ana", account=False)
    judged = company.judge()
    assert {finding.kind for finding in judged.findings} == {"external-id-shared"}
    assert about(judged, "accounts that people share") != []
