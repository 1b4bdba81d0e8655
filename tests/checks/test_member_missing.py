"""Everything holds for somebody but the membership in Kandji."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model import Memory
from tests.worlds import Company, ago, found, keys, only, sales


def test_a_group_that_holds_everybody_in_any_order_is_no_finding() -> None:
    company = sales()
    group = company.kandji_groups[0]
    company.kandji_groups = [
        group.__class__(
            id=group.id, display_name=group.display_name, member_ids=tuple(reversed(group.member_ids or ()))
        )
    ]
    assert found(company) == {}


@pytest.mark.parametrize("status", ["DEPROVISIONED", "SUSPENDED", "STAGED", "PROVISIONED", "HIBERNATING"])
def test_whoever_need_not_be_in_is_not_missing(status: str) -> None:
    company = sales()
    company.person("eve", status, groups=["Sales"], active=False)
    assert "member-missing" not in found(company)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"assigned": False, "account": False}, "member-not-assigned"),
        ({"external_id": None, "account": False}, "assignment-stuck"),
        ({"account": False}, "missing-in-kandji"),
        ({"active": False}, "inactive-in-kandji"),
    ],
)
def test_whoever_lacks_something_earlier_is_told_there_alone(change: dict[str, Any], kind: str) -> None:
    company = Company()
    company.group("Sales")
    company.person("eve", groups=["Sales"], **change)
    company.push("Sales", without=["eve"])
    assert found(company) == {kind: ["user:eve"]}


def test_an_account_of_which_kandji_does_not_tell_whether_it_is_active_is_not_called_missing() -> None:
    company = Company()
    company.group("Sales")
    company.person("eve", groups=["Sales"], active=None)
    company.push("Sales", without=["eve"])
    assert found(company) == {}


def test_whoever_is_missing_in_two_groups_is_missing_in_each() -> None:
    company = Company()
    company.person("ana")
    for name in ("Sales", "Design"):
        company.group(name)
        company.members[name.lower()].append("ana")
        company.push(name, without=["ana"])
    assert found(company) == {"member-missing": ["group:design user:ana", "group:sales user:ana"]}


def test_two_of_two_are_missing_one_by_one() -> None:
    assert found(sales(people=2, without=["p0", "p1"])) == {
        "member-missing": ["group:sales user:p0", "group:sales user:p1"]
    }


def test_the_chain_is_its_evidence_and_breaks_at_the_last_link() -> None:
    told = only(sales(without=["p0"]).judge(), "member-missing")
    assert [fact.good for fact in told.evidence if fact.side == "chain"] == [True] * 6 + [False]
    assert told.subject.name == "p0@acme.example in Sales"
    assert told.people == ("user:p0",)


@pytest.mark.parametrize(("minutes", "settles"), [(119, True), (120, False)])
def test_whoever_arrived_just_now_settles(minutes: int, settles: bool) -> None:
    company = Company()
    company.group("Sales")
    company.person("ana", groups=["Sales"], kandji={"created": ago(minutes=minutes)})
    company.push("Sales", without=["ana"])
    assert keys(company.judge(), settling=settles) == {"member-missing": ["group:sales user:ana"]}


def test_a_group_that_changes_every_hour_hides_nothing_for_longer_than_a_grace() -> None:
    company = Company()
    company.group("Sales", last_membership_updated=ago(minutes=10))
    company.person("ana", groups=["Sales"])
    company.push("Sales", without=["ana"])
    told = only(company.judge(), "member-missing")
    young = Memory(first=False, seen=((told.id, ago(minutes=60)),), settling=frozenset({told.id}))
    old = Memory(first=False, seen=((told.id, ago(minutes=120)),))
    settles = [only(company.judge(before=before), "member-missing").settling for before in (Memory(), young, old)]
    assert settles == [False, True, False]
