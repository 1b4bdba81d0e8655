"""One list, read whole: links, torn reads, page sizes that fall."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec
import pytest

from reconciler.directories.answers import Answer
from reconciler.directories.http import Policy
from reconciler.directories.okta_pages import Listing, PageSize, carry, next_link, read_list
from reconciler.errors import IncompleteRead, NotAllowed, ReadFailed, UnexpectedAnswer, Unreachable
from tests.directories.stand_in import ORG, Respond, Service, answer, client, okta_error, run, then

PATH = "/api/v1/groups/00g1/users"


class Row(msgspec.Struct, frozen=True):
    id: str


def rows(*ids: int) -> list[dict[str, str]]:
    return [{"id": str(one)} for one in ids]


def links(**targets: str) -> list[tuple[str, str]]:
    return [("link", f'<{url}>; rel="{rel}"') for rel, url in targets.items()]


def paged(pages: list[list[int]], *, limit: int = 3, ends_on_itself: bool = False) -> Respond:
    """A list in fixed pages; the last one may name itself as the next, as some of Okta's do."""

    def respond(request: httpx.Request) -> httpx.Response:
        number = int(request.url.params.get("after", 0))
        here = f"{ORG}{PATH}?after={number}&limit={limit}"
        following = f"{ORG}{PATH}?after={number + 1}&limit={limit}"
        is_last = number + 1 == len(pages)
        named = {"next": here if number else f"{ORG}{PATH}?limit={limit}"} if is_last and ends_on_itself else {}
        named = named if is_last else {"next": following}
        return answer(rows(*pages[number]), headers=links(self=here, **named))

    return respond


def read(respond: Respond | Service, *, limit: int = 3, count: int | None = None, **more: Any) -> Listing[Row]:
    http = client(respond, policy=Policy(attempts=3))
    return run(read_list(http.get, PATH, {"limit": limit, **more}, Row, what="members", count=count))


def ids(listing: Listing[Row]) -> list[int]:
    return [int(row.id) for row in listing.rows]


def of(headers: list[tuple[str, str]]) -> Answer:
    return Answer(status=200, headers=httpx.Headers(headers), content=b"[]", url=httpx.URL(f"{ORG}{PATH}?limit=3"))


@pytest.mark.parametrize(
    "headers",
    [
        [("link", f'<{ORG}/a>; rel="self"'), ("link", f'<{ORG}/b?after=x>; rel="next"')],
        [("link", f'<{ORG}/b?after=x>; rel="next"'), ("link", f'<{ORG}/a>; rel="self"')],
        [("link", f'<{ORG}/a>; rel="self", <{ORG}/b?after=x>; rel="next"')],
        [("Link", f"<{ORG}/b?after=x>;rel=next")],
        [("link", f'<{ORG}/b?after=x>; title="a, b; rel=self"; rel="last next"')],
        [("link", f'<{ORG}/b?after=x>; REL="Next"')],
        [("link", "</b?after=x>; rel=next")],
        [("link", f'<{ORG}/b?after=x>; rel="next"'), ("link", f'<{ORG}/b?after=x>; rel="next"')],
    ],
)
def test_the_next_page_is_found_however_the_header_is_written(headers: list[tuple[str, str]]) -> None:
    assert next_link(of(headers)) == f"{ORG}/b?after=x"


@pytest.mark.parametrize("headers", [[], [("link", f'<{ORG}/a>; rel="self"')], [("link", f'<{ORG}/a>; rel="nextish"')]])
def test_a_list_without_a_next_link_has_ended(headers: list[tuple[str, str]]) -> None:
    assert next_link(of(headers)) is None


def test_two_different_next_links_are_an_error() -> None:
    with pytest.raises(UnexpectedAnswer):
        next_link(of([("link", f"<{ORG}/a>; rel=next"), ("link", f"<{ORG}/b>; rel=next")]))


@pytest.mark.parametrize(
    ("url", "carried"),
    [
        (f"{ORG}/x?after=a%2Bb+c", f"{ORG}/x?after=a%2Bb+c&limit=3&expand=group-rules"),
        (f"{ORG}/x?after=1&limit=200", f"{ORG}/x?after=1&limit=200&expand=group-rules"),
        (f"{ORG}/x?expand=other&limit=1", f"{ORG}/x?expand=other&limit=1"),
        (f"{ORG}/x", f"{ORG}/x?limit=3&expand=group-rules"),
    ],
)
def test_limit_and_expand_are_put_back_and_nothing_else_changes(url: str, carried: str) -> None:
    assert carry(url, {"limit": 3, "expand": "group-rules", "search": "lost"}) == carried


def test_every_page_is_read_and_carries_limit_and_expand() -> None:
    service = Service(paged([[1, 2, 3], [4, 5, 6], [7]]))
    assert ids(read(service, expand="group-rules")) == [1, 2, 3, 4, 5, 6, 7]
    assert all("limit=3" in one and "expand=group-rules" in one for one in service.asked)
    assert len(service.requests) == 3


