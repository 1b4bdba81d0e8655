"""The wire below the client: TLS as the system trusts it, proxies, and a guard that lets nothing but reads through."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from pathlib import Path

import httpx
import truststore

from reconciler.errors import UsageError, WriteRefused

TOKEN_PATH = "/oauth2/v1/token"  # noqa: S105 (a path, not a secret)


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine: localhost, 127.0.0.0/8 or ::1."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class ReadOnlyTransport(httpx.AsyncBaseTransport):
    """Passes GET, and POST to one ``token_url``; raises ``WriteRefused`` for anything else, before it is sent."""

    def __init__(self, transport: httpx.AsyncBaseTransport, *, token_url: str | None = None) -> None:
        self._transport = transport
        self._token_url = None if token_url is None else httpx.URL(token_url)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != "GET" and not (request.method == "POST" and request.url == self._token_url):
            raise WriteRefused(
                f"A {request.method} request was stopped: this command only reads.",
                facts=(("asked", f"{request.method} {request.url.copy_with(query=None)}"),),
                next="report this message, it is a mistake of this program: reconciler doctor",
            )
        return await self._transport.handle_async_request(request)

    async def aclose(self) -> None:
        await self._transport.aclose()


class _ProxiedTransport(httpx.AsyncBaseTransport):
    """Sends by the proxy that the environment names for the URL's scheme, or directly."""

    def __init__(self, tls: ssl.SSLContext, proxies: Mapping[str, str], bypass: str) -> None:
        self._direct = httpx.AsyncHTTPTransport(verify=tls)
        self._bypass = tuple(entry.strip() for entry in bypass.split(",") if entry.strip())
        self._by_scheme = {scheme: httpx.AsyncHTTPTransport(verify=tls, proxy=url) for scheme, url in proxies.items()}

    def _choose(self, url: httpx.URL) -> httpx.AsyncHTTPTransport:
        if is_loopback(url.host) or any(_matches(entry, url) for entry in self._bypass):
            return self._direct
        return self._by_scheme.get(url.scheme, self._direct)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._choose(request.url).handle_async_request(request)

    async def aclose(self) -> None:
        for transport in (self._direct, *self._by_scheme.values()):
            await transport.aclose()


def _matches(entry: str, url: httpx.URL) -> bool:
    """Whether an entry of ``NO_PROXY`` (``*``, host, domain with or without dot, host:port, network) names ``url``."""
    name, _, port = entry.lower().partition(":") if entry.count(":") == 1 else (entry.lower(), "", "")
    if port and port != str(url.port or {"https": 443, "http": 80}[url.scheme]):
        return False
    if name == "*":
        return True
    try:
        return ip_address(url.host) in ip_network(name, strict=False)
    except ValueError:
        domain = name.removeprefix("*").removeprefix(".")
        return url.host == domain or url.host.endswith(f".{domain}")


def system_transport(
    *, ca_file: Path | None = None, environment: Mapping[str, str] | None = None
) -> httpx.AsyncBaseTransport:
    """A transport that trusts what the system trusts, and ``ca_file`` besides. It retries nothing.

    ``environment`` may hold ``HTTPS_PROXY``, ``HTTP_PROXY``, ``ALL_PROXY`` and ``NO_PROXY`` (in either case); loopback
    never goes by a proxy. ``UsageError`` for a CA file or a proxy that can't be used.
    """
    tls = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca_file is not None:
        try:
            tls.load_verify_locations(cafile=str(ca_file))
        except (OSError, ssl.SSLError) as error:
            raise UsageError(
                f"The certificate file {ca_file} can't be used: {error}.",
                next="give a PEM file with the certificate of your CA: [network] ca",
            ) from error
    proxies, bypass = _proxies(environment or {})
    try:
        return _ProxiedTransport(tls, proxies, bypass)
    except (ValueError, ImportError, httpx.InvalidURL) as error:
        raise UsageError(
            "The proxy that the environment names can't be used.",
            why="An http:// or https:// proxy is needed.",
            next="check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY",
        ) from error


def _proxies(environment: Mapping[str, str]) -> tuple[dict[str, str], str]:
    def value(name: str) -> str:
        return (environment.get(name.lower()) or environment.get(name.upper()) or "").strip()

    named = {"https": value("https_proxy") or value("all_proxy"), "http": value("http_proxy") or value("all_proxy")}
    full = {scheme: url if "://" in url else f"http://{url}" for scheme, url in named.items() if url}
    return full, value("no_proxy")
