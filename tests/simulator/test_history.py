"""Lived days: a look each morning, quiet weekends, drift that comes and goes, and all of it there in the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise

import pytest

from reconciler.simulator.company import Company, Expected, Look, found, lived
from reconciler.simulator.company.history import IN_KANDJI, IN_OKTA
from tests.simulator.company_raw import read
from tests.simulator.company_reading import Reading

NOW = datetime(2026, 3, 18, 14, 20, tzinfo=UTC)
"""A Wednesday."""
DAYS = 10
KINDS = {*IN_OKTA, *IN_KANDJI}


@dataclass(frozen=True)
class Seen:
    """What a look saw: when, how many SCIM requests Okta had sent by then, and the truth."""

    look: Look
    requests: int
    truth: frozenset[Expected]


@cache
def history(seed: int = 1, now: datetime = NOW) -> tuple[Company, tuple[Seen, ...]]:
    """Lived once for all tests, which only look at it."""
    company = found(seed, 80, 9, now=now)
    seen = [
        Seen(look, company.provisioner.scim.requests, frozenset(company.truth)) for look in lived(company, days=DAYS)
    ]
    return company, tuple(seen)


def test_the_company_is_looked_at_each_morning_and_never_out_of_turn() -> None:
    _, seen = history()
    moments = [one.look.at for one in seen]
    assert moments == sorted(moments)
    assert [moment for moment in moments if moment.hour == 6] == [
        datetime(2026, 3, 9 + day, 6, tzinfo=UTC) for day in range(DAYS)
    ]


@pytest.mark.parametrize(
    ("now", "last"), [((18, 9, 39), (17, 6)), ((18, 9, 40), (18, 6)), ((18, 0, 5), (17, 6)), ((15, 23, 0), (15, 6))]
)
def test_the_last_morning_leaves_room_for_what_happens_after_it(
    now: tuple[int, int, int], last: tuple[int, int]
) -> None:
    company = found(3, 80, 9, now=datetime(2026, 3, *now, tzinfo=UTC))
    *_, look = lived(company, days=2)
    assert look.at == datetime(2026, 3, *last, tzinfo=UTC)
    assert company.clock.now() == company.now


def test_at_weekends_nothing_is_sent_and_nothing_changes() -> None:
    _, seen = history()
    days = {
        one.look.at.strftime("%a"): one for one in seen if one.look.at.hour == 6 and one.look.at.day in (14, 15, 16)
    }
    assert days["Sat"].requests == days["Sun"].requests == days["Mon"].requests
    assert days["Sat"].truth == days["Mon"].truth


def test_in_the_end_every_kind_of_drift_is_there() -> None:
    company, _ = history()
    assert {row.kind for row in company.truth} >= KINDS


def test_drift_begins_on_different_days() -> None:
    _, seen = history()
    kinds = [{row.kind for row in one.truth} for one in seen]
    begins = {slug: min((at for at, found in enumerate(kinds) if slug in found), default=len(kinds)) for slug in KINDS}
    assert len(set(begins.values())) >= 5


def test_some_drift_is_mended_on_the_way_and_some_of_that_comes_back() -> None:
    company, seen = history()
    rows = [*(one.truth for one in seen), frozenset(company.truth)]
    subjects = [{(row.kind, row.subject) for row in found} for found in rows]
    mended = {one for before, after in pairwise(subjects) for one in before - after}
    again = {one for one in mended if one in subjects[-1]}
    assert len({kind for kind, _ in mended}) >= 3
    assert again


def test_the_ledger_says_in_the_end_what_the_raw_answers_show() -> None:
    company, _ = history()
    assert Reading(read(company)).seen() == {(row.kind, row.subject) for row in company.truth if row.kind in KINDS}


def test_before_the_end_nothing_happens_for_two_hours() -> None:
    company, _ = history()
    moments = [person.last_updated for person in company.org.users.values()]
    moments += [mapping.last_updated for mapping in company.org.app.mappings.values()]
    moments += [row.last_updated for row in company.org.app.users.values()]
    assert company.now - max(moments) >= timedelta(hours=2)


def test_one_morning_a_service_can_not_be_reached() -> None:
    _, seen = history()
    assert [one.look.down for one in seen if one.look.down] == ["okta"]


def test_the_same_seed_gives_the_same_history() -> None:
    company = found(1, 80, 9, now=NOW)
    again = [frozenset(company.truth) for _ in lived(company, days=DAYS)]
    assert again == [one.truth for one in history()[1]]


def test_a_company_that_is_too_small_says_so() -> None:
    company = found(1, 4, 2, now=NOW)
    with pytest.raises(LookupError):
        list(lived(company, days=3))
