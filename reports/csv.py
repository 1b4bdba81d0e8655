"""Tables for spreadsheets: the findings, and an action plan to fill in.

A cell that a spreadsheet would take for a formula is led by an apostrophe (OWASP, CSV Injection); UTF-8 with a byte
order mark and CRLF, which Excel needs to see letters and lines.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from reports.links import ids
from reports.report import Report, Row
from reports.text import visible
from reports.words import stamp

BOM = "\ufeff"
FORMULA = re.compile(r"\s*[=+\-@|%＝＋－＠]")

FINDINGS = (
    "finding", "severity", "state", "kind", "problem", "person", "subject", "groups", "sentence", "cause", "explains",
    "first seen (UTC)", "last seen (UTC)", "times seen", "accepted", "okta user id", "kandji scim id",
)  # fmt: skip
ACTION_PLAN = (
    "finding", "severity", "kind", "who or what", "problem", "groups", "cause", "explains", "open since (UTC)",
    "how to mend", "owner", "due", "decision", "ticket",
)  # fmt: skip


def render(report: Report) -> str:
    """Open, settling and accepted findings, then those fixed in this run; one line each."""
    return _table(FINDINGS, (_finding(report, row) for row in (*report.rows, *report.fixed)))


def action_plan(report: Report) -> str:
    """Open findings, causes first, with empty columns for owner, due, decision and ticket."""
    return _table(ACTION_PLAN, (_action(report, row) for row in report.rows if row.life.stands))


def _finding(report: Report, row: Row) -> list[str]:
    finding, life = row.finding, row.life
    named = ids(finding.subject.key)
    return [
        finding.id,
        finding.severity,
        life.state,
        finding.kind,
        _titles(report).get(finding.kind, finding.kind),
        finding.person or "",
        finding.subject.name,
        _groups(row),
        finding.sentence,
        finding.cause or "",
        str(row.explains or ""),
        stamp(life.first_seen),
        stamp(life.last_seen),
        str(life.times_seen),
        finding.accepted or "",
        named.get("user", ""),
        named.get("account", ""),
    ]


def _action(report: Report, row: Row) -> list[str]:
    finding = row.finding
    mend = next((kind.mend for kind in report.kinds if kind.slug == finding.kind), "")
    return [
        finding.id,
        finding.severity,
        finding.kind,
        finding.person or finding.subject.name,
        _titles(report).get(finding.kind, finding.kind),
        _groups(row),
        finding.cause or "",
        str(row.explains or ""),
        stamp(row.life.first_seen),
        mend,
        "",
        "",
        "",
        "",
    ]


def _titles(report: Report) -> dict[str, str]:
    return {kind.slug: kind.title for kind in report.kinds}


def _groups(row: Row) -> str:
    return "; ".join(name for _, name in row.finding.groups)


def _table(head: Sequence[str], lines: Iterable[list[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([safe(cell) for cell in line] for line in lines)
    return BOM + out.getvalue()


def safe(cell: str) -> str:
    """``cell`` as text that no spreadsheet calculates, with odd characters written out."""
    shown = visible(cell) if cell else ""
    return f"'{shown}" if FORMULA.match(shown) else shown
