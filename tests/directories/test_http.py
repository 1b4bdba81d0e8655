"""One client, one retry: what comes back, what is tried again, and what each refusal is called."""

from __future__ import annotations

import asyncio
import gc
import ssl
import weakref
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import httpx
import msgspec
import pytest

from reconciler.directories.auth import BearerAuth
from reconciler.directories.http import Exchange, Policy
from reconciler.errors import (
    NotAllowed,
    ReconcilerError,
    TokenRefused,
    UnexpectedAnswer,
    Unreachable,
    UsageError,
    Vanished,
)
from tests.directories.stand_in import (
    ORG,
    TOKEN,
    Respond,
    Service,
    Time,
    answer,
    client,
    okta_error,
    page,
    run,
    then,
)

CUT = httpx.Response(200, content=b'[{"id": "1"', headers={"content-type": "application/json"})
SHORT = httpx.Response(200, content=b"[]", headers={"content-type": "application/json", "content-length": "200"})


def refused_with(respond: Respond, *, service: str = "Okta", policy: Policy | None = None) -> ReconcilerError:
    with pytest.raises(ReconcilerError) as caught:
        run(client(respond, service=service, policy=policy).get("/api/v1/apps/0oa1"))
    return caught.value


@pytest.mark.parametrize(
    "fault",
    [
        okta_error(500, "E0000009"),
        okta_error(502, "E0000009"),
        httpx.Response(503),
        page("<html>gateway</html>", 504),
        okta_error(429, "E0000047"),
        okta_error(423, "E0000239"),
        okta_error(409, "E0000249"),
        httpx.ReadTimeout("slow"),
        httpx.ConnectError("refused"),
        httpx.ReadError("reset"),
        httpx.RemoteProtocolError("peer closed connection without sending complete message body"),
        CUT,
        SHORT,
    ],
)
def test_one_transient_fault_costs_one_more_request(fault: httpx.Response | Exception) -> None:
    service = Service(then(fault, answer([1])))
    got = run(client(service).get("/api/v1/apps"))
    assert (got.json_as(list[int]), len(service.requests), got.attempts) == ([1], 2, 2)


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (okta_error(401, "E0000011"), TokenRefused),
        (httpx.Response(401), TokenRefused),
        (page("<html><title>Sign in</title></html>", 401), TokenRefused),
        (okta_error(401, "E0000015"), NotAllowed),
        (okta_error(403, "E0000006"), NotAllowed),
        (okta_error(404, "E0000007"), Vanished),
        (httpx.Response(404), Vanished),
        (page("<html>not here</html>", 404), UnexpectedAnswer),
        (page("<html><title>Sign in</title></html>"), UnexpectedAnswer),
        (httpx.Response(302, headers={"location": "https://elsewhere.example/"}), UnexpectedAnswer),
        (okta_error(400, "E0000001"), UnexpectedAnswer),
        (okta_error(423, "E0000155"), UnexpectedAnswer),
        (okta_error(409, "E0000062"), UnexpectedAnswer),
        (httpx.Response(200, content=b"hello", headers={"content-type": "text/plain"}), UnexpectedAnswer),
    ],
)
def test_a_refusal_is_not_asked_twice(response: httpx.Response, kind: type[ReconcilerError]) -> None:
    service = Service(then(response))
    with pytest.raises(kind):
        run(client(service).get("/api/v1/apps/0oa1"))
    assert len(service.requests) == 1


@pytest.mark.parametrize(
    "fault",
    [okta_error(500, "E0000009"), okta_error(429, "E0000047"), httpx.ReadTimeout("slow"), CUT, httpx.Response(502)],
)
def test_a_lasting_fault_is_unreachable_after_all_attempts(fault: httpx.Response | Exception) -> None:
    service = Service(then(fault))
    with pytest.raises(Unreachable) as caught:
        run(client(service, policy=Policy(attempts=4)).get("/api/v1/apps"))
    assert (len(service.requests), ("tried", "4 times") in caught.value.facts) == (4, True)


def test_attempts_end_when_the_total_time_is_spent() -> None:
    time = Time()
    service = Service(then(okta_error(500, "E0000009")))
    with pytest.raises(Unreachable):
        run(client(service, time=time, policy=Policy(attempts=1000, total_seconds=60)).get("/x"))
    assert sum(time.slept) <= 60
    assert len(service.requests) < 20


