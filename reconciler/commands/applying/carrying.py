"""One change, carried out step by step: intended, sent, read back, done; each on disk before the next.

A request whose answer did not come is read back; it is sent again once, and only after reading has shown for a while
that it did not take effect. What an earlier process began goes on where its journal ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from reconciler.commands.applying.procedure import AlreadySo, Procedure, Ready, Skip, Step, made_by
from reconciler.directories.writers import Gate, Sent
from reconciler.errors import NotAllowed, ReadFailed, TokenRefused, Unreachable, Unsure, Vanished, WriteRefused
from reconciler.journal import DELETE, OFF, Event, LeftHalf, Word
from reconciler.plan import Planned

MOVED = 412
"""Status of a write that was held to a version (RFC 7644 §3.14), where there is another by now."""
_OFF = (OFF, DELETE)
READ_BACK = (0.0, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each reading of what a request has done."""


class Journal(Protocol):
    """The journal of changes, as ``store`` keeps it."""

    def write(self, event: Event) -> Event:
        """Appends it, on disk when it returns; gives it its number and hashes."""
        ...

    def events(self, apply: int | None = None) -> tuple[Event, ...]: ...

    def next_apply(self) -> int: ...

    def learnt(self, name: str) -> Any | None: ...

    def left_half(self) -> tuple[LeftHalf, ...]: ...

    def check(self) -> str | None:
        """What is wrong with its chain; None where it is whole."""
        ...


class Failed(Exception):
    """A step was refused, or had no effect. ``step`` where it is known not to have taken effect."""

    def __init__(self, words: str, step: str | None = None) -> None:
        super().__init__(words)
        self.words = words
        self.step = step


class Moved(Failed):
    """The world is not as planned, so the step is not sent."""


@dataclass(frozen=True, kw_only=True)
class Pen:
    """Writes the events of one apply."""

    journal: Journal
    apply: int
    who: str
    clock: Callable[[], datetime]
    mending: str = ""
    """Stands before the words of events that mend what another apply left half-way."""

    def note(
        self, event: Word, change: str | None = None, step: str | None = None, *, words: str = "", **more: Any
    ) -> None:
        at, told = self.clock(), f"{self.mending}{words}"
        self.journal.write(
            Event(apply=self.apply, event=event, at=at, who=self.who, change=change, step=step, words=told, **more)
        )


