"""What may be wrong before a service says anything: its address, the network, its certificate."""

from __future__ import annotations

import ssl

import httpx

from reconciler.directories.answers import Transient, asked, clean
from reconciler.directories.refusals import unreachable
from reconciler.directories.transport import is_loopback
from reconciler.errors import Unreachable, UsageError

FAULTS = (TimeoutError, httpx.TransportError, httpx.DecodingError, OSError)
"""What a request raises that got no answer."""
_BEFORE_IT_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


def fault(service: str, request: httpx.Request, error: Exception, *, seconds: float) -> Transient | Unreachable:
    """What no answer within so many ``seconds`` means: worth another attempt, but for a certificate."""
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        what, code = f"no answer within {seconds:g} s", "timeout"
    elif _is_certificate_problem(error):
        return _untrusted(service, request.url, error)
    else:
        cut = isinstance(error, httpx.RemoteProtocolError | httpx.DecodingError)
        what, code = clean(str(error)) or type(error).__name__, "cut" if cut else "network"
    return Transient(unreachable(service, request.url, what, code=code, method=request.method))


def never_left(request: httpx.Request, error: Exception) -> bool:
    """Whether the service surely heard nothing of it: there was no connection, or it was the token that failed."""
    if isinstance(error, _BEFORE_IT_LEFT) or _is_certificate_problem(error):
        return True
    try:
        return isinstance(error, httpx.RequestError) and error.request.url != request.url
    except RuntimeError:  # it does not say
        return False


def checked_base(base_url: str, service: str) -> httpx.URL:
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
