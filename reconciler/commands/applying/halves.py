"""Mends first what earlier applies left switched off half-way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from reconciler.commands.applying.carrying import Carrying, Failed, Pen
from reconciler.commands.applying.live import Live
from reconciler.commands.applying.procedures import procedure
from reconciler.directories.writers import Gate
from reconciler.journal import Event, words_of

MENDING = "mending what was left"
"""Begins the words of such events: they are of no change of the apply that writes them."""


async def mend(
    events: Sequence[Event],
    live: Live,
    gate: Gate,
    pen: Pen,
    sleep: Callable[[float], Awaitable[None]],
    tell: Callable[[str], None],
) -> None:
    """Switches on again each rule and mapping that an apply which has ended left off. What stays as it is (a new rule
    or an unlinked push, of which no more was done) is told, and stays told by ``run`` and ``doctor``."""
    halves = pen.journal.left_half()
    for left in halves:
        if not left.ended:
            continue  # resumed as a whole, before anything else
        mending = replace(pen, mending=f"{MENDING} of apply {left.apply}: ")
        theirs = [event for event in events if (event.apply, event.change) == (left.apply, left.planned.id)]
        carrying = Carrying(mending, gate, sleep, left.planned, procedure(left.planned, live), theirs)
        try:
            await carrying.switch_on()
        except Failed as error:
            tell(f"{left.name} is left inactive: {error.words}")
    still = pen.journal.left_half()
    for left in halves:
        if left.ended and left not in still:
            tell(f"mended what apply {left.apply} left inactive: {left.name}")
        elif left.ended:
            tell("{}; next: {}".format(*words_of(left)))
