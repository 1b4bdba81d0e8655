"""One client, one pace, one retry, for every service we read.

``Http.get`` returns 2xx answers with valid JSON, and nothing else: refusals, faults and foreign pages are raised as the
errors of our tree, after as many attempts as ``Policy`` grants. This is the only place that retries.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

import httpx
import tenacity
from msgspec import Struct

from reconciler.directories.answers import Answer, Transient, asked, clean, request_id, without_credential
from reconciler.directories.pace import Pace, Policy, bucket_of
from reconciler.directories.refusals import refusal, unreachable, unusable
from reconciler.directories.transport import ReadOnlyTransport, is_loopback, system_transport
from reconciler.errors import ReconcilerError, UnexpectedAnswer, Unreachable, UsageError

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


class _Effort:
    """What one ``get`` has spent; bounds its retries."""

    def __init__(self) -> None:
        self.seconds = 0.0


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
        self._base = _checked(base_url, service)
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
        url = self._url(path, params)
        effort = _Effort()
        most = min(attempts or self._policy.attempts, self._policy.attempts)
        retrying = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception_type(Transient),
            stop=lambda state: state.attempt_number >= most or self._is_spent(state, effort),
            wait=_backoff,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            async for attempt in retrying:
                with attempt:
                    return await self._attempt(url, accept, attempt.retry_state.attempt_number, effort)
        except Transient as last:
            raise _lasting(last, retrying.statistics.get("attempt_number", 1)) from last.__cause__
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

    def _is_spent(self, state: tenacity.RetryCallState, effort: _Effort) -> bool:
        return effort.seconds + state.idle_for + state.upcoming_sleep > self._policy.total_seconds

    async def _attempt(self, url: httpx.URL, accept: str | None, number: int, effort: _Effort) -> Answer:
        async with self._pace.turn(bucket_of(url.path)) as turn:
            began = self._clock()
            try:
                response = await self._send(url, accept)
                wait = turn.learn(response.status_code, response.headers)
            finally:
                seconds = max(0.0, (self._clock() - began).total_seconds())
                effort.seconds += seconds
        self._show(response, seconds, number)
        if not response.is_success:
            fault = refusal(response, self._service)
            if isinstance(fault, Transient):
                fault.wait = wait
                effort.seconds += wait or 0.0
            raise fault
        problem = unusable(response, self._service)
        if problem is not None:
            raise problem
        return Answer(
            status=response.status_code,
            headers=response.headers,
            content=response.content,
            url=url,
            request_id=request_id(response.headers),
            service=self._service,
            attempts=number,
            seconds=seconds,
        )

    async def _send(self, url: httpx.URL, accept: str | None) -> httpx.Response:
        """One request, bounded in time as a whole; faults of the network as ``Transient``."""
        try:
            async with asyncio.timeout(self._policy.timeout_seconds):
                response = await self._client.get(url, headers=None if accept is None else {"Accept": accept})
                response.stream = _READ  # httpx ties a response and its stream to one another: its body would stay
                return response  # in memory until the garbage collector comes by
        except (TimeoutError, httpx.TimeoutException) as error:
            what = f"no answer within {self._policy.timeout_seconds:g} s"
            raise Transient(unreachable(self._service, url, what, code="timeout")) from error
        except (httpx.TransportError, httpx.DecodingError, OSError) as error:
            if _is_certificate_problem(error):
                raise _untrusted(self._service, url, error) from error
            code = "cut" if isinstance(error, (httpx.RemoteProtocolError, httpx.DecodingError)) else "network"
            what = clean(str(error)) or type(error).__name__
            raise Transient(unreachable(self._service, url, what, code=code)) from error

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


_jitter = tenacity.wait_random(0.0, 0.5)
_exponential = tenacity.wait_exponential(multiplier=0.5, max=30.0) + _jitter


def _backoff(state: tenacity.RetryCallState) -> float:
    """Seconds before the next attempt. Where the service told when, ``Pace`` waits; only the jitter is left to add."""
    fault = state.outcome.exception() if state.outcome is not None else None
    if isinstance(fault, Transient) and fault.wait is not None:
        return _jitter(state)
    delay = fault.delay if isinstance(fault, Transient) else None
    return max(_exponential(state), (delay or 0.0) + _jitter(state))


def _lasting(last: Transient, attempts: int) -> ReconcilerError:
    error = last.error
    if isinstance(error, Unreachable):
        error.facts = (*error.facts, ("tried", f"{attempts} time{'s' if attempts != 1 else ''}"))
        if last.wait is not None and last.wait > 1:
            error.facts = (*error.facts, ("asks", f"to wait {last.wait:.0f} s"))
    return error


def _checked(base_url: str, service: str) -> httpx.URL:
    """``UsageError`` unless it is a plain https address, or http on loopback."""
    try:
        url = httpx.URL(base_url.strip().rstrip("/"))
    except httpx.InvalidURL as error:
        raise UsageError(f"The address of {service} is not a URL.", next='write it as "https://host/path"') from error
    if url.userinfo or url.query or url.fragment or not url.host or url.scheme not in ("https", "http"):
        raise UsageError(
            f"The address of {service} must be a plain https URL without user, query or fragment.",
            next='write it as "https://host/path"',
        )
    if url.scheme == "http" and not is_loopback(url.host):
        raise UsageError(
            f"The address of {service} is http, and a token would travel in clear text: http://{url.host}.",
            next=f'write "https://{url.host}"; http is for this machine (127.0.0.1) alone',
        )
    return url


def _is_certificate_problem(error: BaseException | None) -> bool:
    seen = 0
    while error is not None and seen < 10:
        if isinstance(error, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(error):
            return True
        error, seen = error.__cause__ or error.__context__, seen + 1
    return False


def _untrusted(service: str, url: httpx.URL, error: Exception) -> Unreachable:
    return Unreachable(
        f"{service} showed a certificate that this machine does not trust: {clean(str(error))}.",
        facts=asked(url),
        why="A company proxy opens TLS with its own CA, or this is not the service.",
        next="if it is your company's CA, name its PEM file in [network] ca, then: reconciler doctor",
        code="tls",
    )
