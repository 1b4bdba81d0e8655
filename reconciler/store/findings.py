"""Findings as they stood at each run, and their lives: first sight, new, open, settling, fixed, back again.

A finding's content and its state are rows of their own, and both are written only when they change. What moves with
every run (how often and when last seen) is counted from the runs.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Literal

from msgspec import Struct

from reconciler.findings import Fact, Finding, Judgement, Life, PushedGroup, RuleLine, Severity, Stage, Subject, order
from reconciler.model import Size
from reconciler.store.acceptances import add_accepted
from reconciler.store.foreseen import add_foreseen
from reconciler.store.lives import SEEN, STATES, Calendar, StateRow, next_states
from reconciler.store.rows import Table, as_of, true_at, versions, write

SubjectType = Literal["app", "person", "group", "mapping", "rule", "kandji group", "group and person"]


class FindingRow(Struct, frozen=True, kw_only=True):
    """A ``Finding`` with its id, and its subject in columns."""

    id: str
    kind: str
    severity: Severity
    subject_type: SubjectType
    subject_key: str
    subject_name: str
    sentence: str
    person: str | None
    groups: tuple[tuple[str, str], ...]
    people: tuple[str, ...]
    evidence: tuple[Fact, ...]
    cause: str | None
    youngest: datetime | None
    group_changed: datetime | None
    explains: tuple[str, ...] | None
    explains_by: Literal["everything", "group", "people"] | None
    settling: bool
    confirm: str | None
    accepted: str | None


class StageRow(Struct, frozen=True, kw_only=True):
    position: int
    name: str
    people: int
    leaks: tuple[tuple[str, str, int], ...]


FINDINGS = Table("findings", FindingRow, key=("id",))
STAGES = Table("stages", StageRow, key=("position",))
RULE_LINES = Table("judged_rules", RuleLine, key=("rule_id",))
SIZES = Table("sizes", Size, key=("source", "about"))
PUSHED_GROUPS = Table("pushed_groups", PushedGroup, key=("mapping_id",))


def add_judgement(connection: sqlite3.Connection, run: int, judgement: Judgement) -> None:
    """Writes what a complete run found: content, states, stages, groups. The run's own row is there already."""
    rows = sorted((_row(finding) for finding in judgement.findings), key=lambda row: row.id)
    write(connection, FINDINGS, rows, run)
    states = next_states(connection, run, judgement)
    write(connection, STATES, sorted(states, key=lambda state: state.finding_id), run)
    stages = [
        StageRow(position=position, name=stage.name, people=stage.people, leaks=stage.leaks)
        for position, stage in enumerate(judgement.stages)
    ]
    write(connection, STAGES, stages, run)
    write(connection, SIZES, sorted(judgement.sizes), run)
    write(connection, PUSHED_GROUPS, sorted(judgement.groups, key=lambda group: group.mapping_id), run)
    write(connection, RULE_LINES, sorted(judgement.rules, key=lambda rule: rule.rule_id), run)
    add_accepted(connection, run, judgement.accepted)
    add_foreseen(connection, run, judgement.foreseen)


def findings(connection: sqlite3.Connection, run: int) -> tuple[tuple[Finding, Life], ...]:
    """Open and settling findings of a complete run, and those fixed in it, in the order of the checks."""
    content = {row.id: row for row in as_of(connection, FINDINGS, run)}
    states = [
        (began, state)
        for began, state in versions(connection, STATES, run)
        if state.state in SEEN or (state.state == "fixed" and state.fixed_run == run)
    ]
    return _with_lives(connection, run, states, content)


def these(connection: sqlite3.Connection, run: int, ids: Collection[str]) -> tuple[tuple[Finding, Life], ...]:
    """Some findings as a complete run knew them, in the order of the checks: those, too, that it had no more."""
    listed = (json.dumps(sorted(ids)),)
    states = list(versions(connection, STATES, run, "finding_id IN (SELECT value FROM json_each(?))", listed))
    rows = versions(connection, FINDINGS, run, "id IN (SELECT value FROM json_each(?))", listed)
    return _with_lives(connection, run, states, {row.id: row for _, row in rows})


_OF_GROUP = "instr(groups, '[' || json_quote(?) || ',')"
"""Whether a finding is about a group, of which it keeps id and name: in names, the quotes are escaped."""


def concerning(
    connection: sqlite3.Connection, run: int, *, people: Collection[str], groups: Collection[str]
) -> tuple[str, ...]:
    """Ids of the findings that a complete run had about people (keys) or groups (ids), be they one of many."""
    of_people = " OR ".join(["0", *["instr(people, json_quote(?))"] * len(people)])
    of_groups = " OR ".join(["0", *[_OF_GROUP] * len(groups)])
    rows = connection.execute(
        f"SELECT id FROM findings WHERE {true_at(connection, run)} AND ({of_people} OR {of_groups}) ORDER BY id",  # noqa: S608 - our own names
        (*people, *groups),
    )
    return tuple(row[0] for row in rows)


