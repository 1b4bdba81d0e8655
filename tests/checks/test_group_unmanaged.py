"""A Kandji group that no mapping reaches."""

from __future__ import annotations

import pytest

from reconciler.model import Memory, Pairs
from tests.worlds import Company, about, found, only, sales


def test_a_group_that_a_mapping_of_any_status_reaches_is_managed() -> None:
    for status in ("ACTIVE", "INACTIVE", "ERROR", "DREAMING"):
        assert "group-unmanaged" not in found(sales(status=status))


def test_a_renamed_group_that_an_earlier_run_learnt_is_managed() -> None:
    company = sales(group=False)
    company.kandji_group("New name", ["k-p0", "k-p1", "k-p2", "k-p3"], group_id="x")
    before = Memory(first=False, learnt_groups=(("m-sales", "x"),))
    assert found(company, before=before) == {"group-renamed": ["mapping:m-sales"]}


@pytest.mark.parametrize("learnt", [(), (("m-sales", "kg-sales"),)])
def test_a_second_group_of_a_pushed_name_is_told_by_the_mapping(learnt: Pairs) -> None:
    company = sales()
    company.kandji_group("SALES", ["k-p0"], group_id="x")
    assert found(company, before=Memory(first=not learnt, learnt_groups=learnt)) == {
        "group-name-taken": ["mapping:m-sales"]
    }


def test_a_group_of_another_directorys_people_alone_is_theirs() -> None:
    company = Company()
    company.account("k1", user_name="x@other.example")
    company.kandji_group("Theirs", ["k1"])
    assert found(company, also_fed_by=("*@other.example",)) == {}
    company.person("ana")
    company.kandji_group("Mixed", ["k1", "k-ana"])
    assert found(company, also_fed_by=("*@other.example",)) == {"group-unmanaged": ["kandji-group:kg-mixed"]}


def test_where_targets_are_not_visible_no_group_is_called_unmanaged() -> None:
    company = sales(target_visible=False, group=False)
    company.kandji_group("Vertrieb", ["k-p0", "k-p1", "k-p2", "k-p3"])
    judged = company.judge()
    assert judged.findings == ()
    assert "1 mappings push to groups that are not visible" in about(judged, "group-unmanaged")[0]
    assert "group-unmanaged" in judged.skipped


def test_a_group_that_no_mapping_reaches_is_unmanaged_with_its_active_people() -> None:
    company = Company()
    company.person("ana")
    company.person("ben", active=False, status="DEPROVISIONED", assigned=False)
    company.kandji_group("Old", ["k-ana", "k-ben", "gone"])
    company.kandji_group("", None, group_id="nameless")
    judged = company.judge()
    assert found(company)["group-unmanaged"] == ["kandji-group:kg-old", "kandji-group:nameless"]
    told = next(finding for finding in judged.findings if finding.subject.name == "Old")
    assert (told.people, told.groups) == (("user:ana",), (("kg-old", "Old"),))
    nameless = next(finding for finding in judged.findings if finding.subject.name == "nameless")
    assert ("members", "not told") in {(fact.label, fact.value) for fact in nameless.evidence}


def test_it_is_one_finding_a_group() -> None:
    company = Company()
    company.kandji_group("Old")
    assert only(company.judge(), "group-unmanaged").severity == "medium"


def test_a_presumed_name_that_was_found_and_a_known_target_that_is_gone_leave_no_doubt() -> None:
    for push in ({"target_visible": False}, {"group": False}):
        company = sales(**push)
        company.kandji_group("Old")
        assert found(company)["group-unmanaged"] == ["kandji-group:kg-old"]
