"""``findings``: lists what the last (or a given) complete run found, filtered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.errors import NotKnown, UsageError
from reconciler.findings import SEVERITIES, STANDING_STATES, Finding, Life
from reconciler.store import Store

SCHEMA_VERSION = 1
_COLUMNS = ("id", "severity", "state", "kind", "sentence", "first seen", "cause")


@dataclass(frozen=True, slots=True)
class Filter:
    """What to list; empty means all. ``states`` empty means everything that stands: not settling, accepted or fixed."""

    kinds: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    person: str | None = None
    group: str | None = None

    def keeps(self, finding: Finding, life: Life) -> bool:
        """Whether a finding is listed. Persons and groups are matched by a part of their name, or by their whole id."""
        return (
            (not self.kinds or finding.kind in self.kinds)
            and (not self.severities or finding.severity in self.severities)
            and life.state in (self.states or STANDING_STATES)
            and (self.person is None or _has_person(finding, self.person))
            and (self.group is None or _has_group(finding, self.group))
        )


def _has_person(finding: Finding, asked: str) -> bool:
    keys = {part for key in (*finding.people, finding.subject.key) for part in (key, key.partition(":")[2])}
    return asked in keys or (finding.person is not None and asked.casefold() in finding.person.casefold())


def _has_group(finding: Finding, asked: str) -> bool:
    names = [*(name for _, name in finding.groups)]
    if finding.subject.type in ("group", "mapping", "kandji group"):
        names.append(finding.subject.name)
    ids = {group_id for group_id, _ in finding.groups} | {finding.subject.key, finding.subject.key.partition(":")[2]}
    return asked in ids or any(asked.casefold() in name.casefold() for name in names)


Lives = Sequence[tuple[Finding, Life]]


def select(store: Store, wanted: Filter, *, run_id: int | None = None, known: Sequence[str] = ()) -> tuple[int, Lives]:
    """The complete run looked at (up to ``run_id``), and what ``wanted`` keeps of it, most severe first.

    Raises NotKnown where there is no complete run, and UsageError for a kind that does not exist.
    """
    if known:
        known_kinds(wanted.kinds, known)
    run = store.last(complete=True, upto=None if run_id is None else store.run(run_id).id)
    if run is None:
        raise NotKnown("There is no complete run in the database yet.", next="read both sides first: reconciler run")
    kept = [(finding, life) for finding, life in store.findings(run.id) if wanted.keeps(finding, life)]
    kept.sort(key=lambda pair: (SEVERITIES.index(pair[0].severity), pair[0].kind, pair[0].subject.name.casefold()))
    return run.id, tuple(kept)


def known_kinds(asked: Sequence[str], known: Sequence[str]) -> None:
    """Raises UsageError for a kind of drift that does not exist."""
    for kind in asked:
        if kind not in known:
            from difflib import get_close_matches

            near = get_close_matches(kind, known, n=1)
            raise UsageError(
                f"There is no kind of drift called {kind}" + (f"; did you mean {near[0]}?" if near else "."),
                next="see them all: reconciler findings --help",
            )


def document(run_id: int, lives: Lives) -> dict[str, Any]:
    """The list as a JSON document."""
    return {
        "schema_version": SCHEMA_VERSION,
        "run": run_id,
        "findings": [
            {
                "id": finding.id,
                "kind": finding.kind,
                "severity": finding.severity,
                "state": life.state,
                "sentence": finding.sentence,
                "subject": {
                    "type": finding.subject.type,
                    "key": finding.subject.key,
                    "name": finding.subject.name,
                },
                "person": finding.person,
                "groups": [{"id": group_id, "name": name} for group_id, name in finding.groups],
                "people": list(finding.people),
                "cause": finding.cause,
                "first_seen": life.first_seen.isoformat(timespec="seconds"),
                "last_seen": life.last_seen.isoformat(timespec="seconds"),
                "times_seen": life.times_seen,
                "confirm": finding.confirm,
            }
            for finding, life in lives
        ],
    }


def table(lives: Lives) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The list as a heading and rows of plain text."""
    rows: list[tuple[str, ...]] = [
        (
            finding.id,
            finding.severity,
            life.state,
            finding.kind,
            finding.sentence,
            f"{life.first_seen:%Y-%m-%d %H:%M}",
            finding.cause or "",
        )
        for finding, life in lives
    ]
    return _COLUMNS, rows


def text(lives: Lives, visible: Callable[[str], str]) -> str:
    """The list for a terminal; ``visible`` makes hostile characters harmless."""
    if not lives:
        return "Nothing found."
    rows = []
    for finding, life in lives:
        rows.append(f"{finding.severity:<8}  {finding.id}  {visible(finding.sentence)}")
        told = [finding.kind, life.state, f"since {life.first_seen:%Y-%m-%d %H:%M} UTC"]
        if finding.cause:
            told.append(f"because of {finding.cause}")
        rows.append(f"{'':<8}  {', '.join(told)}")
    return "\n".join(rows)
