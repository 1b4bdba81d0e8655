"""The lists of one app, each read whole and written down in the ledger; those we can do without may be refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from urllib.parse import quote

from msgspec import Struct, structs

from reconciler import model
from reconciler.directories import Progress
from reconciler.directories import okta_wire as wire
from reconciler.directories.answers import Answer
from reconciler.directories.http import Http
from reconciler.directories.ledger import Entry, Ledger, together
from reconciler.directories.okta_pages import ItemT, Listing, PageSize, read_list
from reconciler.directories.okta_rule_texts import RuleText, read_texts
from reconciler.directories.okta_user_wire import AppUser, People

T = TypeVar("T")

_APP_USER_PAGES = (500, 200, 100, 50)


class AppRead(Struct, frozen=True, kw_only=True):
    """What the lists of the app itself say, and the rules. ``people`` decodes those attributes that the rules read."""

    app: model.App
    features: bool | None
    """Whether provisioning is on; None where the org does not say."""
    people: People
    app_users: tuple[model.AppUser, ...]
    users: dict[str, model.OktaUser]
    """The assigned people, as far as ``expand=user`` embeds them, by id."""
    app_groups: tuple[model.AppGroup, ...]
    mappings: tuple[model.Mapping, ...]
    rules: tuple[model.Rule, ...] | None
    texts: tuple[RuleText, ...]
    """What the rules read; none where the rules may not be read."""

    @property
    def read_members_of(self) -> set[str]:
        return {group.id for group in self.app_groups} | {mapping.source_group_id for mapping in self.mappings}

    @property
    def named_groups(self) -> set[str]:
        """Ids of all groups that assignments, mappings (both ends), rules' targets and rules' conditions name."""
        return (
            self.read_members_of
            | {mapping.target_group_id for mapping in self.mappings if mapping.target_group_id is not None}
            | {group_id for text in self.texts for group_id in text.feeds | text.group_ids}
        )


class AppLists:
    """The lists of the app, each with its entry in the ledger."""

    def __init__(self, http: Http, ledger: Ledger, progress: Progress) -> None:
        self._http = http
        self._ledger = ledger
        self._progress = progress

    async def everything(self, app: wire.App) -> AppRead:
        """All of them, side by side; but people only once it is known what the rules ask of them."""
        base = f"/api/v1/apps/{quote(app.id, safe='')}"
        async with together() as tasks:
            rules = tasks.create_task(self.rules())
            assigned = tasks.create_task(self._assigned(base, rules))
            app_groups = tasks.create_task(self.app_groups(base))
            mappings = tasks.create_task(self.mappings(base))
            features = tasks.create_task(self.features(base))
            connection = tasks.create_task(self.connection(base))
            schema = tasks.create_task(self.schema(app.id))
        texts, people, app_users, users = assigned.result()
        return AppRead(
            app=structs.replace(
                app.value(), provisioning_status=connection.result(), schema_attributes=schema.result()
            ),
            features=features.result(),
            people=people,
            app_users=app_users,
            users=users,
            app_groups=app_groups.result(),
            mappings=mappings.result(),
            rules=rules.result(),
            texts=texts,
        )

    async def _assigned(
        self, base: str, rules: Awaitable[tuple[model.Rule, ...] | None]
    ) -> tuple[tuple[RuleText, ...], People, tuple[model.AppUser, ...], dict[str, model.OktaUser]]:
        """What was decoded is let go here: kept until the members are read, it would be the most that is in memory."""
        texts = read_texts(await rules or ())
        people = People(name for text in texts for name in text.attributes)
        rows = sorted(await self.app_users(base, people), key=lambda one: one.id)
        users = {one.user.id: people.value(one.user) for one in rows if one.user is not None}
        return texts, people, tuple(one.value() for one in rows), users

    async def app_users(self, base: str, people: People) -> tuple[AppUser[Any], ...]:
        with self._ledger.required("okta.app_users") as entry:
            pages = PageSize(self._http, _APP_USER_PAGES)
            parameters: dict[str, str | int] = {"limit": 500, "expand": "user"}
            listing = await self._list(entry, f"{base}/users", parameters, people.app_user, "assigned people", pages)
            return listing.rows

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
