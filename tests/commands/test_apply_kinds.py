"""Every kind of change, carried out on the simulated world."""

from __future__ import annotations

import pytest

from tests.commands.mending import Mending, Scenario
from tests.commands.mending_scenarios import SCENARIOS


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.__name__)
def test_each_kind_of_change_is_made_and_seen(scenario: Scenario) -> None:
    mending = Mending()
    change = scenario(mending)
    applied = mending.apply(mending.plan(change))
    assert [(one.word, one.made) for one in applied.outcomes] == [("verified", True)], applied.outcomes[0].words
    assert (applied.exit_code, mending.journal.left_half(), mending.journal.check()) == (0, (), None)
