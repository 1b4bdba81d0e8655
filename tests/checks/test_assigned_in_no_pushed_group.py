"""People have the app and are in no pushed group."""

from __future__ import annotations

from tests.worlds import Company, about, found, only, sales


def test_where_nothing_is_pushed_it_is_no_finding() -> None:
    company = Company()
    company.person("ana")
    assert found(company) == {}


def test_they_are_one_finding_with_the_list() -> None:
    company = sales()
    company.person("eve")
    company.person("ben")
    company.person("left", "DEPROVISIONED", active=False)
    told = only(company.judge(), "assigned-in-no-pushed-group")
    assert (told.subject.key, told.severity, told.people) == ("app:app", "low", ("user:ben", "user:eve"))
    assert told.evidence[-1].value == "ben@acme.example, eve@acme.example"


def test_a_paused_group_is_a_pushed_group() -> None:
    assert found(sales(status="INACTIVE")).keys() == {"mapping-inactive"}


def test_a_pushed_group_that_was_not_read_could_hold_anybody() -> None:
    company = sales()
    del company.members["sales"]
    judged = company.judge()
    assert "assigned-in-no-pushed-group" not in {finding.kind for finding in judged.findings}
    assert about(judged, "assigned-in-no-pushed-group") != []
    assert "assigned-in-no-pushed-group" in judged.skipped
