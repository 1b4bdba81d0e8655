"""Which Kandji group a mapping reaches, who is in which set, and what could not be told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from reconciler import joining
from reconciler.model import App, AppUser, Capabilities, Mapping, Memory, ScimGroup, ScimSnapshot, ScimUser
from reconciler.world import Push, Settings
from tests.worlds import Company, about, sales


def push_of(company: Company, mapping: str = "m-sales", before: Memory | None = None, **settings: Any) -> Push:
    (found,) = [push for push in company.world(before=before, **settings).pushes if push.mapping.id == mapping]
    return found


def reached(company: Company, mapping: str = "m-sales", before: Memory | None = None) -> str | None:
    group = push_of(company, mapping, before).kandji_group
    return group.id if group else None


def keys(company: Company, name: str, **settings: Any) -> list[str]:
    """Keys of the people in one of the world's sets."""
    world = company.world(**settings)
    return [world.people[number].key for number in getattr(world, name)]


# --- whom to read again ----------------------------------------------------------------------------------------------


def test_everybody_to_whom_no_app_user_points_is_to_be_looked_up() -> None:
    pointing = [AppUser(id="ana", status="INACTIVE", external_id="k2"), AppUser(id="ben", status="ACTIVE")]
    accounts = [ScimUser(id=key) for key in ("k3", "k2", "k1")]
    assert [account.id for account in joining.unpointed(pointing, accounts)] == ["k1", "k3"]


def test_only_accounts_of_assigned_people_that_the_list_left_out_are_to_be_read_by_id() -> None:
    pointing = [
        AppUser(id="ana", status="ACTIVE", external_id="k1"),
        AppUser(id="ben", status="ACTIVE", external_id="k9"),
        AppUser(id="eve", status="DEPROVISIONED", external_id="k8"),
        AppUser(id="joe", status="ACTIVE", external_id=""),
    ]
    assert joining.dangling(pointing, told(["k1"])) == ("k9",)


def told(accounts: Iterable[str], *groups: Iterable[str]) -> ScimSnapshot:
    """What Kandji says: accounts, and the members of its groups."""
    return ScimSnapshot(
        base_url="https://acme.api.kandji.example/api/v1/scim",
        capabilities=Capabilities(),
        users=tuple(ScimUser(id=account) for account in accounts),
        groups=tuple(
            ScimGroup(id=f"g{number}", display_name=None, member_ids=tuple(members))
            for number, members in enumerate(groups)
        ),
    )


@pytest.mark.parametrize(("people", "read"), [(38, ("x1", "x2")), (37, ())])
def test_members_whom_the_list_left_out_are_to_be_read_by_id_if_they_are_few(people: int, read: tuple[str]) -> None:
    known = [f"k{number}" for number in range(people)]
    assert joining.dangling([], told(known, known, ["x2", "k1"], ["x1", "x2"])) == read


def test_only_names_that_no_kandji_group_has_in_any_case_are_to_be_read_by_a_filter() -> None:
    company = sales(target="SALES")
    company.group("Design")
    company.push("Design", group=False)
    company.group("Ops")
    company.push("Ops", target_visible=False, group=False)
    settings = Settings(names=(("Ops", "Operations"),))
    assert joining.unmatched_names(company.snapshot(), settings) == ("Design", "Operations")


# --- groups ----------------------------------------------------------------------------------------------------------


def test_a_mapping_reaches_the_kandji_group_of_its_target_name_in_any_case() -> None:
    company = Company()
    company.group("Sales")
    company.push("Sales", target="SALES team", group=False)
    company.kandji_group("sales TEAM", group_id="x")
    assert reached(company) == "x"


def test_a_target_that_is_not_visible_is_presumed_to_have_the_name_of_its_source() -> None:
    company = sales(target_visible=False)
    assert reached(company) == "kg-sales"
    assert not push_of(company).told


def test_a_declared_name_is_known_and_not_presumed() -> None:
    company = sales(target_visible=False, group=False)
    company.kandji_group("Vertrieb", group_id="x")
    push = push_of(company, names=(("Sales", "Vertrieb"),))
    assert (push.target_name, push.told, push.kandji_group is not None) == ("Vertrieb", True, True)


def test_a_target_that_is_neither_visible_nor_found_is_a_problem_and_not_absent() -> None:
    push = push_of(sales(target_visible=False, group=False))
    assert push.problem is not None
    assert not push.absent


