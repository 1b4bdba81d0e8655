"""One way through a SCIM list: what is asked next, and whether it added up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from reconciler.directories import scim_reading
from reconciler.directories.scim_reading import Reading, how_known


def test_the_next_index_counts_what_was_received_and_not_what_was_asked_for() -> None:
    reading = Reading(count=5)

    reading.take(4, ["a", "b"], None)

    assert reading.asks == {"startIndex": 3}
    assert reading.capped == 2


def test_one_more_page_is_asked_after_the_end() -> None:
    reading = Reading(count=5)
    reading.take(2, ["a", "b"], None)

    assert (reading.asks, reading.past_end) == ({"startIndex": 3}, True)
    reading.take(2, [], None)

    assert (reading.asks, reading.clean, reading.confirmed) == (None, True, True)
    assert how_known("user", [reading]) == ("2 users received = totalResults 2, ids unique, nothing after the end")


def test_an_empty_list_needs_one_request() -> None:
    reading = Reading(count=5)

    reading.take(0, [], None)

    assert (reading.asks, reading.clean, reading.unique) == (None, True, 0)


def test_a_total_that_counts_only_its_page_is_found_out() -> None:
    reading = Reading(count=2)
    reading.take(2, ["a", "b"], None)

    reading.take(2, ["c"], None)

    assert reading.asks is None
    assert not reading.adds_up


def test_a_server_that_starts_over_after_the_end_does_no_harm() -> None:
    reading = Reading(count=2)
    reading.take(2, ["a", "b"], None)

    reading.take(2, ["a"], None)

    assert reading.clean


def test_a_page_that_comes_twice_ends_the_reading() -> None:
    reading = Reading(count=2)
    reading.take(5, ["a", "b"], None)

    reading.take(5, ["a", "b"], None)

    assert reading.asks is None
    assert (reading.adds_up, reading.troubles) == (False, ["a page came twice"])


def test_an_empty_page_before_the_end_does_not_add_up() -> None:
    reading = Reading(count=2)
    reading.take(5, ["a", "b"], None)

    reading.take(5, [], None)

    assert reading.asks is None
    assert not reading.adds_up


def test_a_total_that_moves_is_trouble_even_when_it_adds_up_in_the_end() -> None:
    reading = Reading(count=2)
    reading.take(3, ["a", "b"], None)
    reading.take(4, ["c", "d"], None)
    reading.take(4, [], None)

    assert (reading.adds_up, reading.clean) == (True, False)
    assert reading.troubles == ["totalResults moved from 3 to 4"]


def test_a_total_that_shrinks_below_what_came_does_not_add_up() -> None:
    reading = Reading(count=2)
    reading.take(5, ["a", "b"], None)

    reading.take(3, ["c", "d"], None)

    assert reading.asks is None
    assert not reading.adds_up


def test_an_id_that_comes_twice_is_trouble() -> None:
    reading = Reading(count=2)
    reading.take(3, ["a", "b"], None)
    reading.take(3, ["b", "c"], None)
    reading.take(3, [], None)

    assert (reading.adds_up, reading.clean, reading.troubles) == (True, False, ["an id came twice"])


def test_cursors_are_followed_to_the_page_that_names_none() -> None:
    reading = Reading(count=2, by_cursor=True)
    asked = [reading.asks]
    for ids, following in ((["a", "b"], "x"), (["c"], None)):
        reading.take(None, ids, following)
        asked.append(reading.asks)

    assert asked == [{"cursor": ""}, {"cursor": "x"}, None]
    assert (reading.clean, reading.unique) == (True, 3)
    assert "named no next cursor" in how_known("user", [reading])


def test_a_server_that_answers_an_index_with_a_cursor_is_followed() -> None:
    reading = Reading(count=2)

    reading.take(3, ["a", "b"], "x")

    assert reading.asks == {"cursor": "x"}


def test_a_cursor_that_comes_twice_ends_the_reading() -> None:
    reading = Reading(count=2, by_cursor=True)
    reading.take(None, ["a"], "x")

    reading.take(None, ["b"], "x")

    assert (reading.asks, reading.adds_up) == (None, False)


def test_endless_new_cursors_without_rows_end_the_reading() -> None:
    reading = Reading(count=2, by_cursor=True)
    reading.take(None, ["a"], "x0")

    for number in range(1, 10):
        if reading.asks is not None:
            reading.take(None, [], f"x{number}")

    assert (reading.asks, reading.adds_up) == (None, False)


def test_endless_new_rows_by_cursor_end_where_the_total_is_passed() -> None:
    reading = Reading(count=1, by_cursor=True)
    pages = 0

    while reading.asks is not None:
        pages += 1
        reading.take(3, [f"u{pages}"], f"x{pages}")

    assert (pages, reading.adds_up) == (4, False)


def test_endless_new_rows_without_a_total_end_some_day() -> None:
    reading = Reading(count=1, by_cursor=True)
    pages = 0

    while reading.asks is not None:
        pages += 1
        reading.take(None, [f"u{pages}"], f"x{pages}")

    assert (pages, reading.adds_up) == (scim_reading.MOST_PAGES, False)


def test_a_total_that_runs_ahead_ends_the_reading() -> None:
    reading = Reading(count=1)
    pages = 0

    while reading.asks is not None:
        pages += 1
        reading.take(pages + 5, [f"u{pages}"], None)

    assert pages < 50
    assert not reading.adds_up


@given(rows=some.integers(0, 60), cap=some.integers(1, 9), count=some.integers(1, 20))
def test_every_list_of_a_lawful_server_is_read_whole_whatever_its_page_cap(rows: int, cap: int, count: int) -> None:
    people = [f"u{number}" for number in range(rows)]
    reading = Reading(count=count)

    while reading.asks is not None:
        first = int(reading.asks["startIndex"]) - 1
        reading.take(rows, people[first : first + min(cap, count)], None)

    assert reading.clean
    assert reading.ids == set(people)


@given(
    rows=some.integers(1, 40),
    cap=some.integers(1, 9),
    lost=some.integers(0, 39),
)
def test_a_row_that_is_left_out_anywhere_never_looks_whole(rows: int, cap: int, lost: int) -> None:
    people = [f"u{number}" for number in range(rows) if number != lost % rows]
    reading = Reading(count=cap)

    while reading.asks is not None:
        first = int(reading.asks["startIndex"]) - 1
        reading.take(rows, people[first : first + cap], None)

    assert not reading.adds_up
