"""The account of one reading: what each source gave, when, at which cost, and how it is known to be whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime

from reconciler.errors import NotAllowed, ReadFailed, ReconcilerError, TokenRefused
from reconciler.model import COMPLETE, INCOMPLETE, NOT_ASKED, REFUSED, Note, Source

UNFINISHED = "not read to its end, because another source failed"


class Entry:
    """One source while it is read; becomes a ``Source``."""

    def __init__(self, name: str, *, required: bool, began: datetime) -> None:
        self.name = name
        self.required = required
        self.began = began
        self.ended: datetime | None = None
        self.state = INCOMPLETE
        self.rows = self.pages = self.requests = 0
        self.how_known = ""
        self.reason: str | None = UNFINISHED

    def source(self) -> Source:
        return Source(
            name=self.name,
            state=self.state,
            required=self.required,
            rows=self.rows,
            pages=self.pages,
            requests=self.requests,
            began=self.began,
            ended=self.ended,
            how_known=self.how_known,
            reason=self.reason,
        )


class Ledger:
    """Collects the sources of one reading, in the order in which they are begun."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._entries: dict[str, Entry] = {}
        self._notes: list[Note] = []

    @contextmanager
    def required(self, name: str) -> Iterator[Entry]:
        """A source without which there is no verdict; errors pass through, after they are written down."""
        entry = self._begin(name, required=True)
        try:
            yield entry
        except ReconcilerError as error:
            self._end(entry, REFUSED if isinstance(error, NotAllowed) else INCOMPLETE, error.what)
            raise
        self._end(entry, COMPLETE, None)

    @contextmanager
    def optional(self, name: str, skipped: str) -> Iterator[Entry]:
        """A source that may be refused or fail: that becomes a note, ``skipped`` says what is not checked then.

        A refused token is no matter of one source and passes through.
        """
        entry = self._begin(name, required=False)
        try:
            yield entry
        except (NotAllowed, ReadFailed) as error:
            refused = error.status is not None and 400 <= error.status < 500 and error.status not in (408, 429)
            self._end(entry, REFUSED if refused else INCOMPLETE, error.what)
            if isinstance(error, TokenRefused):
                raise
            self.note("check-skipped", skipped, error.what)
            return
        self._end(entry, COMPLETE, None)

    def not_asked(self, name: str, reason: str) -> None:
        entry = self._begin(name, required=False)
        self._end(entry, NOT_ASKED, reason)

    def note(self, kind: str, about: str, reason: str) -> None:
        self._notes.append(Note(kind=kind, about=about, reason=reason))

    def sources(self) -> tuple[Source, ...]:
        return tuple(entry.source() for entry in self._entries.values())

    def notes(self) -> tuple[Note, ...]:
        return tuple(sorted(set(self._notes)))

    def _begin(self, name: str, *, required: bool) -> Entry:
        return self._entries.setdefault(name, Entry(name, required=required, began=self._clock()))

    def _end(self, entry: Entry, state: str, reason: str | None) -> None:
        entry.state, entry.ended = state, self._clock()
        entry.reason = reason if reason is not None or entry.reason == UNFINISHED else entry.reason


@asynccontextmanager
async def together() -> AsyncIterator[asyncio.TaskGroup]:
    """Tasks side by side; the first failure ends the others and is raised as itself, not as a group."""
    try:
        async with asyncio.TaskGroup() as tasks:
            yield tasks
    except BaseExceptionGroup as several:
        worst = min(several.exceptions, key=_rank)
        raise worst from worst.__cause__


def _rank(error: BaseException) -> int:
    if isinstance(error, ReconcilerError):
        return {4: 0, 5: 1}.get(error.exit_code, 2)
    return -1
