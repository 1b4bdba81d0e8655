"""Kandji refuses the token that Okta holds."""

from __future__ import annotations

from typing import Any

import pytest

from tests.worlds import Company, ago, cause_of, found, only, sales

REFUSED = "application.integration.authentication_failure"
PUSHED = "application.provision.user.push_profile"


def in_error(summary: str, **more: Any) -> Company:
    told: dict[str, Any] = {"status": "ERROR", "error_summary": summary, "last_updated": ago(hours=5)}
    return sales(**(told | {"last_push": ago(hours=9)} | more))


def refused(company: Company) -> bool:
    return "credentials-refused" in found(company)


@pytest.mark.parametrize("summary", ["HTTP 500 Internal Server Error", "group 4012 is gone", "401 members failed"])
def test_another_error_of_a_mapping_is_no_refusal(summary: str) -> None:
    assert not refused(in_error(summary))


@pytest.mark.parametrize("summary", ["HTTP 401 Unauthorized", "unauthorised", "Invalid credentials"])
def test_a_mapping_in_error_that_speaks_of_credentials_is_one(summary: str) -> None:
    company = in_error(summary)
    told = only(company.judge(), "credentials-refused")
    assert (told.subject.key, told.severity, told.settling) == ("app:app", "critical", False)
    assert summary in [fact.value for fact in told.evidence]


def test_so_is_a_failed_authentication_in_the_log() -> None:
    company = sales()
    company.event(REFUSED, "app", when=ago(hours=2), outcome="FAILURE")
    assert refused(company)


def test_whatever_was_sent_since_shows_that_it_is_over() -> None:
    company = sales()
    company.event(REFUSED, "app", when=ago(hours=2), outcome="FAILURE")
    company.event(PUSHED, "p0", when=ago(hours=1), outcome="FAILURE", reason="HTTP 409")
    assert refused(company)
    company.event(PUSHED, "p0", when=ago(minutes=30))
    assert not refused(company)
    assert not refused(in_error("HTTP 401", last_push=ago(hours=4)))


def test_a_refusal_of_the_last_minutes_settles() -> None:
    company = in_error("HTTP 401", last_updated=ago(minutes=10))
    assert only(company.judge(), "credentials-refused").settling


def test_it_explains_what_could_not_be_sent() -> None:
    company = in_error("HTTP 401")
    company.person("left", "DEPROVISIONED", assigned=False)
    company.person("new", external_id=None, account=False, groups=["Sales"])
    judged = company.judge()
    causes = {finding.kind: cause_of(judged, finding) for finding in judged.findings}
    refused_for = {kind for kind, cause in causes.items() if cause == "credentials-refused"}
    assert refused_for == {"mapping-error", "left-still-active", "assignment-stuck"}
