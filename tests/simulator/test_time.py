"""What lags, by how much, and that nothing happens before its time or after."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from reconciler.simulator.agenda import NO_LAGS, Agenda
from reconciler.simulator.clock import Clock
from tests.simulator.small import MONDAY, World

SECOND = timedelta(seconds=1)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def updated(world: World) -> datetime:
    """When the members of the designers changed last, as the API tells."""
    body = world.ask(f"/api/v1/groups/{world.designers.id}").json()
    return datetime.fromisoformat(body["lastMembershipUpdated"])


def found(world: World, search: str, kind: str = "groups") -> list[dict[str, Any]]:
    """What `search` finds."""
    rows: list[dict[str, Any]] = world.ask(f"/api/v1/{kind}", params={"search": search}).json()
    return rows


def departments_rule(world: World) -> None:
    rule = world.org.create_rule("designers", 'user.department == "Design"', [world.designers])
    world.org.activate_rule(rule)
    world.settle()


# --- jobs and their moments


def test_jobs_are_done_in_the_order_in_which_they_are_due_and_no_sooner() -> None:
    agenda, done = Agenda(), list[str]()
    agenda.at(MONDAY + seconds(2), lambda: done.append("second"))
    agenda.at(MONDAY + seconds(1), lambda: done.append("first"))
    agenda.at(MONDAY + seconds(3), lambda: done.append("third"))
    agenda.work(MONDAY + seconds(2))
    assert done == ["first", "second"]
    assert agenda.due() == MONDAY + seconds(3)


def test_a_job_with_a_name_waits_once_and_keeps_its_moment() -> None:
    agenda, done = Agenda(), list[str]()
    for after in (1, 2):
        agenda.at(MONDAY + seconds(after), lambda: done.append("done"), "rules")
    agenda.work(MONDAY + seconds(5))
    assert (done, agenda.due()) == (["done"], None)


def test_each_job_sees_the_moment_at_which_it_is_due_when_time_moves_past_it() -> None:
    clock, agenda, seen = Clock(MONDAY), Agenda(), list[datetime]()
    clock.employ(agenda)
    agenda.at(MONDAY + SECOND, lambda: seen.append(clock.now()))
    assert clock.advance(timedelta(hours=1)) == MONDAY + timedelta(hours=1)
    assert seen == [MONDAY + SECOND]


def test_what_a_job_brings_about_happens_too_when_it_is_due_on_the_way() -> None:
    clock, agenda, seen = Clock(MONDAY), Agenda(), list[datetime]()
    clock.employ(agenda)

    def job() -> None:
        seen.append(clock.now())
        agenda.at(clock.now() + seconds(40), job)

    agenda.at(MONDAY, job)
    clock.advance(seconds(100))
    assert seen == [MONDAY, MONDAY + seconds(40), MONDAY + seconds(80)]


def test_a_world_that_never_comes_to_rest_is_told() -> None:
    clock, agenda = Clock(MONDAY), Agenda()
    clock.employ(agenda)

    def job() -> None:
        agenda.at(clock.now() + SECOND, job)

    job()
    with pytest.raises(RuntimeError, match="rest"):
        clock.settle()


def test_in_live_time_what_became_due_is_done_when_somebody_looks_and_dated_when_it_was_due() -> None:
    clock, agenda, seen = Clock(MONDAY), Agenda(), list[datetime]()
    clock.employ(agenda)
    real = [MONDAY]
    clock.follow(lambda: real[0])
    agenda.at(MONDAY + SECOND, lambda: seen.append(clock.now()))
    clock.catch_up()
    assert seen == []
    real[0] += timedelta(minutes=1)
    clock.catch_up()
    assert (seen, clock.now()) == ([MONDAY + SECOND], real[0])


def test_in_live_time_settling_does_all_at_once_and_dates_nothing_later_than_now() -> None:
    clock, agenda, seen = Clock(MONDAY), Agenda(), list[datetime]()
    clock.employ(agenda)
    clock.follow(lambda: MONDAY)
    agenda.at(MONDAY + timedelta(hours=1), lambda: seen.append(clock.now()))
    clock.settle()
    assert seen == [MONDAY]


# --- what lags in an org


def test_a_rule_acts_some_seconds_after_a_profile_changed() -> None:
    world = World()
    departments_rule(world)
    ada = world.join("ada", department="Design")
    world.clock.advance(world.org.lags.rules - SECOND)
    assert ada.id not in world.designers.members
    world.clock.advance(SECOND)
    assert ada.id in world.designers.members


def test_an_assignment_follows_a_membership_some_seconds_later() -> None:
    world = World()
    world.settle()
    ada = world.join("ada", world.assigned)
    world.clock.advance(world.org.lags.assignment - SECOND)
    assert ada.id not in world.org.app.users
    world.clock.advance(SECOND)
    assert world.org.app.users[ada.id].created == world.clock.now()


def test_an_account_follows_an_assignment_some_seconds_later() -> None:
    world = World()
    world.settle()
    ada = world.join("ada", world.assigned)
    world.clock.advance(world.org.lags.assignment + world.org.lags.account - SECOND)
    assert world.org.app.users[ada.id].external_id is None
    world.clock.advance(SECOND)
    assert world.org.app.users[ada.id].external_id == world.account(ada)["id"]


def test_a_push_follows_a_change_of_members_some_seconds_later() -> None:
    world = World()
    ada = world.designer("ada")
    world.org.remove_member(world.designers, ada)
    world.clock.advance(world.org.lags.push - SECOND)
    assert world.pushed() == {"ada"}
    world.clock.advance(SECOND)
    assert (world.pushed(), world.mapping.last_push) == (set(), world.clock.now())


def test_settling_moves_time_no_further_than_the_last_job() -> None:
    world = World()
    world.designer("ada")
    before = world.clock.now()
    world.org.remove_member(world.designers, next(iter(world.org.users.values())))
    world.provisioner.settle()
    assert world.clock.now() == before + world.org.lags.push


def test_a_catch_up_does_what_is_due_by_now_and_moves_no_time() -> None:
    world = World()
    world.org.lags = NO_LAGS
    ada = world.join("ada", world.assigned)
    before = world.clock.now()
    assert world.provisioner.catch_up() > 0
    assert (world.clock.now(), world.account(ada)["active"]) == (before, True)


def test_the_api_shows_what_was_due_before_it_was_asked() -> None:
    world = World()
    world.clock.follow(real := _Real())
    ada = world.join("ada", world.assigned)
    path = f"/api/v1/apps/{world.org.app.id}/users/{ada.id}"
    assert world.ask(path).status_code == 404
    real.now += timedelta(minutes=5)
    answer = world.ask(path).json()
    assert datetime.fromisoformat(answer["created"]) == MONDAY + world.org.lags.assignment


def test_kandji_shows_what_okta_sent_before_it_was_asked() -> None:
    world = World()
    world.clock.follow(real := _Real())
    world.join("ada", world.assigned)
    assert world.ask_scim("/Users").json()["totalResults"] == 0
    real.now += timedelta(minutes=5)
    assert world.ask_scim("/Users").json()["totalResults"] == 1


def test_what_an_inactive_app_held_is_sent_when_it_is_active_again_and_dated_then() -> None:
    world = World()
    ada = world.designer("ada")
    world.org.set_app_status("INACTIVE")
    world.org.remove_member(world.designers, ada)
    world.clock.follow(real := _Real(world.clock.now()))
    real.now += timedelta(hours=1)
    world.clock.catch_up()
    assert world.pushed() == {"ada"}
    world.org.set_app_status("ACTIVE")
    active = real.now
    real.now += timedelta(minutes=1)
    world.clock.catch_up()
    assert (world.pushed(), world.mapping.last_push) == (set(), active)


class _Real:
    """A real clock in a test's hands."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def test_without_lags_the_api_shows_everything_as_soon_as_it_is_asked() -> None:
    world = World()
    world.settle()
    world.org.lags = NO_LAGS
    world.join("ada", world.assigned, world.designers)
    assert updated(world) == world.clock.now()
    assert len(found(world, 'profile.login sw "ada"', "users")) == 1
    assert world.pushed() == {"ada"}


