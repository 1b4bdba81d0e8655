"""One way through a SCIM list, page by page: what to ask next, and whether it added up. It sends nothing.

Paging is stateless (RFC 7644 §3.4.2.4): servers cap pages, ignore ``startIndex``, and rows move between pages while
they are read. So the next index counts what was *received*, never what was asked for or what ``itemsPerPage`` says;
and one row after the end is asked for, because a total that only counts its own page would hide the rest. With a
cursor (RFC 9865) the end is the page that names no next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MOST_PAGES = 20_000
_MOST_MOVES = 20
_MOST_EMPTY = 5

Params = dict[str, str | int]


class Reading:
    """``asks`` are the parameters of the next request, None at the end.

    ``count`` is the page size asked for, ``beyond`` whether to ask for a row after the end, too.
    """

    def __init__(self, *, count: int, by_cursor: bool = False, beyond: bool = True) -> None:
        self.count = count
        self.by_cursor = by_cursor
        self.pages = 0
        self.received = 0
        self.totals: list[int] = []
        """``totalResults`` of the first page, and each other value that followed."""
        self.troubles: list[str] = []
        self.confirmed = False
        """A page after the end held nothing new."""
        self.capped: int | None = None
        """Rows in the first page, where they were fewer than asked for although there were more."""
        self.past_end = False
        self.asks: Params | None = {"cursor": ""} if by_cursor else {"startIndex": 1}
        self._asks_beyond = beyond
        self._seen: set[str] = set()
        self._cursors: set[str] = set()
        self._empty = 0
        self._extra = 0
        self._broken = False

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(self._seen)

    @property
    def unique(self) -> int:
        return len(self._seen)

    @property
    def adds_up(self) -> bool:
        """As many different ids as the last ``totalResults`` said; without one, the end was reached in good order."""
        return self.unique == self.totals[-1] and not self._extra if self.totals else not self._broken

    @property
    def clean(self) -> bool:
        return self.adds_up and not self.troubles

    def take(self, total: int | None, ids: Sequence[str], next_cursor: str | None) -> None:
        """Take in a page: its ``totalResults``, the ids in its order, and its ``nextCursor``."""
        self.pages += 1
        new = set(ids) - self._seen
        self._note_total(total)
        if self.past_end:
            self._extra = len(new)
            self.confirmed = not new
            self._end(f"{len(new)} more rows came after the end" if new else None)
            return
        if self.pages == 1 and len(ids) < self.count and (total or 0) > len(ids) > 0:
            self.capped = len(ids)
        self.received += len(ids)
        self._seen |= new
        if len(new) < len(ids) and not self._repeated(ids, new):
            self._trouble("an id came twice")
        if self.by_cursor or next_cursor is not None:
            self.by_cursor = True
            self._follow(ids, new, next_cursor)
        else:
            self._count_on(ids, new)

    def refuse_beyond(self) -> None:
        """The page after the end was refused: nothing learnt, nothing wrong."""
        self._end(None)

    def break_off(self, trouble: str) -> None:
        """The reading can't go on."""
        self._end(trouble)

    def _note_total(self, total: int | None) -> None:
        if total is None or (self.totals and total == self.totals[-1]):
            return
        self.totals.append(total)
        if len(self.totals) > 1:
            self._trouble(f"totalResults moved from {self.totals[0]} to {total}")

    def _follow(self, ids: Sequence[str], new: set[str], cursor: str | None) -> None:
        self._empty = 0 if ids else self._empty + 1
        if cursor is None:
            self._end(None)
        elif cursor in self._cursors:
            self._end("a cursor came twice")
        elif self._repeated(ids, new):
            self._end("a page came twice")
        elif self._empty > _MOST_EMPTY:
            self._end("empty pages without an end")
        elif not self._is_endless():
            self._cursors.add(cursor)
            self.asks = {"cursor": cursor}

    def _count_on(self, ids: Sequence[str], new: set[str]) -> None:
        if self._repeated(ids, new):
            self._end("a page came twice")
        elif not ids:
            self._end(None)
        elif self._is_endless():
            return
        else:
            self.past_end = self.unique >= self.totals[-1] if self.totals else False
            self.asks = {"startIndex": self.received + 1}
            if self.past_end and not self._asks_beyond:
                self._end(None)

    def _is_endless(self) -> bool:
        if self.totals and self.unique > self.totals[-1]:
            self._end("there are more rows than totalResults")
        elif self.pages >= MOST_PAGES or len(self.totals) > _MOST_MOVES:
            self._end("pages without an end")
        else:
            return False
        return True

    def _repeated(self, ids: Sequence[str], new: set[str]) -> bool:
        return bool(ids) and not new

    def _trouble(self, words: str) -> None:
        if words not in self.troubles:
            self.troubles.append(words)

    def _end(self, trouble: str | None) -> None:
        if trouble:
            self._trouble(trouble)
            self._broken = True
        self.asks = None


def plural(number: int, word: str) -> str:
    """``1 page``, ``2 pages``."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def how_known(word: str, readings: Sequence[Reading]) -> str:
    """Why the last of ``readings`` is believed to be whole: ``120 users received = totalResults 120, ids unique``."""
    last = readings[-1]
    known = f"{plural(last.unique, word)} received"
    if last.totals:
        known += f" = totalResults {last.totals[-1]}"
    if last.by_cursor:
        known += ", the last page named no next cursor"
    elif not last.totals:
        known += ", an empty page came last"
    if last.unique:
        known += ", ids unique" if last.received == last.unique else ", each id counted once"
    if last.confirmed:
        known += ", nothing after the end"
    if len(readings) > 1:
        reasons = "; ".join(distinct(trouble for reading in readings[:-1] for trouble in reading.troubles))
        agreed = "" if last.clean else ", two readings agreed"
        known += f" (read {len(readings)} times: {reasons or 'it did not add up'}{agreed})"
    return known


def distinct(words: Iterable[str]) -> list[str]:
    """Each once, in the order of their first coming."""
    return list(dict.fromkeys(words))