def test_a_renamed_kandji_group_is_reached_by_what_an_earlier_run_learnt() -> None:
    company = sales(group=False)
    company.kandji_group("Sales (new)", group_id="x")
    assert reached(company) is None
    assert reached(company, before=Memory(first=False, learnt_groups=(("m-sales", "x"),))) == "x"


def test_a_group_that_was_made_anew_under_the_name_is_the_one_that_counts() -> None:
    company = sales()
    company.kandji_group("Old sales", group_id="x")
    assert reached(company, before=Memory(first=False, learnt_groups=(("m-sales", "x"),))) == "kg-sales"


def test_of_two_kandji_groups_of_one_name_none_is_guessed() -> None:
    company = sales()
    company.kandji_group("SALES", group_id="x")
    push = push_of(company)
    assert push.kandji_group is None
    assert not push.comparable
    assert about(company.judge(), "members of Sales") == ["2 Kandji groups are named Sales"]


def test_of_two_kandji_groups_of_one_name_the_one_that_was_learnt_counts() -> None:
    company = sales()
    company.kandji_group("SALES", group_id="x")
    assert reached(company, before=Memory(first=False, learnt_groups=(("m-sales", "x"),))) == "x"


def test_two_live_mappings_to_one_kandji_group_are_not_compared() -> None:
    company = sales()
    company.group("Design")
    company.push("Design", target="Sales", group=False)
    assert not push_of(company).comparable
    assert not push_of(company, "m-design").comparable


def test_a_paused_mapping_does_not_disturb_the_live_one_that_took_its_group_over() -> None:
    company = sales()
    company.group("Design")
    company.push("Design", target="Sales", group=False, status="INACTIVE")
    assert push_of(company).comparable
    assert not push_of(company, "m-design").comparable


def test_a_group_that_was_compared_and_one_that_is_surely_gone_need_no_note() -> None:
    assert about(sales().judge(), "members of Sales") == []
    assert about(sales(group=False).judge(), "members of Sales") == []


def test_a_group_whose_members_kandji_does_not_tell_is_not_an_empty_group() -> None:
    company = sales(members=None)
    assert not push_of(company).comparable
    assert about(company.judge(), "members of Sales") == ["Kandji does not tell the group's members"]


def test_an_okta_group_that_is_not_visible_is_not_an_empty_group() -> None:
    company = sales()
    company.groups = [group for group in company.groups if group.id != "sales"]
    del company.members["sales"]
    assert not push_of(company).comparable
    assert push_of(company).name == "sales"
    assert about(company.judge(), "push mapping m-sales") == ["its Okta group sales is not visible or deleted"]


def test_a_kandji_group_that_is_missing_but_not_confirmed_missing_is_told() -> None:
    company = sales(group=False)
    company.absent_groups = []
    assert not push_of(company).absent
    (reason,) = about(company.judge(), "members of Sales")
    assert "did not confirm" in reason


def test_a_mapping_of_an_unknown_status_is_told_and_its_members_not_compared() -> None:
    company = sales(status="DREAMING")
    assert not push_of(company).comparable
    assert about(company.judge(), "push mapping status DREAMING") == ["its members are not compared"]


def test_mappings_come_by_name_of_their_group() -> None:
    company = Company(mappings=[])
    for name in ("zeta", "Beta", "alpha"):
        company.group(name)
        company.push(name)
    assert [push.name for push in company.world().pushes] == ["alpha", "Beta", "zeta"]


# --- people ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["ACTIVE", "LOCKED_OUT", "PASSWORD_EXPIRED", "RECOVERY"])
def test_whoever_works_must_be_in(status: str) -> None:
    company = Company()
    company.person("ana", status)
    assert keys(company, "must_be_in") == ["user:ana"]
    assert keys(company, "may_be_in") == keys(company, "left") == []


@pytest.mark.parametrize("status", ["STAGED", "PROVISIONED", "SUSPENDED", "HIBERNATING", "", "active"])
def test_whoever_is_pending_suspended_or_of_an_unknown_status_may_be_in(status: str) -> None:
    company = Company()
    company.person("ana", status)
    assert keys(company, "may_be_in") == ["user:ana"]
    assert keys(company, "must_be_in") == keys(company, "left") == []


def test_whoever_is_deactivated_has_left() -> None:
    company = Company()
    company.person("ana", "DEPROVISIONED")
    assert keys(company, "left") == ["user:ana"]
    assert keys(company, "must_be_in") == keys(company, "may_be_in") == []


@pytest.mark.parametrize("status", ["DEPROVISIONED", "INACTIVE", "REVOKED", "UNASSIGNED"])
def test_an_app_user_that_was_taken_back_is_no_assignment(status: str) -> None:
    company = Company()
    company.person("ana", assigned=status)
    assert keys(company, "assigned") == keys(company, "provisioned") == keys(company, "present") == []


