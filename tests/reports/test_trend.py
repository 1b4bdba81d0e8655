"""The trend: charts on their own scales, gaps, ages, and the table that says the same."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from msgspec.structs import replace

from reconciler.findings import SEVERITIES, Standing, TrendPoint
from reports import html, terminal, trend
from tests.reports import factory


def points(*counts: int | None) -> tuple[TrendPoint, ...]:
    """A run a day with so many critical findings; None: no verdict."""
    return tuple(
        TrendPoint(
            run=at + 1,
            finished=factory.NOW - timedelta(days=len(counts) - 1 - at),
            state="incomplete" if count is None else "drift",
            open=None if count is None else Standing(critical=count),
        )
        for at, count in enumerate(counts)
    )


def test_each_severity_has_a_chart_the_most_severe_first() -> None:
    assert [chart.severity for chart in trend.charts(points(1, 2))] == list(SEVERITIES)


@pytest.mark.parametrize("counts", [(), (3,), (None, 3), (None, None)])
def test_one_verdict_is_no_trend(counts: tuple[int | None, ...]) -> None:
    assert trend.charts(points(*counts)) == ()


def test_a_count_holds_until_the_next_verdict_and_the_most_reaches_the_top() -> None:
    chart = trend.charts(points(0, 4, 2))[0]
    assert chart.line == f"M3 {trend.BASE}H119.5V{trend.TOP}H236V32.5"
    assert chart.end == (236.0, 32.5)
    assert (chart.now, chart.least, chart.most) == (2, 0, 4)
    assert chart.most_on == factory.NOW - timedelta(days=1)


def test_a_severity_that_never_was_lies_on_the_base() -> None:
    assert set(re.findall(r"[V ](\d+)", trend.charts(points(1, 2))[3].line)) == {str(trend.BASE)}


def test_a_run_without_verdict_is_a_gap_and_not_a_zero() -> None:
    given = points(2, None, 2)
    assert trend.gaps(given) == (119.5,)
    assert trend.charts(given)[0].least == 2


def test_runs_of_one_moment_are_drawn_all_the_same() -> None:
    same = tuple(replace(point, finished=factory.NOW) for point in points(1, 2))
    assert trend.charts(same)[0].line == f"M3 {trend._up(1, 2):g}H3V{trend.TOP}"


def test_every_open_finding_has_its_age_once() -> None:
    page = html.prepared(factory.report(500))
    assert sum(band.size for band in page.ages) == len(page.lines.open)


@pytest.mark.parametrize(
    ("minutes", "band"), [(0, 0), (1439, 0), (1440, 1), (7 * 1440, 2), (14 * 1440, 3), (28 * 1440, 4)]
)
def test_a_finding_belongs_to_the_band_of_its_age(minutes: int, band: int) -> None:
    line = html.prepared(factory.report(1)).lines.open[0]
    assert [found.size for found in trend.ages([replace(line, minutes=minutes)])].index(1) == band


def test_bars_of_ages_never_leave_their_track() -> None:
    lines = html.prepared(factory.report(500)).lines.open
    skewed = [replace(lines[0], severity=severity, minutes=1) for severity in SEVERITIES] + [*lines] * 5
    for band in trend.ages(skewed):
        assert all(start + width <= 100.01 for _, start, width in band.bar)


def test_the_page_tells_the_trend_in_a_table_too() -> None:
    report = factory.report(40)
    page = html.render(report)
    section = page[page.index('<section id="trend">') : page.index('<section id="groups">')]
    assert section.count('<svg viewBox="0 0 240 64"') == len(SEVERITIES)
    assert len(re.findall(r'<tr><th scope="row">\d+<td>', section)) == len(report.trend)
    assert "incomplete: no verdict" in section


def test_a_first_run_has_no_trend() -> None:
    for report in (factory.baseline(), factory.failed()):
        assert 'id="trend"' not in html.render(report)


def test_sixty_runs_leave_the_page_of_five_hundred_findings_under_three_hundred_kilobytes() -> None:
    report = factory.report(500)
    first = report.trend[0]
    earlier = tuple(replace(first, finished=first.finished - timedelta(days=30 - at)) for at in range(30))
    assert len(html.render(replace(report, trend=(*earlier, *report.trend))).encode()) < 300_000


def test_the_terminal_shows_how_each_severity_went() -> None:
    report = replace(factory.report(40), trend=points(0, 4, None, 1, 8))
    critical, high, *_ = (
        line for line in terminal.render(report, width=80).splitlines() if re.match("  (crit|high)", line)
    )
    assert critical.endswith("  ▁▅▂█")
    assert high.endswith("  ▁▁▁▁")


def test_a_narrow_terminal_leaves_that_out() -> None:
    assert "▁" not in terminal.render(factory.report(40), width=59)
