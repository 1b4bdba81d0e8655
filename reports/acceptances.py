"""What somebody answers for, in words: which acceptances end soon, have ended or cover nothing."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from reconciler.findings import Acceptance
from reports.report import Report
from reports.words import count, date

SOON_DAYS = 14
"""An acceptance that ends within so many days is told beforehand."""

State = Literal["in force", "ends soon", "expired", "matches nothing"]


class AcceptanceLine(Struct, frozen=True, kw_only=True):
    """An acceptance as the report tells it."""

    acceptance: Acceptance
    findings: int
    """How many stand under it; of an expired one, how many are findings again."""
    state: State
    days: int
    """Days until its last day, as of the data that are shown; below nothing once it is over."""

    @property
    def words(self) -> str:
        """``until 2 Dec 2026, by IT operations: Their Macs arrive in January``."""
        return f"until {date(self.acceptance.until)}, by {self.acceptance.owner}: {self.acceptance.reason}"

    @property
    def patterns(self) -> tuple[tuple[str, str], ...]:
        """(what, pattern) of everything that must match."""
        one = self.acceptance
        told = (("finding", one.finding), ("kind", one.kind), ("person", one.person), ("group", one.group))
        return tuple((what, pattern) for what, pattern in told if pattern is not None)

    @property
    def ending(self) -> str:
        """``ends in 9 days``, ``ends today``, ``ended 3 days ago``."""
        if self.days < 0:
            return f"ended {count(-self.days, 'day')} ago"
        return f"ends in {count(self.days, 'day')}" if self.days else "ends today"

    @property
    def effect(self) -> str:
        """What that means for findings: ``25 findings stand under it``, ``2 findings are findings again``."""
        if not self.findings:
            return (
                "nothing is left of what it covered" if self.state == "expired" else "no finding of this run is covered"
            )
        if self.state == "expired":
            return f"{count(self.findings, 'finding is a finding', 'findings are findings')} again"
        return count(self.findings, "finding stands under it", "findings stand under it")

    @property
    def urgent(self) -> bool:
        """Whether somebody must decide: findings come back soon, or have come back."""
        return self.findings > 0 and self.state in ("ends soon", "expired")


def acceptance_lines(report: Report) -> tuple[AcceptanceLine, ...]:
    """Every acceptance the run knew, by the day on which it ends; days are counted from that of the data."""
    day = (report.data_run or report.run).finished.date()
    made = []
    for one in report.accepted:
        days = (one.acceptance.until - day).days
        state: State = (
            "expired"
            if one.expired
            else "matches nothing"
            if not one.findings
            else "ends soon"
            if days <= SOON_DAYS
            else "in force"
        )
        made.append(AcceptanceLine(acceptance=one.acceptance, findings=one.findings, state=state, days=days))
    return tuple(made)
