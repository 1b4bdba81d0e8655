"""Waits until effects show where they must, with patience, and says what is waited for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from reconciler.changes import Side, shows_on
from reconciler.commands.applying.live import Live
from reconciler.commands.applying.procedure import Procedure, Sight
from reconciler.errors import NotAllowed, ReadFailed, TokenRefused
from reconciler.plan import Planned

FIRST_PAUSE, LONGEST_PAUSE = 2.0, 60.0
Watched = tuple[Planned, Procedure]
_SIDES: dict[Side, str] = {"okta": "Okta", "kandji": "Kandji"}


async def watch(
    waiting: Sequence[Watched],
    live: Live,
    *,
    patience: timedelta,
    clock: Callable[[], datetime],
    sleep: Callable[[float], Awaitable[None]],
    tell: Callable[[str], None],
) -> AsyncIterator[tuple[Planned, Sight]]:
    """Each change with what is seen of it: as soon as it shows or can't any more, else when patience has ended."""
    end, pause, left_to_wait = clock() + patience, FIRST_PAUSE, patience.total_seconds()
    left, told = list(waiting), ""
    while left:
        last = clock() >= end or left_to_wait <= 0  # whichever way the clock is put meanwhile
        side = words = ""
        live.begin_round(len(left), last=last)
        for one in tuple(left):
            sight = await look(one[1])
            if sight.shows or sight.over is not None or last:
                left.remove(one)
                yield one[0], sight
            elif not words:
                side, words = _SIDES[shows_on(one[0].change)], sight.words
        if left:
            more = f" (and {len(left) - 1} more)" if len(left) > 1 else ""
            if words != told:
                tell(f"waiting for {side} to show it{more}: {words}")
            told = words
            now_for = min(pause, left_to_wait, max(0.0, (end - clock()).total_seconds()))
            await sleep(now_for)
            left_to_wait -= now_for
            pause = min(pause * 1.5, LONGEST_PAUSE)
    live.end_rounds()


async def look(procedure: Procedure) -> Sight:
    """What is seen now. A read that fails shows nothing; a token that is refused is raised."""
    try:
        return await procedure.seen()
    except TokenRefused:
        raise
    except (NotAllowed, ReadFailed) as error:
        return Sight(shows=False, words=f"it could not be read: {error.what}")
