"""Somebody is in a pushed group, but not assigned to the app."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.assignment import NONE_FITS
from reconciler.model import Memory
from tests.worlds import Company, ago, found, keys, only, sales

CHOICE, CHOSEN, FITS = "[assignment] group = …", "[assignment] group names", "assigned group that fits"


def left_out(status: str = "ACTIVE", **more: Any) -> Company:
    company = sales()
    company.person("eve", status, groups=["Sales"], **({"assigned": False, "account": False} | more))
    return company


def test_whoever_is_assigned_or_in_no_pushed_group_is_no_finding() -> None:
    company = sales()
    company.group("Chess")
    company.person("eve", groups=["Chess"], assigned=False, account=False)
    assert found(company) == {}


@pytest.mark.parametrize("status", ["DEPROVISIONED", "SUSPENDED", "STAGED", "PROVISIONED", "HIBERNATING", ""])
def test_whoever_need_not_be_in_is_not_left_out(status: str) -> None:
    assert "member-not-assigned" not in found(left_out(status))


def test_people_outside_the_scope_are_counted_and_no_findings() -> None:
    company = left_out()
    company.group("Macs")
    company.members["macs"] += ["p0", "p1"]
    judged = company.judge(scope_groups=("Macs",))
    assert judged.findings == ()
    assert judged.outside_scope == 3


def test_a_paused_mapping_leaves_nobody_out_and_a_failed_one_does() -> None:
    for status, expected in (("INACTIVE", False), ("ERROR", True), ("DREAMING", True)):
        company = Company()
        company.group("Sales")
        company.person("eve", groups=["Sales"], assigned=False, account=False)
        company.push("Sales", status=status)
        assert ("member-not-assigned" in found(company)) is expected


@pytest.mark.parametrize("status", ["ACTIVE", "LOCKED_OUT", "PASSWORD_EXPIRED", "RECOVERY"])
def test_whoever_must_be_in_and_has_no_assignment_is_left_out(status: str) -> None:
    assert found(left_out(status)) == {"member-not-assigned": ["user:eve"]}


@pytest.mark.parametrize("status", ["DEPROVISIONED", "INACTIVE", "REVOKED", "UNASSIGNED"])
def test_an_assignment_that_was_taken_back_is_none(status: str) -> None:
    assert found(left_out(assigned=status)) == {"member-not-assigned": ["user:eve"]}


def test_somebody_in_three_groups_is_one_finding_with_the_groups_as_evidence() -> None:
    company = Company()
    company.person("eve", assigned=False, account=False)
    for name in ("Sales", "Design", "Ops"):
        company.group(name)
        company.members[name.lower()].append("eve")
        company.push(name)
    told = only(company.judge(), "member-not-assigned")
    assert [name for _, name in told.groups] == ["Design", "Ops", "Sales"]
    assert told.sentence == "eve@acme.example is in Design, Ops, Sales, but not assigned to the app"


@pytest.mark.parametrize(
    ("more", "chosen", "into"),
    [
        ({}, None, "Macs (assigned)"),
        ({}, "nobody's", f"choose one: {CHOICE}, candidates: Macs (assigned); {CHOSEN} nobody's, which is no {FITS}"),
        ({"has_admin_role": True}, None, NONE_FITS),
        ({"type": "BUILT_IN"}, None, NONE_FITS),
        ({}, "MACS", "Macs (assigned)"),
        ({"type": "BUILT_IN"}, "MACS", f"{CHOSEN} MACS, and {NONE_FITS}"),
        ({"has_admin_role": True}, "assigned", f"{CHOSEN} assigned, and {NONE_FITS}"),
    ],
)
def test_it_names_the_group_to_put_them_into(more: dict[str, Any], chosen: str | None, into: str) -> None:
    company = left_out()
    company.group("Macs", id="assigned", **more)
    told = only(company.judge(assignment_group=chosen), "member-not-assigned")
    assert [fact.value for fact in told.evidence if fact.label == "assignment group"] == [into]


@pytest.mark.parametrize(("minutes", "settles"), [(44, True), (45, False)])
def test_a_joiner_of_the_last_three_quarters_of_an_hour_settles(minutes: int, settles: bool) -> None:
    company = left_out(user={"created": ago(minutes=minutes)})
    assert keys(company.judge(), settling=settles) == {"member-not-assigned": ["user:eve"]}


def test_a_change_of_the_group_settles_on_later_runs_only() -> None:
    company = Company()
    company.group("Sales", last_membership_updated=ago(minutes=10))
    company.person("eve", groups=["Sales"], assigned=False, account=False)
    company.push("Sales")
    assert not only(company.judge(), "member-not-assigned").settling
    assert only(company.judge(before=Memory(first=False)), "member-not-assigned").settling
