"""Writes a report in its formats: into the report folder, or as the text of one format."""

from __future__ import annotations

from pathlib import Path

from reconciler.commands.screen import write_whole
from reconciler.errors import UsageError
from reports import file_name
from reports.report import Report

ENDINGS = {"html": "html", "json": "json", "csv": "csv"}


def text_of(report: Report, form: str, *, width: int = 100, color: bool = False) -> str:
    """The report as ``html``, ``json``, ``csv`` or ``text``; each format is loaded when it is asked for."""
    if form == "html":
        from reports import html

        return html.render(report)
    if form == "json":
        from reports import json

        return json.render(report)
    if form == "csv":
        from reports import csv

        return csv.render(report)
    if form == "action-plan":
        from reports import csv

        return csv.action_plan(report)
    if form == "text":
        from reports import terminal

        return terminal.render(report, width=width, color=color)
    raise UsageError(
        f"A report can't be written as {form}.", next="choose one of text, html, json, csv: reconciler report --help"
    )


def write(
    report: Report, folder: Path, *, formats: tuple[str, ...], mode: int, name: str | None = None
) -> tuple[Path, ...]:
    """Writes the pages of a run and, beside them, the same as ``latest``; returns the paths of the run's own files.

    Redacted pages do not become ``latest``. Each file is whole or not there. Raises StoreError.
    """
    written = []
    for form in formats:
        text = text_of(report, form)
        path = folder / file_name(report, ENDINGS[form])
        write_whole(path, text, mode=mode)
        if not report.redacted:
            write_whole(folder / f"latest.{ENDINGS[form]}", text, mode=mode)
        written.append(path)
    return tuple(written)
