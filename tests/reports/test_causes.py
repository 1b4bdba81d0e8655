from __future__ import annotations

from msgspec.structs import replace

from reports.causes import causes, idle
from reports.lines import lines
from tests.reports import factory


def test_a_cause_says_how_many_findings_people_and_groups_are_behind_it() -> None:
    report = factory.report(40)
    (cause,) = causes(lines(report))
    assert cause.words == "14 findings about 14 people in 1 group"
    assert cause.kinds == (("In a pushed group, not assigned to the app", 14),)
    assert (report.counts.causes, report.counts.explained_people) == (1, 14)


def test_a_cause_behind_which_nothing_is_found_stands_all_the_same() -> None:
    assert [line.kind for line in idle(lines(factory.report(40)), factory.KINDS)] == ["mapping-error"]


def test_what_one_persons_finding_explains_makes_it_no_cause() -> None:
    report = factory.report(40)
    leaver = next(row for row in report.rows if row.finding.kind == "left-still-active")
    rows = tuple(replace(row, explains=1, explains_people=1) if row is leaver else row for row in report.rows)
    found = lines(replace(report, rows=rows))
    assert [cause.line.kind for cause in causes(found)] == ["group-feeds-no-assignment"]
    assert leaver.finding.id in {line.id for line in found.shown}
