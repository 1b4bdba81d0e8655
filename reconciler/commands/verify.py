"""Reads once more what a plan has changed: whether it stands, whether it shows, or whether somebody took it back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from reconciler.commands.apply import live_of
from reconciler.commands.applying.outcomes import Came, Outcome, Terms
from reconciler.commands.applying.procedure import Procedure
from reconciler.commands.applying.procedures import procedure
from reconciler.commands.applying.watching import look
from reconciler.directories.writers import Writers
from reconciler.errors import NotAllowed, ReadFailed, TokenRefused, Vanished
from reconciler.plan import Plan, Planned


async def verify(
    plan: Plan,
    writers: Writers,
    *,
    terms: Terms,
    sleep: Callable[[float], Awaitable[None]],
) -> tuple[Outcome, ...]:
    """Of each change: ``verified``, ``not seen``, or ``undone`` where what it wrote is not there any more. Sends
    nothing. Raises as a directory does where nothing can be read."""
    live = live_of(writers, terms, sleep, undoing=plan.undo_of is not None)
    return tuple([await _read_again(planned, procedure(planned, live)) for planned in plan.changes])


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """0 where every change shows, else 7."""
    return 0 if all(outcome.word == "verified" for outcome in outcomes) else 7


async def _read_again(planned: Planned, way: Procedure) -> Outcome:
    try:
        holds = await way.holds()
    except TokenRefused:
        raise
    except Vanished as error:
        return Outcome(planned=planned, word="undone", words=error.what)
    except (NotAllowed, ReadFailed) as error:
        return Outcome(planned=planned, word="not seen", words=f"it could not be read: {error.what}")
    if not holds:
        return Outcome(planned=planned, word="undone", words="what it wrote is not there")
    sight = await look(way)
    word: Came = "verified" if sight.shows else "not seen"
    return Outcome(planned=planned, word=word, words=sight.words if sight.shows else f"not seen yet: {sight.words}")
