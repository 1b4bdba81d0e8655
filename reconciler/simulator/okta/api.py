"""The org's API: who may ask what, at which pace, and which function answers. ASGI, on starlette."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from reconciler.simulator.okta.answers import Page, error, refusal
from reconciler.simulator.okta.asked import Answer, Asked, Cut, Listing, Switches
from reconciler.simulator.okta.callers import Caller, Callers
from reconciler.simulator.okta.endpoints import ENDPOINTS, NAMES, Endpoint
from reconciler.simulator.okta.oauth import AuthorizationServer, OAuthRefusal
from reconciler.simulator.okta.rate_limits import Concurrency, RateLimits, TooMany
from reconciler.simulator.okta.rule_locks import RuleLocks
from reconciler.simulator.org.org import Org
from reconciler.simulator.org.state import OrgRefusal
from reconciler.simulator.org.system_log import OKTA, Target

TOKEN = "00simulatedOktaToken"
TOKEN_PATH = "/oauth2/v1/token"


async def _at_once() -> None:
    """No time passes before an answer."""


class OktaApi:
    """The API of one org. An ASGI application. Between a request's reading and its answer nothing else happens.

    `callers`: who may ask (`tokens` are its SSWS tokens with their roles, `token` is the first). `oauth`: its
    authorization server, with its own `clock` (aware UTC; that of assertions and proofs, so real time by default).
    `limits`, `concurrency`: its rate limits. `rule_locks`: when it refuses writes to rules.
    Switches: `deny`; `switches`; `self_referring`: endpoints whose last page has a next link to itself; `waits`: what
    is awaited before a request is answered (requests then run at once).
    """

    def __init__(
        self,
        org: Org,
        *,
        token: str = TOKEN,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.org = org
        self.token = token
        self.oauth = AuthorizationServer(clock, org.id)
        self.callers = Callers(org, self.oauth, token)
        self.tokens = self.callers.tokens
        self.limits = RateLimits(org.clock.now)
        self.concurrency = Concurrency(org.clock.now)
        self.rule_locks = RuleLocks(org.clock.now)
        self.switches = Switches()
        self.self_referring: set[str] = set()
        self.waits: Callable[[], Awaitable[None]] = _at_once
        self._denied: dict[str, str] = {}
        self._requests = 0
        routes = [Route(e.path, self._answering(e), methods=[e.method]) for e in ENDPOINTS]
        routes.append(Route(TOKEN_PATH, self._token, methods=["POST"]))
        handlers = {HTTPException: self._no_such_thing}
        self._app = Starlette(routes=routes, exception_handlers=handlers)  # type: ignore[arg-type] # handlers are narrower

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.org.clock.catch_up()
        await self._app(scope, receive, send)

    def deny(self, name: str, code: str = "E0000006") -> None:
        """From now on, requests of that name (see NAMES) are refused: E0000006 permission, E0000015 feature, E0000008
        no such path. Raises ValueError for an unknown name."""
        if name not in NAMES:
            raise ValueError(f"no such endpoint: {name}")
        self._denied[name] = code

    def allow(self, name: str) -> None:
        """Takes `deny` back."""
        self._denied.pop(name, None)

    def _answering(self, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        async def answering(request: Request) -> Response:
            self._requests += 1
            caller: Caller | None = None
            try:
                with self.concurrency.slot():
                    await self.waits()
                    body = await request.body()
                    caller = self.callers.recognise(request)
                    response = self._answer(endpoint, request, body, caller)
            except OrgRefusal as problem:
                response = self._refused(problem)
            return self._finish(request, response, caller.principal if caller else None)

        return answering

    def _answer(self, endpoint: Endpoint, request: Request, body: bytes, caller: Caller) -> Response:
        self.limits.spend(request.method, request.url.path, caller.principal)
        if not caller.may(endpoint.permissions, endpoint.scopes):
            raise refusal("E0000006")
        if endpoint.name in self._denied:
            raise refusal(self._denied[endpoint.name])
        if request.method in ("POST", "PUT") and not {"content-length", "transfer-encoding"} & set(request.headers):
            return Response("<html><body>411 Length Required</body></html>", 411, media_type="text/html")
        if endpoint.name == "rules:write":
            self.rule_locks.admit()
        asked = Asked(
            org=self.org,
            base=str(request.base_url).rstrip("/"),
            path=dict(request.path_params),
            query=request.query_params,
            body=_decoded(body),
            role=caller.role,
            switches=self.switches,
        )
        self.org.actor = caller.actor
        try:
            return self._respond(endpoint, request, endpoint.answer(asked))
        finally:
            self.org.actor = OKTA

    def _respond(self, endpoint: Endpoint, request: Request, answer: Answer) -> Response:
        if answer is None:
            return Response(status_code=endpoint.status)
        if isinstance(answer, Listing):
            answer = self._cut(endpoint, request, answer)
        if not isinstance(answer, Cut):
            return JSONResponse(answer, endpoint.status)
        response = JSONResponse(list(answer.rows))
        for line in answer.links:
            response.headers.append("Link", line)
        return response

    def _cut(self, endpoint: Endpoint, request: Request, listing: Listing) -> Cut:
        page = Page(listing.rows, listing.key, request.query_params, listing.paging)
        url = str(request.base_url).rstrip("/") + request.url.path
        links = page.links(url, self_referring=endpoint.name in self.self_referring)
        return Cut(rows=[listing.shape(row) for row in page.rows], links=links)

    async def _token(self, request: Request) -> Response:
        self._requests += 1
        form = dict(parse_qsl((await request.body()).decode()))
        try:
            granted = self.oauth.token(form, request.headers.get("DPoP"), str(request.url))
            response: Response = JSONResponse(granted, headers={"Cache-Control": "no-store"})
        except OAuthRefusal as problem:
            body = {"error": problem.error, "error_description": problem.description}
            nonce = {"dpop-nonce": problem.nonce} if problem.nonce else None
            response = JSONResponse(body, status_code=problem.status, headers=nonce)
        return self._finish(request, response, None)

    def _refused(self, problem: OrgRefusal) -> Response:
        response = error(problem, self._request_id("oae"))
        if isinstance(problem, TooMany):
            response.headers.update(problem.headers)
            if problem.first:
                self._log_limit(problem.bucket)
        return response

    def _log_limit(self, bucket: str) -> None:
        event = "core.concurrency.org.limit.violation" if bucket == "concurrency" else "system.org.rate_limit.violation"
        self.org.log(event, Target(id=bucket, type="Bucket", name=bucket), outcome="FAILURE", reason="RATE_LIMIT")

    async def _no_such_thing(self, request: Request, problem: HTTPException) -> Response:
        self._requests += 1
        refused = self._refused(refusal("E0000022" if problem.status_code == 405 else "E0000008"))
        return self._finish(request, refused, None)

    def _finish(self, request: Request, response: Response, principal: str | None) -> Response:
        response.headers["Date"] = format_datetime(self.org.clock.now(), usegmt=True)
        response.headers["X-Okta-Request-Id"] = self._request_id("req")
        for name, value in self.limits.headers(request.method, request.url.path, principal).items():
            response.headers.setdefault(name, value)
        return response

    def _request_id(self, prefix: str) -> str:
        return f"{prefix}{self._requests:017d}"


def _decoded(body: bytes) -> Any:
    if not body.strip():
        return None
    try:
        return json.loads(body)
    except ValueError as error:
        raise refusal("E0000003") from error
