"""The course of one apply: phase after phase, the first of each kind watched before the others, each change closed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from reconciler.changes import PHASES, ActivateRule, AddToGroup, Change, Relink, SetActive, kind, phase
from reconciler.commands.applying.carrying import Carrying, Pen
from reconciler.commands.applying.live import Live
from reconciler.commands.applying.outcomes import Came, Outcome
from reconciler.commands.applying.procedure import Procedure, Sight
from reconciler.commands.applying.procedures import procedure
from reconciler.commands.applying.watching import watch
from reconciler.directories.writers import Gate
from reconciler.journal import CLOSING, PUSH_REPLACES, Event, left_half
from reconciler.plan import Plan, Planned

BATCH = 5
"""Pushes under way at once: Okta gives up on a busy target after ten tries."""


@dataclass
class Running:
    plan: Plan
    live: Live
    gate: Gate
    pen: Pen
    sleep: Callable[[float], Awaitable[None]]
    tell: Callable[[str], None]
    held: Mapping[str, str]
    """Why changes must not be begun, by their ids."""
    past: Sequence[Event]
    stale: bool
    """Whether the plan has grown too old meanwhile: then only what was begun is brought to its end."""
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    stopped: str | None = None
    _watched: list[tuple[Planned, Procedure]] = field(default_factory=list)
    _made: set[str | None] = field(default_factory=set)
    """Ids of changes of which a step took effect."""
    _proven: set[str] = field(default_factory=set)
    """Courses of which one change has been verified."""
    _blocked: dict[str, str] = field(default_factory=dict)
    """Courses of which the first change was not, and why."""
    _failures: int = 0

    async def run(self) -> None:
        """Every change has an outcome at the end, and its closing event."""
        self._remember()
        for planned in self._half_made():
            await self._one(planned)
        for now in PHASES:
            for planned in self.plan.changes:
                if phase(planned.change) == now and planned.id not in self.outcomes:
                    await self._one(planned)
                    if now == "pushes" and len(self._watched) >= BATCH:
                        await self._watch()
            await self._watch()

    def _remember(self) -> None:
        """What an earlier process of this apply has closed."""
        planned = {one.id: one for one in self.plan.changes}
        self._made = {event.change for event in self.past if event.event == "done"}
        for event in self.past:
            if event.event in CLOSING and event.change in planned:
                self._keep(planned[event.change], event.event, event.words)  # type: ignore[arg-type]

    def _half_made(self) -> Iterable[Planned]:
        """What this apply left switched off when it was broken off: first."""
        return [
            left.planned
            for left in left_half(self.past)
            if left.apply == self.pen.apply and left.planned.id not in self.outcomes
        ]

    def _theirs(self, planned: Planned) -> list[Event]:
        return [event for event in self.past if event.change == planned.id]

    async def _one(self, planned: Planned) -> None:
        if any(planned.id == one.id for one, _ in self._watched):
            return
        theirs, name = self._theirs(planned), course(planned.change)
        if not theirs and (why := self._held_back(planned)) is not None:
            self._close(planned, "skipped", why)
            return
        way = procedure(planned, self.live)
        self.tell(f"{planned.sentence} …")
        carrying = Carrying(self.pen, self.gate, self.sleep, planned, way, theirs, self.held.get(planned.id))
        ended = await carrying.carry()
        if carrying.done:
            self._made.add(planned.id)
        if ended is not None:
            word, words, step = ended
            self._close(planned, word, words, step)  # type: ignore[arg-type]
            if word == "failed" and name not in self._proven:
                self._blocked.setdefault(name, words)
            return
        self.live.added |= _added(planned)
        self._watched.append((planned, way))
        if name not in self._proven:
            await self._watch()

    def _held_back(self, planned: Planned) -> str | None:
        """Why a change that was not begun is not begun at all."""
        if self.stopped is not None:
            return self.stopped
        if self.stale:
            return "the plan has grown too old meanwhile: plan again"
        if planned.id in self.held:
            return self.held[planned.id]
        name = course(planned.change)
        if name in self._blocked:
            return f"the first change of its kind ({name}) did not come to its end: {self._blocked[name]}"
        return None

    async def _watch(self) -> None:
        waiting, self._watched = self._watched, []
        ways = {planned.id: way for planned, way in waiting}
        terms, seen = self.live.terms, 0
        async for planned, sight in watch(
            waiting, self.live, patience=terms.patience, clock=self.pen.clock, sleep=self.sleep, tell=self.tell
        ):
            seen += 1
            self._see(planned, sight)
        assert seen == len(ways)  # noqa: S101 - whatever was sent is closed

    def _see(self, planned: Planned, sight: Sight) -> None:
        name = course(planned.change)
        word: Came = sight.over or ("verified" if sight.shows else "not seen")
        if word == "not seen" and sight.over is None:
            self.live.unseen |= _added(planned)
        if word == "verified" or sight.over == "not seen":
            self._proven.add(name)
        elif name not in self._proven:
            self._blocked.setdefault(name, sight.words)
        self._learn()
        self._close(planned, word, sight.words if word != "not seen" else f"not seen yet: {sight.words}")

    def _learn(self) -> None:
        """What a push has shown of this tenant is remembered for the plans to come."""
        told, known = self.live.push_replaces, self.pen.journal.learnt(PUSH_REPLACES)
        if told is not None and told is not known:
            self.pen.note("learnt", None, PUSH_REPLACES, before=known, after=told)

    def _close(self, planned: Planned, word: Came, words: str, step: str | None = None) -> None:
        self.pen.note(word, planned.id, step, words=words)  # type: ignore[arg-type]
        self._keep(planned, word, words)
        self.tell(f"{word}: {planned.sentence}" + (f" ({words})" if words else ""))

    def _keep(self, planned: Planned, word: Came, words: str) -> None:
        made = planned.id in self._made
        self.outcomes[planned.id] = Outcome(planned=planned, word=word, words=words, made=made)
        if made and word == "verified":
            self._proven.add(course(planned.change))
        if made:
            self.live.added |= _added(planned)
        if word == "not seen" and phase(planned.change) == "additions":
            self.live.unseen |= _added(planned)
        self._failures = self._failures + 1 if word == "failed" else 0 if made else self._failures
        if self._failures >= self.live.terms.stop_after and self.stopped is None:
            self.stopped = f"stopped after {self._failures} failures in a row"


def course(change: Change) -> str:
    """What a first change proves for others: its kind, and of a kind that goes several ways, the way."""
    match change:
        case SetActive(active=active):
            return f"{kind(change)}, {'on' if active else 'off'}"
        case ActivateRule(restart=True):
            return f"{kind(change)}, off and on"
        case Relink(kandji_group=None):
            return f"{kind(change)}, anew"
        case _:
            return kind(change)


def _added(planned: Planned) -> set[str]:
    """Okta user ids of everybody whom a change brings."""
    person = {planned.change.person.id} if isinstance(planned.change, AddToGroup) else set()
    return person | {person.id for person in planned.joins}
