from __future__ import annotations

from datetime import timedelta

import pytest

from reconciler.simulator.org.state import OrgRefusal
from tests.simulator.small import MONDAY, World


def test_the_same_seed_gives_the_same_ids() -> None:
    assert World().designer("ada").id == World().designer("ada").id


def test_ids_have_okta_s_length_and_prefixes() -> None:
    world = World()
    ids = [world.designer("ada").id, world.designers.id, world.org.app.id, world.mapping.id]
    assert [(one[:3], len(one)) for one in ids] == [("00u", 20), ("00g", 20), ("0oa", 20), ("gPm", 20)]


def test_a_login_is_taken_in_any_case() -> None:
    world = World()
    world.join("ada")
    with pytest.raises(OrgRefusal, match="E0000001"):
        world.org.add_user("ADA@acme.test", "Other", "Ada")


def test_a_changed_login_frees_the_old_one_and_is_found() -> None:
    world = World()
    ada = world.join("ada")
    world.org.update_profile(ada, login="ada.lind@acme.test")
    assert world.org.find_user("Ada.Lind@acme.test") is ada
    assert world.org.find_user("ada@acme.test") is None


def test_deactivated_people_stay_in_their_groups() -> None:
    world = World()
    ada = world.designer("ada")
    world.org.deactivate(ada)
    world.settle()
    assert ada.id in world.designers.members
    assert ada.id not in world.org.app.users


def test_only_deactivated_people_can_be_deleted_and_then_leave_every_group() -> None:
    world = World()
    ada = world.designer("ada")
    with pytest.raises(OrgRefusal, match="E0000038"):
        world.org.delete_user(ada)
    world.org.deactivate(ada)
    world.org.delete_user(ada)
    assert ada.id not in world.designers.members | world.org.everyone.members | world.org.users


def test_a_status_changes_at_the_clock_s_time() -> None:
    world = World()
    ada = world.join("ada")
    world.clock.advance(timedelta(days=3))
    world.org.suspend(ada)
    assert (ada.created, ada.status, ada.status_changed) == (MONDAY, "SUSPENDED", MONDAY + timedelta(days=3))


def test_built_in_and_imported_groups_take_no_hand() -> None:
    world = World()
    ada = world.join("ada")
    imported = world.org.create_group("ad-users", type="APP_GROUP", source_id="0oaDirectory")
    for group in (world.org.everyone, imported):
        with pytest.raises(OrgRefusal, match="E0000006"):
            world.org.add_member(group, ada)
    world.org.import_member(imported, ada)
    assert ada.id in imported.members


def test_a_rule_brings_people_in_and_takes_them_out_when_their_attributes_change() -> None:
    world = World()
    world.org.activate_rule(world.org.create_rule("design", 'user.department == "Design"', [world.designers]))
    ada = world.join("ada", department="Design")
    world.settle()
    assert world.designers.members[ada.id].rules
    world.org.update_profile(ada, department="Sales")
    world.settle()
    assert ada.id not in world.designers.members


@pytest.mark.parametrize("takes_over", [True, False])
def test_who_is_in_by_hand_goes_with_the_rule_that_took_them_over(takes_over: bool) -> None:
    world = World()
    world.org.rules_take_over = takes_over
    world.org.activate_rule(world.org.create_rule("design", 'user.department == "Design"', [world.designers]))
    ada = world.join("ada", world.designers, department="Design")
    world.settle()
    world.org.update_profile(ada, department="Sales")
    world.settle()
    assert (ada.id in world.designers.members) is not takes_over


def test_putting_in_by_hand_whom_a_rule_brought_changes_nothing() -> None:
    world = World()
    world.org.activate_rule(world.org.create_rule("design", 'user.department == "Design"', [world.designers]))
    ada = world.join("ada", department="Design")
    world.settle()
    world.org.add_member(world.designers, ada)
    world.org.update_profile(ada, department="Sales")
    world.settle()
    assert ada.id not in world.designers.members


