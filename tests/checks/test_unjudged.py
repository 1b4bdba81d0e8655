"""What a world can't tell the absence of is named, so that nobody is called fixed for want of knowledge."""

from __future__ import annotations

from msgspec.structs import replace

from tests.worlds import Company, sales


def skipped(company: Company) -> tuple[str, ...]:
    """What is not judged of a company of which Kandji's REST API is read, too."""
    company.rows = company.rows or []
    return company.judge().skipped


def test_a_company_that_is_told_whole_is_judged_whole() -> None:
    assert skipped(sales()) == ()


def test_an_account_whose_activity_is_not_told_is_not_called_fixed() -> None:
    company = sales()
    company.accounts[0] = replace(company.accounts[0], active=None)
    assert {one.split(" ")[0] for one in skipped(company)} >= {"left-still-active", "inactive-in-kandji"}
    assert all(" user:" in one for one in skipped(company))


def test_somebody_whose_status_is_not_told_is_not_called_fixed() -> None:
    company = sales()
    company.users[0] = replace(company.users[0], status="")
    assert f"member-not-assigned user:{company.users[0].id}" in skipped(company)


def test_without_kandjis_rest_api_what_only_that_tells_is_not_called_fixed() -> None:
    assert sales().judge().skipped == (
        "archived-with-device",
        "device-on-other-account",
        "duplicate-in-kandji app:app",
    )


def test_an_app_that_does_not_tell_its_features_leaves_what_was_off_open() -> None:
    company = sales()
    company.app = replace(company.app, features=())
    assert skipped(company) == ("import-on", "provisioning-off", "username-push-off")