def test_waits_between_attempts_grow_and_are_jittered() -> None:
    time = Time()
    with pytest.raises(Unreachable):
        run(client(then(httpx.ReadError("reset")), time=time).get("/x"))
    assert len(set(time.slept)) == len(time.slept) == 5
    assert time.slept[-1] > 4 * time.slept[0]


def test_an_attempt_that_never_ends_is_given_up() -> None:
    async def hang(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    with pytest.raises(Unreachable) as caught:
        run(client(hang, policy=Policy(attempts=2, timeout_seconds=0.01)).get("/x"))
    assert caught.value.code == "timeout"


def test_an_error_says_what_was_asked_and_what_to_do() -> None:
    error = refused_with(then(okta_error(401, "E0000011", "Invalid token provided")))
    assert error.lines() == [
        'Error: Okta refused the token (401, E0000011 "Invalid token provided").',
        "  asked  GET https://acme.okta.com/api/v1/apps/0oa1   request id ZzT1",
        "  why    API tokens die after 30 days without use, or when their admin is deactivated.",
        "  next   make a new one, put it where the config file says, then: reconciler doctor",
    ]
    assert (error.status, error.code) == (401, "E0000011")


def test_a_dead_kandji_token_warns_before_anybody_makes_a_new_one() -> None:
    error = refused_with(then(httpx.Response(401)), service="Kandji SCIM")
    assert "A new one made in Kandji stops Okta's provisioning" in (error.why or "")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            b'{"errorCode": "E1", "errorSummary": "No.", "errorCauses": [{"errorSummary": "limit"}]}',
            '400, E1 "No; limit"',
        ),
        (b'{"detail": "bad filter", "scimType": "invalidFilter"}', '400, invalidFilter "bad filter"'),
        (b'{"error": "x", "error_description": "y"}', '400, x "y"'),
        (b'"just text"', '400 "just text"'),
        (b'[{"message": "in a list"}]', '400 "in a list"'),
        (b"[]", "400"),
        (b"null", "400"),
        (b"7", '400 "7"'),
        (b"", "400"),
        (b"plain \x00\x1b[31m words", '400 "plain [31m words"'),
        (b"<html><title>Blocked &amp; gone</title></html>", '400 "Blocked & gone"'),
        (b'{"errorSummary": 7, "errorCauses": "?"}', "400"),
        (b"\xff\xfe", '400 "\ufffd\ufffd"'),
    ],
)
def test_an_error_body_of_any_form_is_read(content: bytes, said: str) -> None:
    error = refused_with(then(httpx.Response(400, content=content)))
    assert error.what == f"Okta refused the request ({said})."


@pytest.mark.parametrize("status", [400, 401, 403, 500])
def test_a_token_that_a_server_echoes_is_in_no_error_and_no_exchange(status: int) -> None:
    seen: list[Exchange] = []
    echo = answer({"errorCode": "E1", "errorSummary": f"bad token {TOKEN}"}, status, {"set-cookie": f"sid={TOKEN}"})
    with pytest.raises(ReconcilerError) as caught:
        run(client(then(echo), watch=seen.append, policy=Policy(attempts=1)).get("/x"))
    told = "\n".join([*caught.value.lines(), repr(seen), str(caught.value.__cause__), repr(caught.value.__context__)])
    assert TOKEN not in told
    assert "•••" in told


def test_a_watcher_sees_every_attempt_without_credentials() -> None:
    seen: list[Exchange] = []
    run(client(then(okta_error(500, "E0000009"), answer([])), watch=seen.append).get("/x", {"limit": 5}))
    assert [(one.status, one.attempt, one.url) for one in seen] == [
        (500, 1, f"{ORG}/x?limit=5"),
        (200, 2, f"{ORG}/x?limit=5"),
    ]
    assert "authorization" not in {name.lower() for one in seen for name, _ in one.request_headers}


