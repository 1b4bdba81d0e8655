"""Two switches of the org: rules that fail for somebody, and attributes that are sent on create only."""

from __future__ import annotations

import pytest

from reconciler.simulator.org.system_log import FAILURE
from tests.simulator.small import World


def test_a_rule_that_fails_for_somebody_leaves_them_as_they_are_and_the_log_says_so() -> None:
    world = World()
    target = world.org.create_group("all designers")
    rule = world.org.create_rule("designers", f'isMemberOfGroup("{world.designers.id}")', [target])
    world.org.activate_rule(rule)
    ada, eve = (world.join(name) for name in ("ada", "eve"))
    world.org.unevaluated.add((rule.id, eve.id))
    for person in (ada, eve):
        world.org.add_member(world.designers, person)
    world.settle()

    failed = [event for event in world.org.system_log.events if event.event_type == "group.user_membership.rule.error"]
    assert set(target.members) == {ada.id}
    assert {(event.outcome, event.targets[1].id) for event in failed} == {(FAILURE, eve.id)}


def test_an_attribute_that_is_applied_on_create_only_is_not_updated() -> None:
    world = World()
    world.org.set_on_create_only(["title"])
    ada = world.designer("ada", title="Designer", department="Design")
    world.org.update_profile(ada, title="Lead", department="Product")
    world.settle()

    account = world.account(ada)
    enterprise = account["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]
    assert (account["title"], enterprise["department"]) == ("Designer", "Product")


def test_an_attribute_that_the_app_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="no such attributes"):
        World().org.set_on_create_only(["shoeSize"])
