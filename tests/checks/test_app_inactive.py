"""The app itself is not active."""

from __future__ import annotations

from msgspec.structs import replace

from tests.worlds import Company, cause_of, found, only, sales


def inactive(company: Company, status: str = "INACTIVE") -> Company:
    company.app = replace(company.app, status=status)
    return company


def test_an_active_app_is_no_finding() -> None:
    assert found(sales()) == {}


def test_an_app_of_any_other_status_is_one_critical_finding() -> None:
    for status in ("INACTIVE", "DELETED", "SOMETHING NEW"):
        judged = inactive(sales(), status).judge()
        told = only(judged, "app-inactive")
        assert (told.subject.key, told.severity) == ("app:app", "critical")
        assert status in told.sentence


def test_it_explains_who_is_not_assigned_stuck_or_gone_and_nothing_else() -> None:
    company = Company()
    company.group("Sales")
    company.person("unassigned", groups=["Sales"], assigned=False, account=False)
    company.person("stuck", external_id=None, account=False)
    company.person("gone", account=False)
    company.person("left", "DEPROVISIONED", assigned=False)
    company.push("Sales")
    judged = inactive(company).judge(before=None)
    causes = {finding.kind: cause_of(judged, finding) for finding in judged.findings}
    assert causes == {
        "app-inactive": None,
        "member-not-assigned": "app-inactive",
        "assignment-stuck": "app-inactive",
        "missing-in-kandji": "app-inactive",
        "left-still-active": None,
        "assigned-in-no-pushed-group": None,
    }