# --- reads that are late


def test_the_api_tells_a_change_of_members_late() -> None:
    world = World()
    world.designer("ada")
    before = updated(world)
    ben = world.join("ben", world.designers)
    changed = world.clock.now()
    world.clock.advance(world.org.lags.membership_updated - SECOND)
    assert (updated(world), ben.id in world.designers.members) == (before, True)
    world.clock.advance(SECOND)
    assert updated(world) == changed


def test_in_a_stream_of_changes_the_api_is_behind_by_no_more_than_the_lag() -> None:
    world = World()
    world.settle()
    began = world.clock.now()
    for number in range(10):
        world.join(f"ada{number}", world.designers)
        world.clock.advance(seconds(10))
    assert updated(world) == began + seconds(70)


def test_search_finds_somebody_late_whom_filter_and_id_find_at_once() -> None:
    world = World()
    world.settle()
    ada = world.join("ada")
    assert found(world, f'profile.login eq "{ada.login}"', "users") == []
    filtered = world.ask("/api/v1/users", params={"filter": f'profile.login eq "{ada.login}"'}).json()
    assert [row["id"] for row in filtered] == [world.ask(f"/api/v1/users/{ada.id}").json()["id"]] == [ada.id]
    world.clock.advance(world.org.lags.search)
    assert [row["id"] for row in found(world, f'profile.login eq "{ada.login}"', "users")] == [ada.id]


