"""How many findings were open at each of the last runs, by severity.

A finding counts from the run in which it began to be open until before the run in which it ended to be, with the
severity it had meanwhile. So each is read once, however many runs are told of.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from datetime import datetime

from reconciler.findings import SEVERITIES, Standing, TrendPoint
from reconciler.store.lives import APART, SEEN

_OPEN = tuple(sorted(SEEN - APART))
_NEVER = 2**62
"""Stands for the run in which what is still true ends."""


def trend(connection: sqlite3.Connection, upto: int, limit: int) -> tuple[TrendPoint, ...]:
    """The last ``limit`` runs up to ``upto``, oldest first."""
    runs = connection.execute(
        "SELECT id, finished, state, complete_number IS NOT NULL FROM runs WHERE id <= ? ORDER BY id DESC LIMIT ?",
        (upto, limit),
    ).fetchall()[::-1]
    if not runs:
        return ()
    moved = _moved(connection, first=runs[0][0], last=upto)
    points, standing = [], Counter(moved.pop(runs[0][0], {}))
    for run, finished, state, complete in runs:
        standing.update(moved.get(run, {}))
        points.append(
            TrendPoint(
                run=run,
                finished=datetime.fromisoformat(finished),
                state=state,
                open=Standing(**{severity: standing[severity] for severity in SEVERITIES}) if complete else None,
            )
        )
    return tuple(points)


def _moved(connection: sqlite3.Connection, *, first: int, last: int) -> dict[int, Counter[str]]:
    """By run: how many more findings of each severity are open than before it; at ``first``, how many are."""
    spans = connection.execute(
        f"""
        SELECT findings.severity, max(states.began, findings.began, ?) AS open_from,
               min(coalesce(states.ended, {_NEVER}), coalesce(findings.ended, {_NEVER})) AS open_until, count(*)
        FROM finding_states AS states JOIN findings ON findings.id = states.finding_id
        WHERE states.state IN ({", ".join("?" * len(_OPEN))})
        GROUP BY 1, 2, 3 HAVING open_from < open_until AND open_from <= ?
        """,  # noqa: S608 - our own words
        (first, *_OPEN, last),
    )
    moved: dict[int, Counter[str]] = {}
    for severity, began, ended, count in spans:
        moved.setdefault(began, Counter())[severity] += count
        moved.setdefault(ended, Counter())[severity] -= count
    return moved
