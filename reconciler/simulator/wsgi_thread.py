"""A WSGI application as an ASGI one, each request answered whole in a thread.

a2wsgi's own bridge sends piece by piece into the event loop, and stumbles where that has ended meanwhile.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from a2wsgi.wsgi import build_environ
from starlette.types import Receive, Scope, Send

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
THREADS = 10


class WsgiThread:
    """Serves HTTP alone. `executor` is to be shut down in the end."""

    def __init__(self, app: WsgiApp) -> None:
        self._app = app
        self.executor = ThreadPoolExecutor(THREADS, thread_name_prefix="WSGI")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        asked: Any = (scope, io.BytesIO(body))  # a2wsgi types both more narrowly than it needs them
        environ: dict[str, Any] = dict(build_environ(*asked))
        loop = asyncio.get_running_loop()
        status, headers, content = await loop.run_in_executor(self.executor, self._answer, environ)
        named = [(name.lower().encode("latin1"), value.encode("latin1")) for name, value in headers]
        await send({"type": "http.response.start", "status": status, "headers": named})
        await send({"type": "http.response.body", "body": content})

    def _answer(self, environ: dict[str, Any]) -> tuple[int, list[tuple[str, str]], bytes]:
        told: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], *_: object) -> None:
            told.append((status, headers))

        content = b"".join(self._app(environ, start))
        status, headers = told[-1]
        return int(status.partition(" ")[0]), headers, content
