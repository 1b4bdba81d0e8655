"""How many findings were open at each run, by severity."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from reconciler.errors import NotKnown
from reconciler.findings import Standing
from reconciler.store import Store
from tests.store.samples import finding, run_at, save, save_without_data


def counts(store: Store, upto: int, limit: int = 60) -> list[tuple[int, Standing | None]]:
    return [(point.run, point.open) for point in store.trend(upto, limit)]


def test_findings_count_from_the_run_that_found_them_until_the_one_that_did_not(store: Store) -> None:
    for hour, names in enumerate((("ana",), ("ana", "bo"), ("bo",), (), ("ana",))):
        save(store, hour, *(finding(name) for name in names))
    severity = finding("ana").severity
    assert [getattr(point, severity) for _, point in counts(store, 5) if point] == [1, 2, 1, 0, 1]


def test_later_runs_do_not_appear(store: Store) -> None:
    save(store, 0, finding("ana"))
    before = counts(store, 1)
    save(store, 1)
    save(store, 2, finding("bo"))
    assert counts(store, 1) == before
    assert [run for run, _ in counts(store, 2)] == [1, 2]


def test_a_run_without_verdict_is_told_and_counts_nothing(store: Store) -> None:
    save(store, 0, finding("ana"))
    save_without_data(store, 1)
    save(store, 2, finding("ana"))
    assert [point is None for _, point in counts(store, 3)] == [False, True, False]
    assert store.trend(3)[1].state == "incomplete"


def test_settling_findings_do_not_count_until_they_are_open(store: Store) -> None:
    save(store, 0)
    save(store, 1, replace(finding("ana"), settling=True))
    save(store, 2, finding("ana"))
    assert [sum(_numbers(point)) for _, point in counts(store, 3) if point] == [0, 0, 1]


def test_a_finding_counts_under_the_severity_it_had_at_that_run(store: Store) -> None:
    save(store, 0, replace(finding("ana"), severity="low"))
    save(store, 1, replace(finding("ana"), severity="critical"))
    assert counts(store, 2) == [(1, Standing(low=1)), (2, Standing(critical=1))]


def test_what_began_before_the_first_run_told_of_counts_there(store: Store) -> None:
    for hour in range(5):
        save(store, hour, *(finding(f"p{number}") for number in range(hour)))
    assert counts(store, 5, limit=2) == counts(store, 5)[-2:]


def test_the_counts_are_those_of_the_findings_themselves(store: Store) -> None:
    for hour, names in enumerate(("abc", "abd", "d", "abcd", "", "bd")):
        found = (replace(finding(name), settling=name == "d" and hour == 1, severity="low") for name in names)
        save(store, hour, *found)
    for run, point in counts(store, 6):
        standing = [life for _, life in store.findings(run) if life.state not in ("settling", "fixed")]
        assert point == Standing(low=len(standing))


def test_a_run_that_is_not_there_has_no_trend(store: Store) -> None:
    save(store, 0)
    with pytest.raises(NotKnown):
        store.trend(2)


def test_a_point_says_when_its_run_was_finished(store: Store) -> None:
    save(store, 0)
    assert store.trend(1)[0].finished == run_at(0).finished


def _numbers(point: Standing) -> tuple[int, ...]:
    return (point.critical, point.high, point.medium, point.low)