def test_search_finds_a_group_for_a_while_under_its_old_name_and_after_it_was_deleted() -> None:
    world = World()
    world.settle()
    other = world.org.create_group("other")
    world.settle()
    world.org.rename_group(other, "another")
    assert [row["profile"]["name"] for row in found(world, 'profile.name eq "other"')] == ["other"]
    world.clock.advance(world.org.lags.search)
    assert found(world, 'profile.name eq "other"') == []
    world.org.delete_group(other)
    assert len(found(world, 'profile.name eq "another"')) == 1
    world.clock.advance(world.org.lags.search)
    assert found(world, 'profile.name eq "another"') == []


def test_search_finds_somebody_for_a_while_after_they_were_deleted() -> None:
    world = World()
    ada = world.designer("ada")
    world.org.deactivate(ada)
    world.settle()
    world.org.delete_user(ada)
    search = f'profile.login eq "{ada.login}"'
    assert [row["id"] for row in found(world, search, "users")] == [ada.id]
    world.clock.advance(world.org.lags.search)
    assert found(world, search, "users") == []


def test_a_rule_is_told_active_for_a_moment_after_its_group_was_deleted() -> None:
    world = World()
    gone = world.org.create_group("gone")
    rule = world.org.create_rule("r", 'user.title == "x"', [gone])
    world.org.activate_rule(rule)
    world.settle()
    world.org.delete_group(gone)
    path = f"/api/v1/groups/rules/{rule.id}"
    assert world.ask(path).json()["status"] == "ACTIVE"
    world.clock.advance(world.org.lags.invalidation)
    assert world.ask(path).json()["status"] == "INVALID"


def test_a_rule_whose_group_is_gone_brings_nobody_anywhere_before_it_is_invalid() -> None:
    world = World()
    gone = world.org.create_group("gone")
    rule = world.org.create_rule("r", 'user.title == "x"', [gone, world.designers])
    world.org.activate_rule(rule)
    world.settle()
    ada = world.join("ada", title="x")
    world.clock.advance(world.org.lags.rules - SECOND)
    world.org.delete_group(gone)
    world.clock.advance(SECOND)
    assert (rule.status, ada.id in world.designers.members) == ("ACTIVE", True)
