"""Okta could not send a change of somebody's profile."""

from __future__ import annotations

import pytest

from tests.worlds import Company, ago, found, only

PUSHED = "application.provision.user.push_profile"


def failed(company: Company) -> list[str]:
    return found(company).get("profile-push-failed", [])


@pytest.mark.parametrize("state", ["SYNCHRONIZED", "SYNCING", "DISABLED", "DREAMING", None])
def test_any_other_sync_state_is_no_failure(state: str | None) -> None:
    company = Company()
    company.person("ana", app_user={"sync_state": state})
    assert failed(company) == []


@pytest.mark.parametrize("state", ["ERROR", "OUT_OF_SYNC"])
def test_an_account_that_is_out_of_step_by_oktas_own_word_is_one(state: str) -> None:
    company = Company()
    company.person("ana", app_user={"sync_state": state})
    assert failed(company) == ["user:ana"]
    assert only(company.judge(), "profile-push-failed").severity == "medium"


@pytest.mark.parametrize("more", [{"external_id": None}, {"assigned": False}, {"status": "DEPROVISIONED"}])
def test_whoever_has_no_account_to_be_sent_to_or_has_left_is_told_otherwise(more: dict[str, object]) -> None:
    company = Company()
    company.person("ana", **({"app_user": {"sync_state": "ERROR"}} | more))  # type: ignore[arg-type]
    assert failed(company) == []


def test_a_failure_in_the_log_counts_until_a_success() -> None:
    company = Company()
    company.person("ana")
    company.event(PUSHED, "ana", when=ago(hours=3), outcome="FAILURE", reason="HTTP 400")
    assert failed(company) == ["user:ana"]
    assert any("HTTP 400" in fact.value for fact in only(company.judge(), "profile-push-failed").evidence)
    company.event(PUSHED, "ana", when=ago(hours=2))
    assert failed(company) == []


def test_it_stands_beside_the_chain() -> None:
    company = Company()
    company.person("ana", app_user={"sync_state": "ERROR"}, account=False)
    assert found(company) == {"missing-in-kandji": ["user:ana"], "profile-push-failed": ["user:ana"]}
