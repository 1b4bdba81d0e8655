from __future__ import annotations

from datetime import timedelta

import pytest

from reconciler.simulator.kandji.tenant_rows import OKTA_INTEGRATION
from reconciler.simulator.provisioner.scim_client import ENTERPRISE
from tests.simulator.small import World


def test_a_person_in_an_assigned_and_a_pushed_group_arrives_with_all_they_are() -> None:
    world = World()
    ada = world.designer("ada", title="Lead", department="Design")
    account = world.account(ada)
    assert world.pushed() == {"ada"}
    assert (account["userName"], account["displayName"], account["title"]) == ("ada@acme.test", "Ada Berg", "Lead")
    assert account["name"] == {"givenName": "Ada", "familyName": "Berg"}
    assert account["emails"] == [{"primary": True, "value": "ada@acme.test", "type": "work"}]
    assert (account[ENTERPRISE], account["active"], account["externalId"]) == ({"department": "Design"}, True, ada.id)


def test_okta_remembers_the_scim_id_of_whom_it_provisioned() -> None:
    world = World()
    ada = world.designer("ada")
    assigned = world.org.app.users[ada.id]
    assert assigned.external_id == world.account(ada)["id"]
    assert (assigned.status, assigned.sync_state) == ("PROVISIONED", "SYNCHRONIZED")


def test_an_account_that_exists_is_adopted_and_updated_not_made_again() -> None:
    world = World()
    scim_id = world.tenant.create_user("ADA@acme.test", "Somebody Else", active=False)
    ada = world.designer("ada")
    assert world.org.app.users[ada.id].external_id == scim_id
    assert (world.account(ada)["displayName"], world.account(ada)["active"]) == ("Ada Berg", True)


def test_a_member_who_is_not_assigned_is_left_out_of_the_pushed_group() -> None:
    world = World()
    world.designer("ada")
    world.join("ben", world.designers)
    world.settle()
    assert world.pushed() == {"ada"}


def test_a_late_assignment_is_pushed_to_the_group_unless_switched_off() -> None:
    pushed = {}
    for on in (True, False):
        world = World()
        world.provisioner.push_after_assignment = on
        ben = world.join("ben", world.designers)
        world.settle()
        world.org.add_member(world.assigned, ben)
        world.settle()
        pushed[on] = world.pushed()
    assert pushed == {True: {"ben"}, False: set()}


def test_a_leaver_is_deactivated_and_never_deleted_and_their_group_is_not_pushed() -> None:
    world = World()
    ada = world.designer("ada")
    pushed_at = world.mapping.last_push
    world.org.deactivate(ada)
    world.settle()
    assert world.account(ada)["active"] is False
    assert world.pushed() == {"ada"}
    assert world.mapping.last_push == pushed_at


def test_the_next_push_leaves_a_deactivated_member_out() -> None:
    world = World()
    world.org.deactivate(world.designer("ada"))
    world.designer("ben")
    assert world.pushed() == {"ben"}


def test_who_is_unassigned_is_deactivated_and_leaves_the_pushed_group() -> None:
    world = World()
    ada = world.designer("ada")
    world.designer("ben")
    world.org.remove_member(world.assigned, ada)
    world.settle()
    assert world.account(ada)["active"] is False
    assert world.pushed() == {"ben"}


def test_who_comes_back_is_activated_but_not_pushed_to_their_groups_again() -> None:
    world = World()
    ada = world.designer("ada")
    world.org.deactivate(ada)
    world.designer("ben")
    world.org.reactivate(ada)
    world.settle()
    assert world.account(ada)["active"] is True
    assert world.pushed() == {"ben"}


def test_nothing_is_sent_on_suspend_and_unsuspend() -> None:
    world = World()
    ada = world.designer("ada")
    world.org.suspend(ada)
    assert world.settle() == 0
    world.org.unsuspend(ada)
    assert world.settle() == 0
    assert world.account(ada)["active"] is True


def test_a_staged_person_is_provisioned_when_they_are_activated() -> None:
    world = World()
    ada = world.designer("ada", status="STAGED")
    assigned = world.org.app.users[ada.id]
    assert (assigned.status, assigned.external_id) == ("STAGED", None)
    world.org.activate(ada)
    world.settle()
    assert assigned.external_id is not None
    assert world.pushed() == {"ada"}


