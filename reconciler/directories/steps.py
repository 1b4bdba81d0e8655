"""Reads one source after the other and keeps the account: rows, requests, times, and which one failed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

from msgspec import Struct

from reconciler.directories.http import Http
from reconciler.errors import NotAllowed, ReadFailed
from reconciler.model import COMPLETE, INCOMPLETE, REFUSED, Source

T = TypeVar("T")


class Tally(Struct, frozen=True, kw_only=True):
    """What a source says of itself once it is read."""

    rows: int
    pages: int
    how_known: str


class Steps:
    """``sources`` grow with every step. Requests are those of ``http``, which nobody else may use meanwhile."""

    def __init__(self, http: Http, clock: Callable[[], datetime]) -> None:
        self._http = http
        self._clock = clock
        self.sources: list[Source] = []

    async def take(self, name: str, read: Awaitable[T], tally: Callable[[T], Tally], *, required: bool = True) -> T:
        """Awaits ``read`` as the source ``name``. An error is raised again, with all sources so far in ``sources``."""
        began, before = self._clock(), self._http.requests
        try:
            value = await read
        except (ReadFailed, NotAllowed) as error:
            state = REFUSED if isinstance(error, NotAllowed) else INCOMPLETE
            failed = Source(
                name=name,
                state=state,
                required=required,
                requests=self._http.requests - before,
                began=began,
                ended=self._clock(),
                reason=error.what,
            )
            self.sources.append(failed)
            error.sources = tuple(self.sources)
            raise
        told = tally(value)
        self.sources.append(
            Source(
                name=name,
                state=COMPLETE,
                required=required,
                rows=told.rows,
                pages=told.pages,
                requests=self._http.requests - before,
                began=began,
                ended=self._clock(),
                how_known=told.how_known,
            )
        )
        return value
