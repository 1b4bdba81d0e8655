"""The integration as Kandji's guide asks for it, on the page of a run."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from reconciler.guide import Seen, answers
from reports.lines import Line, Lines
from reports.report import Report


class SetUpLine(Struct, frozen=True, kw_only=True):
    words: str
    state: Literal["yes", "no", "open"]
    found: tuple[Line, ...] = ()
    """What is found against it."""
    why: str = ""
    """Why it is open, or how it is not well."""


def set_up(report: Report, lines: Lines) -> tuple[SetUpLine, ...]:
    """A line for each thing the guide asks for."""
    shown = {line.id: line for line in lines.every}
    seen = Seen(
        findings=tuple((row.finding, row.life.state) for row in report.rows),
        notes=report.notes,
        sources=report.sources,
        kinds=report.kinds,
        judged=report.data_run is not None and report.data_run.id == report.run.id,
    )
    return tuple(
        SetUpLine(
            words=one.words,
            state=one.state,
            found=tuple(shown[finding.id] for finding in one.found),
            why=one.why,
        )
        for one in answers(seen)
    )
