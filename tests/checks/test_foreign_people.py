"""Somebody else feeds the same Kandji store."""

from __future__ import annotations

import pytest

from reconciler.model import Memory
from tests.worlds import Company, about, cause_of, found, only

LATER = Memory(first=False)


def company_with(strangers: int, *, ours: int = 30) -> Company:
    company = Company()
    for number in range(ours):
        company.person(f"p{number}")
    for number in range(strangers):
        company.account(f"k{number}")
    return company


@pytest.mark.parametrize(("strangers", "ours"), [(0, 30), (4, 1), (5, 45)])
def test_a_few_strangers_are_strangers(strangers: int, ours: int) -> None:
    assert "foreign-people" not in found(company_with(strangers, ours=ours), before=LATER)


@pytest.mark.parametrize(("strangers", "ours"), [(5, 0), (5, 44), (6, 53)])
def test_five_and_more_than_a_tenth_are_another_directorys(strangers: int, ours: int) -> None:
    judged = company_with(strangers, ours=ours).judge(before=LATER)
    told = only(judged, "foreign-people")
    assert (told.subject.key, len(told.people)) == ("app:app", strangers)


def test_it_explains_the_findings_of_its_people_alone() -> None:
    company = company_with(6, ours=10)
    company.person("left", "DEPROVISIONED", assigned=False)
    company.group("Sales")
    company.push("Sales", members=["k0", "k-left"])
    judged = company.judge(before=LATER)
    causes = {finding.subject.key: cause_of(judged, finding) for finding in judged.findings}
    assert causes["account:k5"] == causes["group:sales account:k0"] == "foreign-people"
    assert causes["user:left"] is None
    assert causes["group:sales user:left"] == "left-still-active"


def test_on_a_first_run_strangers_are_told_and_not_called_another_directorys() -> None:
    judged = company_with(10).judge()
    assert "foreign-people" not in {finding.kind for finding in judged.findings}
    assert "can't be known on a first run" in about(judged, "foreign-people")[0]


def test_people_to_whom_this_app_once_pointed_are_not_another_directorys() -> None:
    pointed = tuple((f"k{number}", f"unread-{number}") for number in range(10))
    before = Memory(first=False, pointed=pointed)
    assert "foreign-people" not in found(company_with(10), before=before)


def test_declared_people_are_no_finding() -> None:
    assert found(company_with(10), before=LATER, also_fed_by=("k*@acme.example",)) == {}


def integrations(company: Company, *, theirs: int) -> Company:
    for number in range(30):
        company.row(f"k-p{number}", integration_id="ours")
    for number in range(theirs):
        company.row(f"k{number}", integration_id="theirs", integration_name="Entra")
    return company


def test_kandjis_api_shows_them_on_a_first_run_too() -> None:
    company = integrations(company_with(7), theirs=5)
    told = only(company.judge(), "foreign-people")
    assert len(told.people) == 5


def test_strangers_beside_a_few_of_another_integration_are_not_called_foreign_on_a_first_run() -> None:
    judged = integrations(company_with(7), theirs=4).judge()
    assert "foreign-people" not in {finding.kind for finding in judged.findings}
    assert about(judged, "foreign-people") != []


def test_our_people_whom_kandji_shows_elsewhere_are_not_foreign() -> None:
    company = company_with(0)
    for number in range(30):
        company.row(f"k-p{number}", integration_id="ours" if number < 20 else "theirs")
    assert found(company) == {}


def test_accounts_that_were_not_looked_up_are_no_strangers() -> None:
    company = company_with(10)
    company.looked_up = []
    judged = company.judge(before=LATER)
    assert judged.findings == ()
    assert {"foreign-people", "unmanaged-in-kandji", "left-still-active"} <= set(judged.skipped)


def test_where_our_people_have_no_integration_nobody_is_shown_elsewhere() -> None:
    company = company_with(0)
    for number in range(6):
        company.person(f"left{number}", "DEPROVISIONED", assigned=False)
        company.row(f"k-left{number}", integration_id="theirs")
    for number in range(30):
        company.row(f"k-p{number}")
    assert "foreign-people" not in found(company)
