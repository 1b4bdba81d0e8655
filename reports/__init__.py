"""What every format shows (``report``), and one module a format.

A format is a pure function of a ``Report``: the same report gives the same text, on every machine and at every time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from reports.report import Report

FORMATS: Final = ("html", "terminal", "json", "csv")
"""Modules of this package that have a ``render``; that of ``terminal`` also takes ``width`` and ``color``."""


def file_name(report: Report, ending: str) -> str:
    """``2026-11-23-run-41.csv``: what a page calls the file that holds what does not fit in it."""
    masked = "-redacted" if report.redacted else ""
    return f"{report.run.started:%Y-%m-%d}-run-{report.run.id}{masked}.{ending}"
