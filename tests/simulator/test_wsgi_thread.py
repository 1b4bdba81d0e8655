"""The bridge between the SCIM server and the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable
from typing import Any

import httpx

from reconciler.simulator.wsgi_thread import WsgiThread


def test_a_request_arrives_and_its_answer_comes_back() -> None:
    def echo(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        start("201 Created", [("X-Path", environ["PATH_INFO"]), ("X-Query", environ["QUERY_STRING"])])
        return [environ["REQUEST_METHOD"].encode(), b" ", environ["wsgi.input"].read()]

    bridge = WsgiThread(echo)

    async def asking() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=bridge), base_url="http://here") as client:
            return await client.post("/a/b?c=d", content=b"body")

    answer = asyncio.run(asking())
    bridge.executor.shutdown()
    assert (answer.status_code, answer.text) == (201, "POST body")
    assert (answer.headers["x-path"], answer.headers["x-query"]) == ("/a/b", "c=d")


def test_an_answer_for_which_nobody_waits_any_more_harms_nothing() -> None:
    entered, go_on, answered = threading.Event(), threading.Event(), []

    def slow(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        entered.set()
        go_on.wait(10)
        start("200 OK", [])
        answered.append(environ["PATH_INFO"])
        return [b"late"]

    bridge = WsgiThread(slow)

    async def giving_up() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=bridge), base_url="http://here") as client:
            asking = asyncio.create_task(client.get("/late"))
            await asyncio.to_thread(entered.wait, 10)
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)

    asyncio.run(giving_up())
    go_on.set()
    bridge.executor.shutdown()
    assert answered == ["/late"]
