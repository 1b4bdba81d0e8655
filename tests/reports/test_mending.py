from __future__ import annotations

from reports.lines import lines
from reports.mending import entries
from tests.reports import factory


def test_only_kinds_found_have_an_entry_and_accepted_ones_count_as_found() -> None:
    report = factory.report(40)
    made = entries(lines(report), report.kinds)
    assert {entry.kind.slug for entry in made} == {row.finding.kind for row in report.rows}
    assert sum(entry.findings for entry in made) == len(report.rows)
    assert "group-unmanaged" in {row.finding.kind for row in report.rows if row.life.state == "accepted"}


def test_an_entry_names_a_finding_to_look_at() -> None:
    report = factory.report(40)
    first = next(entry for entry in entries(lines(report), report.kinds) if entry.kind.slug == "mapping-error")
    row = next(row for row in report.rows if row.finding.kind == "mapping-error")
    assert first.explain == f"reconciler explain {row.finding.id}"
