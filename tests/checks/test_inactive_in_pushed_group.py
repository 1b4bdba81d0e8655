"""Deactivated people are still in a pushed or assigned group."""

from __future__ import annotations

from tests.worlds import Company, found, only, sales


def test_people_at_work_or_suspended_are_no_finding() -> None:
    company = sales()
    company.person("ana", "SUSPENDED", groups=["Sales"], active=False)
    assert "inactive-in-pushed-group" not in found(company)


def test_each_pushed_or_assigned_group_is_one_finding_with_its_people() -> None:
    company = sales()
    company.group("Assigned")
    company.group("Chess")
    for name in ("ana", "ben"):
        company.person(name, "DEPROVISIONED", groups=["Sales", "Assigned"], assigned=False, active=False)
    company.person("eve", "DEPROVISIONED", groups=["Chess"], assigned=False, active=False)
    assert found(company) == {"inactive-in-pushed-group": ["group:assigned", "group:sales"]}
    told = company.judge().findings[0]
    assert (told.severity, told.people) == ("low", ("user:ana", "user:ben"))


def test_a_group_that_is_both_is_one_finding() -> None:
    company = Company()
    company.group("Assigned")
    company.person("ana", "DEPROVISIONED", groups=["Assigned"], assigned=False, active=False)
    company.push("Assigned")
    assert "assigned and pushed" in only(company.judge(), "inactive-in-pushed-group").evidence[0].value
