"""Writes: sent once, and again only where the service surely did nothing."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconciler.directories.retrying import LOCKED_SECONDS
from reconciler.errors import (
    NotAllowed,
    ReconcilerError,
    TokenRefused,
    UnexpectedAnswer,
    Unreachable,
    Unsure,
    Vanished,
)
from tests.directories.stand_in import Service, Time, answer, client, okta_error, page, run, then

JSON = {"content-type": "application/json"}
DONE = answer({"id": "gPm1"})
PATH = "/api/v1/groups/rules/0pr1"


def sent(
    *answers: httpx.Response | Exception, time: Time | None = None, body: Any = None
) -> tuple[Service, Any, ReconcilerError | None]:
    """The service, what it answered, and what was raised instead."""
    service = Service(then(*answers))
    try:
        return service, run(client(service, time=time).send("PUT", PATH, body)), None
    except ReconcilerError as error:
        return service, None, error


@pytest.mark.parametrize(
    "first",
    [
        okta_error(429, "E0000047"),
        httpx.Response(429, headers={"retry-after": "3"}),
        okta_error(423, "E0000239"),
        httpx.Response(423),
        okta_error(409, "E0000249"),
        okta_error(503, "E0000010"),
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("late"),
    ],
    ids=str,
)
def test_what_surely_did_nothing_is_sent_again(first: httpx.Response | Exception) -> None:
    service, done, _ = sent(first, DONE)
    assert (len(service.requests), done.attempts, done.content) == (2, 2, DONE.content)


@pytest.mark.parametrize(
    "first",
    [
        okta_error(500, "E0000009"),
        page("<html>gateway</html>", 502),
        httpx.Response(503),
        httpx.Response(503, headers={"retry-after": "3"}),
        page("<html>gateway</html>", 504),
        httpx.Response(408),
        httpx.Response(302, headers={"location": "https://elsewhere.example/"}),
        page("<html><title>Sign in</title></html>"),
        httpx.Response(200, content=b'{"id": "1"', headers=JSON),
        httpx.Response(200, content=b"{}", headers={**JSON, "content-length": "200"}),
        httpx.Response(200, content=b"done", headers={"content-type": "text/plain"}),
        httpx.ReadError("reset"),
        httpx.WriteError("reset"),
        httpx.ReadTimeout("late"),
        TimeoutError(),
        httpx.RemoteProtocolError("closed"),
    ],
    ids=str,
)
def test_what_may_have_taken_effect_is_sent_once_and_called_unsure(first: httpx.Response | Exception) -> None:
    service, _, error = sent(first, DONE)
    assert (len(service.requests), type(error)) == (1, Unsure)
    assert error is not None
    assert error.facts[0][1].startswith(f"PUT https://acme.okta.com{PATH}")


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        (okta_error(400, "E0000001"), UnexpectedAnswer),
        (okta_error(401, "E0000011"), TokenRefused),
        (okta_error(403, "E0000006"), NotAllowed),
        (okta_error(404, "E0000007"), Vanished),
        (okta_error(409, "E0000062"), UnexpectedAnswer),
        (httpx.Response(411), UnexpectedAnswer),
        (answer({"detail": "moved", "status": "412"}, 412), UnexpectedAnswer),
        (okta_error(423, "E0000155"), UnexpectedAnswer),
        (answer({"detail": "not implemented"}, 501), UnexpectedAnswer),
    ],
    ids=str,
)
def test_a_refusal_is_final_and_keeps_its_status_and_code(refusal: httpx.Response, kind: type[ReconcilerError]) -> None:
    service, _, error = sent(refusal, DONE)
    assert error is not None
    told = refusal.json().get("errorCode") if refusal.content else None
    assert (len(service.requests), type(error), error.status, error.code) == (1, kind, refusal.status_code, told)


@pytest.mark.parametrize("status", [200, 202, 204])
def test_an_empty_answer_is_one(status: int) -> None:
    _, done, _ = sent(httpx.Response(status, headers={"content-length": "0"} if status != 204 else {}))
    assert (done.status, done.content) == (status, b"")


def test_a_lock_is_waited_for_for_three_minutes_and_then_nothing_was_done() -> None:
    time = Time()
    service, _, error = sent(okta_error(423, "E0000239"), time=time)
    assert isinstance(error, Unreachable)
    assert LOCKED_SECONDS - 31 < sum(time.slept) <= LOCKED_SECONDS
    assert len(service.requests) > 6


def test_a_body_is_json_and_no_body_tells_its_length() -> None:
    (service, *_), (bare, *_) = sent(DONE, body={"status": "ACTIVE"}), sent(DONE)
    first, second = service.requests[0], bare.requests[0]
    assert (first.content, first.headers["content-type"]) == (b'{"status":"ACTIVE"}', "application/json")
    assert (second.content, second.headers["content-length"]) == (b"", "0")
