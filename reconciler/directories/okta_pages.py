"""Reading one Okta list whole: ``Link`` headers, page sizes that fall, and reading again when a read is torn.

Rules of paging (https://developer.okta.com/docs/reference/core-okta-api/#pagination): ``rel="next"`` is followed as it
is, cursors are never built or decoded; Okta drops some parameters from it, so ``limit`` and ``expand`` are put back.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Generic, Protocol, TypeVar

import httpx
from msgspec import Struct

from reconciler.directories.answers import Answer, asked
from reconciler.directories.http import Http
from reconciler.errors import (
    IncompleteRead,
    NotAllowed,
    ReadFailed,
    ReconcilerError,
    TokenRefused,
    UnexpectedAnswer,
    Unreachable,
)

Fetch = Callable[[str], Awaitable[Answer]]
_Place = tuple[str, tuple[str, ...]]

_LINK = re.compile(r"<([^<>]*)>((?:[^,\"]|\"[^\"]*\")*)")
_REL = re.compile(r"(?:^|;)\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE)
_MOST_PAGES = 10_000
_READS = 3
_SLOW = 20.0
"""A page that took this many seconds is followed by smaller ones."""
_STILL_LARGE = 200
_LEAST = 20
"""The smallest page that every list gives: assigned groups come in no smaller ones."""


class Item(Protocol):
    @property
    def id(self) -> str: ...


ItemT = TypeVar("ItemT", bound=Item)


class Listing(Struct, Generic[ItemT], frozen=True):
    """A list that was read whole. ``reads``: how often it was begun."""

    rows: tuple[ItemT, ...]
    pages: int
    requests: int
    reads: int
    agreed: bool = False
    """Whole because two reads agree, although something else (a count, a full last page) left a doubt."""


class Torn(Exception):
    """A read that can't be trusted. ``rows`` is what it saw; ``limit`` the page size with which to try again."""

    def __init__(self, reason: str, *, rows: int = 0, limit: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.rows = rows
        self.limit = limit


class _Tally:
    """What a list has cost so far, with the reads that were thrown away."""

    def __init__(self, arrived: Callable[[int], None]) -> None:
        self.pages = 0
        self.requests = 0
        self.arrived = arrived

    def page(self, answer: Answer, rows: int) -> None:
        self.pages += 1
        self.requests += answer.attempts
        self.arrived(rows)


def next_link(answer: Answer) -> str | None:
    """The address that ``rel="next"`` names, verbatim (a relative one resolved), from one ``Link`` line or several.

    ``UnexpectedAnswer`` where two different ones are named.
    """
    found = {
        target
        for line in answer.headers.get_list("link")
        for target, parameters in _LINK.findall(line)
        for quoted, bare in _REL.findall(parameters)
        if "next" in (quoted or bare).lower().split()
    }
    if len(found) > 1:
        raise UnexpectedAnswer(
            "Okta names two different next pages.",
            facts=asked(answer.url, answer.request_id),
            next="try again: reconciler run",
        )
    target = next(iter(found), None)
    return None if target is None else target if "://" in target.partition("?")[0] else str(answer.url.join(target))


def carry(url: str, parameters: Mapping[str, str | int]) -> str:
    """``url`` with those of ``limit`` and ``expand`` put back that it lost; everything else stays as it is."""
    present = {piece.partition("=")[0] for piece in url.partition("?")[2].split("&")}
    lost = {name: parameters[name] for name in ("limit", "expand") if name in parameters and name not in present}
    return url if not lost else f"{url}{'&' if '?' in url else '?'}{httpx.QueryParams(lost)}"


def with_limit(url: str, limit: int) -> str:
    return re.sub(r"([?&]limit=)[^&]*", rf"\g<1>{limit}", url)


def without_expand(url: str) -> str:
    head, _, query = url.partition("?")
    kept = [piece for piece in query.split("&") if not piece.startswith("expand=")]
    return f"{head}?{'&'.join(kept)}" if kept else head


def _place(url: str) -> _Place:
    """What identifies a page: path and query, but for the two parameters that are ours to change."""
    head, _, query = url.partition("?")
    path = httpx.URL(head).path if "://" in head else f"/{head.lstrip('/')}"
    return path, tuple(sorted(p for p in query.split("&") if p and not p.startswith(("limit=", "expand="))))


async def _read_once(
    fetch: Fetch,
    path: str,
    parameters: Mapping[str, str | int],
    item: type[ItemT],
    tally: _Tally,
    is_whole: Callable[[int], bool],
) -> dict[str, ItemT]:
    url = f"{path}?{httpx.QueryParams(dict(parameters))}"
    rows: dict[str, ItemT] = {}
    places: set[_Place] = set()
    empty = fullest = 0
    while True:
        answer = await fetch(url)
        here = _place(str(answer.url))
        places.add(here)
        page: list[ItemT] = answer.json_as(list[item])  # type: ignore[valid-type]  # a type that is known at run time only
        before = len(rows)
        rows.update({one.id: one for one in page})
        if len(rows) - before < len(page):
            raise Torn(f"{len(page) - len(rows) + before} of its rows came twice")
        tally.page(answer, len(rows))
        following = next_link(answer)
        empty = 0 if page else empty + 1
        if following is None or _place(following) == here or empty > 1:
            if not is_whole(len(rows)):
                _doubt_full_page(answer, len(page), len(rows))
                if following is not None:
                    _doubt_own_next(len(page), fullest, len(rows))
            return rows
        fullest = max(fullest, len(page))
        url = carry(following, parameters)
        if _place(url) in places:
            raise Torn("a next link leads back to a page already read")
        if len(places) >= _MOST_PAGES:
            raise Torn(f"it has no end: {_MOST_PAGES:,} pages were read")


def _doubt_full_page(answer: Answer, page: int, rows: int) -> None:
    """A list that ends with a page filled to the brim may have lost its next link: read it in other portions."""
    limit = int(answer.url.params.get("limit") or 0)
    if limit > 1 and page >= limit:
        raise Torn("it ends with a full page", rows=rows, limit=limit // 2 + 1)


def _doubt_own_next(page: int, fullest: int, rows: int) -> None:
    """A page that names itself as the next is the last one, unless no page was fuller: services give out fewer rows
    than they are asked for, and then it may stand anywhere. Read in portions that make it two pages."""
    portion = max(_LEAST, page // 2 + 1)
    if page >= fullest and portion < page:
        raise Torn("a page as full as any names itself as the next", rows=rows, limit=portion)


def _doubt(rows: int, least: int, count: int | None) -> str | None:
    if rows < least:
        return f"{least} rows came a moment ago, and now {rows}"
    return None if count is None or count == rows else f"Okta counts {count}, and {rows} were read"


async def read_list(
    fetch: Fetch,
    path: str,
    parameters: Mapping[str, str | int],
    item: type[ItemT],
    *,
    what: str,
    arrived: Callable[[int], None] = lambda _: None,
    count: int | None = None,
    end_matters: bool = True,
) -> Listing[ItemT]:
    """Read a list to its end; again from the start, at most twice, where the read is torn or ``count`` says otherwise.

    ``count`` is what Okta counts elsewhere; two reads that agree outweigh it. ``end_matters``: whether a row that is
    not in the list is missed; not where whoever asks then looks for it by id. ``IncompleteRead`` where none of three
    reads can be trusted: ``what`` names the list in its message. Refusals and faults are raised as by ``Http.get``.
    """
    reasons: list[str] = []
    before: frozenset[str] | None = None
    least = 0
    tally = _Tally(arrived)

    def is_whole(rows: int) -> bool:
        return rows == count or not end_matters

    for read in range(1, _READS + 1):
        try:
            found = await _read_once(fetch, path, parameters, item, tally, is_whole)
        except Torn as torn:
            reasons.append(torn.reason)
            least = max(least, torn.rows)
            parameters = {**parameters, "limit": torn.limit} if torn.limit is not None else parameters
            continue
        rows, ids = tuple(found.values()), frozenset(found)
        reason = _doubt(len(rows), least, count)
        if reason is None or ids == before:
            return Listing(rows, tally.pages, tally.requests, read, agreed=reason is not None)
        before = ids
        reasons.append(reason)
    raise IncompleteRead(
        f"Okta's list of {what} could not be read whole: {reasons[-1]}.",
        facts=(("asked", f"GET {path}"), ("read", f"{_READS} times: {'; '.join(dict.fromkeys(reasons))}")),
        why="The list changed while it was read, or Okta or something before it gives out wrong pages.",
        next="try again when less is changing: reconciler run",
    )


class PageSize:
    """A page size that falls when the service refuses it or is slow with it; shared by all lists of one kind.

    With ``expand_optional``, ``expand`` is dropped for good where the org refuses it, and ``expand_refused`` says why.
    """

    def __init__(self, http: Http, sizes: tuple[int, ...], *, expand_optional: bool = False) -> None:
        self._http = http
        self._sizes = sizes
        self._at = 0
        self._expand_in_doubt = expand_optional
        self.expand_refused: str | None = None

    @property
    def size(self) -> int:
        return self._sizes[self._at]

    async def get(self, url: str) -> Answer:
        """``Http.get``, with smaller pages or without ``expand`` where that is what the service wants."""
        while True:
            asking, at = self._adapted(url), self._at
            smallest = at + 1 == len(self._sizes)
            try:
                answer = await self._http.get(asking, attempts=None if smallest else 2)
            except (ReadFailed, NotAllowed) as error:
                if self._expand_in_doubt and "expand=" in asking and _is_refusal(error):
                    plain = await self._without_expand(asking, error)
                    if plain is not None:
                        return plain
                elif not smallest and isinstance(error, Unreachable) and not _too_much(error):
                    return await self._http.get(asking)
                if smallest or not _too_much(error):
                    raise
                self._fall(at)
                continue
            if "expand=" in asking:
                self._expand_in_doubt = False
            if answer.seconds > _SLOW and self.size > _STILL_LARGE:
                self._fall(at)
            return answer

    def _adapted(self, url: str) -> str:
        asked_for = re.search(r"[?&]limit=(\d+)", url)
        if asked_for is not None and int(asked_for[1]) > self.size:
            url = with_limit(url, self.size)
        return without_expand(url) if self.expand_refused is not None else url

    async def _without_expand(self, url: str, refused: ReconcilerError) -> Answer | None:
        """The same page without ``expand``; None where that is refused as a bad request, too: it was not to blame."""
        try:
            answer = await self._http.get(without_expand(url))
        except UnexpectedAnswer as error:
            if error.status == 400:
                return None
            raise
        self.expand_refused = refused.what
        return answer

    def _fall(self, at: int) -> None:
        if self._at == at and at + 1 < len(self._sizes):
            self._at = at + 1


def _is_refusal(error: ReconcilerError) -> bool:
    return not isinstance(error, TokenRefused) and (isinstance(error, NotAllowed) or error.status == 400)


def _too_much(error: ReconcilerError) -> bool:
    """Whether a smaller page may help."""
    return error.status in (400, 413, 500, 502, 503, 504) or error.code in ("timeout", "cut")