@pytest.mark.parametrize("pages", [[[1, 2, 3], [4]], [[1]], [[]], [[1, 2, 3], []]])
def test_a_next_link_that_names_its_own_page_is_the_end(pages: list[list[int]]) -> None:
    service = Service(paged(pages, ends_on_itself=True))
    assert ids(read(service)) == [one for rows_of in pages for one in rows_of]
    assert len(service.requests) == len(pages)


def test_a_single_fault_on_any_page_costs_one_more_request() -> None:
    whole = paged([[1, 2, 3], [4, 5, 6], [7]])
    for faulty in range(3):
        service = Service(whole)
        service.respond = lambda r, s=service, n=faulty: (  # type: ignore[misc]
            okta_error(500, "E0000009") if len(s.requests) == n + 1 else whole(r)
        )
        assert (ids(read(service)), len(service.requests)) == ([1, 2, 3, 4, 5, 6, 7], 4)


def test_a_lasting_fault_on_a_later_page_is_never_a_short_list() -> None:
    whole = paged([[1, 2, 3], [4, 5, 6], [7]])
    with pytest.raises(Unreachable):
        read(lambda r: okta_error(500, "E0000009") if "after=2" in str(r.url) else whole(r))


@pytest.mark.parametrize(
    "body", [{}, {"errorCode": "E"}, [{}], [{"id": 1}], "x", None, [[]], [{"id": "1"}, {"name": "x"}]]
)
def test_a_page_of_the_wrong_shape_is_an_error_and_never_empty(body: Any) -> None:
    with pytest.raises(UnexpectedAnswer):
        read(then(answer(body)))


def test_a_next_link_to_another_host_is_refused() -> None:
    service = Service(then(answer(rows(1, 2, 3), headers=links(next="https://evil.example/api?after=1"))))
    with pytest.raises(UnexpectedAnswer):
        read(service)
    assert {request.url.host for request in service.requests} == {"acme.okta.com"}


def test_a_next_link_back_to_a_page_already_read_makes_the_read_incomplete() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        number = int(request.url.params.get("after", 0))
        return answer(rows(10 + number), headers=links(next=f"{ORG}{PATH}?limit=3&after={(number + 1) % 3}"))

    with pytest.raises(IncompleteRead):
        read(respond)


def test_an_endless_cursor_ends_as_incomplete() -> None:
    service = Service(lambda _: answer(rows(1, 2), headers=links(next=f"{ORG}{PATH}?after={len(service.requests)}")))
    with pytest.raises(IncompleteRead):
        read(service)
    assert len(service.requests) <= 6


def test_a_next_link_that_names_its_own_full_page_is_not_believed() -> None:
    stuck = answer(rows(1, 2, 3), headers=links(next=f"{ORG}{PATH}?limit=3"))

    def respond(request: httpx.Request) -> httpx.Response:
        if request.url.params["limit"] == "3":
            return httpx.Response(200, content=stuck.content, headers=stuck.headers)
        return answer(rows(1, 2), headers=links(next=f"{ORG}{PATH}?limit={request.url.params['limit']}"))

    with pytest.raises(IncompleteRead):
        read(respond)


def test_a_next_link_that_names_its_own_page_is_not_believed_where_the_service_gives_fewer_rows_than_asked() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        most = min(30, int(request.url.params["limit"]))
        return answer(rows(*range(most)), headers=links(next=f"{ORG}{PATH}?limit=500"))

    with pytest.raises(IncompleteRead):
        read(respond, limit=500)


def test_a_whole_list_whose_one_page_names_itself_is_confirmed_in_two_portions() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        limit, start = int(request.url.params["limit"]), int(request.url.params.get("after", 0))
        here = f"{ORG}{PATH}?limit={limit}" + (f"&after={start}" if start else "")
        following = f"{ORG}{PATH}?limit={limit}&after={start + limit}"
        is_last = start + limit >= 45
        return answer(rows(*range(start, min(start + limit, 45))), headers=links(next=here if is_last else following))

    service = Service(respond)
    assert ids(read(service, limit=500)) == list(range(45))
    assert len(service.requests) == 3


def test_a_full_last_page_is_confirmed_by_reading_in_other_portions() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        if request.url.params["limit"] == "3":
            return answer(rows(1, 2, 3))
        return paged([[1, 2], [3]], limit=2)(request)  # type: ignore[return-value]

    assert ids(read(respond)) == [1, 2, 3]


def test_a_full_last_page_is_read_once_where_nothing_hangs_on_the_end() -> None:
    service = Service(paged([[1, 2, 3], [4, 5, 6]]))
    http = client(service)
    listing = run(read_list(http.get, PATH, {"limit": 3}, Row, what="groups", end_matters=False))
    assert (ids(listing), listing.requests) == ([1, 2, 3, 4, 5, 6], 2)


def test_a_lost_next_link_on_a_full_page_does_not_shorten_the_list() -> None:
    whole = paged([[1, 2, 3], [4, 5, 6], [7]])
    service = Service(lambda r: answer(rows(1, 2, 3)) if len(service.requests) == 1 else whole(r))
    assert ids(read(service)) == [1, 2, 3, 4, 5, 6, 7]


