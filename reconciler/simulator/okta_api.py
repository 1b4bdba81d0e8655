"""The org's API: who may ask what, at which pace, and which function answers. ASGI, on starlette."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from reconciler.simulator import okta_app_reads as apps
from reconciler.simulator import okta_people_reads as people
from reconciler.simulator.okta_answers import Page, Paging, error, invalid, refusal
from reconciler.simulator.okta_asked import Asked, Listing
from reconciler.simulator.okta_oauth import AuthorizationServer, OAuthRefusal
from reconciler.simulator.okta_shapes import Body
from reconciler.simulator.org import Org
from reconciler.simulator.rate_limits import RateLimits
from reconciler.simulator.state import OrgRefusal

Answering = Callable[[Asked], Listing | list[Body] | Body]
TOKEN = "00simulatedOktaToken"


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A read: `name` for the switches, what answers it, and the OAuth scopes it takes."""

    name: str
    path: str
    answer: Answering
    scopes: tuple[str, ...]


def _endpoint(name: str, path: str, answer: Answering, *scopes: str) -> Endpoint:
    return Endpoint(name=name, path=f"/api/v1/{path}", answer=answer, scopes=tuple(f"okta.{s}.read" for s in scopes))


ENDPOINTS = (
    _endpoint("apps", "apps", apps.apps, "apps"),
    _endpoint("app", "apps/{app}", apps.app, "apps"),
    _endpoint("app_users", "apps/{app}/users", apps.app_users, "apps"),
    _endpoint("app_users", "apps/{app}/users/{user}", apps.app_user, "apps"),
    _endpoint("app_groups", "apps/{app}/groups", apps.app_groups, "apps"),
    _endpoint("app_groups", "apps/{app}/groups/{group}", apps.app_group, "apps"),
    _endpoint("mappings", "apps/{app}/group-push/mappings", apps.mappings, "apps", "groups"),
    _endpoint("mappings", "apps/{app}/group-push/mappings/{mapping}", apps.mapping, "apps", "groups"),
    _endpoint("features", "apps/{app}/features", apps.features, "apps"),
    _endpoint("features", "apps/{app}/features/{feature}", apps.feature, "apps"),
    _endpoint("connection", "apps/{app}/connections/default", apps.connection, "apps"),
    _endpoint("schema", "meta/schemas/apps/{app}/default", apps.schema, "schemas"),
    _endpoint("groups", "groups", people.groups, "groups"),
    _endpoint("rules", "groups/rules", people.rules, "groups"),
    _endpoint("rules", "groups/rules/{rule}", people.rule, "groups"),
    _endpoint("groups", "groups/{group}", people.group, "groups"),
    _endpoint("members", "groups/{group}/users", people.members, "groups"),
    _endpoint("users", "users", people.users, "users"),
    _endpoint("users", "users/{user}", people.user, "users"),
    _endpoint("users", "users/{user}/groups", people.user_groups, "users"),
)
NAMES = frozenset(endpoint.name for endpoint in ENDPOINTS)
TOKEN_PATH = "/oauth2/v1/token"


