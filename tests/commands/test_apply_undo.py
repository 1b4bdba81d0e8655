"""An apply is taken back by a plan of inverses; and what stands is read again."""

from __future__ import annotations

import pytest

from reconciler.commands.undo import Undo, inverses_of
from reconciler.plan import Plan
from tests.commands import mending_scenarios as scenarios
from tests.commands.mending import Mending, Scenario, planned

BACK: dict[Scenario, tuple[str, ...]] = {
    scenarios.add_to_group: ("groups", "members"),
    scenarios.edit_rule: ("groups", "rules", "members"),
    scenarios.create_rule: ("assigned", "mappings"),
    scenarios.activate_rule: ("rules", "assigned"),
    scenarios.link: ("groups", "assigned", "mappings"),
    scenarios.set_active: ("accounts", "members"),
    scenarios.set_inactive: ("accounts", "members"),
    scenarios.replace_attributes: ("accounts",),
    scenarios.add_member: ("members", "groups"),
    scenarios.remove_member: ("members", "groups"),
}
"""What must be again as it was. An unlinked group leaves its APP_GROUP; a rule that was made stays, switched off."""


def undone(mending: Mending, undo: Undo) -> Plan:
    return mending.plan(*(planned(one.change, removes=one.removes) for one in undo.inverses), undo_of=1)


@pytest.mark.parametrize(("scenario", "keys"), BACK.items(), ids=lambda one: getattr(one, "__name__", ""))
def test_what_is_undone_is_as_it_was(scenario: Scenario, keys: tuple[str, ...]) -> None:
    mending = Mending()
    plan = mending.plan(scenario(mending))
    before = mending.picture()
    mending.apply(plan)
    taken_back = mending.apply(undone(mending, inverses_of(mending.journal.events(), 1)))
    assert [(one.word, one.made) for one in taken_back.outcomes] == [("verified", True)], taken_back.outcomes
    after = mending.picture()
    for key in keys:
        now = (
            {name: value for name, value in after[key].items() if name in before[key]}
            if key == "groups"
            else after[key]
        )
        assert now == before[key]
    assert [one.word for one in mending.read_again(plan)] == ["undone"]


@pytest.mark.parametrize(
    "scenario",
    [scenarios.assign_group, scenarios.repush, scenarios.relink, scenarios.activate_mapping, scenarios.unlink],
    ids=lambda one: one.__name__,
)
def test_what_has_no_inverse_is_left_out_and_told(scenario: Scenario) -> None:
    mending = Mending()
    mending.apply(mending.plan(scenario(mending)))
    undo = inverses_of(mending.journal.events(), 1)
    assert (undo.inverses, len(undo.left_out)) == ((), 1)
    assert undo.left_out[0].why


def test_what_was_already_so_is_not_undone() -> None:
    mending = Mending()
    plan = mending.plan(scenarios.add_to_group(mending))
    mending.apply(plan)
    mending.apply(plan)
    undo = inverses_of(mending.journal.events(), 2)
    assert (undo.inverses, [one.why for one in undo.left_out]) == ((), ["it was not made: nothing of it took effect"])


def test_what_moved_since_is_left_by_an_undo() -> None:
    mending = Mending()
    mending.apply(mending.plan(scenarios.edit_rule(mending)))
    rule = next(iter(mending.world.org.rules.values()))
    mending.world.org.deactivate_rule(rule)
    mending.world.org.set_rule_expression(rule, 'user.title == "Baker"')
    taken_back = mending.apply(undone(mending, inverses_of(mending.journal.events(), 1)))
    assert [one.word for one in taken_back.outcomes] == ["skipped"]


def test_a_rule_edit_is_not_taken_back_where_others_have_come_in_by_it_since() -> None:
    mending = Mending()
    mending.apply(mending.plan(scenarios.edit_rule(mending)))
    mending.world.join("dora", mending.world.designers)
    mending.world.settle()
    taken_back = mending.apply(undone(mending, inverses_of(mending.journal.events(), 1))).outcomes[0]
    assert (taken_back.word, "dora@acme.test" in taken_back.words) == ("skipped", True)


def test_a_rule_edit_that_was_taken_back_is_not_made_again_by_an_undo_of_the_undo() -> None:
    mending = Mending()
    mending.apply(mending.plan(scenarios.edit_rule(mending)))
    mending.apply(undone(mending, inverses_of(mending.journal.events(), 1)))
    assert inverses_of(mending.journal.events(), 2).inverses == ()