def test_rules_cascade_through_groups_that_other_rules_feed() -> None:
    world = World()
    world.org.activate_rule(world.org.create_rule("b", f'isMemberOfGroup("{world.designers.id}")', [world.assigned]))
    world.org.activate_rule(world.org.create_rule("a", 'user.department == "Design"', [world.designers]))
    ada = world.join("ada", department="Design")
    world.settle()
    assert ada.id in world.assigned.members


def test_an_inactive_rule_brings_nobody_and_its_members_stay() -> None:
    world = World()
    rule = world.org.create_rule("design", 'user.department == "Design"', [world.designers])
    world.org.activate_rule(rule)
    ada = world.join("ada", department="Design")
    world.settle()
    world.org.deactivate_rule(rule)
    ben = world.join("ben", department="Design")
    world.settle()
    assert ada.id in world.designers.members
    assert ben.id not in world.designers.members


def test_a_rule_passes_over_deactivated_people() -> None:
    world = World()
    ada = world.join("ada", department="Design")
    world.org.deactivate(ada)
    world.org.activate_rule(world.org.create_rule("design", 'user.department == "Design"', [world.designers]))
    world.settle()
    assert ada.id not in world.designers.members


def test_removing_a_rule_fed_member_by_hand_excludes_them_from_the_rule() -> None:
    world = World()
    rule = world.org.create_rule("design", 'user.department == "Design"', [world.designers])
    world.org.activate_rule(rule)
    ada = world.join("ada", department="Design")
    world.settle()
    world.org.remove_member(world.designers, ada)
    world.org.update_profile(ada, title="Lead")
    world.settle()
    assert rule.excluded_user_ids == [ada.id]
    assert ada.id not in world.designers.members


def test_members_of_a_deleted_rule_stay_as_if_by_hand() -> None:
    world = World()
    rule = world.org.create_rule("design", 'user.department == "Design"', [world.designers])
    world.org.activate_rule(rule)
    ada = world.join("ada", department="Design")
    world.settle()
    world.org.delete_rule(rule)
    assert world.designers.members[ada.id].by_hand


def test_an_expression_changes_only_while_its_rule_is_inactive() -> None:
    world = World()
    rule = world.org.create_rule("design", 'user.department == "Design"', [world.designers])
    world.org.activate_rule(rule)
    with pytest.raises(OrgRefusal, match="INACTIVE"):
        world.org.set_rule_expression(rule, 'user.department == "Sales"')
    world.org.deactivate_rule(rule)
    world.org.set_rule_expression(rule, 'user.department == "Sales"')
    assert rule.expression == 'user.department == "Sales"'


@pytest.mark.parametrize("named", ["target", "expression"])
def test_a_rule_becomes_invalid_when_a_group_that_it_names_goes(named: str) -> None:
    world = World()
    other = world.org.create_group("other")
    gone = world.org.create_group("gone")
    condition = f'isMemberOfGroup("{gone.id if named == "expression" else other.id}")'
    rule = world.org.create_rule("r", condition, [gone if named == "target" else other])
    world.org.delete_group(gone)
    world.settle()
    assert (rule.status, rule.all_groups_valid) == ("INVALID", False)
    with pytest.raises(OrgRefusal, match="INVALID"):
        world.org.activate_rule(rule)


@pytest.mark.parametrize("expression", ["user.salary >", "user.department", "user.salary > 3"])
def test_a_rule_that_can_not_be_read_is_not_boolean_or_names_an_unheard_of_attribute_is_refused(
    expression: str,
) -> None:
    world = World()
    with pytest.raises(OrgRefusal, match="E0000001"):
        world.org.create_rule("r", expression, [world.designers])


def test_a_rule_looks_at_attributes_that_the_org_added() -> None:
    world = World()
    ada, ben = world.join("ada", colors=["blue"]), world.join("ben")
    rule = world.org.create_rule("blue", 'Arrays.contains(user.colors, "blue")', [world.designers])
    world.org.activate_rule(rule)
    world.settle()
    assert set(world.designers.members) == {ada.id}
    world.org.update_profile(ben, colors=["red", "blue"])
    world.settle()
    assert set(world.designers.members) == {ada.id, ben.id}


