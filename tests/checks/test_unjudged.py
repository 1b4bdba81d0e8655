"""What a world can't tell the absence of is named, so that nobody is called fixed for want of knowledge."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from reconciler import checks, joining
from reconciler.checks.foreign_people import API
from reconciler.model import DEVICES, Memory, Note
from reconciler.system_log import ABOUT
from reconciler.world import Settings
from tests.worlds import NOW, Company, sales


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


@pytest.mark.parametrize("status", ["ACTIVE", "INACTIVE"])
def test_members_of_a_kandji_group_that_are_not_told_are_not_called_gone(status: str) -> None:
    assert {"member-extra group:sales", "inactive-member-lingers group:sales"} <= set(
        skipped(sales(status=status, members=None))
    )


def test_a_log_that_could_not_be_read_leaves_open_what_it_may_have_told() -> None:
    assert unread(sales(), ABOUT) == {"credentials-refused", "profile-push-failed", "pushes-failing"}
    told = sales()
    told.events = []
    assert unread(told, ABOUT) == set()


def test_kandjis_rest_api_that_could_not_be_read_leaves_open_what_it_alone_tells_of_people() -> None:
    assert unread(sales(), API) == {"foreign-people", "attribute-differs", "attribute-not-sent"}


def test_devices_that_could_not_be_read_leave_open_whose_mac_is_where() -> None:
    company = sales()
    company.rows = []
    assert unread(company, DEVICES) == {"archived-with-device", "device-on-other-account"}


def unread(company: Company, source: str) -> set[str]:
    """What is not judged for the very reason that this source could not be read."""
    note = Note(kind="check-skipped", about=source, reason="refused")
    told = company.snapshot()
    part, whole = (
        checks.run(joining.join(snapshot, before=Memory(), settings=Settings(), now=NOW)).skipped
        for snapshot in (replace(told, notes=(note,)), told)
    )
    return set(part) - set(whole)
