"""Races that Okta documents, or that admins have met: each behind a switch."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reconciler.simulator.org.state import Person, PushMapping
from tests.simulator.small import World

TEN_MINUTES = timedelta(minutes=10)


def both_assigned_and_pushed(world: World, *, races: bool) -> PushMapping:
    world.provisioner.races_assigned_groups = races
    world.settle()
    return world.org.link_group(world.assigned)


def members(world: World, name: str) -> set[str]:
    """User names in a group in Kandji."""
    found = world.tenant.members(world.tenant.group_id(name))
    return {world.tenant.user(member)["userName"].partition("@")[0] for member in found}


def unassigned(world: World, person: Person) -> None:
    world.org.remove_member(world.assigned, person)
    world.settle()


@pytest.mark.parametrize("races", [True, False])
def test_who_joins_a_group_that_is_both_assigned_and_pushed_misses_its_push_in_a_race(races: bool) -> None:
    world = World()
    both_assigned_and_pushed(world, races=races)
    ada = world.join("ada", world.assigned)
    world.settle()
    assert world.org.app.users[ada.id].external_id is not None
    assert members(world, "everybody-mac") == (set() if races else {"ada"})


def test_who_missed_a_push_in_a_race_is_there_after_the_next() -> None:
    world = World()
    mapping = both_assigned_and_pushed(world, races=True)
    world.join("ada", world.assigned)
    world.settle()
    world.provisioner.push_now(mapping)
    world.settle()
    assert members(world, "everybody-mac") == {"ada"}


@pytest.mark.parametrize("races", [True, False])
def test_who_leaves_a_group_that_is_both_assigned_and_pushed_lingers_in_a_race(races: bool) -> None:
    world = World()
    ada = world.designer("ada")
    both_assigned_and_pushed(world, races=races)
    world.settle()
    unassigned(world, ada)
    assert world.account(ada)["active"] is False
    assert members(world, "everybody-mac") == ({"ada"} if races else set())


def test_a_late_push_puts_back_whom_a_newer_one_took_out() -> None:
    world = World()
    ada = world.designer("ada")
    world.provisioner.delay_next_push(world.mapping, TEN_MINUTES)
    ben = world.join("ben", world.assigned, world.designers)
    world.clock.advance(timedelta(minutes=2))
    world.org.remove_member(world.designers, ada)
    world.clock.advance(timedelta(minutes=2))
    assert world.pushed() == {"ben"}
    world.settle()
    assert {ben.id} == set(world.designers.members)
    assert world.pushed() == {"ada", "ben"}
    assert world.mapping.status == "ACTIVE"


def test_only_the_next_push_is_late() -> None:
    world = World()
    world.designer("ada")
    world.provisioner.delay_next_push(world.mapping, TEN_MINUTES)
    world.designer("ben")
    world.join("cleo", world.assigned, world.designers)
    world.clock.advance(timedelta(minutes=2))
    assert world.pushed() == {"ada", "ben", "cleo"}


@pytest.mark.parametrize("merges", [True, False])
def test_strangers_in_a_group_stay_where_it_is_merged_and_go_where_it_is_replaced(merges: bool) -> None:
    world = World()
    world.provisioner.merges_groups = merges
    ada = world.designer("ada")
    stranger = world.tenant.create_user("eve@acme.test", "Eve")
    world.tenant.add_member(world.tenant.group_id("designers"), stranger)
    world.designer("ben")
    world.org.remove_member(world.designers, ada)
    world.settle()
    assert world.pushed() == ({"ben", "eve"} if merges else {"ben"})


@pytest.mark.parametrize("merges", [True, False])
def test_who_is_unassigned_stays_in_a_group_that_is_merged(merges: bool) -> None:
    world = World()
    world.provisioner.merges_groups = merges
    ada = world.designer("ada")
    unassigned(world, ada)
    assert world.pushed() == ({"ada"} if merges else set())


@pytest.mark.parametrize("stale", [True, False])
def test_who_is_reactivated_and_assigned_again_ends_inactive_behind_a_stale_update(stale: bool) -> None:
    world = World()
    world.provisioner.reactivation_ends_inactive = stale
    ada = world.designer("ada")
    world.org.deactivate(ada)
    world.settle()
    world.org.reactivate(ada)
    world.settle()
    assert world.account(ada)["active"] is not stale
    assert world.org.app.users[ada.id].sync_state == "SYNCHRONIZED"


@pytest.mark.parametrize("at_once", [True, False])
def test_a_new_name_goes_out_at_once_or_with_the_next_push_of_members(at_once: bool) -> None:
    world = World()
    world.org.renames_at_once = at_once
    world.designer("ada")
    group_id = world.tenant.group_id("designers")
    world.org.rename_group(world.designers, "artists")
    world.settle()
    assert world.tenant.group(group_id)["displayName"] == ("artists" if at_once else "designers")
    world.designer("ben")
    assert world.tenant.group(group_id)["displayName"] == "artists"
