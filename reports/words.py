"""Numbers, times and ages as people say them. Times are absolute and UTC; ages are counted to a given moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from datetime import date as Day

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""Written out, because ``strftime`` speaks the language of the machine."""

STATES = {"in-step": "In step", "drift": "Drift", "incomplete": "Incomplete", "failed": "Failed"}


def number(value: int) -> str:
    """``12,345``."""
    return f"{value:,}"


def count(value: int, one: str, many: str | None = None) -> str:
    """``1 person``, ``12,345 people``."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def signed(change: int) -> str:
    """``+3``, ``−2`` (a real minus), ``±0``."""
    return "±0" if change == 0 else f"+{change:,}" if change > 0 else f"−{-change:,}"


def moment(when: datetime) -> str:
    """``Mon 23 Nov 2026, 06:02 UTC``."""
    at = when.astimezone(UTC)
    return f"{DAYS[at.weekday()]} {date(at)}, {clock(at)} UTC"


def date(when: Day) -> str:
    """``23 Nov 2026``, of a moment or a day."""
    at = when.astimezone(UTC) if isinstance(when, datetime) else when
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}"


def clock(when: datetime) -> str:
    """``06:02``."""
    at = when.astimezone(UTC)
    return f"{at.hour:02}:{at.minute:02}"


def stamp(when: datetime) -> str:
    """``2026-11-23T06:02:11Z``, to the second."""
    return when.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def span(length: timedelta) -> str:
    """``< 1 min``, ``12 min``, ``5 h``, ``1 day``, ``20 days``: one unit, rounded down."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 1:
        return "< 1 min"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h"
    return count(minutes // (24 * 60), "day")


def age(since: datetime, until: datetime) -> str:
    """How long before ``until``; never less than nothing."""
    return span(max(until - since, timedelta()))


def listing(parts: list[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def minutes(number: int) -> str:
    """``span`` of a number of minutes."""
    return span(timedelta(minutes=number))
