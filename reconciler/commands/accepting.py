"""``accept`` and ``accepted``: drift that somebody answers for, with a reason, an owner and an end date.

An acceptance holds from the next run on: what an earlier run found stays as it was told then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from fnmatch import filter as matching
from typing import Any

from reconciler.acceptance import acceptance_id
from reconciler.errors import NotKnown, UsageError
from reconciler.findings import Acceptance, Accepted
from reconciler.store import Store

SCHEMA_VERSION = 1
SOON = timedelta(days=14)
"""An acceptance that ends within this time is told of."""
LONGEST = timedelta(days=2 * 366)
_COLUMNS = ("id", "state", "until", "findings", "owner", "accepts", "reason", "made")


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line says; ``findings`` are ids, the rest patterns."""

    findings: tuple[str, ...]
    kind: str | None
    person: str | None
    group: str | None
    reason: str | None
    owner: str | None
    until: date | None


def acceptances(wish: Wish, now: datetime, who: str, kinds: Sequence[str]) -> tuple[Acceptance, ...]:
    """What is to be kept: one for each finding, or one for the patterns. Raises ``UsageError`` for what is missing."""
    lacking = [f"--{name}" for name in ("reason", "owner", "until") if not getattr(wish, name)]
    if lacking:
        raise UsageError(
            f"An acceptance needs {' and '.join(lacking)}.",
            why="in a year, somebody will ask who accepted this, and why.",
            next='say so: --reason "…" --owner NAME --until 2026-12-31',
        )
    patterns = (wish.kind, wish.person, wish.group)
    if not wish.findings and not any(patterns):
        raise UsageError("Say what to accept: finding ids, or --kind, --person or --group.", next="reconciler findings")
    if wish.findings and any(patterns):
        raise UsageError("Finding ids and patterns can't be accepted at once.", next="type the command twice")
    if wish.kind and not matching(kinds, wish.kind):
        near = get_close_matches(wish.kind, kinds, n=1)
        raise UsageError(f"No kind of drift is called {wish.kind}" + (f"; did you mean {near[0]}?" if near else "."))
    assert wish.until is not None  # noqa: S101 - told above, for the type checker
    if not now.date() <= wish.until <= now.date() + LONGEST:
        raise UsageError(
            f"{wish.until} is no day on which an acceptance can end.",
            why=f"it must lie between today, {now.date()}, and two years from now: nobody answers for ever.",
        )
    return tuple(_made(wish, one, now, who) for one in (wish.findings or (None,)))


def _made(wish: Wish, finding: str | None, now: datetime, who: str) -> Acceptance:
    said = (finding, wish.kind, wish.person, wish.group, wish.reason, wish.owner, str(wish.until))
    return Acceptance(
        id=acceptance_id(*said),
        reason=wish.reason or "",
        owner=wish.owner or "",
        until=wish.until or date.max,
        made=now,
        made_by=who,
        finding=finding,
        kind=wish.kind,
        person=wish.person,
        group=wish.group,
    )


def accept(store: Store, made: Sequence[Acceptance]) -> None:
    """Keeps them. Raises ``NotKnown`` for an id that no run ever found; then none is kept."""
    for one in made:
        if one.finding is not None and not store.knows_finding(one.finding):
            raise NotKnown(f"No run ever found {one.finding}.", next="see what stands: reconciler findings")
    for one in made:
        store.accept(one)


def listed(store: Store) -> tuple[tuple[Accepted, ...], frozenset[str]]:
    """Every acceptance that is known, by the day on which it ends, and the ids of those that no run has seen yet."""
    last = store.last(complete=True)
    seen = {one.acceptance.id: one for one in (store.accepted(last.id) if last is not None else ())}
    standing = {one.id: one for one in store.acceptances()}
    # one that was withdrawn since is told no more; one in the configuration has no moment at which it was made
    kept = [one for one in seen.values() if one.acceptance.made is None or one.acceptance.id in standing]
    fresh = [one for key, one in standing.items() if key not in seen]
    every = [*kept, *(Accepted(acceptance=one, findings=0, expired=False) for one in fresh)]
    every.sort(key=lambda one: (one.acceptance.until, one.acceptance.id))
    return tuple(every), frozenset(one.id for one in fresh)


def state(one: Accepted, fresh: frozenset[str], today: date) -> str:
    """In one or two words: "in force", "ends soon", "expired", "from the next run", "matches nothing"."""
    if one.acceptance.until < today:
        return "expired"
    if one.acceptance.id in fresh:
        return "from the next run"
    if not one.findings:
        return "matches nothing"
    return "ends soon" if one.acceptance.until - today < SOON else "in force"


def covered(told: Acceptance) -> str:
    """What it accepts, in words."""
    parts = (("finding", told.finding), ("kind", told.kind), ("person", told.person), ("group", told.group))
    return ", ".join(f"{name} {value}" for name, value in parts if value is not None)


def document(every: Sequence[Accepted], fresh: frozenset[str], today: date) -> dict[str, Any]:
    """The list as a JSON document."""
    return {"schema_version": SCHEMA_VERSION, "accepted": [_line(one, fresh, today) for one in every]}


def _line(one: Accepted, fresh: frozenset[str], today: date) -> dict[str, Any]:
    told = one.acceptance
    return {
        "id": told.id,
        "state": state(one, fresh, today),
        "until": told.until.isoformat(),
        "findings": one.findings,
        "reason": told.reason,
        "owner": told.owner,
        "made": None if told.made is None else told.made.isoformat(timespec="seconds"),
        "made_by": told.made_by,
        "finding": told.finding,
        "kind": told.kind,
        "person": told.person,
        "group": told.group,
    }


def table(every: Sequence[Accepted], fresh: frozenset[str], today: date) -> tuple[tuple[str, ...], list[list[str]]]:
    """The list as a heading and rows of plain text."""
    rows = []
    for one in every:
        told = one.acceptance
        made = "configuration" if told.made is None else f"{told.made:%Y-%m-%d %H:%M} {told.made_by}"
        how = state(one, fresh, today)
        rows.append([told.id, how, str(told.until), str(one.findings), told.owner, covered(told), told.reason, made])
    return _COLUMNS, rows


def lines(every: Sequence[Accepted], fresh: frozenset[str], today: date) -> list[str]:
    """The list for a terminal; what it says of the configuration is of the last run."""
    if not every:
        return ["Nothing is accepted."]
    rows = []
    for one in every:
        told = one.acceptance
        again = ("finding" if one.findings == 1 else "findings") + (" again" if one.expired else "")
        rows.append(f"{told.id}  until {told.until}  {state(one, fresh, today)}, {one.findings} {again}")
        rows.append(f"{'':<10}  {covered(told)}")
        made = "in the configuration" if told.made is None else f"made {told.made:%Y-%m-%d %H:%M} UTC by {told.made_by}"
        rows.append(f"{'':<10}  {told.owner}: {told.reason} ({made})")
    return rows
