"""Several pushes fail one after another."""

from __future__ import annotations

import pytest

from tests.worlds import Company, ago, cause_of, found, keys, only, sales

PUSHED = "application.provision.user.push_profile"


def failing(groups: int, summary: str = "HTTP 504 Gateway Timeout") -> Company:
    company = Company()
    for number in range(groups):
        name = f"Team {number}"
        company.group(name)
        company.push(name, status="ERROR", error_summary=summary, last_updated=ago(hours=5))
    return company


@pytest.mark.parametrize("groups", [0, 1, 2])
def test_one_or_two_mappings_in_error_are_their_own_trouble(groups: int) -> None:
    assert "pushes-failing" not in found(failing(groups))


def test_three_with_no_success_since_are_the_connections_which_explains_them() -> None:
    judged = failing(3).judge()
    told = only(judged, "pushes-failing")
    assert (told.subject.key, told.severity) == ("app:app", "high")
    assert "HTTP 504 Gateway Timeout" in [fact.value for fact in told.evidence]
    errors = [finding for finding in judged.findings if finding.kind == "mapping-error"]
    assert [cause_of(judged, finding) for finding in errors] == ["pushes-failing"] * 3


def test_a_success_since_shows_that_it_is_over() -> None:
    company = failing(3)
    company.event(PUSHED, "ana", when=ago(hours=4))
    assert keys(company.judge(), settling=False).keys() == {"mapping-error"}


def test_a_refused_token_is_told_as_such() -> None:
    assert found(failing(3, "HTTP 401 Unauthorized")).keys() == {"credentials-refused", "mapping-error"}


@pytest.mark.parametrize(("people", "told"), [(4, False), (5, True)])
def test_so_are_failures_of_five_people_in_the_log(people: int, told: bool) -> None:
    company = sales(people=6)
    for number in range(people):
        company.event(PUSHED, f"p{number}", when=ago(hours=5), outcome="FAILURE", reason="HTTP 503")
    judged = company.judge()
    assert ("pushes-failing" in keys(judged, settling=False)) is told
    assert {cause_of(judged, f) for f in judged.findings if f.kind == "profile-push-failed"} == {
        "pushes-failing" if told else None
    }
