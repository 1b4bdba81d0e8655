"""One client, one pace, one retry, for every service.

``Http.get`` returns 2xx answers with valid JSON, and nothing else: refusals, faults and foreign pages are raised as the
errors of our tree, after as many attempts as ``Policy`` grants. ``Http.send`` writes, and sends again only what the
service surely did not do. This is the only place that retries.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import httpx
import msgspec
import tenacity
from msgspec import Struct

from reconciler.directories import network
from reconciler.directories.answers import Answer, Transient, asked, clean, request_id, without_credential
from reconciler.directories.pace import Pace, Policy, bucket_of
from reconciler.directories.refusals import refusal, unsure, untaken, unusable, write_refusal
from reconciler.directories.retrying import LOCKED_SECONDS, Effort, backoff, is_locked, lasting, waited
from reconciler.directories.transport import ReadOnlyTransport, system_transport
from reconciler.errors import UnexpectedAnswer

__all__ = ["Answer", "Exchange", "Http", "Policy", "ReadOnlyTransport", "system_transport"]

_HIDDEN_REQUEST = frozenset({"authorization", "dpop", "cookie", "proxy-authorization"})
_HIDDEN_ANSWER = frozenset({"set-cookie", "dpop-nonce"})
_ACCEPT = "application/json"
_READ = httpx.ByteStream(b"")
"""Stands for the stream of a response that was read to its end."""


class Exchange(Struct, frozen=True, kw_only=True):
    """One request and its answer, as a watcher sees it: no credential, no cookie."""

    method: str
    url: str
    request_headers: tuple[tuple[str, str], ...]
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    seconds: float
    attempt: int


class Http:
    """A client of one service. ``base_url`` is https, or http on loopback; nothing is sent to any other origin."""

    def __init__(
        self,
        base_url: str,
        *,
        service: str,
        auth: httpx.Auth,
        transport: httpx.AsyncBaseTransport,
        policy: Policy,
        sleep: Callable[[float], Awaitable[None]],
        clock: Callable[[], datetime],
        watch: Callable[[Exchange], None] | None = None,
        waiting: Callable[[str], None] | None = None,
    ) -> None:
        self._base = network.checked_base(base_url, service)
        self._service = service
        self._policy = policy
        self._sleep = sleep
        self._clock = clock
        self._watch = watch
        self._pace = Pace(policy, service=service, sleep=sleep, clock=clock, waiting=waiting)
        self.requests = 0
        self._client = httpx.AsyncClient(
            auth=auth,
            transport=transport,
            timeout=httpx.Timeout(policy.timeout_seconds, connect=min(20.0, policy.timeout_seconds)),
            follow_redirects=False,
            trust_env=False,
            headers={"Accept": _ACCEPT, "User-Agent": "okta-kandji-reconciler"},
            event_hooks={"request": [self._count]},
        )

    @property
    def base_url(self) -> str:
        """Without a slash at the end."""
        return str(self._base).rstrip("/")

    async def get(
        self,
        path: str,
        params: Mapping[str, str | int] | None = None,
        *,
        accept: str | None = None,
        attempts: int | None = None,
    ) -> Answer:
        """GET ``path`` (relative to the base, or an absolute URL of the same origin, taken verbatim).

        ``attempts`` asks for fewer than the policy's. Raises ``TokenRefused``, ``NotAllowed``, ``Vanished``,
        ``UnexpectedAnswer`` or ``Unreachable``, each with what was asked and what to do.
        """
        request = self._client.build_request(
            "GET", self._url(path, params), headers=None if accept is None else {"Accept": accept}
        )
        effort = Effort()
        most = min(attempts or self._policy.attempts, self._policy.attempts)
        return await self._repeated(
            lambda number: self._read(request, number, effort),
            stop=lambda state: state.attempt_number >= most or self._spent(state, effort) > self._policy.total_seconds,
        )

    async def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One write, with ``body`` as JSON, or none. An empty answer is one, too.

        It is sent again only where the service surely did nothing: no connection came about, 429, Okta in read-only
        mode, and, up to ``LOCKED_SECONDS``, 423 and "still being set up". Raises as ``get`` does: ``Unreachable`` means
        that nothing was done. ``Unsure`` where no answer came, or one that does not tell (a redirect, a page, a cut
        body, 408, 5xx but 501): it may have taken effect.
        """
        request = self._client.build_request(
            method,
            self._url(path, params),
            content=None if body is None else msgspec.json.encode(body),
            headers={"Accept": _ACCEPT, **({} if body is None else {"Content-Type": _ACCEPT}), **(headers or {})},
        )
        effort = Effort()

        def stop(state: tenacity.RetryCallState) -> bool:
            spent = self._spent(state, effort)
            if is_locked(state):
                return spent > LOCKED_SECONDS
            return state.attempt_number >= self._policy.attempts or spent > self._policy.total_seconds

        return await self._repeated(lambda number: self._write(request, number, effort), stop=stop)

    async def _repeated(
        self, attempt: Callable[[int], Awaitable[Answer]], *, stop: Callable[[tenacity.RetryCallState], bool]
    ) -> Answer:
        retrying = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception_type(Transient),
            stop=stop,
            wait=backoff,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            async for one in retrying:
                with one:
                    return await attempt(one.retry_state.attempt_number)
        except Transient as last:
            raise lasting(last, retrying.statistics.get("attempt_number", 1)) from last.__cause__
        raise AssertionError("unreachable")  # pragma: no cover - tenacity returns or raises

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _count(self, _: httpx.Request) -> None:
        self.requests += 1

    def _url(self, path: str, params: Mapping[str, str | int] | None) -> httpx.URL:
        absolute = "://" in path.partition("?")[0]
        url = httpx.URL(path if absolute else f"{self.base_url}/{path.lstrip('/')}")
        if (url.scheme, url.host, url.port) != (self._base.scheme, self._base.host, self._base.port) or url.userinfo:
            raise UnexpectedAnswer(
                f"{self._service} names an address on another host, and the token is not sent there.",
                facts=(*asked(self._base), ("names", clean(f"{url.scheme}://{url.host}", 120))),
                why="A proxy or a custom domain rewrites addresses, or somebody tampers with the answers.",
                next="set the configured address to the host that the service itself names, then: reconciler doctor",
            )
        return url if params is None else url.copy_merge_params(dict(params))

    def _spent(self, state: tenacity.RetryCallState, effort: Effort) -> float:
        return effort.seconds + state.idle_for + state.upcoming_sleep

    async def _read(self, request: httpx.Request, number: int, effort: Effort) -> Answer:
        response, seconds, wait = await self._exchange(request, number, effort, self._unread)
        if not response.is_success:
            raise waited(refusal(response, self._service), wait, effort)
        problem = unusable(response, self._service)
        if problem is not None:
            raise problem
        return self._answer(response, number, seconds)

    async def _write(self, request: httpx.Request, number: int, effort: Effort) -> Answer:
        response, seconds, wait = await self._exchange(request, number, effort, self._unwritten)
        if not response.is_success:
            raise waited(write_refusal(response, self._service), wait, effort)
        problem = untaken(response, self._service)
        if problem is not None:
            raise problem
        return self._answer(response, number, seconds)

    def _unread(self, request: httpx.Request, error: Exception) -> Exception:
        return network.fault(self._service, request, error, seconds=self._policy.timeout_seconds)

    def _unwritten(self, request: httpx.Request, error: Exception) -> Exception:
        fault = self._unread(request, error)
        return fault if network.never_left(request, error) else unsure(request, self._service, str(fault))

    def _answer(self, response: httpx.Response, number: int, seconds: float) -> Answer:
        return Answer(
            status=response.status_code,
            headers=response.headers,
            content=response.content,
            url=response.request.url,
            request_id=request_id(response.headers),
            service=self._service,
            attempts=number,
            seconds=seconds,
        )

    async def _exchange(
        self,
        request: httpx.Request,
        number: int,
        effort: Effort,
        lost: Callable[[httpx.Request, Exception], Exception],
    ) -> tuple[httpx.Response, float, float | None]:
        """One request in its turn: the answer, its seconds, and how long it asks to wait. ``lost`` names what no answer
        means."""
        async with self._pace.turn(bucket_of(request.url.path)) as turn:
            began = self._clock()
            try:
                response = await self._sent(request)
                wait = turn.learn(response.status_code, response.headers)
            except network.FAULTS as error:
                raise lost(request, error) from error
            finally:
                seconds = max(0.0, (self._clock() - began).total_seconds())
                effort.seconds += seconds
        self._show(response, seconds, number)
        return response, seconds, wait

    async def _sent(self, request: httpx.Request) -> httpx.Response:
        """Bounded in time as a whole."""
        async with asyncio.timeout(self._policy.timeout_seconds):
            response = await self._client.send(request)
            response.stream = _READ  # httpx ties a response and its stream to one another: its body would stay
            return response  # in memory until the garbage collector comes by

    def _show(self, response: httpx.Response, seconds: float, attempt: int) -> None:
        if self._watch is None:
            return
        request = response.request
        body = without_credential(response.content.decode("utf-8", "surrogateescape"), request)
        self._watch(
            Exchange(
                method=request.method,
                url=str(request.url),
                request_headers=_shown(request.headers, _HIDDEN_REQUEST),
                status=response.status_code,
                headers=_shown(response.headers, _HIDDEN_ANSWER),
                body=body.encode("utf-8", "surrogateescape"),
                seconds=seconds,
                attempt=attempt,
            )
        )


def _shown(headers: httpx.Headers, hidden: frozenset[str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in headers.multi_items() if name.lower() not in hidden)
