"""Somebody is suspended in Okta and active in Kandji."""

from __future__ import annotations

from typing import Any

import pytest

from tests.worlds import Company, found, only


def suspended(status: str = "SUSPENDED", **more: Any) -> Company:
    company = Company()
    company.person("ana", status, **more)
    return company


@pytest.mark.parametrize(
    ("status", "active"), [("SUSPENDED", False), ("SUSPENDED", None), ("STAGED", True), ("ACTIVE", True)]
)
def test_whoever_is_not_suspended_or_not_known_to_be_active_is_no_finding(status: str, active: bool | None) -> None:
    assert found(suspended(status, active=active)) == {}


@pytest.mark.parametrize(("policy", "severity"), [("report", "low"), ("deactivate", "medium")])
@pytest.mark.parametrize("assigned", [True, False])
def test_it_is_drift_where_suspended_people_are_to_be_deactivated(policy: str, severity: str, assigned: bool) -> None:
    told = only(suspended(assigned=assigned).judge(suspended=policy), "suspended-still-active")
    assert (told.subject.key, told.severity) == ("user:ana", severity)
