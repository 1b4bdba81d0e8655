"""Okta imports people from Kandji."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.worlds import FEATURES, Company, about, found, only, sales


def importing(*features: str) -> Company:
    company = sales()
    company.app = replace(company.app, features=(*FEATURES, *features))
    return company


def test_sending_alone_is_no_finding() -> None:
    assert found(importing("IMPORT_USER_SCHEMA", "SCIM_PROVISIONING")) == {}


@pytest.mark.parametrize(
    ("features", "severity"),
    [
        (("IMPORT_NEW_USERS",), "low"),
        (("IMPORT_PROFILE_UPDATES", "AUTO_CONFIRM_IMPORTS"), "low"),
        (("IMPORT_NEW_USERS", "PROFILE_MASTERING"), "high"),
    ],
)
def test_imports_are_one_finding_graver_where_kandji_overwrites_okta(features: tuple[str, ...], severity: str) -> None:
    told = only(importing(*features).judge(), "import-on")
    assert (told.subject.key, told.severity) == ("app:app", severity)
    assert told.evidence[-1].value == ", ".join(features)


def test_an_app_that_does_not_tell_its_features_is_not_judged() -> None:
    company = sales()
    company.app = replace(company.app, features=())
    assert about(company.judge(), "import-on") == ["Okta does not tell this app's features"]
