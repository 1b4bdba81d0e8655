"""What stands between a client and the services, when it leaves them alone and when it does not."""

from __future__ import annotations

import asyncio

import httpx

from reconciler.simulator.between import Asked, Between, anew, nothing
from reconciler.simulator.faults import answers

USERS = "https://acme.okta.com/api/v1/users"


def echo(request: httpx.Request) -> httpx.Response:
    links = [("link", f'<{USERS}>; rel="self"'), ("link", f'<{USERS}?after=x>; rel="next"')]
    return httpx.Response(201, headers=links, content=request.method.encode() + b" " + request.content)


def sent(between: Between, *requests: httpx.Request) -> list[httpx.Response]:
    async def sending() -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=between) as client:
            return [await client.send(request) for request in requests]

    return asyncio.run(sending())


def test_a_request_that_meets_no_fault_passes_with_its_body_and_the_answer_comes_back_whole() -> None:
    (answer,) = sent(Between(httpx.MockTransport(echo), nothing), httpx.Request("PUT", USERS, content=b"{}"))
    assert (answer.status_code, answer.content) == (201, b"PUT {}")
    assert len(answer.headers.get_list("link")) == 2


def test_every_request_is_counted_by_method_and_address_whether_it_meets_a_fault_or_not() -> None:
    between = Between(httpx.MockTransport(echo), lambda asked: answers(503) if asked.occurrence == 2 else None)
    get, put = (httpx.Request(method, USERS) for method in ("GET", "PUT"))
    assert [answer.status_code for answer in sent(between, get, put, get, get)] == [201, 201, 503, 201]
    assert between.asked == [
        Asked("GET", USERS, 1),
        Asked("PUT", USERS, 1),
        Asked("GET", USERS, 2),
        Asked("GET", USERS, 3),
    ]


def test_an_answer_made_anew_has_the_length_of_its_new_body_and_the_links_that_it_is_given() -> None:
    (answer,) = sent(Between(httpx.MockTransport(echo), nothing), httpx.Request("GET", USERS))
    spoilt = anew(answer, content=b"[]", links=["<x>"])
    assert (spoilt.headers.get_list("content-length"), spoilt.headers.get_list("link")) == (["2"], ["<x>"])
    assert spoilt.request is answer.request


def test_ids_are_left_out_of_a_list_s_name() -> None:
    url = "https://acme.okta.com/api/v1/apps/0oa1CkFrKhS3cvCHAHIW/users?limit=500"
    assert Asked("GET", url).list_name == "acme.okta.com/api/v1/apps/…/users"
