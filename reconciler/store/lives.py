"""The lives of findings: first sight, new, open, settling, accepted, fixed, back again.

One row says in which state a finding is from one run on. A new row is written only when the state changes; how often
and when a finding was last seen, which moves with every run, is counted from the runs.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from reconciler.findings import Finding, Judgement, Life, LifeState, skips
from reconciler.store.rows import Table, versions

State = Literal[
    "first sight", "new", "back again", "open", "settling", "settling again", "accepted", "fixed", "not judged"
]
"""As the table has it. The first three are told of the run in which they began, afterwards the finding is open.
``settling again`` was open before; ``not judged`` was open when its kind was last looked for."""

APART = frozenset({"settling", "settling again", "accepted"})
"""Seen, but no drift."""
SEEN = frozenset({"first sight", "new", "back again", "open"}) | APART
_MONTH = timedelta(days=30)


class StateRow(Struct, frozen=True, kw_only=True):
    """The state of a finding from one run on."""

    finding_id: str
    state: State
    first_run: int
    """In which it was seen for the first time."""
    since_run: int
    """In which it was seen for the first time since it last was fixed."""
    fixed_run: int | None
    """In which it last was fixed."""
    last_run: int | None
    """Where it is not seen: the last run that saw it."""
    seen_before: int
    """How many runs saw it before this row began."""


STATES = Table("finding_states", StateRow, key=("finding_id",))


class Calendar:
    """The complete runs: when each was finished, and which in the row of complete runs it was."""

    __slots__ = ("finished", "number")

    def __init__(self, connection: sqlite3.Connection) -> None:
        rows = connection.execute("SELECT id, finished, complete_number FROM runs WHERE complete_number IS NOT NULL")
        self.finished: dict[int, datetime] = {}
        self.number: dict[int, int] = {}
        for run, finished, number in rows:
            self.finished[run] = datetime.fromisoformat(finished)
            self.number[run] = number

    def between(self, began: int, run: int) -> int:
        """How many complete runs there are from ``began`` until before ``run``."""
        return self.number[run] - self.number[began]

    def before(self, run: int) -> int:
        """The complete run before ``run``."""
        return max(other for other in self.number if other < run)

    @staticmethod
    def last_seen(state: StateRow) -> int:
        assert state.last_run is not None  # noqa: S101 - rows of findings that are not seen carry it
        return state.last_run

    def fixes(self, connection: sqlite3.Connection, run: int) -> Counter[str]:
        """How often each finding was seen fixed in the thirty days before a run's end."""
        since = self.finished[run] - _MONTH
        recent = [other for other, moment in self.finished.items() if since <= moment and other <= run]
        rows = connection.execute(
            "SELECT finding_id, fixed_run FROM finding_states WHERE state = 'fixed' AND began = fixed_run "
            "AND fixed_run BETWEEN ? AND ?",
            (min(recent), run),
        )
        return Counter(finding_id for finding_id, _ in rows)

    def life(self, began: int, state: StateRow, run: int, *, times_fixed: int = 0) -> Life:
        fixed = state.state == "fixed"
        return Life(
            first_seen=self.finished[state.first_run],
            last_seen=self.finished[self.last_seen(state) if fixed else run],
            first_run=state.first_run,
            times_seen=state.seen_before + (0 if fixed else self.between(began, run) + 1),
            state=_shown(state.state, is_first=began == run),
            fixed_run=state.fixed_run,
            times_fixed=times_fixed,
            back_since=None if fixed or state.fixed_run is None else self.finished[state.since_run],
        )


def _shown(state: State, *, is_first: bool) -> LifeState:
    if state == "settling" or state == "settling again":
        return "settling"
    if state == "fixed" or state == "accepted":
        return state
    return state if is_first and state != "not judged" else "open"


def next_states(connection: sqlite3.Connection, run: int, judgement: Judgement) -> Iterator[StateRow]:
    """The state of every finding from ``run`` on. A row that equals the one before is not written again."""
    calendar = Calendar(connection)
    baseline = calendar.number[run] == 1
    before = {state.finding_id: (began, state) for began, state in versions(connection, STATES, run - 1)}
    for finding in {finding.id: finding for finding in judgement.findings}.values():
        began, old = before.pop(finding.id, (run, None))
        if old is None:
            yield _begun(finding.id, _apart(finding) or ("first sight" if baseline else "new"), run)
            continue
        state = _still(old, _apart(finding))
        if state == old.state:
            yield old
            continue
        yield replace(
            old,
            state=state,
            since_run=run if old.state == "fixed" else old.since_run,
            last_run=None,
            seen_before=_times(calendar, began, old, run),
        )
    skipped = frozenset(judgement.skipped)
    scopes = _scopes(connection) if skipped else {}
    for finding_id, (began, old) in before.items():
        left = _gone(old, skipped=not skipped.isdisjoint(scopes.get(finding_id, ())))
        if left == old.state:
            yield old
        elif left is not None:
            yield _left(calendar, old, left, began, run)


def _begun(finding_id: str, state: State, run: int) -> StateRow:
    return StateRow(
        finding_id=finding_id,
        state=state,
        first_run=run,
        since_run=run,
        fixed_run=None,
        last_run=None,
        seen_before=0,
    )


def _apart(finding: Finding) -> Literal["settling", "accepted"] | None:
    """In which state a finding stands apart from drift."""
    if finding.accepted is not None:
        return "accepted"
    return "settling" if finding.settling else None


def _still(old: StateRow, apart: Literal["settling", "accepted"] | None) -> State:
    """The state of a finding that is seen and had a state before. One whose acceptance has ended is back again."""
    if apart == "accepted":
        return "accepted"
    settling = apart is not None
    match old.state:
        case "settling":
            if settling:
                return "settling"
            return "new" if old.fixed_run is None else "back again"
        case "fixed":
            return "settling" if settling else "back again"
        case "accepted":
            return "settling again" if settling else "back again"
        case "settling again" | "not judged":
            return "settling again" if settling else "open"
        case _:
            return "settling again" if settling else old.state


def _gone(old: StateRow, *, skipped: bool) -> State | None:
    """The state of a finding that is not seen any more; None where nothing is left to tell.

    One that only ever settled was never open, so it is not fixed either. One whose kind was not looked for may well
    still be there.
    """
    match old.state:
        case "fixed":
            return "fixed"
        case "settling":
            return None if old.fixed_run is None else "fixed"
        case _:
            return "not judged" if skipped else "fixed"


def _left(calendar: Calendar, old: StateRow, state: State, began: int, run: int) -> StateRow:
    """The row of a finding that is not seen any more."""
    was_open = old.state != "settling"
    return replace(
        old,
        state=state,
        fixed_run=run if state == "fixed" and was_open else old.fixed_run,
        last_run=calendar.before(run) if old.state in SEEN else old.last_run,
        seen_before=_times(calendar, began, old, run),
    )


def _times(calendar: Calendar, began: int, old: StateRow, run: int) -> int:
    """How many complete runs before ``run`` saw the finding."""
    return old.seen_before + (calendar.between(began, run) if old.state in SEEN else 0)


def _scopes(connection: sqlite3.Connection) -> dict[str, tuple[str, str]]:
    """Of each finding ever: how ``Judgement.skipped`` would name it, by its kind and by kind and subject."""
    rows = connection.execute("SELECT DISTINCT id, kind, subject_key FROM findings").fetchall()
    return {finding_id: skips(kind, key) for finding_id, kind, key in rows}
