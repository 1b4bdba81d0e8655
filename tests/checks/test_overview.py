"""The chain as stages, and how each pushed group fares."""

from __future__ import annotations

from typing import Any

from reconciler.findings import PushedGroup
from tests.worlds import Company, sales


def stages(company: Company) -> dict[str, int]:
    return {stage.name: stage.people for stage in company.judge().stages}


def leaks(company: Company) -> dict[str, int]:
    told = company.judge().stages
    return {slug or words: count for stage in told for slug, words, count in stage.leaks if count}


def row(company: Company, **settings: Any) -> PushedGroup:
    (found,) = [group for group in company.judge(**settings).groups if group.mapping_id == "m-sales"]
    return found


def mixed() -> Company:
    """One of each kind of trouble, and one in step."""
    company = Company()
    company.group("Sales")
    company.person("ana", groups=["Sales"])
    company.person("missing", groups=["Sales"])
    company.person("unassigned", groups=["Sales"], assigned=False, account=False)
    company.person("stuck", groups=["Sales"], external_id=None, account=False)
    company.person("gone", groups=["Sales"], account=False)
    company.person("inactive", groups=["Sales"], active=False)
    company.person("left", "DEPROVISIONED", groups=["Sales"], active=False)
    company.person("elsewhere")
    company.push("Sales", without=["missing"], members=["k-elsewhere"])
    return company


def test_an_empty_company_has_stages_of_nobody() -> None:
    assert set(stages(Company()).values()) == {0}
    assert leaks(Company()) == {}


def test_everybody_in_step_reaches_the_last_stage() -> None:
    assert set(stages(sales()).values()) == {4}
    assert leaks(sales()) == {}


def test_each_stage_tells_who_falls_out_before_the_next() -> None:
    assert stages(mixed()) == {
        "In a pushed group": 6,
        "Assigned to the app": 5,
        "Provisioned by Okta": 4,
        "Present in Kandji": 3,
        "Active in Kandji": 2,
        "In every group": 1,
    }
    assert leaks(mixed()) == {
        "member-not-assigned": 1,
        "assignment-stuck": 1,
        "missing-in-kandji": 1,
        "inactive-in-kandji": 1,
        "member-missing": 1,
    }


def test_people_of_a_failing_group_and_of_one_that_can_not_be_compared_are_told_apart() -> None:
    assert leaks(sales(status="ERROR")) == leaks(sales(group=False)) == {"mapping-error": 4}
    assert leaks(sales(members=None)) == {"in a group that can't be compared": 4}
    assert stages(sales(status="INACTIVE"))["In a pushed group"] == 0


def test_kandjis_api_adds_who_has_a_mac() -> None:
    company = sales()
    company.row("k-p0", device_count=2)
    company.row("k-p1", device_count=0)
    assert stages(company)["Has a Mac"] == 1
    assert leaks(company) == {"no Mac yet": 3}


def test_the_row_of_a_group_counts_each_of_its_people_once() -> None:
    told = row(mixed())
    counts = (told.members, told.should, told.in_step, told.missing, told.not_assigned, told.stuck, told.extra)
    assert counts == (7, 6, 1, 1, 1, 3, 1)
    assert told.should == told.in_step + told.missing + told.not_assigned + told.stuck


def test_the_row_of_a_group_that_is_gone_misses_everybody() -> None:
    assert (row(sales(group=False)).missing, row(sales(group=False)).in_step) == (4, 0)


def test_the_row_of_a_group_that_can_not_be_compared_claims_nothing() -> None:
    assert (row(sales(members=None)).missing, row(sales(members=None)).in_step) == (0, 0)


def test_people_outside_the_scope_are_counted_once_for_all_groups() -> None:
    company = sales()
    company.group("Macs")
    company.group("Design")
    company.members["design"].append("p0")
    company.push("Design")
    assert company.judge(scope_groups=("Macs",)).outside_scope == 4
    assert row(company, scope_groups=("Macs",)).should == 0


def test_only_people_who_must_be_in_count_as_outside_the_scope() -> None:
    company = sales(people=1)
    company.group("Macs")
    company.person("suspended", "SUSPENDED", groups=["Sales"])
    assert company.judge(scope_groups=("Macs",)).outside_scope == 1
    assert company.judge().outside_scope == 0


def test_whoever_is_missing_in_one_group_of_two_is_not_in_every_group() -> None:
    company = sales(without=["p0"])
    company.group("Design")
    company.members["design"] += ["p0", "p1"]
    company.push("Design", status="ERROR")
    assert stages(company)["In every group"] == 2
    assert leaks(company) == {"member-missing": 1, "mapping-error": 2}