@pytest.mark.parametrize("status", ["ACTIVE", "PROVISIONED", "STAGED", "IMPORTED", "NEVER HEARD OF"])
def test_any_other_app_user_is_an_assignment_and_provisioned_by_its_external_id_alone(status: str) -> None:
    company = Company()
    company.person("ana", assigned=status, app_user={"sync_state": "DISABLED"})
    company.person("ben", assigned=status, external_id=None, account=False)
    assert keys(company, "assigned") == ["user:ana", "user:ben"]
    assert keys(company, "provisioned") == keys(company, "present") == ["user:ana"]


def test_an_account_that_was_not_read_by_id_is_neither_present_nor_absent() -> None:
    company = Company()
    company.person("ana", account=False)
    company.absent_accounts = []
    assert keys(company, "present") == keys(company, "absent") == []


def test_an_account_in_the_list_is_not_absent_whatever_a_read_by_id_said() -> None:
    company = Company(absent_accounts=["k-ana"])
    company.person("ana")
    assert (keys(company, "present"), keys(company, "absent")) == (["user:ana"], [])


def test_a_status_nobody_knows_is_told_once() -> None:
    company = Company()
    company.person("ana", "HIBERNATING", assigned="MELTED")
    company.person("ben", "HIBERNATING", assigned="MELTED")
    judged = company.judge()
    assert about(judged, "Okta user status HIBERNATING") == ["counted as neither missing nor extra"]
    assert about(judged, "app user status MELTED") == ["counted as assigned"]
    assert judged.findings == ()


def test_people_whose_status_okta_did_not_tell_are_told() -> None:
    company = sales()
    company.users = company.users[1:]
    assert about(company.judge(), "Okta user status") == [
        "Okta did not tell the status of 1 people: counted as neither missing nor extra"
    ]


def test_accounts_of_which_kandji_does_not_tell_whether_they_are_active_are_told() -> None:
    company = Company()
    company.person("ana", active=None)
    assert about(company.judge(), "active in Kandji") == ["Kandji does not tell of 1 accounts whether they are active"]


def test_everybody_is_in_scope_until_it_is_set() -> None:
    assert len(company_of_two().world().scope) == 2


@pytest.mark.parametrize("chosen", ["macs", "MACS", "Macs"])
def test_the_scope_is_the_members_of_the_groups_it_names_by_id_or_name(chosen: str) -> None:
    assert keys(company_of_two(), "scope", scope_groups=(chosen,)) == ["user:ana"]


def test_a_scope_group_that_was_not_read_is_told_and_the_others_count() -> None:
    company = company_of_two()
    world = company.world(scope_groups=("Macs", "Nowhere"))
    assert len(world.scope) == 1
    assert [note.about for note in world.notes] == ["scope group Nowhere"]


def test_a_scope_of_which_no_group_was_read_narrows_nothing_and_is_told() -> None:
    world = company_of_two().world(scope_groups=("Nowhere",))
    assert len(world.scope) == 2
    assert [note.about for note in world.notes] == ["scope group Nowhere"]


def company_of_two() -> Company:
    company = Company()
    company.group("Macs")
    company.person("ana", groups=["Macs"])
    company.person("ben")
    return company


@pytest.mark.parametrize("pattern", ["*@other.example", "K1@OTHER.EXAMPLE", "Entra", "i-7"])
def test_accounts_are_declared_as_another_directorys_by_user_name_or_integration(pattern: str) -> None:
    company = Company()
    company.account("k1", user_name="k1@other.example")
    company.row("k1", integration_name="Entra", integration_id="i-7")
    company.person("ana")
    assert keys(company, "fed_by_others", also_fed_by=(pattern,)) == ["account:k1"]


def test_nobody_with_an_app_user_is_fed_by_another_directory() -> None:
    company = Company()
    company.person("ana")
    assert keys(company, "fed_by_others", also_fed_by=("*",)) == []


def test_joining_writes_nothing_into_what_it_was_given() -> None:
    company = sales()
    before = company.snapshot()
    company.world()
    assert company.snapshot() == before


def test_a_mapping_without_any_name_is_a_problem() -> None:
    company = Company(app=App(id="app", name="", label="", status="ACTIVE"))
    company.mappings.append(Mapping(id="m", source_group_id="nowhere", target_group_id=None, status="ACTIVE"))
    assert push_of(company, "m").problem is not None
    assert push_of(company, "m").target_name is None
