"""Reading SCIM lists over the wire, from servers of every manner."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconciler.directories.scim_pages import Listing, ListReader, ask
from reconciler.directories.scim_wire import UserRow, read_user
from reconciler.errors import IncompleteRead, NotAllowed, TokenRefused, UnexpectedAnswer, Unreachable
from tests.directories.scim_stand_ins import (
    TOKEN,
    Odd,
    SloppyServer,
    answer,
    client,
    count_of,
    html_404,
    page_of,
    people,
    run,
    scim_error,
    start_of,
)


def read(server: SloppyServer, *, count: int = 10, where: str | None = None, **how: Any) -> Listing[UserRow]:
    async def whole() -> Listing[UserRow]:
        reader = ListReader(
            client(server),
            "Users",
            word="user",
            row=read_user,
            row_id=lambda row: row.user.id,
            count=count,
            **how,
        )
        return await reader.read(where=where)

    return run(whole())


def ids(listing: Listing[UserRow]) -> list[str]:
    return [row.user.id for row in listing.rows]


def once(odd: Odd) -> Odd:
    """``odd`` for the first request to which it answers, and never again."""
    done: list[httpx.Response] = []

    def first(request: httpx.Request) -> httpx.Response | None:
        response = None if done else odd(request)
        if response is not None:
            done.append(response)
        return response

    return first


def from_start(start: int, response: Any) -> Odd:
    return lambda request: response(request) if start_of(request) == start else None


def test_a_list_is_read_page_by_page_to_its_end() -> None:
    server = SloppyServer(people(5), cap=2)

    listing = read(server, count=5)

    assert ids(listing) == ["u1", "u2", "u3", "u4", "u5"]
    assert listing.how_known == "5 users received = totalResults 5, ids unique, nothing after the end"
    assert (listing.pages, listing.page_cap) == (4, 2)
    assert server.asked == [
        "Users?startIndex=1&count=5",
        "Users?startIndex=3&count=5",
        "Users?startIndex=5&count=5",
        "Users?startIndex=6&count=1",
    ]


def test_nobody_is_an_answer_when_the_server_says_so() -> None:
    listing = read(SloppyServer([]))

    assert (listing.rows, listing.how_known) == ((), "0 users received = totalResults 0")


def test_the_accept_header_names_the_scim_media_type_first() -> None:
    server = SloppyServer(people(1))

    read(server)

    assert {call.headers["accept"] for call in server.calls} == {"application/scim+json, application/json;q=0.9"}


def test_a_server_that_gives_the_first_page_for_ever_is_incomplete_and_not_a_short_list() -> None:
    server = SloppyServer(odd=lambda request: page_of(people(25)[:20], 25, itemsPerPage=20))

    with pytest.raises(IncompleteRead) as caught:
        read(server)

    assert "20 different users received, totalResults 25" in str(caught.value)
    assert "a page came twice" in "\n".join(caught.value.lines())
    assert len(server.calls) == 6


def test_a_server_that_starts_over_after_the_end_is_read_whole() -> None:
    everybody = people(25)
    server = SloppyServer(everybody, cap=20, odd=from_start(26, lambda request: page_of(everybody[:20], 25)))

    assert len(read(server, count=20).rows) == 25


def test_a_server_that_ignores_start_and_count_is_read_whole_when_it_gives_everything() -> None:
    server = SloppyServer(odd=lambda request: page_of(people(7), 7))

    assert len(read(server, count=2).rows) == 7


def test_a_server_that_counts_only_the_page_is_incomplete() -> None:
    def counts_its_page(request: httpx.Request) -> httpx.Response:
        rows = people(5)[start_of(request) - 1 :][:2]
        return page_of(rows, len(rows))

    with pytest.raises(IncompleteRead):
        read(SloppyServer(odd=counts_its_page), count=2)


@pytest.mark.parametrize("status", [400, 404, 501])
def test_a_server_that_refuses_what_lies_after_the_end_is_read_whole(status: int) -> None:
    server = SloppyServer(people(4), odd=from_start(5, lambda request: scim_error(status)))

    listing = read(server)

    assert listing.how_known == "4 users received = totalResults 4, ids unique"


def test_a_total_that_moves_once_makes_the_list_be_read_again() -> None:
    moved = once(from_start(3, lambda request: page_of(people(5)[2:4], 6)))
    server = SloppyServer(people(5), cap=2, odd=moved)

    listing = read(server, count=2)

    assert len(listing.rows) == 5
    assert "(read 2 times: totalResults moved from 5 to 6" in listing.how_known


def test_a_total_that_always_moves_is_incomplete_after_three_readings() -> None:
    def shrinking(request: httpx.Request) -> httpx.Response:
        rows = people(6)[start_of(request) - 1 :][:2]
        return page_of(rows, 7 - start_of(request))

    server = SloppyServer(odd=shrinking)

    with pytest.raises(IncompleteRead) as caught:
        read(server, count=2)

    assert ("read", "3 times from the start") in caught.value.facts
    assert [call.url.params["startIndex"] for call in server.calls].count("1") == 3


def test_two_agreeing_readings_end_it_where_pages_always_overlap() -> None:
    def overlapping(request: httpx.Request) -> httpx.Response:
        first = max(0, start_of(request) - 2)
        return page_of(people(5)[first : first + 3], 5)

    listing = read(SloppyServer(odd=overlapping), count=3)

    assert len(listing.rows) == 5
    assert "each id counted once" in listing.how_known
    assert "two readings agreed" in listing.how_known


def test_a_duplicate_that_hides_a_lost_row_is_incomplete() -> None:
    def lost(request: httpx.Request) -> httpx.Response:
        rows = [*people(3), people(3)[2], *people(6)[4:]]
        return page_of(rows[start_of(request) - 1 :][:2], 6)

    with pytest.raises(IncompleteRead) as caught:
        read(SloppyServer(odd=lost), count=2)

    assert "an id came twice" in "\n".join(caught.value.lines())


def test_a_page_that_is_repeated_once_gives_the_same_list() -> None:
    repeated = once(from_start(3, lambda request: page_of(people(5)[:2], 5)))

    assert len(read(SloppyServer(people(5), cap=2, odd=repeated), count=2).rows) == 5


def test_cursors_are_used_where_the_server_offers_them() -> None:
    pages = {"": ("u1", "next~2"), "next~2": ("u2", "next~3"), "next~3": ("u3", None)}

    def by_cursor(request: httpx.Request) -> httpx.Response:
        row_id, following = pages[request.url.params["cursor"]]
        return page_of([{"id": row_id}], None, **({"nextCursor": following} if following else {}))

    server = SloppyServer(odd=by_cursor)
    listing = read(server, by_cursor=True)

    assert ids(listing) == ["u1", "u2", "u3"]
    assert listing.how_known == "3 users received, the last page named no next cursor, ids unique"
    assert server.asked[0] == "Users?cursor=&count=10"


def test_an_endless_cursor_is_incomplete() -> None:
    server = SloppyServer(odd=lambda request: page_of(people(2), None, nextCursor="again"))

    with pytest.raises(IncompleteRead):
        read(server, by_cursor=True, by_index=False)


def test_a_cursor_that_dies_half_way_makes_the_list_be_read_again() -> None:
    def dying(request: httpx.Request) -> httpx.Response | None:
        cursor = request.url.params.get("cursor")
        if cursor == "":
            return page_of(people(4)[:2], 4, nextCursor="x")
        return scim_error(400, scim_type="expiredCursor") if cursor == "x" else None

    listing = read(SloppyServer(people(4), odd=dying), by_cursor=True)

    assert len(listing.rows) == 4
    assert "gave up its cursor" in listing.how_known


def test_a_list_without_a_total_and_without_a_cursor_is_an_error() -> None:
    with pytest.raises(UnexpectedAnswer, match="without `totalResults`"):
        read(SloppyServer(odd=lambda request: page_of(people(2), None)))


def test_a_page_size_that_is_refused_falls_back_to_a_hundred() -> None:
    def strict(request: httpx.Request) -> httpx.Response | None:
        return scim_error(400, "count is too large", "invalidValue") if count_of(request) > 100 else None

    server = SloppyServer(people(150), odd=strict)

    assert len(read(server, count=1000).rows) == 150
    assert server.asked[:2] == ["Users?startIndex=1&count=1000", "Users?startIndex=1&count=100"]


def test_a_page_that_times_out_falls_back_to_a_hundred() -> None:
    def slow(request: httpx.Request) -> httpx.Response | None:
        if count_of(request) > 100:
            raise httpx.ReadTimeout("too slow", request=request)
        return None

    assert len(read(SloppyServer(people(3), odd=slow), count=1000).rows) == 3


def test_a_filter_is_sent_percent_encoded_and_needs_no_page_after_the_end() -> None:
    server = SloppyServer(people(1))

    read(server, where='userName eq "a+b\'&#%@x é"')

    assert server.asked == ["Users?startIndex=1&count=10&filter=userName%20eq%20%22a%2Bb%27%26%23%25%40x%20%C3%A9%22"]


@pytest.mark.parametrize("start", [1, 3, 5, 6])
@pytest.mark.parametrize("status", [429, 500, 503])
def test_one_passing_fault_on_any_page_changes_nothing(start: int, status: int) -> None:
    server = SloppyServer(people(5), cap=2, odd=once(from_start(start, lambda request: scim_error(status))))

    assert len(read(server, count=2).rows) == 5
    assert len(server.calls) == 5


@pytest.mark.parametrize("start", [1, 3])
def test_a_lasting_fault_on_a_page_is_unreachable(start: int) -> None:
    server = SloppyServer(people(5), cap=2, odd=from_start(start, lambda request: scim_error(500)))

    with pytest.raises(Unreachable):
        read(server, count=2)


@pytest.mark.parametrize("start", [1, 3])
def test_a_web_page_instead_of_a_page_of_people_is_an_error(start: int) -> None:
    def portal(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, html="<html><title>Sign in</title></html>")

    with pytest.raises(UnexpectedAnswer, match="Sign in"):
        read(SloppyServer(people(5), cap=2, odd=from_start(start, portal)), count=2)


def test_a_web_page_with_404_says_that_the_base_url_is_wrong() -> None:
    with pytest.raises(UnexpectedAnswer) as caught:
        read(SloppyServer(odd=lambda request: html_404()))

    assert "base URL is wrong" in "\n".join(caught.value.lines())


def test_a_404_in_json_for_a_whole_list_says_so_and_is_not_an_empty_list() -> None:
    with pytest.raises(UnexpectedAnswer, match="no /Users at this address"):
        read(SloppyServer(odd=lambda request: scim_error(404)))


@pytest.mark.parametrize(("status", "kind"), [(401, TokenRefused), (403, NotAllowed)])
def test_a_refusal_is_told_from_an_empty_list(status: int, kind: type[Exception]) -> None:
    with pytest.raises(kind) as caught:
        read(SloppyServer(odd=lambda request: httpx.Response(status)))

    assert TOKEN not in str(vars(caught.value))


def test_a_body_cut_short_for_good_is_unreachable() -> None:
    cut = httpx.Response(200, content=b'{"totalResults": 1, "Resour', headers={"Content-Type": "application/json"})

    with pytest.raises(Unreachable):
        read(SloppyServer(odd=lambda request: cut))


def test_ask_sends_no_question_mark_where_there_is_nothing_to_ask() -> None:
    server = SloppyServer(odd=lambda request: answer({}))

    run(ask(client(server), "ServiceProviderConfig", {}))

    assert server.asked == ["ServiceProviderConfig"]