def test_a_changed_profile_is_sent_and_does_not_repair_active() -> None:
    world = World()
    ada = world.designer("ada", title="Lead")
    scim_id = world.tenant.user_id(ada.login)
    world.tenant.deactivate_user(scim_id)
    world.org.update_profile(ada, title=None, last_name="Lind", login="ada.lind@acme.test")
    world.settle()
    account = world.tenant.user(scim_id)
    assert (account["userName"], account["name"]["familyName"], account["active"]) == (
        "ada.lind@acme.test",
        "Lind",
        False,
    )
    assert "title" not in account


def test_an_attribute_edited_in_kandji_stays_until_okta_s_value_changes() -> None:
    world = World()
    ada = world.designer("ada", title="Lead", department="Design")
    world.tenant.edit_user(world.tenant.user_id(ada.login), title="Boss", user_name="boss@acme.test")
    world.org.update_profile(ada, department="Video")
    world.settle()
    account = world.tenant.user(world.tenant.user_id("boss@acme.test"))
    assert (account["title"], account[ENTERPRISE]["department"]) == ("Boss", "Video")


def test_a_member_added_by_hand_in_kandji_disappears_with_the_next_push() -> None:
    world = World()
    world.designer("ada")
    stranger = world.tenant.create_user("eve@acme.test", "Eve")
    group_id = world.tenant.group_id("designers")
    world.tenant.add_member(group_id, stranger)
    assert world.pushed() == {"ada", "eve"}
    world.designer("ben")
    assert world.pushed() == {"ada", "ben"}


def test_a_group_of_that_name_is_adopted_and_its_members_replaced() -> None:
    world = World()
    stranger = world.tenant.create_user("eve@acme.test", "Eve")
    group_id = world.tenant.create_group("Designers", [stranger])
    world.designer("ada")
    assert world.tenant.group_id("designers") == group_id
    assert world.pushed() == {"ada"}


def test_a_renamed_group_goes_out_with_its_new_name() -> None:
    world = World()
    world.designer("ada")
    group_id = world.tenant.group_id("designers")
    world.org.rename_group(world.designers, "artists")
    world.settle()
    assert world.tenant.group(group_id)["displayName"] == "artists"
    assert world.org.groups[world.mapping.target_group_id].name == "artists"


def test_a_paused_mapping_freezes_its_group_and_resuming_pushes_all() -> None:
    world = World()
    world.designer("ada")
    world.org.pause_mapping(world.mapping)
    world.designer("ben")
    assert world.pushed() == {"ada"}
    world.org.resume_mapping(world.mapping)
    world.settle()
    assert world.pushed() == {"ada", "ben"}


def test_an_unlinked_group_stays_in_kandji_unless_it_is_to_be_deleted() -> None:
    world = World()
    world.designer("ada")
    world.org.unlink(world.mapping)
    world.settle()
    assert world.pushed() == {"ada"}
    world.org.unlink(world.org.link_group(world.designers), delete_target=True)
    again = world.org.link_group(world.designers)
    world.settle()
    world.org.unlink(again, delete_target=True)
    world.settle()
    with pytest.raises(KeyError):
        world.tenant.group_id("designers")


def test_a_group_deleted_in_kandji_puts_its_mapping_into_error_at_the_next_push() -> None:
    world = World()
    world.designer("ada")
    world.tenant.delete_group(world.tenant.group_id("designers"))
    assert world.mapping.status == "ACTIVE"
    world.designer("ben")
    assert world.mapping.status == "ERROR"
    assert "HTTP 404 Not Found" in (world.mapping.error_summary or "")


def test_a_mapping_in_error_pushes_nothing_until_it_is_retried() -> None:
    world = World()
    world.designer("ada")
    fault = world.provisioner.fail("push-members", 403)
    world.designer("ben")
    world.provisioner.heal(fault)
    world.designer("cleo")
    assert (world.mapping.status, world.pushed()) == ("ERROR", {"ada"})
    assert (world.mapping.error_summary or "").endswith("user group designers: HTTP 403 Forbidden")
    world.provisioner.retry_groups()
    world.settle()
    assert (world.mapping.status, world.mapping.error_summary) == ("ACTIVE", None)
    assert world.pushed() == {"ada", "ben", "cleo"}