def test_an_empty_page_in_the_middle_is_not_the_end() -> None:
    assert ids(read(paged([[1, 2, 3], [], [4]]))) == [1, 2, 3, 4]


def test_a_row_that_comes_twice_makes_the_list_be_read_again() -> None:
    torn, whole = paged([[1, 2, 3], [3, 4]]), paged([[1, 2, 3], [4]])
    service = Service(lambda r: torn(r) if len(service.requests) <= 2 else whole(r))
    listing = read(service)
    assert (ids(listing), listing.reads) == ([1, 2, 3, 4], 2)


def test_a_list_that_is_torn_three_times_is_incomplete() -> None:
    service = Service(paged([[1, 2, 3], [3, 4]]))
    with pytest.raises(IncompleteRead) as caught:
        read(service)
    assert (len(service.requests), caught.value.exit_code) == (6, 5)


def test_a_count_that_agrees_needs_no_second_read() -> None:
    service = Service(paged([[1, 2, 3]]))
    listing = read(service, count=3)
    assert (ids(listing), len(service.requests), listing.agreed) == ([1, 2, 3], 1, False)


def test_two_reads_that_agree_outweigh_a_count() -> None:
    service = Service(paged([[1, 2]]))
    listing = read(service, count=9)
    assert (ids(listing), len(service.requests), listing.agreed) == ([1, 2], 2, True)


def test_a_page_that_was_lost_once_is_noticed_by_the_count() -> None:
    service = Service(lambda _: answer(rows(1)) if len(service.requests) == 1 else answer(rows(1, 2)))
    assert ids(read(service, count=2)) == [1, 2]


def test_three_reads_that_disagree_are_incomplete() -> None:
    service = Service(lambda _: answer(rows(len(service.requests))))
    with pytest.raises(IncompleteRead):
        read(service, count=2)


def falling(respond: Respond | Service, *, expand: bool = True) -> tuple[Listing[Row], PageSize]:
    http = client(respond, policy=Policy(attempts=3))
    pages = PageSize(http, (1000, 200, 100), expand_optional=True)
    parameters: dict[str, str | int] = {"limit": pages.size, **({"expand": "group-rules"} if expand else {})}
    return run(read_list(pages.get, PATH, parameters, Row, what="members")), pages


@pytest.mark.parametrize("fault", [okta_error(400, "E0000001"), okta_error(504, "E0000009"), httpx.ReadTimeout("slow")])
def test_the_page_size_falls_when_it_is_refused_or_too_slow(fault: httpx.Response | Exception) -> None:
    broken = then(fault)

    def respond(request: httpx.Request) -> Any:
        return broken(request) if int(request.url.params["limit"]) > 200 else answer(rows(1, 2))

    listing, pages = falling(respond)
    assert (ids(listing), pages.size, pages.expand_refused) == ([1, 2], 200, None)


def test_the_page_size_falls_in_the_middle_of_a_list_without_losing_the_cursor() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        if request.url.params.get("after") is None:
            return answer(rows(1, 2), headers=links(next=f"{ORG}{PATH}?after=xyz&limit=1000"))
        if request.url.params["limit"] == "1000":
            return okta_error(500, "E0000009")
        return answer(rows(3))

    service = Service(respond)
    listing, pages = falling(service)
    assert (ids(listing), pages.size) == ([1, 2, 3], 200)
    assert service.asked[-1] == f"{PATH}?after=xyz&limit=200&expand=group-rules"


def test_a_single_fault_does_not_change_the_page_size() -> None:
    service = Service(then(okta_error(500, "E0000009"), answer(rows(1))))
    listing, pages = falling(service)
    assert (ids(listing), pages.size, len(service.requests)) == ([1], 1000, 2)


@pytest.mark.parametrize(
    "refusal", [okta_error(400, "E0000001"), okta_error(403, "E0000006"), okta_error(401, "E0000015")]
)
def test_an_org_that_refuses_expand_is_asked_without_it(refusal: httpx.Response) -> None:
    refused = then(refusal)

    def respond(request: httpx.Request) -> Any:
        return refused(request) if "expand" in request.url.params else answer(rows(1, 2))

    service = Service(respond)
    listing, pages = falling(service)
    assert (ids(listing), pages.size, pages.expand_refused is not None) == ([1, 2], 1000, True)
    assert len(service.requests) == 2


def test_a_list_that_is_refused_with_and_without_expand_is_refused() -> None:
    service = Service(then(okta_error(403, "E0000006")))
    with pytest.raises(NotAllowed):
        falling(service)
    assert len(service.requests) == 2


def test_a_list_that_fails_at_every_size_fails_after_few_requests() -> None:
    service = Service(then(okta_error(502, "E0000009")))
    with pytest.raises(ReadFailed):
        falling(service)
    assert len(service.requests) == 2 + 2 + 3


def test_a_rate_limit_does_not_change_the_page_size() -> None:
    limited = okta_error(429, "E0000047", headers={"retry-after": "1"})
    service = Service(then(limited, limited, limited, answer(rows(1))))
    listing, pages = falling(service)
    assert (ids(listing), pages.size) == ([1], 1000)
