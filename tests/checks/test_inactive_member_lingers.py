"""Inactive people are still in a Kandji group."""

from __future__ import annotations

from tests.worlds import Company, found, only, sales


def left(*names: str) -> Company:
    company = sales(members=[f"k-{name}" for name in names])
    for name in names:
        company.person(name, "DEPROVISIONED", assigned=False, active=False)
    return company


def test_active_people_do_not_linger() -> None:
    company = sales(members=["k-eve"])
    company.person("eve")
    assert "inactive-member-lingers" not in found(company)


def test_whoever_is_not_told_to_be_inactive_does_not_linger() -> None:
    company = Company()
    company.group("Sales")
    company.person("ana", groups=["Sales"], active=None)
    company.push("Sales")
    assert "inactive-member-lingers" not in found(company)


def test_everybody_who_lingers_in_a_group_is_one_finding_of_little_weight() -> None:
    told = only(left("eve", "joe").judge(), "inactive-member-lingers")
    assert (told.subject.key, told.severity, told.people) == ("group:sales", "low", ("user:eve", "user:joe"))
    assert told.sentence == "2 inactive accounts are still in the Kandji group Sales"


def test_a_group_that_no_mapping_reaches_is_told_by_its_own_id() -> None:
    company = left("eve")
    company.kandji_group("Old", ["k-eve"])
    assert found(company)["inactive-member-lingers"] == ["group:sales", "kandji-group:kg-old"]
