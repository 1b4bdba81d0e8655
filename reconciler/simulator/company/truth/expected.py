"""A finding that must be made, as truth tells it, and a row of it before its cause is known."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

Cause = tuple[str, str]
"""Kind and subject of the finding that explains another."""


@dataclass(frozen=True, kw_only=True, order=True)
class Expected:
    """A finding that must be made: kind, subject, and what explains it."""

    kind: str
    subject: str
    cause: Cause | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """A finding without its cause. ``people`` are the keys of those whom it concerns, ``groups`` the ids of the groups
    (of Okta; of Kandji where no mapping reaches it); ``name``: by what it stands among others of its kind.

    ``explains``: kinds that this one explains, where not all of its kind explain the same.
    """

    kind: str
    subject: str
    people: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    name: str = ""
    explains: frozenset[str] | None = None


def write_truth(path: Path, truth: Iterable[Expected]) -> None:
    """Writes ``[{"kind", "subject", "cause": {"kind", "subject"} | null}, …]``, sorted, as JSON."""
    rows = [
        {
            "kind": row.kind,
            "subject": row.subject,
            "cause": None if row.cause is None else {"kind": row.cause[0], "subject": row.cause[1]},
        }
        for row in in_order(truth)
    ]
    path.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def in_order(truth: Iterable[Expected]) -> tuple[Expected, ...]:
    """Without repetition, by kind and subject."""
    return tuple(sorted(set(truth), key=lambda row: (row.kind, row.subject)))
