"""The wire: nothing but reads gets through, proxies are chosen as the environment says, and a private CA is trusted."""

from __future__ import annotations

import asyncio
import logging
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest
import trustme

from reconciler.directories.http import Policy, ReadOnlyTransport, system_transport
from reconciler.directories.transport import is_loopback
from reconciler.errors import UnexpectedAnswer, Unreachable, UsageError, WriteRefused
from tests.directories.stand_in import ORG, TOKEN, Service, answer, client, run, then


async def send(transport: httpx.AsyncBaseTransport, method: str, url: str) -> int:
    async with httpx.AsyncClient(transport=transport, trust_env=False, timeout=5) as http:
        return (await http.request(method, url)).status_code


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "get", "PURGE"])
def test_nothing_but_get_is_sent(method: str) -> None:
    service = Service(then(answer([])))
    if method == "get":
        assert run(send(ReadOnlyTransport(service), method, f"{ORG}/x")) == 200
        return
    with pytest.raises(WriteRefused):
        run(send(ReadOnlyTransport(service, token_url=f"{ORG}/oauth2/v1/token"), method, f"{ORG}/x"))
    assert service.requests == []


@pytest.mark.parametrize(
    "url",
    [
        f"{ORG}/api/v1/apps",
        f"{ORG}/oauth2/v1/token/",
        f"{ORG}/oauth2/v1/token?x=1",
        f"{ORG}/oauth2/v1/revoke",
        "https://other.okta.com/oauth2/v1/token",
        "http://acme.okta.com/oauth2/v1/token",
    ],
)
def test_a_post_goes_to_the_token_endpoint_alone(url: str) -> None:
    service = Service(then(answer({})))
    transport = ReadOnlyTransport(service, token_url=f"{ORG}/oauth2/v1/token")
    assert run(send(transport, "POST", f"{ORG}/oauth2/v1/token")) == 200
    with pytest.raises(WriteRefused):
        run(send(transport, "POST", url))
    assert len(service.requests) == 1


def test_without_a_token_endpoint_no_post_is_sent() -> None:
    with pytest.raises(WriteRefused):
        run(send(ReadOnlyTransport(Service(then(answer({})))), "POST", f"{ORG}/oauth2/v1/token"))


class _Proxy(BaseHTTPRequestHandler):
    """Notes what it is asked to connect to, and refuses."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(204)
        self.end_headers()

    do_CONNECT = do_GET

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def proxy() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []
    server = HTTPServer(("127.0.0.1", 0), type("Proxy", (_Proxy,), {"asked": asked}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("names", "url", "by_proxy"),
    [
        (["HTTP_PROXY"], "http://proxied.invalid/x", True),
        (["http_proxy"], "http://proxied.invalid/x", True),
        (["ALL_PROXY"], "http://proxied.invalid/x", True),
        (["HTTPS_PROXY"], "https://proxied.invalid/x", True),
        (["HTTPS_PROXY"], "http://proxied.invalid/x", False),
        ([], "http://proxied.invalid/x", False),
    ],
)
def test_a_proxy_is_used_where_the_environment_names_one(names: list[str], url: str, by_proxy: bool) -> None:
    with proxy() as (address, asked):
        environment = dict.fromkeys(names, address)
        with suppress(httpx.TransportError):  # our proxy connects nowhere, and without one the name does not exist
            run(send(system_transport(environment=environment), "GET", url))
    assert bool(asked) == by_proxy


@pytest.mark.parametrize(
    ("entry", "direct"),
    [
        ("*", True),
        ("proxied.invalid", True),
        (".invalid", True),
        ("*.invalid", True),
        ("a.example, invalid", True),
        ("proxied.invalid:80", True),
        ("proxied.invalid:8080", False),
        ("roxied.invalid", False),
        ("10.0.0.0/8", False),
        ("", False),
    ],
)
def test_no_proxy_names_hosts_that_are_reached_directly(entry: str, direct: bool) -> None:
    with proxy() as (address, asked):
        transport = system_transport(environment={"HTTP_PROXY": address, "NO_PROXY": entry})
        with suppress(httpx.ConnectError):
            run(send(transport, "GET", "http://proxied.invalid/x"))
    assert (asked == []) == direct


def test_this_machine_is_never_asked_by_a_proxy() -> None:
    with proxy() as (address, through), proxy() as (here, asked):
        run(send(system_transport(environment={"HTTP_PROXY": address}), "GET", f"http://{here}/x"))
    assert (through, asked) == ([], ["/x"])


class _Quiet(HTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that does not trust us breaks off, and that is no news."""


@contextmanager
def tls_server(authority: trustme.CA) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    server = _Quiet(("127.0.0.1", 0), type("Server", (_Proxy,), {"asked": []}))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_private_ca_is_trusted_when_it_is_named_and_only_then(tmp_path: Path) -> None:
    authority = trustme.CA()
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    with tls_server(authority) as port:
        assert run(send(system_transport(ca_file=file), "GET", f"https://localhost:{port}/")) == 204
        with pytest.raises(httpx.ConnectError):
            run(send(system_transport(), "GET", f"https://localhost:{port}/"))


@pytest.mark.parametrize("content", [None, "", "not a certificate"])
def test_a_ca_file_that_can_t_be_used_is_a_usage_error(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(UsageError):
        system_transport(ca_file=file)


@pytest.mark.parametrize("proxy_url", ["ftp://proxy:1", "socks5://proxy:1"])
def test_a_proxy_that_can_t_be_used_is_a_usage_error(proxy_url: str) -> None:
    with pytest.raises(UsageError):
        system_transport(environment={"HTTPS_PROXY": proxy_url})


@pytest.mark.parametrize(
    ("host", "here"),
    [("localhost", True), ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost.evil.example", False)],
)
def test_loopback_is_this_machine_alone(host: str, here: bool) -> None:
    assert is_loopback(host) == here


def test_no_token_is_in_a_log_at_any_level(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with proxy() as (address, asked):
        http = client(system_transport(), base=f"http://{address}", policy=Policy(attempts=1))
        with suppress(UnexpectedAnswer, Unreachable):
            run(http.get("/x"))
    assert (asked, bool(caplog.text), TOKEN in caplog.text) == (["/x"], True, False)


def test_closing_closes_the_transport_below() -> None:
    transport = ReadOnlyTransport(system_transport())
    asyncio.run(transport.aclose())