@dataclass
class Carrying:
    """Carries out one change as far as its last step; whether the effect shows is for others to watch."""

    pen: Pen
    gate: Gate
    sleep: Callable[[float], Awaitable[None]]
    planned: Planned
    procedure: Procedure
    past: Sequence[Event] = ()
    """What the journal has of this change in this apply."""
    held: str | None = None
    """Why it must not be begun, by what is known now."""
    image: Any = field(default=None, init=False)
    refused: Failed | None = field(default=None, init=False)
    """What came of the last of several ways that was tried in vain."""

    def __post_init__(self) -> None:
        intended = [event for event in self.past if event.event == "intended"]
        self.begun = {event.step for event in intended}
        self.done = {event.step for event in self.past if event.event == "done"}
        self.made = {made for event in self.past if (made := made_by(event)) is not None}
        if self._was_given_up():
            self.begun, self.done = set(), set()
        if self.begun:
            self.image = intended[0].before
            self.procedure.recall(self.image, self.past)

    def _was_given_up(self) -> bool:
        """Whether an interrupted process switched on again what was off, and left the rest: it begins anew."""
        lacks = False
        for step in self.procedure.steps():
            if step.again and step.name in self.done and lacks:
                return True
            lacks = lacks or not (step.tries or step.name in self.done)
        return False

    async def carry(self) -> tuple[Word, str, str | None] | None:
        """The closing word, with what is to be said and the step it names; None: all is sent, and is to be seen."""
        if not self.done and not await self._took_effect():
            look = await self._before() if self.held is None else Skip(words=self.held)
            if isinstance(look, AlreadySo):
                return "verified", look.words, None
            if isinstance(look, Skip):
                return "failed" if self.begun else "skipped", look.words, None
            self.image = self.image if self.begun else look.image
        failure: Failed | None = None
        try:
            for step in self.procedure.steps():
                if step.name not in self.done and (failure is None or (step.again and self.begun)):
                    try:
                        await self._take(step)
                    except Failed as error:
                        failure = failure or error
        except (asyncio.CancelledError, KeyboardInterrupt):
            if await self._is_off():
                await self.switch_on()
            raise
        if failure is None and not self.done:
            failure = self.refused
        if failure is None:
            return None
        return "skipped" if isinstance(failure, Moved) and not self.begun else "failed", failure.words, failure.step

    async def _took_effect(self) -> bool:
        """Whether one of the requests that an earlier process meant to send did so, though no answer was noted."""
        steps = [step for step in self.procedure.steps() if step.name in self.begun]
        return any([await step.stands() for step in steps])

    async def _is_off(self) -> bool:
        """Whether it has switched off what a later step switches on, though no answer has told it yet."""
        steps = self.procedure.steps()
        if not any(step.again for step in steps):
            return False
        off = [step for step in steps if step.name in _OFF and step.name in self.begun]
        for step in off:
            if step.name not in self.done and await self._shows(step):
                self._is_done(step)
        return any(step.name in self.done for step in off)

    async def switch_on(self) -> None:
        """Whatever else is done of it: switches on again what it has switched off."""
        for step in self.procedure.steps():
            if step.again and step.name not in self.done:
                await self._take(step)

    async def _before(self) -> Ready | AlreadySo | Skip:
        try:
            return await self.procedure.before()
        except (TokenRefused, Unreachable):
            raise
        except (NotAllowed, ReadFailed) as error:
            return Skip(words=f"what it rests on could not be read: {error.what}")

    async def _take(self, step: Step) -> None:
        try:
            await self._taken(step)
        except TokenRefused:
            raise
        except (NotAllowed, Vanished) as error:
            raise Failed(error.what) from error

    async def _taken(self, step: Step) -> None:
        if await step.stands():
            self._is_done(step)
            return
        if not await step.needed():
            return
        if (why := await step.still()) is not None:
            raise Moved(why)
        try:
            if await self._sent(step, last=False) or await self._sent(step, last=True):
                self._is_done(step)
        except Failed as error:
            if not step.tries:
                raise
            self.refused = error

    async def _sent(self, step: Step, *, last: bool) -> bool:
        """Sends it once. Whether it was read to stand; False: it may be sent again. Raises ``Failed``."""
        self.begun.add(step.name)
        self.pen.note("intended", self.planned.id, step.name, before=self.image)
        try:
            answer = await self._through_the_gate(step)
        except Unsure as error:
            if await self._shows(step):
                return True
            if last and step.again:
                raise  # what is off stays open, to be resumed
            if last:
                raise Failed(f"no answer came twice, and nothing of it shows: {error.what}", step.name) from error
            return False
        except TokenRefused:
            raise
        except WriteRefused as error:
            raise Failed(f"nothing was sent: {error.what}", step.name) from error
        except (NotAllowed, ReadFailed) as error:
            self.pen.note("sent", self.planned.id, step.name, words=f"refused: {error.what}")
            if await step.stands():
                return True
            if error.status == MOVED:
                await self._as_planned_still(step)
                if not last:
                    return False
            raise Failed(f"refused: {error.what}", step.name) from error
        told = {"status": answer.status}
        self.pen.note("sent", self.planned.id, step.name, request_id=answer.request_id, after=told)
        if await self._shows(step):
            return True
        raise Failed(f"it was taken with {answer.status}, and nothing of it shows")

    async def _as_planned_still(self, step: Step) -> None:
        """After somebody else was faster, and nothing was written: raises ``Moved`` where it does not hold any more
        what the change rests on; else the step may be tried upon what is there now."""
        look = await self._before()
        if isinstance(look, Skip):
            self.begun.discard(step.name)
            raise Moved(look.words)

    async def _through_the_gate(self, step: Step) -> Sent:
        with self.gate.opened(self.planned.change):
            for record_id in sorted(self.made):
                self.gate.learnt(record_id)
            return await step.send()

    async def _shows(self, step: Step) -> bool:
        """Reads back what was sent, a few times. Raises as the directory does where that can't be read in the end."""
        failure: ReadFailed | None = None
        for pause in READ_BACK:
            if pause:
                await self.sleep(pause)
            try:
                if await step.stands():
                    return True
                failure = None
            except ReadFailed as error:
                failure = error
        if failure is not None:
            raise failure
        return False

    def _is_done(self, step: Step) -> None:
        made = step.made()
        self.pen.note("done", self.planned.id, step.name, after=None if made is None else {"id": made})
        self.done.add(step.name)
        if made is not None:
            self.made.add(made)