def _with_lives(
    connection: sqlite3.Connection, run: int, states: Iterable[tuple[int, StateRow]], content: dict[str, FindingRow]
) -> tuple[tuple[Finding, Life], ...]:
    """The findings in these states, each with the run in which the state began; ``content``: of those that are seen."""
    calendar = Calendar(connection)
    fixes = calendar.fixes(connection, run)
    lives: dict[str, Life] = {}
    found: list[Finding] = []
    for began, state in states:
        row = content.get(state.finding_id) if state.state in SEEN else None
        row = row or _content_at(connection, state.finding_id, calendar.last_seen(state))
        found.append(_finding(row))
        lives[row.id] = calendar.life(began, state, run, times_fixed=fixes[row.id])
    return tuple((finding, lives[finding.id]) for finding in order(found))


def seen(connection: sqlite3.Connection, run: int) -> tuple[tuple[str, datetime], ...]:
    """Ids of the findings that stood in a complete run, and since when they stood."""
    calendar = Calendar(connection)
    return tuple(
        (state.finding_id, calendar.finished[state.since_run])
        for state in as_of(connection, STATES, run)
        if state.state in SEEN
    )


def settling(connection: sqlite3.Connection, run: int) -> frozenset[str]:
    """Ids of the findings that settled in a complete run."""
    states = as_of(connection, STATES, run)
    return frozenset(state.finding_id for state in states if state.state in ("settling", "settling again"))


def known(connection: sqlite3.Connection, finding_id: str) -> bool:
    """Whether any run ever found it."""
    return connection.execute("SELECT 1 FROM findings WHERE id = ? LIMIT 1", (finding_id,)).fetchone() is not None


def about(
    connection: sqlite3.Connection, *, people: Collection[str], groups: Collection[str]
) -> tuple[tuple[str, str], ...]:
    """(id, kind) of every finding that any run had about somebody (keys) or a group (ids), by id.

    A finding that concerns many people is not about each of them: those with a person of their own are.
    """
    found: set[tuple[str, str]] = set()
    for key in people:
        found.update(
            connection.execute(
                "SELECT id, kind FROM findings WHERE subject_key = :key OR subject_key LIKE '% ' || :key",
                {"key": key},
            )
        )
    for group in groups:
        of_group = f"subject_type NOT IN ('person', 'group and person') AND {_OF_GROUP}"
        found.update(connection.execute(f"SELECT id, kind FROM findings WHERE {of_group}", (group,)))  # noqa: S608 - our own names
    return tuple(sorted(found))


def sizes(connection: sqlite3.Connection, run: int) -> tuple[Size, ...]:
    """How large each list was in a complete run, and is believed to be."""
    return tuple(as_of(connection, SIZES, run))


def stages(connection: sqlite3.Connection, run: int) -> tuple[Stage, ...]:
    return tuple(Stage(name=row.name, people=row.people, leaks=row.leaks) for row in as_of(connection, STAGES, run))


def groups(connection: sqlite3.Connection, run: int) -> tuple[PushedGroup, ...]:
    """By name, then by ids."""
    found = as_of(connection, PUSHED_GROUPS, run)
    return tuple(sorted(found, key=lambda group: (group.name.casefold(), group.group_id, group.mapping_id)))


def rules(connection: sqlite3.Connection, run: int) -> tuple[RuleLine, ...]:
    """By name, then by id."""
    return tuple(sorted(as_of(connection, RULE_LINES, run), key=lambda rule: (rule.name.casefold(), rule.rule_id)))


def _content_at(connection: sqlite3.Connection, finding_id: str, run: int) -> FindingRow:
    row = connection.execute(
        f"SELECT {FINDINGS.listed} FROM findings "  # noqa: S608 - our own names
        "WHERE id = ? AND began <= ? AND (ended IS NULL OR ended > ?)",
        (finding_id, run, run),
    ).fetchone()
    return FINDINGS.decode(row)


_SAME = tuple(name for name in FINDINGS.columns if name not in ("id", "subject_type", "subject_key", "subject_name"))
"""Columns that are fields of a ``Finding`` as they are."""


def _row(finding: Finding) -> FindingRow:
    subject = finding.subject
    return FindingRow(
        id=finding.id,
        subject_type=subject.type,
        subject_key=subject.key,
        subject_name=subject.name,
        **{name: getattr(finding, name) for name in _SAME},
    )


def _finding(row: FindingRow) -> Finding:
    subject = Subject(type=row.subject_type, key=row.subject_key, name=row.subject_name)
    return Finding(subject=subject, **{name: getattr(row, name) for name in _SAME})
