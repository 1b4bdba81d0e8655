"""Every kind of change, carried out on the simulated world."""

from __future__ import annotations

import pytest

from reconciler.commands.verify import exit_code
from tests.commands.mending import Mending, Scenario
from tests.commands.mending_scenarios import SCENARIOS, edit_rule_that_excludes


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.__name__)
def test_each_kind_of_change_is_made_and_seen_and_verified_again(scenario: Scenario) -> None:
    mending = Mending()
    plan = mending.plan(scenario(mending))
    applied = mending.apply(plan)
    assert [(one.word, one.made) for one in applied.outcomes] == [("verified", True)], applied.outcomes[0].words
    assert (applied.exit_code, mending.journal.left_half(), mending.journal.check()) == (0, (), None)
    writes = list(mending.writes)
    again = mending.read_again(plan)
    assert ([one.word for one in again], exit_code(again), mending.writes) == (["verified"], 0, writes), again


def test_a_rule_is_extended_though_it_leaves_out_somebody_of_the_group() -> None:
    mending = Mending()
    plan = mending.plan(edit_rule_that_excludes(mending))
    assert [one.word for one in mending.apply(plan).outcomes] == ["verified"]
