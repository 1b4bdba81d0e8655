"""``pull --record DIR``: keeps every exchange, masked, so that a surprising tenant can be replayed in a test."""

from __future__ import annotations

import json
import os
import secrets
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from reconciler.commands.masking import Mask, words
from reconciler.errors import StoreError

if TYPE_CHECKING:
    from reconciler.directories.http import Exchange

_KEPT_HEADERS = words(
    """
    content-type content-length date etag retry-after x-rate-limit-limit x-rate-limit-remaining
    x-rate-limit-reset ratelimit-limit ratelimit-remaining ratelimit-reset x-ratelimit-limit-second
    x-ratelimit-remaining-second x-ratelimit-limit-hour x-ratelimit-remaining-hour x-okta-request-id accept
    server via
    """
)


class Recorder:
    """Writes one line an exchange into ``<service>.jsonl``. Nothing of a token request is kept but that it was made."""

    def __init__(self, folder: Path, *, key: bytes | None = None, clean: Callable[[str], str] = str) -> None:
        self._folder = folder
        self._mask = Mask(key or secrets.token_bytes(32))
        self._clean = clean
        self._turn = threading.Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            taken = next(folder.glob("*.jsonl"), None)
        except OSError as error:
            raise self._unwritable(error) from error
        if taken is not None:
            raise StoreError(
                f"{folder} already holds a recording ({taken.name}).", next="name an empty folder: --record DIR"
            )

    def watch(self, service: str) -> Callable[[Exchange], None]:
        """A watcher for one service: ``Kandji SCIM`` goes into ``kandji-scim.jsonl``."""
        path = self._folder / f"{service.lower().replace(' ', '-')}.jsonl"

        def keep(exchange: Exchange) -> None:
            line = self._clean(json.dumps(self._row(exchange), ensure_ascii=False))
            with self._turn:
                try:
                    descriptor = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
                    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
                        file.write(line + "\n")
                except OSError as error:
                    raise self._unwritable(error) from error

        return keep

    def _row(self, exchange: Exchange) -> dict[str, Any]:
        token_request = urlsplit(exchange.url).path.endswith("/oauth2/v1/token")
        return {
            "method": exchange.method,
            "url": self._mask.url(exchange.url),
            "request_headers": self._headers(exchange.request_headers),
            "status": exchange.status,
            "headers": self._headers(exchange.headers),
            "body": None if token_request else self._body(exchange.body),
            "seconds": round(exchange.seconds, 3),
            "attempt": exchange.attempt,
        }

    def _headers(self, headers: tuple[tuple[str, str], ...]) -> list[list[str]]:
        kept = []
        for name, value in headers:
            if name.lower() == "link":
                kept.append([name, self._link(value)])
            elif name.lower() in _KEPT_HEADERS:
                kept.append([name, value])
        return kept

    def _link(self, value: str) -> str:
        start, end = value.find("<"), value.find(">")
        return value if start < 0 or end < start else f"<{self._mask.url(value[start + 1 : end])}>{value[end + 1 :]}"

    def _body(self, body: bytes) -> Any:
        """The masked body; of one that is not JSON only its size, since it can't be masked."""
        try:
            return self._mask.body(json.loads(body))
        except ValueError:
            return f"({len(body)} bytes that are not JSON)"

    def _unwritable(self, error: OSError) -> StoreError:
        return StoreError(
            f"The recording in {self._folder} can't be written: {error.strerror}.", next="name a folder you may write"
        )
