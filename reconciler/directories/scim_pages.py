"""Reads SCIM lists to their end. What does not add up is read again, and what stays wrong is an error."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar
from urllib.parse import quote

from msgspec import Struct

from reconciler.directories.answers import Answer
from reconciler.directories.http import Http
from reconciler.directories.scim_reading import Params, Reading, distinct, how_known, plural
from reconciler.directories.scim_wire import Page, Resource, read_page, strange
from reconciler.errors import IncompleteRead, ReadFailed, UnexpectedAnswer, Unreachable, Vanished

ACCEPT = "application/scim+json, application/json;q=0.9"
READS = 3
"""The first reading and at most two more."""
SMALL_PAGE = 100
"""What Okta's own SCIM client asks for: the size every server in this trade has met."""
_NOT_BEYOND = frozenset({400, 404, 405, 416, 422, 500, 501})
"""Refusals of a page after the end that say nothing about the rows before it."""
_DEAD_CURSORS = frozenset({"expiredCursor", "invalidCursor"})
_START_AGAIN = "report this message if it stays: reconciler doctor"

Row = TypeVar("Row")


def place(kind: str, resource_id: str) -> str:
    """The path of one resource. One of dots alone would be resolved away, and the list would be meant instead."""
    segment = quote(resource_id, safe="")
    return f"{kind}/{segment.replace('.', '%2E') if set(resource_id) <= {'.'} else segment}"


async def ask(http: Http, path: str, params: Mapping[str, str | int], *, attempts: int | None = None) -> Answer:
    """GET with every sign of the query percent-encoded: not every server reads ``+`` as a space."""
    query = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in params.items())
    return await http.get(f"{path}?{query}" if query else path, accept=ACCEPT, attempts=attempts)


class Listing(Struct, Generic[Row], frozen=True, kw_only=True):
    """A list that was read whole. ``how_known`` says in words why it is believed to be whole."""

    rows: tuple[Row, ...]
    pages: int
    how_known: str
    page_cap: int | None = None


async def whole(
    url: str, word: str, through: Callable[[int], Awaitable[tuple[Reading, dict[str, Row]]]]
) -> tuple[dict[str, Row], list[Reading]]:
    """Goes ``through`` a list until it adds up: rows of the last reading, and all readings.

    One reading without any trouble ends it, or two agreeing ones. ``IncompleteRead`` after three.
    """
    readings: list[Reading] = []
    for number in range(READS):
        reading, rows = await through(number)
        before = readings[-1] if readings else None
        readings.append(reading)
        agrees = before is not None and before.adds_up and reading.adds_up and before.ids == reading.ids
        if reading.clean or agrees:
            return rows, readings
    raise _incomplete(url, word, readings)


class ListReader(Generic[Row]):
    """Reads one list of a SCIM server. ``path`` is ``Users`` or ``Groups``, ``word`` what its rows are called.

    ``row`` decodes a resource, ``row_id`` names it. ``by_index``: whether the server pages by ``startIndex`` at all.
    """

    def __init__(
        self,
        http: Http,
        path: str,
        *,
        word: str,
        row: Callable[[Resource, Answer], Row],
        row_id: Callable[[Row], str],
        count: int,
        by_cursor: bool = False,
        by_index: bool = True,
        told: Callable[[int, int | None], None] = lambda rows, total: None,
    ) -> None:
        self._http = http
        self._path = path
        self._word = word
        self._row = row
        self._row_id = row_id
        self._count = count
        self._by_cursor = by_cursor
        self._by_index = by_index
        self._told = told
        self._pages = 0

    async def read(self, *, where: str | None = None) -> Listing[Row]:
        """The whole list, or the part for which the filter ``where`` holds.

        A list that does not add up is read again, at most twice; two agreeing readings, or one without any trouble, end
        it. Otherwise ``IncompleteRead``. Refusals and faults are raised as ``Http.get`` raises them.
        """

        async def through(number: int) -> tuple[Reading, dict[str, Row]]:
            by_cursor = self._by_cursor and not (number and self._by_index)
            reading = Reading(count=self._count, by_cursor=by_cursor, beyond=where is None)
            return reading, await self._through(reading, where)

        rows, readings = await whole(f"{self._http.base_url}/{self._path}", self._word, through)
        return Listing(
            rows=tuple(rows.values()),
            pages=self._pages,
            how_known=how_known(self._word, readings),
            page_cap=readings[-1].capped,
        )

    async def _through(self, reading: Reading, where: str | None) -> dict[str, Row]:
        rows: dict[str, Row] = {}
        while reading.asks is not None:
            params: Params = {**reading.asks, "count": 1 if reading.past_end else self._count}
            if where is not None:
                params["filter"] = where
            page_and_answer = await self._page(reading, params)
            if page_and_answer is None:
                break
            page, answer = page_and_answer
            if page.total is None and not reading.by_cursor and page.next_cursor is None:
                raise strange(answer, "a list without `totalResults`")
            decoded = [self._row(resource, answer) for resource in page.resources]
            ids = [self._row_id(one) for one in decoded]
            reading.take(page.total, ids, page.next_cursor)
            for row_id, one in zip(ids, decoded, strict=True):
                rows.setdefault(row_id, one)
            self._pages += 1
            self._told(reading.unique, reading.totals[-1] if reading.totals else None)
        return rows

    async def _page(self, reading: Reading, params: Params) -> tuple[Page, Answer] | None:
        """The next page; None where the reading ended without one."""
        first = reading.pages == 0
        try:
            answer = await ask(self._http, self._path, params)
            return read_page(answer, past_end=reading.past_end), answer
        except (UnexpectedAnswer, Unreachable, Vanished) as error:
            if reading.past_end and error.status in _NOT_BEYOND:
                reading.refuse_beyond()
                return None
            if error.code in _DEAD_CURSORS and not first:
                reading.break_off("the server gave up its cursor half-way")
                return None
            if first and self._count > SMALL_PAGE and _is_too_much(error):
                self._count = reading.count = SMALL_PAGE
                return await self._page(reading, {**params, "count": SMALL_PAGE})
            if isinstance(error, Vanished):
                raise _no_such_list(self._path, error) from error
            raise


def _is_too_much(error: ReadFailed) -> bool:
    return error.status in (400, 413, 504) or error.code in ("timeout", "tooMany", "invalidCount")


def _no_such_list(path: str, error: Vanished) -> UnexpectedAnswer:
    return UnexpectedAnswer(
        f"The SCIM server has no /{path} at this address (404).",
        facts=error.facts,
        why="The configured base URL is wrong, or the server does not offer this list.",
        next="set the SCIM base URL as the app shows it (without /Users at the end), then: reconciler doctor",
        status=404,
        code=error.code,
    )


def _incomplete(url: str, word: str, readings: Sequence[Reading]) -> IncompleteRead:
    last = readings[-1]
    troubles = distinct(trouble for reading in readings for trouble in reading.troubles)
    told = f", totalResults {last.totals[-1]}" if last.totals else ""
    return IncompleteRead(
        f"The list of {word}s does not add up: {plural(last.unique, f'different {word}')} received{told}.",
        facts=(
            ("asked", f"GET {url}"),
            ("read", f"{len(readings)} times from the start"),
            *((("seen", "; ".join(troubles)),) if troubles else ()),
        ),
        why="The server leaves rows out, repeats pages, or its directory changes faster than it can be read.",
        next=f"run it again in a quiet hour: reconciler run; {_START_AGAIN}",
    )