def test_where_a_rule_can_not_be_evaluated_the_membership_stays_and_the_log_says_so() -> None:
    world = World()
    ada = world.join("ada", grade=7)
    world.org.activate_rule(world.org.create_rule("high", "user.grade > 5", [world.designers]))
    world.settle()
    world.org.update_profile(ada, grade="low")
    world.settle()
    failed = [event for event in world.org.system_log.events if event.event_type == "group.user_membership.rule.error"]
    assert (set(world.designers.members), [event.targets[1].id for event in failed]) == ({ada.id}, [ada.id])


def test_people_of_another_user_type_have_only_the_default_profile_for_a_rule() -> None:
    world = World()
    ada = world.join("ada", department="Design", badge=True)
    ben = world.join("ben", department="Design", badge=True, user_type="otyContractors000000")
    badges = world.org.create_group("badges")
    for name, expression, group in (("d", 'user.department == "Design"', world.designers), ("b", "user.badge", badges)):
        world.org.activate_rule(world.org.create_rule(name, expression, [group]))
    world.settle()
    assert (set(world.designers.members), set(badges.members)) == ({ada.id, ben.id}, {ada.id})


def test_a_rule_about_the_status_follows_it() -> None:
    world = World()
    expression = 'user.getInternalProperty("status") != "SUSPENDED"'
    world.org.activate_rule(world.org.create_rule("at work", expression, [world.designers]))
    ada = world.join("ada")
    world.settle()
    assert ada.id in world.designers.members
    world.org.suspend(ada)
    world.settle()
    assert ada.id not in world.designers.members


def test_members_of_an_assigned_group_are_assigned_by_it() -> None:
    world = World()
    ada = world.designer("ada")
    assert world.org.app.users[ada.id].scope == "GROUP"


def test_a_direct_assignment_wins_and_falls_back_to_the_group() -> None:
    world = World()
    ada = world.designer("ada")
    world.org.assign_user(ada)
    world.settle()
    assert world.org.app.users[ada.id].scope == "USER"
    world.org.unassign_user(ada)
    world.settle()
    assert world.org.app.users[ada.id].scope == "GROUP"


def test_members_of_a_group_that_is_no_longer_assigned_lose_their_assignment() -> None:
    world = World()
    ada = world.designer("ada")
    world.org.unassign_group(world.assigned)
    world.settle()
    assert ada.id not in world.org.app.users


def test_a_direct_assignment_does_not_survive_deactivation() -> None:
    world = World()
    ada = world.join("ada")
    world.org.assign_user(ada)
    world.settle()
    world.org.deactivate(ada)
    world.org.reactivate(ada)
    world.settle()
    assert ada.id not in world.org.app.users


def test_while_the_app_is_inactive_nobody_is_assigned_and_afterwards_they_are() -> None:
    world = World()
    world.org.set_app_status("INACTIVE")
    ada = world.designer("ada")
    assert ada.id not in world.org.app.users
    world.org.set_app_status("ACTIVE")
    world.settle()
    assert world.account(ada)["active"] is True


def test_two_mappings_of_one_pair_are_refused() -> None:
    world = World()
    with pytest.raises(OrgRefusal, match="E0000027"):
        world.org.link_group(world.designers)


def test_a_target_gets_another_name_only_where_names_do_not_follow() -> None:
    world = World()
    group = world.org.create_group("video")
    with pytest.raises(OrgRefusal, match="E0000027"):
        world.org.link_group(group, "mac-video")
    world.org.set_rename_groups(False)
    mapping = world.org.link_group(group, "mac-video")
    assert world.org.groups[mapping.target_group_id].name == "mac-video"


def test_the_target_of_a_mapping_can_not_be_deleted() -> None:
    world = World()
    with pytest.raises(OrgRefusal, match="E0000006"):
        world.org.delete_group(world.org.groups[world.mapping.target_group_id])