def test_no_redirect_is_followed_with_a_token() -> None:
    service = Service(then(httpx.Response(307, headers={"location": f"{ORG}/elsewhere"})))
    with pytest.raises(UnexpectedAnswer):
        run(client(service).get("/x"))
    assert service.asked == ["/x"]


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/api/v1/apps?after=1",
        "https://acme.okta.com.evil.example/api",
        "https://acme.okta.com:8443/api",
        "http://acme.okta.com/api",
        "https://acme.okta.com@evil.example/api",
        "https://user:pass@acme.okta.com/api",
    ],
)
def test_nothing_is_sent_to_another_origin(url: str) -> None:
    service = Service(then(answer([])))
    with pytest.raises(UnexpectedAnswer):
        run(client(service).get(url))
    assert service.requests == []


def test_an_address_of_the_same_origin_is_taken_verbatim() -> None:
    service = Service(then(answer([])))
    run(client(service).get("https://acme.okta.com:443/api/v1/apps?after=a%2Bb+c%2F|d==&limit=2"))
    assert service.asked == ["/api/v1/apps?after=a%2Bb+c%2F|d==&limit=2"]


@pytest.mark.parametrize(
    "base",
    ["http://acme.okta.com", "ftp://acme.okta.com", "acme.okta.com", "https://a:b@acme.okta.com", "https://a/?b"],
)
def test_an_address_that_would_give_the_token_away_is_refused(base: str) -> None:
    with pytest.raises(UsageError):
        client(then(answer([])), base=base)


@pytest.mark.parametrize("base", ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:9/api/"])
def test_this_machine_may_be_asked_over_http(base: str) -> None:
    service = Service(then(answer([])))
    run(client(service, base=base).get("/x"))
    assert str(service.requests[0].url) == f"{base.rstrip('/')}/x"


class Thing(msgspec.Struct):
    id: str


@pytest.mark.parametrize("body", [{}, [{}], [{"id": None}], [{"id": 7}], {"errorCode": "E1"}, "x", None, [[]]])
def test_a_body_of_another_shape_is_an_error_and_never_empty(body: Any) -> None:
    with pytest.raises(UnexpectedAnswer):
        run(client(then(answer(body))).get("/x")).json_as(list[Thing])


def test_half_a_surrogate_pair_in_a_name_does_not_hide_the_page() -> None:
    odd = httpx.Response(200, content=rb'[{"id": "a\ud800b"}]', headers={"content-type": "application/json"})
    assert run(client(then(odd)).get("/x")).json_as(list[Thing])[0].id.startswith("a")


def test_repeated_headers_stay_apart() -> None:
    response = answer([], headers=[("link", "<https://a/1>; rel=self"), ("link", "<https://a/2>; rel=next")])
    assert len(run(client(lambda _: response).get("/x")).headers.get_list("link")) == 2


def test_at_most_six_requests_are_out_at_once() -> None:
    service = Service(then(answer([])))
    http = client(service)

    async def many() -> None:
        await asyncio.gather(*(http.get(f"/x/{number}") for number in range(40)))

    run(many())
    assert (service.most_at_once, http.requests) == (6, 40)


def test_a_certificate_that_is_not_trusted_is_explained_and_not_tried_again() -> None:
    def respond(request: httpx.Request) -> httpx.Response | Awaitable[httpx.Response]:
        try:
            raise ssl.SSLCertVerificationError("CERTIFICATE_VERIFY_FAILED: self-signed certificate")
        except ssl.SSLError as error:
            raise httpx.ConnectError(str(error)) from error

    service = Service(respond)
    with pytest.raises(Unreachable) as caught:
        run(client(service).get("/x"))
    assert (len(service.requests), "[network] ca" in (caught.value.next or "")) == (1, True)


@pytest.mark.parametrize("token", ["", " ", "two words", "line\nbreak", "ümlaut", "nul\x00"])
def test_a_token_with_odd_signs_is_refused_without_being_shown(token: str) -> None:
    with pytest.raises(TokenRefused) as caught:
        BearerAuth(token)
    assert token.strip() == "" or token not in "\n".join(caught.value.lines())


def test_a_body_that_was_read_does_not_wait_for_the_garbage_collector() -> None:
    class Body(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b"[]"

    bodies: weakref.WeakSet[Body] = weakref.WeakSet()

    def respond(_: httpx.Request) -> httpx.Response:
        body = Body()
        bodies.add(body)
        return httpx.Response(200, headers={"content-type": "application/json"}, stream=body)

    gc.disable()
    try:
        run(client(respond).get("/api/v1/groups"))
        assert not bodies
    finally:
        gc.enable()
