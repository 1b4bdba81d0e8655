"""What new findings rest on, and what a second reading of it makes of a snapshot."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from reconciler.checks import KINDS
from reconciler.disputes import RESTS_ON, Disputed, disputed
from reconciler.model import AppUser, GroupMembers, Mapping, Member, Memory, ScimGroup, Snapshot
from reconciler.second_reading import SecondOkta, with_okta, with_scim
from tests.worlds import NOW, Company, sales


def of(company: Company, **memory: Any) -> Disputed:
    judged = company.judge(before=Memory(**memory))
    return disputed(company.world(before=Memory(**memory)), judged.findings)


def test_for_every_kind_it_is_said_what_its_findings_rest_on() -> None:
    assert {kind.slug for kind in KINDS} <= set(RESTS_ON)


def test_where_nothing_is_found_nothing_is_read_again() -> None:
    assert of(sales()) == Disputed()


def test_what_stood_in_the_last_complete_run_is_not_read_again() -> None:
    company = sales(without=["p0"])
    seen = tuple((finding.id, NOW) for finding in company.judge().findings)
    assert seen
    assert of(company, first=False, seen=seen) == Disputed()


def test_somebody_missing_in_a_group_rests_on_their_groups_and_on_the_kandji_group() -> None:
    assert of(sales(without=["p0"])) == Disputed(memberships=(("p0", "sales"),), groups=("kg-sales",))


def test_somebody_too_much_rests_on_their_assignment_as_well() -> None:
    company = sales(members=["k-eve"])
    company.person("eve")
    wanted = Disputed(app_users=("eve",), memberships=(("eve", "sales"),), groups=("kg-sales",))
    assert of(company) == wanted
    assert (wanted.in_okta, wanted.in_kandji) == (2, 1)


def test_somebody_not_assigned_rests_on_their_assignment_alone() -> None:
    company = sales()
    company.person("eve", groups=["Sales"], assigned=False, account=False)
    assert of(company) == Disputed(app_users=("eve",))


def test_a_leaver_rests_on_both_records() -> None:
    company = sales()
    company.person("eve", status="DEPROVISIONED", assigned=False)
    assert of(company) == Disputed(users=("eve",), accounts=("k-eve",))


def test_a_group_that_is_gone_rests_on_the_group_an_earlier_run_knew() -> None:
    found = of(sales(group=False), first=False, learnt_groups=(("m-sales", "kg-sales"),))
    assert (found.mappings, found.groups) == (("m-sales",), ("kg-sales",))


def test_a_group_that_no_mapping_reaches_rests_on_the_mapping_an_earlier_run_knew() -> None:
    company = sales()
    company.kandji_group("Design")
    found = of(company, first=False, learnt_groups=(("m-sales", "kg-sales"), ("m-design", "kg-design")))
    assert (found.mappings, found.groups) == (("m-design",), ("kg-design",))


# --- the second reading ----------------------------------------------------------------------------------------------


def snapshot() -> Snapshot:
    return sales(people=2).snapshot()


def test_a_second_reading_that_says_the_same_leaves_the_very_same_snapshot() -> None:
    before = snapshot()
    okta, scim = before.okta, before.scim
    again = SecondOkta(
        app_users={okta.app_users[0].id: okta.app_users[0], "nobody": None},
        users={okta.users[0].id: okta.users[0]},
        memberships={("p0", "sales"): True, ("eve", "sales"): False},
        mappings={"m-sales": okta.mappings[0]},
    )
    assert with_okta(before, again) is before
    assert with_scim(before, {"k-p0": scim.users[0]}, {"kg-sales": scim.groups[0]}) is before


def test_what_a_list_left_out_is_put_in_and_what_is_gone_is_taken_out() -> None:
    eve = AppUser(id="eve", status="ACTIVE", external_id="k-eve")
    again = SecondOkta(app_users={"eve": eve, "p0": None}, memberships={("eve", "sales"): True, ("p1", "sales"): False})
    okta = with_okta(snapshot(), again).okta
    assert [row.id for row in okta.app_users] == ["eve", "p1"]
    assert okta.members == (GroupMembers(group_id="sales", members=(Member(user_id="eve"), Member(user_id="p0"))),)


def test_somebody_deleted_meanwhile_is_taken_out_everywhere() -> None:
    okta = with_okta(snapshot(), SecondOkta(users={"p0": None})).okta
    assert [row.id for row in okta.users] == [row.id for row in okta.app_users] == ["p1"]
    assert [member.user_id for member in okta.members[0].members] == ["p1"]
    assert okta.absent_user_ids == ("p0",)


def test_a_mapping_that_the_list_left_out_comes_with_its_groups_and_people() -> None:
    design = Company()
    design.group("Design")
    design.person("eve", groups=["Design"])
    design.push("Design")
    there = design.snapshot().okta
    mapping: Mapping = there.mappings[0]
    again = SecondOkta(mappings={mapping.id: mapping}, found=there.groups, members=there.members, people=there.users)
    okta = with_okta(snapshot(), again).okta
    assert [row.id for row in okta.mappings] == ["m-design", "m-sales"]
    assert {group.group_id for group in okta.members} == {"design", "sales"}
    assert "eve" in {user.id for user in okta.users}


def test_a_group_found_by_id_is_no_longer_absent_by_name() -> None:
    before = sales(group=False).snapshot()
    found = ScimGroup(id="kg-sales", display_name="Sales", member_ids=("k-p0",))
    scim = with_scim(before, {}, {"kg-sales": found}).scim
    assert (scim.groups, scim.absent_group_names) == ((found,), ())


def test_a_group_by_itself_that_does_not_tell_its_members_or_may_cut_them_off_is_not_believed() -> None:
    before = snapshot()
    many = tuple(f"k{number}" for number in range(150))
    old = replace(before.scim.groups[0], member_ids=many)
    before = replace(before, scim=replace(before.scim, groups=(old,)))
    for members in (None, many[:100]):
        assert with_scim(before, {}, {old.id: replace(old, member_ids=members)}) is before
    assert with_scim(before, {}, {old.id: replace(old, member_ids=many[:99])}).scim.groups[0].member_ids == many[:99]