class OktaApi:
    """The API of one org. An ASGI application.

    `tokens`: the SSWS tokens it knows (`token` is the first). `oauth`: its authorization server, with its own `clock`
    (aware UTC; that of assertions and proofs, so real time by default). `limits`: its rate limits.
    Switches: `deny`; `members_maximum` (an org that refuses more than 200); `group_rules`: expand=group-rules is
    "embedded", "ignored" or "refused"; `self_referring`: endpoints whose last page has a next link to itself.
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
        self.tokens = {token}
        self.oauth = AuthorizationServer(clock, org.id)
        self.limits = RateLimits(org.clock.now)
        self.members_maximum = 1000
        self.group_rules = "embedded"
        self.self_referring: set[str] = set()
        self._denied: dict[str, str] = {}
        self._requests = 0
        routes = [Route(e.path, self._answering(e), methods=["GET"]) for e in ENDPOINTS]
        routes.append(Route(TOKEN_PATH, self._token, methods=["POST"]))
        handlers = {OrgRefusal: self._refused, HTTPException: self._no_such_thing}
        self._app = Starlette(routes=routes, exception_handlers=handlers)  # type: ignore[arg-type] # handlers are narrower

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.org.clock.catch_up()
        await self._app(scope, receive, send)

    def deny(self, name: str, code: str = "E0000006") -> None:
        """From now on, reads of that name (see NAMES) are refused: E0000006 permission, E0000015 feature, E0000008 no
        such path. Raises ValueError for an unknown name."""
        if name not in NAMES:
            raise ValueError(f"no such endpoint: {name}")
        self._denied[name] = code

    def allow(self, name: str) -> None:
        """Takes `deny` back."""
        self._denied.pop(name, None)

    def _answering(self, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        async def answering(request: Request) -> Response:
            self._requests += 1
            try:
                self._admit(endpoint, request)
                self.limits.spend(request.url.path)
                response = self._respond(endpoint, request)
            except OrgRefusal as problem:
                response = error(problem, self._request_id("oae"))
            return self._finish(request, response)

        return answering

    def _admit(self, endpoint: Endpoint, request: Request) -> None:
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        if scheme.upper().startswith("SSWS"):
            # Okta's own Python client sends the token without a space behind the scheme.
            if (value or scheme[4:]) not in self.tokens:
                raise refusal("E0000011")
        else:
            url = str(request.url).partition("?")[0]
            granted = self.oauth.scopes(scheme.lower(), value, request.headers.get("DPoP"), request.method, url)
            if granted is None:
                raise refusal("E0000011")
            if not granted >= set(endpoint.scopes):
                raise refusal("E0000006")
        if endpoint.name in self._denied:
            raise refusal(self._denied[endpoint.name])

    def _respond(self, endpoint: Endpoint, request: Request) -> Response:
        asked = Asked(
            org=self.org,
            base=str(request.base_url).rstrip("/"),
            path=dict(request.path_params),
            query=request.query_params,
            embeds_group_rules=self.group_rules == "embedded",
        )
        if self.group_rules == "refused" and endpoint.name == "members" and asked.expands("group-rules"):
            raise invalid("expand", "expand: The expand parameter is not supported.")
        answer = endpoint.answer(asked)
        if not isinstance(answer, Listing):
            return JSONResponse(answer)
        if answer.paging is None:
            return JSONResponse([answer.shape(row) for row in answer.rows])
        page = Page(answer.rows, answer.key, request.query_params, self._paging(endpoint, answer.paging))
        response = JSONResponse([answer.shape(row) for row in page.rows])
        url = asked.base + request.url.path
        for line in page.links(url, self_referring=endpoint.name in self.self_referring):
            response.headers.append("Link", line)
        return response

    def _paging(self, endpoint: Endpoint, paging: Paging) -> Paging:
        if endpoint.name != "members":
            return paging
        most = self.members_maximum
        return Paging(default=most, maximum=most, lost_in_next=paging.lost_in_next)

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
        return self._finish(request, response)

    async def _refused(self, request: Request, problem: OrgRefusal) -> Response:
        return self._finish(request, error(problem, self._request_id("oae")))

    async def _no_such_thing(self, request: Request, problem: HTTPException) -> Response:
        self._requests += 1
        return await self._refused(request, refusal("E0000022" if problem.status_code == 405 else "E0000008"))

    def _finish(self, request: Request, response: Response) -> Response:
        response.headers["Date"] = format_datetime(self.org.clock.now(), usegmt=True)
        response.headers["X-Okta-Request-Id"] = self._request_id("req")
        for name, value in self.limits.headers(request.url.path).items():
            response.headers[name] = value
        return response

    def _request_id(self, prefix: str) -> str:
        return f"{prefix}{self._requests:017d}"
