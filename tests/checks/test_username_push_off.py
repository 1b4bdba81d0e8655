"""A changed user name never reaches Kandji."""

from __future__ import annotations

from msgspec.structs import replace

from tests.worlds import FEATURES, Company, about, found, only


def held_back(user_name: str, feature: str = "EXCLUDE_USERNAME_UPDATE_ON_PROFILE_PUSH") -> Company:
    company = Company()
    company.person("ana", kandji={"user_name": user_name})
    company.app = replace(company.app, features=(*FEATURES, feature))
    return company


def test_the_setting_alone_is_no_finding_nor_is_a_name_that_differs_by_case() -> None:
    assert found(held_back("ANA@acme.example")) == {}


def test_another_user_name_is_while_the_setting_is_on() -> None:
    told = only(held_back("ann@acme.example").judge(), "username-push-off")
    assert (told.subject.key, told.severity, told.people) == ("app:app", "medium", ("user:ana",))
    assert "ana@acme.example in Okta, ann@acme.example in Kandji" in [fact.value for fact in told.evidence]
    assert "username-push-off" not in found(held_back("ann@acme.example", "SCIM_PROVISIONING"))


def test_an_app_that_does_not_tell_its_features_is_not_judged() -> None:
    company = held_back("ann@acme.example")
    company.app = replace(company.app, features=())
    assert about(company.judge(), "username-push-off") == ["Okta does not tell this app's features"]
