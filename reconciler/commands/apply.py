"""Carries a plan out: in the safe order, the first of each kind before the others, each change read back.

This is the only room that is given writes. Whatever ends it, the journal tells how far it came, and it can be resumed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import msgspec

from reconciler.commands.applying.carrying import Journal, Pen
from reconciler.commands.applying.fences import held_back, is_stale, refuse_forged, refuse_spoilt, refuse_wrong
from reconciler.commands.applying.halves import MENDING, mend
from reconciler.commands.applying.live import Live
from reconciler.commands.applying.outcomes import Applied, Outcome, Terms
from reconciler.commands.applying.procedure import Look, Skip
from reconciler.commands.applying.procedures import procedure
from reconciler.commands.applying.running import Running
from reconciler.directories.writers import Writers
from reconciler.errors import NotKnown, Refused
from reconciler.journal import PUSH_REPLACES, Event, applies, pushed
from reconciler.plan import Plan, Planned

__all__ = ["Applied", "Outcome", "Terms", "apply", "rehearse"]


async def apply(
    plan: Plan | None,
    writers: Writers,
    journal: Journal,
    *,
    who: str,
    terms: Terms,
    clock: Callable[[], datetime],
    sleep: Callable[[float], Awaitable[None]],
    tell: Callable[[str], None],
    resume: int | None = None,
) -> Applied:
    """Applies ``plan``, or goes on with apply ``resume``, whose plan the journal has.

    Raises ``Refused`` where nothing may be done, ``NotKnown`` for an apply that is not in the journal, and as a
    directory does where nothing can be read any more: then it can be resumed.
    """
    refuse_spoilt(journal)
    events = journal.events()
    if resume is not None:
        plan = _resumed(journal, resume, terms)
    elif plan is None:
        raise Refused("There is no plan to apply.", next="reconciler plan")
    else:
        refuse_wrong(plan, terms, clock())
        refuse_forged(plan, events)
        _refuse_while_open(events)
    number = journal.next_apply() if resume is None else resume
    pen = Pen(journal=journal, apply=number, who=who, clock=clock)
    pen.note("began" if resume is None else "resumed", before=msgspec.to_builtins(plan) if resume is None else None)
    live = live_of(writers, terms, sleep, undoing=plan.undo_of is not None)
    live.push_replaces = journal.learnt(PUSH_REPLACES)
    live.pushed = pushed([event for event in events if event.apply != number], clock() - live.grace)
    await mend(events, live, writers.gate, pen, sleep, tell)
    running = Running(
        plan=plan,
        live=live,
        gate=writers.gate,
        pen=pen,
        sleep=sleep,
        tell=tell,
        held=held_back(plan, terms, (event for event in events if event.apply != number), clock()),
        past=[event for event in journal.events(number) if not event.words.startswith(MENDING)],
        stale=is_stale(plan, terms, clock()),
    )
    await running.run()
    pen.note("ended", words=running.stopped or "")
    return Applied(
        apply=number,
        outcomes=tuple(running.outcomes[one.id] for one in plan.changes),
        stopped=running.stopped,
        withheld=len(plan.withheld),
    )


async def rehearse(
    plan: Plan,
    writers: Writers,
    journal: Journal,
    *,
    terms: Terms,
    clock: Callable[[], datetime],
    sleep: Callable[[float], Awaitable[None]],
) -> tuple[tuple[Planned, Look], ...]:
    """What each change would meet now: every precondition is read, and nothing is sent. Raises as ``apply`` does."""
    refuse_wrong(plan, terms, clock())
    events = journal.events()
    refuse_forged(plan, events)
    held = held_back(plan, terms, events, clock())
    live = live_of(writers, terms, sleep, undoing=plan.undo_of is not None)
    looks: list[tuple[Planned, Look]] = []
    for planned in plan.changes:
        why = held.get(planned.id)
        looks.append((planned, Skip(words=why) if why else await procedure(planned, live).before()))
    return tuple(looks)


def live_of(
    writers: Writers, terms: Terms, sleep: Callable[[float], Awaitable[None]], *, undoing: bool = False
) -> Live:
    """Both sides as procedures ask for them."""
    return Live(okta=writers.okta, scim=writers.scim, terms=terms, sleep=sleep, undoing=undoing)


def _resumed(journal: Journal, number: int, terms: Terms) -> Plan:
    """The plan of an apply that has not ended."""
    found = [one for one in applies(journal.events(number)) if one.number == number]
    if not found:
        raise NotKnown(f"There is no apply {number} in the journal.", next="reconciler doctor")
    if found[0].ended is not None:
        raise Refused(f"Apply {number} has ended: there is nothing to resume.", next="reconciler plan")
    plan = found[0].plan
    refuse_wrong(plan, terms, plan.made)
    return plan


def _refuse_while_open(events: Sequence[Event]) -> None:
    unfinished = [one.number for one in applies(events) if one.ended is None]
    if unfinished:
        raise Refused(
            f"Apply {unfinished[0]} was broken off, and its changes are open still.",
            why="two applies at once could undo each other.",
            next="reconciler apply --resume",
        )
