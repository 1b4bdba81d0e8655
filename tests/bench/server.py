"""Okta and Kandji as a process of its own on loopback: pages from a folder, rate limits that are really counted.

    python -m tests.bench.server FOLDER

prints its port and answers until it is stopped. Time is the client's: a request that brings ``X-Bench-Now`` (seconds
since 1970) is counted in windows of that clock, so that a client that waits by moving its clock is held to its pace
without anybody waiting. A request without it meets no limits. ``/bench/told`` says what was asked since
``/bench/forget``.
"""

from __future__ import annotations

import math
import re
import socket
import sys
from collections import Counter
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from urllib.parse import parse_qs, unquote

import msgspec
import uvicorn
from starlette.types import Receive, Scope, Send

from tests.bench import org, pages

NOW = b"x-bench-now"
WINDOW = 60.0
LIMITS = (
    (re.compile(r"/api/v1/apps/[^/]+"), "/api/v1/apps/{id}", 250),
    (re.compile(r"/api/v1/apps(/.*)?"), "/api/v1/apps/{id}/…", 50),
    (re.compile(r"/api/v1/groups"), "/api/v1/groups", 250),
    (re.compile(r"/api/v1/groups/.*"), "/api/v1/groups/{id}", 500),
    (re.compile(r"/api/v1/logs"), "/api/v1/logs", 60),
    (re.compile(r"/api/v1/.*"), "/api/v1/…", 600),
)
"""Requests a minute of a workforce org for one API token, which by default has half of each limit."""

Headers = list[tuple[bytes, bytes]]
_SEARCH_BY_ID = re.compile(r'(?:^| or )id eq "([^"]+)"')


@dataclass
class Window:
    began: float
    used: int = 0


@dataclass
class Told:
    """What a client has done."""

    asked: Counter[str] = field(default_factory=Counter)
    """Path with query → how often."""
    most: dict[str, float] = field(default_factory=dict)
    """For each limit the largest part of it that was used in one window."""
    refused: int = 0
    unknown: int = 0


class Services:
    """Both services as one ASGI app."""

    def __init__(self, served: pages.Pages, absent: frozenset[str] = frozenset()) -> None:
        """``absent``: paths of records that there are not, and that it is right to ask for."""
        self._pages = served
        self._absent = absent
        self._windows: dict[str, Window] = {}
        self._told = Told()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        status, headers, body = self._answer(scope)
        headers += [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _answer(self, scope: Scope) -> tuple[int, Headers, bytes]:
        path = scope["path"]
        if path == "/bench/told":
            return 200, [], msgspec.json.encode(self._told)
        if path == "/bench/forget":
            self._told, self._windows = Told(), {}
            return 200, [], b"{}"
        asked = dict(scope["headers"])
        query = scope["query_string"].decode()
        url = f"{path}?{query}" if query else path
        self._told.asked[url] += 1
        now = asked.get(NOW)
        headers, refused = self._counted(path, float(now)) if now is not None else ([], False)
        if refused:
            self._told.refused += 1
            return 429, headers, b'{"errorCode":"E0000047","errorSummary":"API call exceeded rate limit."}'
        body = self._body(url, path, query)
        if body is None:
            self._told.unknown += path not in self._absent
            return 404, headers, b'{"errorCode":"E0000007","errorSummary":"Not found"}'
        following = self._pages.following.get(pages.key_of(url))
        links = [(url, "self"), *([(following, "next")] if following else [])]
        host = asked[b"host"].decode()
        headers += [(b"link", f'<http://{host}{target}>; rel="{word}"'.encode()) for target, word in links]
        return 200, headers, body

    def _body(self, url: str, path: str, query: str) -> bytes | None:
        file = self._pages.files.get(pages.key_of(url))
        if file is not None:
            return file.read_bytes()
        if path == "/api/v1/logs":
            return b"[]"  # a quiet week
        ids = _SEARCH_BY_ID.findall(unquote(parse_qs(query).get("search", [""])[0])) if path == "/api/v1/groups" else []
        if ids:
            return b"[" + b",".join(self._pages.groups[one] for one in ids) + b"]"
        return None

    def _counted(self, path: str, now: float) -> tuple[Headers, bool]:
        """The headers that tell the limit, and whether the request goes beyond it."""
        date = [(b"date", formatdate(now, usegmt=True).encode())]
        name, limit = next(((name, limit) for form, name, limit in LIMITS if form.fullmatch(path)), ("", 0))
        if path.startswith(org.SCIM):
            return date, False
        window = self._windows.get(name)
        if window is None or now >= window.began + WINDOW:
            window = self._windows[name] = Window(now)
        window.used += 1
        self._told.most[name] = max(self._told.most.get(name, 0.0), window.used / limit)
        left, reset = max(0, limit - window.used), math.ceil(window.began + WINDOW)
        told = {"limit": limit, "remaining": left, "reset": reset}
        limits = [(f"x-rate-limit-{word}".encode(), str(value).encode()) for word, value in told.items()]
        return [*date, *limits], window.used > limit


def main(folder: Path) -> None:
    company = org.build()
    last = org.PEOPLE - org.UNASSIGNED
    absent = frozenset(f"/api/v1/apps/{org.APP}/users/{person.id}" for person in company.people[last:])
    services = Services(pages.write(company, folder), absent)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        print(listening.getsockname()[1], flush=True)
        config = uvicorn.Config(services, log_level="warning", access_log=False, date_header=False, lifespan="off")
        uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
