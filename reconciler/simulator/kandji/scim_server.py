"""The SCIM server of the tenant: PyPI scim2-server under Kandji's prefix, and the ways of Kandji around it."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from functools import cache
from http import HTTPStatus
from typing import Any

from scim2_models import ScimProvider
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from scim2_server.testserver.application import BearerTokenApplication
from scim2_server.utils import load_default_provider

from reconciler.simulator.kandji import budget as kandji_budget
from reconciler.simulator.kandji.budget import Budget
from reconciler.simulator.kandji.scim_asked import refused, understood
from reconciler.simulator.kandji.scim_store import PREFIX, ScimStore
from reconciler.simulator.kandji.scim_told import Answer, page, told
from reconciler.simulator.kandji.ways import STRICT, Ways

ENDPOINTS = frozenset({"Users", "Groups", "ServiceProviderConfig", "Schemas", "ResourceTypes", "Me", "Bulk", ".search"})
Environ = dict[str, Any]
StartResponse = Callable[..., Any]


class ScimServer:
    """The WSGI application: the SCIM server at ``/api/v1/scim``, an HTML 404 elsewhere, as Django gives.

    Its ways are the store's. `owns` tells of a user id whether it has a device.
    """

    def __init__(self, store: ScimStore, budget: Budget, owns: Callable[[str], bool]) -> None:
        self._store = store
        self._budget = budget
        self._owns = owns
        self._tokens: set[str] = {"none yet"}
        self._behind: dict[Settings, BearerTokenApplication] = {}

    def accept(self, tokens: Collection[str]) -> None:
        """From now on, only these bearer tokens open the door."""
        self._tokens.clear()
        self._tokens.update(tokens)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        return _send(self._answer(environ, self._store.ways), start_response)

    def console(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """The same store as the tenant's own web console has it: STRICT, but for what is not kept."""
        return _send(self._answer(environ, replace(STRICT, ignored=self._store.ways.ignored)), start_response)

    def _answer(self, environ: Environ, ways: Ways) -> Answer:
        if not environ.get("PATH_INFO", "").startswith(PREFIX + "/"):
            return page(404)
        if not ways.scim_counts:
            return self._told(environ, ways)
        if not self._budget.spend():
            content = json.dumps(kandji_budget.REFUSED).encode()
            return Answer(status=429, headers=self._budget.refusal(), content=content)
        answer = self._told(environ, ways)
        return replace(answer, headers=answer.headers | self._budget.headers())

    def _told(self, environ: Environ, ways: Ways) -> Answer:
        app = self._application(ways)
        request = app.read_request(_under_prefix(environ))
        if not self._is_let_in(request):
            return told(request, app.serve(request), ways, self._store)
        endpoint = request.path.strip("/").partition("/")[0]
        if endpoint in ways.missing or (ways.nowhere == "html" and endpoint not in ENDPOINTS):
            return page(404)
        answer = refused(request, ways, self._store, self._owns)
        if answer is None:
            request = understood(request, ways, lambda: self._read(app, request).body or {})
            answer = self._served(app, request, ways)
        return told(request, answer, ways, self._store)

    def _served(self, app: BearerTokenApplication, request: ScimRequest, ways: Ways) -> ScimResponse:
        if request.method in ways.pretends:
            found = self._read(app, request)
            gone = request.method == "DELETE" and found.status == HTTPStatus.OK
            return ScimResponse(HTTPStatus.NO_CONTENT) if gone else found
        answer = app.serve(request)
        if request.method == "PATCH" and answer.status == HTTPStatus.NO_CONTENT and ways.patch_answers == 200:
            return self._read(app, request)
        return answer

    def _read(self, app: BearerTokenApplication, request: ScimRequest) -> ScimResponse:
        """The resource of the request as it is."""
        headers = {"Authorization": request.header("Authorization") or ""}
        return app.serve(ScimRequest("GET", request.base_url, request.path, headers=headers))

    def _is_let_in(self, request: ScimRequest) -> bool:
        scheme, _, token = (request.header("Authorization") or "").partition(" ")
        return scheme.casefold() == "bearer" and token in self._tokens

    def _application(self, ways: Ways) -> BearerTokenApplication:
        settings = (ways.page_cap, ways.etags, ways.patch not in ("501", "405"), ways.filters != "refused")
        if settings not in self._behind:
            app = BearerTokenApplication(self._store, _provider(*settings), bearer_tokens=["none yet"])
            app.bearer_tokens = self._tokens
            self._behind[settings] = app
        return self._behind[settings]


Settings = tuple[int, bool, bool, bool]


@cache
def _provider(page_cap: int, etags: bool, patch: bool, filters: bool) -> ScimProvider:
    # Its models take a third of a second to make, and hold nothing of a tenant.
    provider = load_default_provider()
    config: Any = provider.config
    config.filter.max_results = page_cap
    config.filter.supported = filters
    config.etag.supported = etags
    config.patch.supported = patch
    return provider


def _under_prefix(environ: Environ) -> Environ:
    inner = dict(environ)
    inner["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + PREFIX
    inner["PATH_INFO"] = environ["PATH_INFO"].removeprefix(PREFIX)
    return inner


def _send(answer: Answer, start_response: StartResponse) -> Iterable[bytes]:
    start_response(answer.line, [*answer.headers.items(), ("Content-Length", str(len(answer.content)))])
    return [answer.content]
