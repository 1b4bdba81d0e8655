"""How the provisioner fails: what it tries again, what it gives up, and what an admin is told."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from reconciler.simulator.org.system_log import FAILURE
from reconciler.simulator.provisioner.failures import Patience
from reconciler.simulator.provisioner.scim_client import PATIENCE, ScimClient, ScimFailure
from tests.simulator.small import World

MINUTE = timedelta(minutes=1)


def failures(world: World) -> list[str]:
    """Types of the events that tell of a failure, in turn."""
    return [event.event_type for event in world.org.system_log.events if event.outcome == FAILURE]


def told(world: World, *event_types: str) -> int:
    """How often the log tells of these."""
    return sum(event.event_type in event_types for event in world.org.system_log.events)


# --- trying again


@pytest.mark.parametrize(
    ("retry_after", "pauses"),
    [(None, [timedelta(minutes=5), timedelta(minutes=10)]), (30, [timedelta(seconds=30), timedelta(seconds=60)])],
)
def test_a_pause_is_what_was_asked_for_or_five_minutes_and_doubles(
    retry_after: int | None, pauses: list[timedelta]
) -> None:
    failure = ScimFailure(429, "slowly", retry_after=retry_after)
    assert [Patience().again_after(failure, attempts) for attempts in (1, 2)] == pauses


def test_what_was_asked_for_is_not_doubled_when_that_is_switched_off() -> None:
    failure = ScimFailure(429, "slowly", retry_after=30)
    assert Patience(doubles_retry_after=False).again_after(failure, 3) == timedelta(seconds=30)


def test_nothing_is_tried_an_eleventh_time_and_no_other_status_a_second() -> None:
    assert Patience().again_after(ScimFailure(429, "slowly"), 10) is None
    assert Patience().again_after(ScimFailure(503, "down"), 1) is None


def test_a_person_who_met_429_is_provisioned_five_minutes_later() -> None:
    world = World()
    world.settle()
    fault = world.provisioner.fail("create", 429)
    ada = world.join("ada", world.assigned)
    world.clock.advance(MINUTE)
    world.provisioner.heal(fault)
    assigned = world.org.app.users[ada.id]
    assert (assigned.external_id, assigned.sync_state, world.provisioner.failed) == (None, "SYNCING", ())
    world.clock.advance(timedelta(minutes=5))
    assert assigned.sync_state == "SYNCHRONIZED"
    assert assigned.status_changed == assigned.created + world.org.lags.account + timedelta(minutes=5)


def test_after_ten_attempts_a_task_has_failed_and_an_admin_can_retry_it() -> None:
    world = World()
    fault = world.provisioner.fail("create", 429, retry_after=1)
    ada = world.join("ada", world.assigned)
    world.settle()
    (failed,) = world.provisioner.failed
    assert (failed.attempts, failed.summary) == (10, "Automatic provisioning failed: HTTP 429 Too Many Requests")
    assert world.org.app.users[ada.id].sync_state == "ERROR"
    world.provisioner.heal(fault)
    world.provisioner.retry_tasks()
    world.settle()
    assert (world.org.app.users[ada.id].sync_state, world.provisioner.failed) == ("SYNCHRONIZED", ())


def test_a_push_that_met_429_leaves_its_mapping_active_until_it_has_failed_for_good() -> None:
    world = World()
    world.designer("ada")
    world.provisioner.fail("push-members", 429)
    world.join("ben", world.assigned, world.designers)
    world.clock.advance(timedelta(hours=12))
    assert (world.mapping.status, world.pushed()) == ("ACTIVE", {"ada"})
    world.provisioner.settle()
    assert world.mapping.status == "ERROR"
    assert (world.mapping.error_summary or "").endswith("HTTP 429 Too Many Requests")


def test_a_push_on_hold_is_not_sent_sooner_because_its_group_changes_again() -> None:
    world = World()
    ada = world.designer("ada")
    fault = world.provisioner.fail("push-members", 429)
    world.org.remove_member(world.designers, ada)
    world.clock.advance(MINUTE)
    world.provisioner.heal(fault)
    world.org.add_member(world.designers, ada)
    world.org.remove_member(world.designers, ada)
    world.clock.advance(4 * MINUTE)
    assert world.pushed() == {"ada"}
    world.clock.advance(MINUTE)
    assert world.pushed() == set()


def test_the_scim_server_says_how_long_to_wait_in_whole_seconds_alone() -> None:
    asked = []
    for value in ("7", "Wed, 25 Nov 2026 08:00:00 GMT"):
        answer = httpx.Response(429, headers={"Retry-After": value})
        transport = httpx.MockTransport(lambda request, answer=answer: answer)
        with pytest.raises(ScimFailure) as refused:
            ScimClient(httpx.Client(transport=transport, base_url="https://scim.test"), "token").read("Users", "1")
        asked.append(refused.value.retry_after)
    assert asked == [7, None]


def client(*answers: httpx.Response) -> ScimClient:
    left = iter(answers)
    transport = httpx.MockTransport(lambda request: next(left))
    return ScimClient(httpx.Client(transport=transport, base_url="https://scim.test"), "token")


def test_a_look_up_that_is_answered_404_found_nobody() -> None:
    assert client(httpx.Response(404)).find("Users", "userName", "ada@acme.test") is None


def test_a_creation_that_tells_no_id_has_failed() -> None:
    with pytest.raises(ScimFailure, match="returned empty"):
        client(httpx.Response(201)).create("Users", {})


def test_a_deactivation_on_hold_leaves_alone_who_is_assigned_again_meanwhile() -> None:
    world = World()
    ada = world.designer("ada")
    world.provisioner.fail("deactivate", 429)
    world.org.remove_member(world.assigned, ada)
    world.clock.advance(MINUTE)
    world.provisioner.heal()
    world.org.add_member(world.assigned, ada)
    world.settle()
    assert world.account(ada)["active"] is True


def test_other_statuses_are_tried_again_when_patience_says_so() -> None:
    world = World()
    world.provisioner.patience = Patience(statuses=frozenset({503}))
    fault = world.provisioner.fail("create", 503)
    ada = world.join("ada", world.assigned)
    world.clock.advance(MINUTE)
    world.provisioner.heal(fault)
    world.settle()
    assert world.org.app.users[ada.id].external_id is not None


# --- answers that don't come


@pytest.mark.parametrize("takes_effect", [True, False])
def test_a_push_that_times_out_is_an_error_whether_or_not_it_took_effect(takes_effect: bool) -> None:
    world = World()
    world.designer("ada")
    world.provisioner.time_out("push-members", takes_effect=takes_effect)
    world.designer("ben")
    assert world.mapping.status == "ERROR"
    assert (world.mapping.error_summary or "").endswith("Read timed out")
    assert world.pushed() == ({"ada", "ben"} if takes_effect else {"ada"})


def test_a_push_that_fails_after_its_mapping_was_paused_leaves_it_paused() -> None:
    world = World()
    world.designer("ada")
    world.provisioner.delay_next_push(world.mapping, 10 * MINUTE)
    world.provisioner.push_now(world.mapping)
    world.clock.advance(MINUTE)
    world.org.pause_mapping(world.mapping)
    world.provisioner.fail("push-members", 500)
    world.settle()
    assert told(world, "application.provision.group_push.mapping.update.or.delete.failed.with.error") == 1
    assert (world.mapping.status, world.mapping.error_summary) == ("INACTIVE", None)


def test_okta_waits_a_minute_for_an_answer() -> None:
    world = World()
    world.settle()
    world.provisioner.time_out("create", takes_effect=False)
    ada = world.join("ada", world.assigned)
    world.provisioner.settle()
    assigned = world.org.app.users[ada.id]
    assert assigned.last_updated == assigned.created + world.org.lags.account + PATIENCE


def test_an_account_that_was_made_behind_okta_s_back_is_adopted_by_the_retry() -> None:
    world = World()
    fault = world.provisioner.time_out("create", takes_effect=True)
    ada = world.join("ada", world.assigned)
    world.settle()
    scim_id = world.tenant.user_id(ada.login)
    assert world.org.app.users[ada.id].external_id is None
    world.provisioner.heal(fault)
    world.provisioner.retry_tasks()
    world.settle()
    assert world.org.app.users[ada.id].external_id == scim_id


def test_a_group_that_was_made_behind_okta_s_back_is_adopted_by_the_retry() -> None:
    world = World()
    fault = world.provisioner.time_out("push-group", takes_effect=True)
    world.designer("ada")
    group_id = world.tenant.group_id("designers")
    assert world.org.groups[world.mapping.target_group_id].external_id is None
    world.provisioner.heal(fault)
    world.provisioner.retry_groups()
    world.settle()
    assert world.org.groups[world.mapping.target_group_id].external_id == group_id
    assert world.pushed() == {"ada"}


# --- what no retry mends


def test_a_refused_token_is_told_in_task_mapping_and_log() -> None:
    world = World()
    world.designer("ada")
    world.tenant.rotate_token()
    world.designer("ben")
    assert [task.summary for task in world.provisioner.failed] == [
        "Automatic provisioning failed: HTTP 401 Unauthorized"
    ]
    assert (world.mapping.error_summary or "").endswith("HTTP 401 Unauthorized")
    assert "application.integration.authentication_failure" in failures(world)


@pytest.mark.parametrize("change", ["profile", "deactivation"])
def test_an_account_deleted_in_kandji_is_a_matching_user_not_found(change: str) -> None:
    world = World()
    ada = world.designer("ada", title="Lead")
    world.tenant.delete_user(world.tenant.user_id(ada.login))
    if change == "profile":
        world.org.update_profile(ada, title="Boss")
    else:
        world.org.deactivate(ada)
    world.settle()
    assert [task.summary for task in world.provisioner.failed] == [
        "Automatic provisioning failed: Matching user not found"
    ]


def test_who_was_deleted_in_kandji_is_made_again_when_they_are_assigned_again() -> None:
    world = World()
    ada = world.designer("ada")
    before = world.tenant.user_id(ada.login)
    world.tenant.delete_user(before)
    world.org.remove_member(world.assigned, ada)
    world.settle()
    world.org.add_member(world.assigned, ada)
    world.settle()
    assert world.org.app.users[ada.id].external_id == world.tenant.user_id(ada.login) != before


def test_a_user_name_that_a_hidden_account_holds_is_a_conflict() -> None:
    world = World(lists_archived=False)
    world.tenant.archive(world.tenant.create_user("ada@acme.test", "Ada"))
    ada = world.join("ada", world.assigned)
    world.settle()
    assert world.org.app.users[ada.id].sync_state == "ERROR"
    assert [task.summary for task in world.provisioner.failed] == ["Automatic provisioning failed: HTTP 409 Conflict"]


def test_a_group_name_that_is_taken_is_an_error_where_groups_are_not_adopted() -> None:
    world = World()
    world.provisioner.adopts_groups = False
    stranger = world.tenant.create_user("eve@acme.test", "Eve")
    world.tenant.create_group("designers", [stranger])
    world.designer("ada")
    assert (world.mapping.status, world.pushed()) == ("ERROR", {"eve"})
    assert (world.mapping.error_summary or "").endswith("A group named designers already exists")


# --- what the log tells


def test_the_log_tells_whose_provisioning_failed_and_why() -> None:
    world = World()
    world.provisioner.fail("create", 400)
    ada = world.join("ada", world.assigned)
    world.settle()
    (event,) = [event for event in world.org.system_log.events if event.outcome == FAILURE]
    assert (event.event_type, event.reason) == ("application.provision.user.push", "HTTP 400 Bad Request")
    assert [(target.type, target.id) for target in event.targets] == [
        ("AppInstance", world.org.app.id),
        ("User", ada.id),
    ]


@pytest.mark.parametrize(
    ("status", "event"),
    [
        (401, "application.integration.authentication_failure"),
        (429, "application.integration.rate_limit_exceeded"),
        (503, "application.integration.general_failure"),
    ],
)
def test_the_log_tells_what_is_wrong_with_the_integration(status: int, event: str) -> None:
    world = World()
    world.designer("ada")
    assert told(world, event) == 0
    world.provisioner.fail("create", status)
    world.join("ben", world.assigned)
    world.settle()
    assert told(world, event) > 0


def test_the_log_tells_pushes_that_will_be_tried_again_from_those_that_will_not() -> None:
    world = World()
    world.designer("ada")
    world.provisioner.fail("push-members", 429)
    world.designer("ben")
    prefix = "application.provision.group_push.mapping.update.or.delete.failed"
    assert (told(world, prefix), told(world, f"{prefix}.with.error")) == (9, 1)


def test_the_log_tells_that_members_were_ignored() -> None:
    world = World()
    world.designer("ada")
    ignored = "app.user_management.grouppush.mapping.okta.users.ignored"
    before = told(world, ignored)
    world.join("ben", world.designers)
    world.settle()
    assert told(world, ignored) == before + 1


def test_the_log_tells_what_was_sent() -> None:
    world = World()
    ada = world.designer("ada", title="Lead")
    world.org.update_profile(ada, title="Boss")
    world.org.rename_group(world.designers, "artists")
    world.settle()
    world.org.deactivate(ada)
    world.settle()
    world.org.reactivate(ada)
    world.settle()
    world.org.unlink(world.mapping, delete_target=True)
    world.settle()
    sent = {event.event_type.removeprefix("application.provision.") for event in world.org.system_log.events}
    assert {
        "user.push",
        "user.push_profile",
        "user.deactivate",
        "user.reactivate",
        "group_push.pushed",
        "group_push.push_memberships",
        "group_push.mapping.app.group.renamed",
        "group_push.removed",
    } <= sent
    assert failures(world) == []
