"""A group is assigned to the app and pushed as well."""

from __future__ import annotations

from reconciler.model import AppGroup
from tests.worlds import Company, cause_of, found, only, sales


def assigned_and_pushed(company: Company) -> Company:
    company.app_groups.append(AppGroup(id="sales"))
    return company


def test_a_pushed_group_beside_an_assignment_group_is_no_finding() -> None:
    assert found(sales()) == {}


def test_a_group_that_is_both_is_one_finding_however_often_it_is_pushed() -> None:
    company = assigned_and_pushed(sales())
    company.group("Sales", id="sales-2")
    company.mappings.append(
        company.mappings[0].__class__(id="m-2", source_group_id="sales", target_group_id="t-x", status="INACTIVE")
    )
    assert found(company)["assignment-group-pushed"] == ["group:sales"]


def test_it_explains_the_members_of_that_group_alone() -> None:
    company = assigned_and_pushed(sales(without=["p0"], members=["stranger"]))
    company.account("stranger")
    company.group("Design")
    for number in range(3):
        company.members["design"].append(f"p{number}")
    company.push("Design", without=["p0"])
    judged = company.judge()
    causes = {finding.subject.key: cause_of(judged, finding) for finding in judged.findings}
    assert causes == {
        "group:sales": None,
        "group:sales user:p0": "assignment-group-pushed",
        "group:sales account:stranger": "assignment-group-pushed",
        "account:stranger": None,
        "group:design user:p0": None,
    }


def test_its_people_are_those_who_must_be_in() -> None:
    company = assigned_and_pushed(sales(people=2))
    company.person("left", "DEPROVISIONED", groups=["Sales"], active=False)
    assert only(company.judge(), "assignment-group-pushed").people == ("user:p0", "user:p1")
