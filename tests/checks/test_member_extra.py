"""Somebody is in a Kandji group without a right to be in it."""

from __future__ import annotations

import pytest

from tests.worlds import Company, ago, found, keys, only, sales


@pytest.mark.parametrize("status", ["SUSPENDED", "STAGED", "PROVISIONED", "HIBERNATING"])
def test_whoever_may_be_in_is_not_too_much(status: str) -> None:
    company = sales(members=["k-eve"])
    company.person("eve", status)
    assert "member-extra" not in found(company)


def test_an_inactive_account_and_an_unknown_id_are_not_too_much() -> None:
    company = sales(members=["k-eve", "nobody"])
    company.person("eve", "DEPROVISIONED", assigned=False, active=False)
    assert "member-extra" not in found(company)


@pytest.mark.parametrize("change", ["source", "target", "members"])
def test_nobody_is_too_much_in_a_group_that_can_not_be_compared(change: str) -> None:
    company = sales(members=["k-eve"])
    company.person("eve")
    if change == "source":
        del company.members["sales"]
    elif change == "target":
        company.kandji_group("SALES", ["k-eve"], group_id="x")
    else:
        company.kandji_groups = [
            group.__class__(id=group.id, display_name=group.display_name, member_ids=None)
            for group in company.kandji_groups
        ]
    assert "member-extra" not in found(company)


def test_whoever_is_outside_the_scope_but_entitled_is_not_too_much() -> None:
    company = sales()
    company.group("Macs")
    assert found(company, scope_groups=("Macs",)) == {}


def test_whoever_is_not_in_the_okta_group_is_too_much_in_each_kandji_group() -> None:
    company = Company()
    company.person("eve")
    for name in ("Design", "Sales"):
        company.group(name)
        company.push(name, members=["k-eve"])
    assert found(company)["member-extra"] == ["group:design user:eve", "group:sales user:eve"]
    sentences = [finding.sentence for finding in company.judge().findings]
    assert sentences[0] == "eve@acme.example is in the Kandji group Design, but not in Design in Okta"


def test_whoever_is_in_the_okta_group_but_not_assigned_lacks_one_thing_and_has_another() -> None:
    company = Company()
    company.group("Sales")
    company.person("eve", groups=["Sales"], assigned=False)
    company.push("Sales", members=["k-eve"])
    assert found(company) == {"member-not-assigned": ["user:eve"], "member-extra": ["group:sales user:eve"]}
    told = only(company.judge(), "member-extra")
    assert told.sentence == "eve@acme.example is in the Kandji group Sales, but not assigned to the app"


def test_a_stranger_in_the_group_is_too_much_and_unmanaged() -> None:
    company = sales(members=["k1"])
    company.account("k1")
    assert found(company) == {
        "member-extra": ["group:sales account:k1"],
        "unmanaged-in-kandji": ["account:k1"],
    }


@pytest.mark.parametrize(("minutes", "settles"), [(119, True), (120, False)])
def test_whoever_changed_just_now_settles(minutes: int, settles: bool) -> None:
    company = sales(members=["k-eve"])
    company.person("eve", app_user={"status_changed": ago(minutes=minutes)})
    told = only(company.judge(), "member-extra")
    assert told.settling is settles
    assert keys(company.judge(), settling=settles)["member-extra"] == ["group:sales user:eve"]
