"""What is waited for, after a change was made."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta

import pytest

from reconciler.commands.apply import live_of
from reconciler.commands.applying.procedure import Procedure, Sight
from reconciler.commands.applying.watching import watch
from tests.commands import mending_scenarios as scenarios
from tests.commands.mending import Fuse, Mending, Scenario


class Unseen(Procedure):
    async def seen(self) -> Sight:
        return Sight(shows=False, words="not there yet")


@pytest.mark.parametrize(("scenario", "side"), [(scenarios.unlink, "Okta"), (scenarios.add_to_group, "Kandji")])
def test_an_effect_is_waited_for_on_the_side_where_it_must_show_and_told_once(scenario: Scenario, side: str) -> None:
    mending = Mending()
    change = scenario(mending)

    async def watched() -> list[bool]:
        async with contextlib.AsyncExitStack() as stack:
            live = live_of(mending.writers(Fuse(), stack), mending.terms, mending.sleep)
            now, told = mending.world.clock.now, mending.told.append
            minute = timedelta(minutes=1)
            course = watch([(change, Unseen())], live, patience=minute, clock=now, sleep=mending.sleep, tell=told)
            return [sight.shows async for _, sight in course]

    assert asyncio.run(watched()) == [False]
    assert mending.told == [f"waiting for {side} to show it: not there yet"]
