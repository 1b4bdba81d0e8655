"""What Kandji (Iru Endpoint) adds to plain SCIM: the forms of its addresses, and its optional REST API.

The REST API has its own token and knows what SCIM does not tell: archived people, their devices, and from which
directory integration they come. It knows no groups.
Source: https://api-docs.kandji.io, and the answers saved in the vendor's own Postman collection.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct

from reconciler.directories import scim
from reconciler.directories.answers import Answer, asked
from reconciler.directories.http import Http
from reconciler.directories.kandji_wire import read_devices, read_users
from reconciler.directories.scim_pages import ask, whole
from reconciler.directories.scim_reading import Params, Reading, how_known
from reconciler.directories.steps import Steps, Tally
from reconciler.directories.transport import is_loopback
from reconciler.errors import NotAllowed, ReadFailed, Unreachable, UsageError
from reconciler.model import DEVICES, Device, KandjiSnapshot, KandjiUser, Note, Source

Row = TypeVar("Row")
Progress = Callable[[str, int, int | None], None]

LIMITS = ((50, 1.0), (10_000, 3600.0))
"""Requests in so many seconds, for the whole tenant: give it to ``Policy.limits``."""
A_PAGE = 300
"""The most that either list gives at once."""
_HOSTS = (".kandji.io", ".iru.com")
_API_PATH = re.compile(r"(/api(/v1(/(users|devices|scim.*))?)?)?$", re.IGNORECASE)
_LEFT_FOR_OTHERS = 0.05


def scim_url(text: str, *, any_host: bool = False) -> str:
    """The SCIM base URL of a tenant: US, EU or legacy host; trailing slashes and ``/Users`` are forgiven, and
    ``/api/v1/scim`` is added where only the host is given.

    Loopback is always allowed, hosts outside Kandji's only with ``any_host``. ``UsageError`` otherwise.
    """
    url = scim.base_url(text)
    _check_host(url, any_host)
    return url if urlsplit(url).path else f"{url}/api/v1/scim"


def api_url(text: str, *, any_host: bool = False) -> str:
    """The base of the REST API, ``https://<tenant>.api.kandji.io``, with or without ``/api/v1`` behind it.

    Hosts are restricted as for ``scim_url``. ``UsageError`` otherwise.
    """
    url = text.strip().rstrip("/")
    _check_host(url, any_host)
    return _API_PATH.sub("", url)


def _check_host(url: str, any_host: bool) -> None:
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        host = ""
    if host and (any_host or is_loopback(host) or host.endswith(_HOSTS)):
        return
    raise UsageError(
        f"This is not an address of Kandji: {host or 'no host'}.",
        why="The token would be sent there.",
        next='write "https://<tenant>.api.kandji.io/api/v1/scim" (EU: .api.eu.kandji.io), or set kind = "scim"',
    )


class Rows(Struct, Generic[Row], frozen=True, kw_only=True):
    """A list that was read whole."""

    rows: tuple[Row, ...]
    pages: int
    how_known: str


class KandjiDirectory:
    """Reads Kandji's REST API through ``http``, whose base URL is ``api_url`` and whose policy has ``LIMITS``."""

    def __init__(self, http: Http, *, clock: Callable[[], datetime]) -> None:
        self._http = http
        self._clock = clock
        self._before: Answer | None = None

    async def read(self, progress: Progress) -> tuple[KandjiSnapshot, tuple[Source, ...], tuple[Note, ...]]:
        """People and devices.

        People that can't be read are raised (``NotAllowed``, ``ReadFailed``), because no people is no answer. Devices
        are a source of their own: where that failed, the snapshot has none, its source says why, and so does a note.
        """
        steps = Steps(self._http, self._clock)
        try:
            users = await steps.take("kandji.users", self._users(progress), _tally, required=False)
        except (ReadFailed, NotAllowed) as error:
            error.sources = ()  # nothing was read before it, and the caller accounts for the API as a whole
            raise
        devices: tuple[Device, ...] = ()
        notes: tuple[Note, ...] = ()
        try:
            devices = (await steps.take("kandji.devices", self._devices(progress), _tally, required=False)).rows
        except (ReadFailed, NotAllowed) as error:
            notes = (Note(kind="check-skipped", about=DEVICES, reason=error.what),)
        snapshot = KandjiSnapshot(api_url=self._http.base_url, users=users.rows, devices=devices)
        return snapshot, tuple(steps.sources), notes

    async def _users(self, progress: Progress) -> Rows[KandjiUser]:
        async def page(asks: Params) -> tuple[list[KandjiUser], str | None]:
            answer = await self._get("api/v1/users", {"sizePerPage": A_PAGE, **dict(parse_qsl(str(asks["cursor"])))})
            return read_users(answer)

        return await self._list("users", "user", page, lambda user: user.id, progress, by_cursor=True)

    async def _devices(self, progress: Progress) -> Rows[Device]:
        async def page(asks: Params) -> tuple[list[Device], None]:
            answer = await self._get("api/v1/devices", {"limit": A_PAGE, "offset": int(asks["startIndex"]) - 1})
            return read_devices(answer), None

        return await self._list("devices", "device", page, lambda device: device.id, progress, by_cursor=False)

    async def _list(
        self,
        name: str,
        word: str,
        page: Callable[[Params], Awaitable[tuple[list[Row], str | None]]],
        row_id: Callable[[Row], str],
        progress: Progress,
        *,
        by_cursor: bool,
    ) -> Rows[Row]:
        """The whole list, read again where it does not add up; there is no total, so the end is where none follows."""

        async def through(number: int) -> tuple[Reading, dict[str, Row]]:
            reading = Reading(count=A_PAGE, by_cursor=by_cursor)
            rows: dict[str, Row] = {}
            while reading.asks is not None:
                received, following = await page(reading.asks)
                reading.take(None, [row_id(row) for row in received], following)
                for row in received:
                    rows.setdefault(row_id(row), row)
                progress(f"kandji.{name}", len(rows), None)
            return reading, rows

        rows, readings = await whole(f"{self._http.base_url}/api/v1/{name}", word, through)
        return Rows(
            rows=tuple(rows.values()),
            pages=sum(reading.pages for reading in readings),
            how_known=how_known(word, readings),
        )

    async def _get(self, path: str, params: Params) -> Answer:
        if self._before is not None:
            _keep_budget(self._before)
        self._before = await ask(self._http, path, params)
        return self._before


def _keep_budget(answer: Answer) -> None:
    """The hour's budget belongs to everybody with a token of this tenant: the last part of it stays theirs."""
    try:
        limit, left = (int(answer.headers[f"x-ratelimit-{name}-hour"]) for name in ("limit", "remaining"))
    except (KeyError, ValueError):
        return
    if left < limit * _LEFT_FOR_OTHERS:
        raise Unreachable(
            f"Kandji's requests of this hour are nearly used up ({left:,} of {limit:,} left), by us or by others.",
            facts=asked(answer.url, answer.request_id),
            why="The budget is shared by the whole tenant, so the rest is left to others.",
            next="try again in an hour: reconciler run",
        )


def _tally(read: Rows[Any]) -> Tally:
    return Tally(rows=len(read.rows), pages=read.pages, how_known=read.how_known)