def test_a_dead_token_leaves_accounts_undone_and_mappings_in_error_until_retried() -> None:
    world = World()
    ada = world.designer("ada")
    world.tenant.rotate_token()
    ben = world.designer("ben")
    world.org.deactivate(ada)
    world.settle()
    assigned = world.org.app.users[ben.id]
    assert (assigned.status, assigned.external_id, assigned.sync_state) == ("STAGED", None, "ERROR")
    assert world.account(ada)["active"] is True
    assert "HTTP 401 Unauthorized" in (world.mapping.error_summary or "")
    world.provisioner.set_token(world.tenant.token)
    world.settle()
    assert assigned.external_id is None
    world.provisioner.retry_tasks()
    world.provisioner.retry_groups()
    world.settle()
    assert assigned.sync_state == "SYNCHRONIZED"
    assert world.account(ada)["active"] is False
    assert world.pushed() == {"ben"}


def test_a_fault_can_be_for_one_person_alone() -> None:
    world = World()
    ada, ben = world.join("ada", world.assigned), world.join("ben", world.assigned)
    world.provisioner.fail("create", 500, who=[ada.id])
    world.settle()
    assert world.org.app.users[ada.id].external_id is None
    assert world.org.app.users[ben.id].external_id is not None
    assert [task.task.subject for task in world.provisioner.failed] == [ada.id]


def test_an_unknown_operation_can_not_fail() -> None:
    with pytest.raises(ValueError, match="levitate"):
        World().provisioner.fail("levitate", 500)


@pytest.mark.parametrize("lacking", ["PUSH_NEW_USERS", "PUSH_USER_DEACTIVATION", "PUSH_PROFILE_UPDATES", "GROUP_PUSH"])
def test_what_a_feature_does_is_not_done_without_it(lacking: str) -> None:
    world = World()
    ada = world.designer("ada", title="Lead")
    world.org.set_features(set(world.org.app.features) - {lacking})
    ben = world.designer("ben")
    world.org.update_profile(ada, title="Boss")
    world.settle()
    title = world.account(ada)["title"]
    world.org.deactivate(ada)
    world.settle()
    undone = {
        "PUSH_NEW_USERS": world.org.app.users[ben.id].external_id is None,
        "PUSH_USER_DEACTIVATION": world.account(ada)["active"],
        "PUSH_PROFILE_UPDATES": title == "Lead",
        "GROUP_PUSH": "ben" not in world.pushed() and world.org.app.users[ben.id].external_id is not None,
    }
    assert [name for name, is_so in undone.items() if is_so] == [lacking]


def test_who_was_assigned_before_provisioning_stays_out_until_an_admin_provisions_them() -> None:
    world = World()
    features = world.org.app.features
    world.org.set_features([])
    ada = world.designer("ada")
    world.org.set_features(features)
    world.settle()
    assigned = world.org.app.users[ada.id]
    assert (assigned.status, assigned.external_id) == ("ACTIVE", None)
    world.provisioner.provision_user(ada)
    world.settle()
    assert assigned.status == "PROVISIONED"
    assert world.pushed() == {"ada"}


def test_an_outage_eats_what_is_queued() -> None:
    world = World()
    world.designer("ada")
    ben = world.join("ben", world.assigned, world.designers)
    world.provisioner.drop_pending()
    assert world.settle() == 0
    assert world.org.app.users[ben.id].external_id is None
    assert world.pushed() == {"ada"}


def test_a_quiet_world_stays_quiet_and_its_timestamps_grow_old() -> None:
    world = World()
    ada = world.designer("ada")
    pushed_at = world.mapping.last_push
    world.clock.advance(timedelta(days=5))
    before = world.clock.now()
    assert world.provisioner.settle() == 0
    assert world.clock.now() == before
    assert world.mapping.last_push == pushed_at
    assert world.org.app.users[ada.id].status_changed < before - timedelta(days=4)


def test_time_passes_between_assignment_account_and_push() -> None:
    world = World()
    assigned = world.org.app.users[world.designer("ada").id]
    assert world.mapping.last_push is not None
    assert assigned.created < assigned.status_changed < world.mapping.last_push


def test_attributes_that_the_app_does_not_map_are_not_sent() -> None:
    world = World()
    world.org.set_app_attributes(["displayName", "email"])
    account = world.account(world.designer("ada", title="Lead", department="Design"))
    assert not {"title", "name", ENTERPRISE} & set(account)


def test_accounts_that_okta_made_come_from_okta_s_integration() -> None:
    world = World()
    ada = world.designer("ada")
    assert world.tenant.beside(world.tenant.user_id(ada.login)).integration == OKTA_INTEGRATION
