from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reconciler.simulator.clock import Clock

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_time_stands_still_until_it_is_moved() -> None:
    clock = Clock(NOON)
    assert clock.now() == clock() == NOON
    assert clock.advance(timedelta(minutes=1)) == NOON + timedelta(minutes=1)


def test_time_never_runs_backwards() -> None:
    with pytest.raises(ValueError, match="forwards"):
        Clock(NOON).advance(timedelta(seconds=-1))


def test_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Clock(NOON.replace(tzinfo=None))


def test_live_time_is_real_time_and_can_not_be_moved() -> None:
    clock = Clock(NOON)
    later = NOON + timedelta(days=9)
    clock.follow(lambda: later)
    assert clock.live
    assert clock.now() == later
    with pytest.raises(ValueError, match="real time"):
        clock.advance(timedelta(seconds=1))
