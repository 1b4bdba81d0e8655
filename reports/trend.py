"""How the number of open findings went, and how old they are: the geometry of small charts, and their words.

A chart is a line of steps over time: a count holds until the next run that gave a verdict. Each severity has a scale of
its own, so that one critical finding is not lost beside a hundred low ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from reconciler.findings import SEVERITIES, TrendPoint
from reports.lines import Line

WIDE, HIGH = 240, 64
TOP, BASE = 5, 60
"""Where the largest count and where nothing is drawn."""
SMALLEST = 1.0
"""Percent of a bar that even one finding gets, so that it can be seen."""
DAY = 24 * 60
BANDS: tuple[tuple[str, int], ...] = (
    ("less than a day", DAY),
    ("1 to 6 days", 7 * DAY),
    ("1 to 2 weeks", 14 * DAY),
    ("2 to 4 weeks", 28 * DAY),
    ("longer", 2**62),
)
"""Words, and before how many minutes a finding belongs there."""


class Chart(Struct, frozen=True, kw_only=True):
    """One severity over time, in a box of WIDE by HIGH."""

    severity: str
    now: int
    least: int
    most: int
    most_on: datetime
    """When it was last as many."""
    line: str
    """A path of steps."""
    area: str
    """The same, closed at the base."""
    end: tuple[float, float]


class Band(Struct, frozen=True, kw_only=True):
    """Open findings of about the same age."""

    words: str
    sizes: tuple[tuple[str, int], ...]
    """(severity, findings) of every severity."""
    bar: tuple[tuple[str, float, float], ...]
    """(severity, start, width) in percent; the fullest band is as wide as the track."""

    @property
    def size(self) -> int:
        return sum(size for _, size in self.sizes)


def charts(points: Sequence[TrendPoint]) -> tuple[Chart, ...]:
    """One chart a severity, the most severe first; none before two runs gave a verdict."""
    told = [point for point in points if point.open is not None]
    if len(told) < 2:
        return ()
    return tuple(_chart(severity, points, told) for severity in SEVERITIES)


def gaps(points: Sequence[TrendPoint]) -> tuple[float, ...]:
    """Where on the way runs gave no verdict."""
    return tuple(_across(point.finished, points) for point in points if point.open is None)


def _chart(severity: str, points: Sequence[TrendPoint], told: Sequence[TrendPoint]) -> Chart:
    counts = [int(getattr(point.open, severity)) for point in told]
    most = max(counts)
    places = [(_across(point.finished, points), _up(count, most)) for point, count in zip(told, counts, strict=True)]
    first, end = places[0], places[-1]
    line = f"M{_at(first[0])} {_at(first[1])}" + "".join(f"H{_at(x)}V{_at(y)}" for x, y in places[1:])
    return Chart(
        severity=severity,
        now=counts[-1],
        least=min(counts),
        most=most,
        most_on=max(point.finished for point, count in zip(told, counts, strict=True) if count == most),
        line=line,
        area=f"{line}V{BASE}H{_at(first[0])}Z",
        end=end,
    )


def _across(when: datetime, points: Sequence[TrendPoint]) -> float:
    """From 3 at the first run to WIDE - 4 at the last; runs of one moment stand side by side."""
    span = (points[-1].finished - points[0].finished) or timedelta(seconds=1)
    share = min(1.0, max(0.0, (when - points[0].finished) / span))
    return round(3 + share * (WIDE - 7), 1)


def _up(count: int, most: int) -> float:
    return round(BASE - (BASE - TOP) * count / max(most, 1), 1)


def _at(value: float) -> str:
    return f"{value:g}"


def ages(lines: Sequence[Line]) -> tuple[Band, ...]:
    """Open findings by the time since they were first seen, the youngest band first."""
    by: list[Counter[str]] = [Counter() for _ in BANDS]
    for line in lines:
        by[next(at for at, (_, before) in enumerate(BANDS) if line.minutes < before)][line.severity] += 1
    fullest = max((counted.total() for counted in by), default=0)
    return tuple(
        Band(
            words=words,
            sizes=tuple((severity, counted[severity]) for severity in SEVERITIES),
            bar=_bar(counted, fullest),
        )
        for (words, _), counted in zip(BANDS, by, strict=True)
    )


def _bar(counted: Counter[str], fullest: int) -> tuple[tuple[str, float, float], ...]:
    parts: list[tuple[str, float, float]] = []
    start = 0.0
    for severity in SEVERITIES:
        if counted[severity]:
            width = min(max(SMALLEST, 100 * counted[severity] / fullest), 100 - start)
            parts.append((severity, round(start, 2), round(width, 2)))
            start += width
    return tuple(parts)
