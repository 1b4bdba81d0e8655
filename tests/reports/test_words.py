from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from reports import words

AT = datetime(2026, 11, 23, 6, 2, 11, tzinfo=UTC)


def test_a_moment_is_absolute_and_utc() -> None:
    there = AT.astimezone(timezone(timedelta(hours=-8)))
    assert words.moment(there) == "Mon 23 Nov 2026, 06:02 UTC"
    assert words.stamp(there) == "2026-11-23T06:02:11Z"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "< 1 min"), (1, "1 min"), (59, "59 min"), (60, "1 h"), (2879, "47 h"), (2880, "2 days"), (28_800, "20 days")],
)
def test_an_age_is_one_unit_rounded_down(minutes: int, said: str) -> None:
    assert words.age(AT - timedelta(minutes=minutes), AT) == said == words.minutes(minutes)


def test_an_age_is_never_negative() -> None:
    assert words.age(AT + timedelta(days=1), AT) == "< 1 min"


@pytest.mark.parametrize(("change", "said"), [(3, "+3"), (-2, "−2"), (0, "±0"), (1200, "+1,200")])
def test_a_change_carries_its_sign(change: int, said: str) -> None:
    assert words.signed(change) == said


@pytest.mark.parametrize(
    ("parts", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_a_list_is_read_aloud(parts: list[str], said: str) -> None:
    assert words.listing(parts) == said
