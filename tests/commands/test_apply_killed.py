"""An apply is killed at its n-th event, and gone on with by a new process: the world is as without the kill.

Every n for every kind stands under ``prove``; ``make test`` takes some of each kind, so that all places are met.
"""

from __future__ import annotations

import asyncio
import contextlib
from functools import cache
from itertools import count
from typing import Any

import pytest

from reconciler.errors import StoreError
from reconciler.journal import CLOSING
from tests.commands.mending import Fuse, Killed, Mending, Scenario
from tests.commands.mending_scenarios import SCENARIOS

COMPOSITES = ("edit_rule", "repush", "relink", "create_rule", "unlink", "relink_lost")
NAMES = {scenario.__name__: scenario for scenario in SCENARIOS}


@cache
def undisturbed(name: str) -> tuple[dict[str, Any], int, int]:
    """The world after an apply that nobody killed, its writes, and how many events it had."""
    mending = Mending()
    mending.apply(mending.plan(NAMES[name](mending)))
    return mending.picture(), len(mending.writes), mending.fuse.passed


def killed(scenario: Scenario, *at: int) -> Mending:
    """A world in which each process was killed at its event, and a last one came to the end."""
    mending = Mending()
    plan = mending.plan(scenario(mending))
    for number in at:
        try:
            go_on(mending, plan, number)
        except Killed:
            continue
        return mending
    go_on(mending, plan, None)
    return mending


def go_on(mending: Mending, plan: Any, at: int | None) -> None:
    """As an admin does: what has begun is resumed, what has ended is left."""
    open_ones = mending.journal.not_ended()
    if open_ones or mending.journal.next_apply() == 1 + (mending.undoes or 0):
        mending.apply(None if open_ones else plan, resume=open_ones[0] if open_ones else None, at=at)


def judge(mending: Mending, name: str, kills: int = 1) -> None:
    picture, writes, _ = undisturbed(name)
    events = mending.journal.events()
    closing = [event.event for event in events if event.event in CLOSING]
    assert closing == ["verified"]
    assert (mending.journal.left_half(), mending.journal.not_ended(), mending.journal.check()) == ((), (), None)
    assert mending.picture() == picture
    assert len(mending.writes) <= writes + kills, "only what was killed before it left, or was refused, is sent again"


@pytest.mark.parametrize("name", COMPOSITES)
def test_killed_here_and_there_and_resumed_the_world_is_the_same(name: str) -> None:
    _, _, events = undisturbed(name)
    for at in range(3 + COMPOSITES.index(name), events, 7):
        judge(killed(NAMES[name], at), name)


@pytest.mark.prove
@pytest.mark.parametrize("name", sorted(NAMES))
def test_killed_at_any_event_and_resumed_the_world_is_the_same(name: str) -> None:
    _, _, events = undisturbed(name)
    for at in range(1, events + 1):
        judge(killed(NAMES[name], at), name)


@pytest.mark.prove
@pytest.mark.parametrize("name", COMPOSITES)
def test_killed_again_while_it_is_resumed_the_world_is_the_same(name: str) -> None:
    _, _, events = undisturbed(name)
    for at in range(1, events + 1, 4):
        for again in count(3, 6):
            mending = killed(NAMES[name], at, again)
            judge(mending, name, kills=2)
            if mending.fuse.passed < again:
                break


class Stopped(Fuse):
    """Ctrl-C instead of a kill: what runs is cancelled, and may still end what it must."""

    def event(self) -> None:
        self.passed += 1
        if self.passed == self.at:
            raise asyncio.CancelledError


@pytest.mark.parametrize("name", ["edit_rule", "repush", pytest.param("relink_lost", marks=pytest.mark.prove)])
def test_stopped_by_hand_nothing_is_left_switched_off_and_it_can_be_resumed(name: str) -> None:
    _, _, events = undisturbed(name)
    for at in range(6, events, 4):
        mending = Mending()
        plan = mending.plan(NAMES[name](mending))
        with contextlib.suppress(asyncio.CancelledError):
            mending.apply(plan, fuse=Stopped(at))
        assert not mending.journal.left_half()
        org = mending.world.org
        assert {one.status for one in (*org.rules.values(), *org.app.mappings.values())} == {"ACTIVE"}
        go_on(mending, plan, None)
        judge(mending, name, kills=2)


class Full(Fuse):
    """A disk that is full from its n-th row on."""

    def event(self) -> None:
        return

    def row(self) -> None:
        self.passed += 1
        if self.at is not None and self.passed >= self.at:
            raise StoreError("disk full")


def test_a_journal_that_can_not_be_written_stops_before_the_next_request_and_it_can_be_resumed() -> None:
    for at in count(1):
        mending = Mending()
        plan = mending.plan(NAMES["repush"](mending))
        try:
            mending.apply(plan, fuse=Full(at))
        except StoreError:
            assert len(mending.writes) == sum(event.event == "intended" for event in mending.journal.events())
            go_on(mending, plan, None)
            judge(mending, "repush", kills=0)
        else:
            assert at > 9
            break
