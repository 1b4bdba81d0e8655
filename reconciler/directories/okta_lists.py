"""The lists of one app, each read whole and written down in the ledger; those we can do without may be refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar
from urllib.parse import quote

from reconciler import model
from reconciler.directories import Progress
from reconciler.directories import okta_wire as wire
from reconciler.directories.answers import Answer
from reconciler.directories.http import Http
from reconciler.directories.ledger import Entry, Ledger
from reconciler.directories.okta_pages import ItemT, Listing, PageSize, read_list

T = TypeVar("T")

_APP_USER_PAGES = (500, 200, 100, 50)


class AppLists:
    """The lists of the app, each with its entry in the ledger."""

    def __init__(self, http: Http, ledger: Ledger, progress: Progress) -> None:
        self._http = http
        self._ledger = ledger
        self._progress = progress

    async def app_users(self, base: str) -> Listing[wire.AppUser]:
        with self._ledger.required("okta.app_users") as entry:
            pages = PageSize(self._http, _APP_USER_PAGES)
            return await self._list(
                entry, f"{base}/users", {"limit": 500, "expand": "user"}, wire.AppUser, "assigned people", pages
            )

    async def app_groups(self, base: str) -> tuple[model.AppGroup, ...]:
        with self._ledger.required("okta.app_groups") as entry:
            listing = await self._list(entry, f"{base}/groups", {"limit": 200}, wire.AppGroup, "assigned groups")
            return tuple(sorted((one.value() for one in listing.rows), key=lambda one: one.id))

    async def mappings(self, base: str) -> tuple[model.Mapping, ...]:
        path = f"{base}/group-push/mappings"
        with self._ledger.required("okta.mappings") as entry:
            listing = await self._list(entry, path, {"limit": 1000}, wire.Mapping, "push mappings")
            return tuple(sorted((one.value() for one in listing.rows), key=lambda one: one.id))

    async def rules(self) -> tuple[model.Rule, ...] | None:
        with self._ledger.optional("okta.rules", "group rules") as entry:
            parameters: dict[str, str | int] = {"limit": 200, "expand": "groupIdToGroupNameMap"}
            pages = PageSize(self._http, (200, 50), expand_optional=True)
            listing = await self._list(entry, "/api/v1/groups/rules", parameters, wire.Rule, "group rules", pages)
            return tuple(sorted((one.value() for one in listing.rows), key=lambda one: one.id))
        return None

    async def features(self, base: str) -> bool | None:
        """Whether provisioning is on; None where the org does not say."""
        with self._ledger.optional("okta.features", "provisioning switches of the app") as entry:
            rows = await self._one(entry, f"{base}/features", list[wire.Feature])
            entry.rows = len(rows)
            return any(one.name == "USER_PROVISIONING" and one.status == "ENABLED" for one in rows)
        return None

    async def connection(self, base: str) -> str | None:
        with self._ledger.optional("okta.connection", "provisioning connection of the app") as entry:
            return (await self._one(entry, f"{base}/connections/default", wire.Connection)).status
        return None

    async def schema(self, app_id: str) -> tuple[str, ...] | None:
        with self._ledger.optional("okta.schema", "attributes that the app defines") as entry:
            path = f"/api/v1/meta/schemas/apps/{quote(app_id, safe='')}/default"
            return (await self._one(entry, path, wire.Schema)).attributes()
        return None

    async def _one(self, entry: Entry, path: str, type: type[T]) -> T:
        answer = await self._http.get(path)
        entry.rows, entry.pages, entry.requests = 1, 1, answer.attempts
        entry.how_known = "one answer, not paged"
        return answer.json_as(type)

    async def _list(
        self,
        entry: Entry,
        path: str,
        parameters: dict[str, str | int],
        item: type[ItemT],
        what: str,
        pages: PageSize | None = None,
    ) -> Listing[ItemT]:
        fetch: Callable[[str], Awaitable[Answer]] = self._http.get if pages is None else pages.get
        listing = await read_list(
            fetch,
            path,
            parameters,
            item,
            what=what,
            arrived=telling(self._progress, entry, None),
        )
        entry.rows, entry.pages, entry.requests = len(listing.rows), listing.pages, listing.requests
        again = f"; read {listing.reads} times until it was whole" if listing.reads > 1 else ""
        entry.how_known = f"to the last page (no further link), no id twice{again}"
        return listing


def telling(progress: Progress, entry: Entry, total: int | None) -> Callable[[int], None]:
    return lambda rows: progress(entry.name, rows, total)
