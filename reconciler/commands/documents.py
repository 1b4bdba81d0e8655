"""What commands print with ``--format json``, as types, and the JSON Schemas made of them.

Every document has ``schema_version``; it grows when a key changes its meaning or goes.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from reconciler.commands.explained import ExplainDocument
from reconciler.commands.outcomes import AppliedDocument, VerifiedDocument
from reconciler.commands.pull import Pulled
from reconciler.commands.screen import SCHEMA_VERSION, error_line
from reconciler.plan import Plan


class ErrorLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: str
    what: str
    facts: list[list[str]]
    why: str | None
    next: str | None
    status: int | None
    code: str | None


class ErrorDocument(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    schema_version: int
    exit_code: int
    errors: list[ErrorLine]


class SourceLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    state: str
    required: bool
    rows: int
    pages: int
    requests: int
    how_known: str
    reason: str | None


class PullDocument(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    schema_version: int
    run: int
    state: str
    sentence: str
    reason: str | None
    exit_code: int
    sources: list[SourceLine]
    errors: list[ErrorLine]


class RunLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: int
    finished: str
    age_minutes: int


class TrendLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An earlier run, and what was open then, by severity."""

    run: int
    finished: str
    open: dict[str, int]


class LeftHalfLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule or push that an apply left half-way."""

    apply: int
    about: str
    id: str | None
    name: str
    words: str
    next: str


class StatusDocument(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    schema_version: int
    state: str
    sentence: str
    reason: str | None
    run: RunLine
    data_run: RunLine | None
    open: dict[str, int]
    new: int
    back_again: int
    fixed: int
    settling: int
    accepted: int
    trend: TrendLine | None
    left_half: list[LeftHalfLine]
    not_ended: list[int]
    """Applies that are at work, or were broken off."""
    exit_code: int


class SubjectLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    type: str
    key: str
    name: str


class GroupLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: str
    name: str


class FindingLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: str
    kind: str
    severity: str
    state: str
    sentence: str
    subject: SubjectLine
    person: str | None
    groups: list[GroupLine]
    people: list[str]
    cause: str | None
    first_seen: str
    last_seen: str
    times_seen: int
    confirm: str | None


class FindingsDocument(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    schema_version: int
    run: int
    findings: list[FindingLine]


class AcceptedLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: str
    state: str
    until: str
    findings: int
    reason: str
    owner: str
    made: str | None
    made_by: str | None
    finding: str | None
    kind: str | None
    person: str | None
    group: str | None


class AcceptedDocument(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    schema_version: int
    accepted: list[AcceptedLine]


class HistoryRun(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: int
    finished: str
    state: str
    sentence: str
    exit_code: int
    version: str
    data_digest: str | None


class RunsDocument(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``history``: the last runs, newest first."""

    schema_version: int
    runs: list[HistoryRun]


class StateLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    severity: str
    state: str


class DifferenceLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    change: str
    id: str
    kind: str
    sentence: str
    before: StateLine | None
    after: StateLine | None


class DifferenceDocument(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``history --between``: findings that came, went or changed."""

    schema_version: int
    first: int
    second: int
    findings: list[DifferenceLine]


class EventLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    run: int
    finished: str
    what: str
    change: str


class LifeDocument(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``history WHO``: what happened to a person, group or finding, oldest first."""

    schema_version: int
    type: str
    name: str
    events: list[EventLine]


class DoctorLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    state: str
    told: str
    next: str | None
    code: int


class DoctorDocument(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    schema_version: int
    exit_code: int
    lines: list[DoctorLine]


DOCUMENTS: dict[str, type[Struct]] = {
    "status": StatusDocument,
    "findings": FindingsDocument,
    "accepted": AcceptedDocument,
    "runs": RunsDocument,
    "difference": DifferenceDocument,
    "life": LifeDocument,
    "explain": ExplainDocument,
    "doctor": DoctorDocument,
    "pull": PullDocument,
    "plan": Plan,
    "applied": AppliedDocument,
    "verified": VerifiedDocument,
    "error": ErrorDocument,
}


def schema(document: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the configuration, the report, or what a command prints."""
    if document == "config":
        from reconciler.config import schema as of_config

        return of_config()
    if document == "report":
        from reports.json import schema as of_report

        return of_report()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(DOCUMENTS[document])}


def pulled_document(pulled: Pulled) -> dict[str, Any]:
    """A pull's outcome."""
    run = pulled.run
    return {
        "schema_version": SCHEMA_VERSION,
        "run": run.id,
        "state": run.state,
        "sentence": run.sentence,
        "reason": run.reason,
        "exit_code": pulled.exit_code,
        "sources": [
            {
                "name": source.name,
                "state": source.state,
                "required": source.required,
                "rows": source.rows,
                "pages": source.pages,
                "requests": source.requests,
                "how_known": source.how_known,
                "reason": source.reason,
            }
            for source in pulled.sources
        ],
        "errors": [error_line(error) for error in pulled.errors],
    }
