"""The report for programs: one document, described by a JSON Schema that changes only with ``schema_version``.

Values are what the services said. Characters that could act on a terminal are escaped (``\\u202e``), which JSON reads
back as the same character.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct

from reconciler.findings import Accepted, Fact, Kind, LifeState, PushedGroup, RuleLine, Severity, TrendPoint
from reconciler.model import Note, Source
from reports.report import Counts, Mendable, Report, Row, Tile
from reports.text import escaped

SCHEMA_ID = "urn:okta-kandji-reconciler:report:1"


class RunLine(Struct, frozen=True, kw_only=True):
    """A run. Times are UTC."""

    id: int
    started: datetime
    finished: datetime
    state: str
    sentence: str
    reason: str | None
    exit_code: int
    baseline: bool
    version: str
    config_digest: str
    data_digest: str | None
    command_line: str


class GroupName(Struct, frozen=True, kw_only=True):
    """A group by id; the id is Okta's, or Kandji's where no mapping leads to the group."""

    id: str
    name: str


class ForeseenLine(Struct, frozen=True, kw_only=True):
    """What a plan of that run would do about a finding; ``change`` is the id of the change in it."""

    outcome: Literal["planned", "withheld", "by hand"]
    words: str
    change: str | None


class FindingLine(Struct, frozen=True, kw_only=True):
    """A finding with its life; ``cause`` is the id of the finding that explains it."""

    id: str
    kind: str
    severity: Severity
    state: LifeState
    subject_type: str
    subject_key: str
    subject_name: str
    sentence: str
    person: str | None
    groups: tuple[GroupName, ...]
    people: tuple[str, ...]
    evidence: tuple[Fact, ...]
    cause: str | None
    explains: int
    explains_people: int
    confirm: str | None
    youngest_change: datetime | None
    first_seen: datetime
    last_seen: datetime
    first_run: int
    times_seen: int
    times_fixed: int
    accepted: str | None
    fixed_run: int | None
    foreseen: ForeseenLine | None


class Leak(Struct, frozen=True, kw_only=True):
    """People who fall out before the next stage."""

    kind: str
    words: str
    people: int


class StageLine(Struct, frozen=True, kw_only=True):
    name: str
    people: int
    leaks: tuple[Leak, ...]


class Document(Struct, frozen=True, kw_only=True):
    """One run as the report shows it. ``findings`` are open, settling or accepted; ``fixed`` are no longer seen."""

    schema_version: int
    title: str
    state: Literal["in-step", "drift", "incomplete", "failed"]
    sentence: str
    redacted: bool
    do_next: str | None
    run: RunLine
    data_run: RunLine | None
    counts: Counts
    tiles: tuple[Tile, ...]
    last_runs: tuple[RunLine, ...]
    trend: tuple[TrendPoint, ...]
    findings: tuple[FindingLine, ...]
    fixed: tuple[FindingLine, ...]
    stages: tuple[StageLine, ...]
    groups: tuple[PushedGroup, ...]
    rules: tuple[RuleLine, ...]
    kinds: tuple[Kind, ...]
    sources: tuple[Source, ...]
    notes: tuple[Note, ...]
    accepted: tuple[Accepted, ...]
    outside_scope: int
    mendable: Mendable | None


def render(report: Report) -> str:
    """The document as one line of JSON, with a line feed."""
    value = msgspec.to_builtins(document(report))
    return escaped(json.dumps(value, ensure_ascii=False, separators=(",", ":"))) + "\n"


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of what ``render`` gives."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **msgspec.json.schema(Document),
    }


def document(report: Report) -> Document:
    return Document(
        schema_version=report.schema_version,
        title=report.title,
        state=report.state,
        sentence=report.sentence,
        redacted=report.redacted,
        do_next=report.do_next,
        run=_run(report.run),
        data_run=_run(report.data_run) if report.data_run else None,
        counts=report.counts,
        tiles=report.tiles,
        last_runs=tuple(map(_run, report.strip)),
        trend=report.trend,
        findings=_findings(report.rows),
        fixed=_findings(report.fixed),
        stages=tuple(
            StageLine(
                name=stage.name,
                people=stage.people,
                leaks=tuple(Leak(kind=kind, words=words, people=people) for kind, words, people in stage.leaks),
            )
            for stage in report.stages
        ),
        groups=report.groups,
        rules=report.rules,
        kinds=report.kinds,
        sources=report.sources,
        notes=report.notes,
        accepted=report.accepted,
        outside_scope=report.outside_scope,
        mendable=report.mendable,
    )


def _run(run: object) -> RunLine:
    return msgspec.convert(run, RunLine, from_attributes=True)


def _findings(rows: Iterable[Row]) -> tuple[FindingLine, ...]:
    return tuple(map(_finding, rows))


def _finding(row: Row) -> FindingLine:
    finding, life = row.finding, row.life
    return FindingLine(
        id=finding.id,
        kind=finding.kind,
        severity=finding.severity,
        state=life.state,
        subject_type=finding.subject.type,
        subject_key=finding.subject.key,
        subject_name=finding.subject.name,
        sentence=finding.sentence,
        person=finding.person,
        groups=tuple(GroupName(id=group_id, name=name) for group_id, name in finding.groups),
        people=finding.people,
        evidence=finding.evidence,
        cause=finding.cause,
        explains=row.explains,
        explains_people=row.explains_people,
        confirm=finding.confirm,
        youngest_change=finding.youngest,
        first_seen=life.first_seen,
        last_seen=life.last_seen,
        first_run=life.first_run,
        times_seen=life.times_seen,
        times_fixed=life.times_fixed,
        accepted=finding.accepted,
        fixed_run=life.fixed_run,
        foreseen=None
        if row.foreseen is None
        else ForeseenLine(outcome=row.foreseen.outcome, words=row.foreseen.words, change=row.foreseen.change),
    )


def published() -> str:
    """The schema as it lies beside this module, in ``report.schema.json``."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(published(), end="")
