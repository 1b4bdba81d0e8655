"""``run``: the scheduled verb. Pulls, writes the page, and ends with a code that a scheduler understands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reconciler.commands import pages
from reconciler.commands import report as reports_of
from reconciler.commands.exits import first_code
from reconciler.commands.pull import Pulled
from reconciler.errors import ReconcilerError, UsageError
from reconciler.findings import SEVERITIES, Kind
from reconciler.store import Store
from reports.report import Report

FailOn = Literal["never", "new", "critical", "high", "medium", "any"]
FAIL_ON: tuple[FailOn, ...] = ("never", "new", "critical", "high", "medium", "any")
DRIFT = 3


@dataclass(frozen=True, slots=True)
class Written:
    report: Report
    pulled: Pulled
    paths: tuple[Path, ...]
    errors: tuple[ReconcilerError, ...]


def publish(
    store: Store, pulled: Pulled, kinds: Sequence[Kind], *, folder: Path, formats: tuple[str, ...], mode: int
) -> Written:
    """Writes the page of a run, one without verdict too. A page that can't be written is an error beside the others."""
    report = reports_of.build(store, kinds, run_id=pulled.run.id)
    try:
        paths = pages.write(report, folder, formats=formats, mode=mode)
    except ReconcilerError as error:
        return Written(report=report, pulled=pulled, paths=(), errors=(*pulled.errors, error))
    return Written(report=report, pulled=pulled, paths=paths, errors=pulled.errors)


def check_auto(auto: Sequence[str]) -> None:
    """Raises ``UsageError`` where ``--fix`` is given and the configuration names nothing that it may mend."""
    if not auto:
        raise UsageError(
            "run --fix mends the kinds that [fix] auto names, and it names none.",
            why="both are needed, so that neither a flag nor a key alone changes anything.",
            next='set [fix] auto = ["member-not-assigned"], or plan and apply by hand: reconciler plan',
        )


def exit_code(written: Written, fail_on: FailOn) -> int:
    """The code of a run: its errors first, then drift at or above ``fail_on``."""
    codes = [error.exit_code for error in written.errors]
    if is_drift(written.report, fail_on):
        codes.append(DRIFT)
    return first_code(codes)


def is_drift(report: Report, fail_on: FailOn) -> bool:
    """Whether there is drift at or above ``fail_on``. Settling findings don't count; a run without verdict has none."""
    if report.data_run is None or report.data_run.id != report.run.id or fail_on == "never":
        return False
    if fail_on == "new":
        return bool(report.new or report.back)
    worst = len(SEVERITIES) if fail_on == "any" else SEVERITIES.index(fail_on) + 1
    return any(row.finding.severity in SEVERITIES[:worst] for row in reports_of.open_rows(report))
