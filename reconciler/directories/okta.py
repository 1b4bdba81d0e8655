"""Okta, read whole: one app, who is assigned to it, which groups it pushes, and who is in them.

The order: the app → assignments, assigned groups, mappings and rules side by side → every group these name → the
members of each assigned and each pushed group. Whatever is named by one list is looked for in another, so that a list
with a hole is noticed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.parse import quote

from msgspec import Struct, structs

from reconciler import model
from reconciler.directories import Permission, Progress, Unpointed
from reconciler.directories import okta_wire as wire
from reconciler.directories.http import Http
from reconciler.directories.ledger import Ledger, together
from reconciler.directories.okta_app import PROVISIONING, find_app, refuse_admin_url, without_provisioning
from reconciler.directories.okta_by_id import OktaRecords
from reconciler.directories.okta_groups import GroupsRead, MembersRead, find_named, read_groups, read_members
from reconciler.directories.okta_lists import AppLists, telling
from reconciler.directories.okta_look_ups import UserFinder, find_users, look_up
from reconciler.directories.okta_pages import Listing
from reconciler.directories.okta_permissions import try_permissions
from reconciler.directories.okta_words import unknown_values
from reconciler.errors import IncompleteRead, NotAllowed, ReconcilerError, TokenRefused

_GROUP_ID = re.compile(r"[\"'](00g[0-9A-Za-z]{17})[\"']")
_IS_GROUP_ID = re.compile(r"00g[0-9A-Za-z]{17}")
_MOST_LOOK_UPS = 2000


class _App(Struct, frozen=True, kw_only=True):
    """What the lists of the app itself say."""

    app: model.App
    app_users: Listing[wire.AppUser]
    app_groups: tuple[model.AppGroup, ...]
    mappings: tuple[model.Mapping, ...]
    rules: tuple[model.Rule, ...] | None

    @property
    def read_members_of(self) -> set[str]:
        return {group.id for group in self.app_groups} | {mapping.source_group_id for mapping in self.mappings}

    @property
    def named_groups(self) -> set[str]:
        """Ids of all groups that assignments, mappings (both ends), rules' targets and rules' conditions name."""
        rules = self.rules or ()
        return (
            self.read_members_of
            | {mapping.target_group_id for mapping in self.mappings if mapping.target_group_id is not None}
            | {group_id for rule in rules for group_id in rule.target_group_ids}
            | {group_id for rule in rules for group_id in _GROUP_ID.findall(rule.expression or "")}
        )


class OktaDirectory:
    """One app of one Okta org. ``app_id`` wins over ``app_label``; at most ``most_look_ups`` people are looked up.

    ``scope`` holds names or ids of further groups whose members are read: those that say who is meant to be in Kandji.
    """

    def __init__(
        self,
        http: Http,
        *,
        clock: Callable[[], datetime],
        app_id: str | None = None,
        app_label: str | None = None,
        scope: Sequence[str] = (),
        most_look_ups: int = _MOST_LOOK_UPS,
    ) -> None:
        refuse_admin_url(http.base_url)
        self._http = http
        self._clock = clock
        self._app_id = app_id
        self._app_label = app_label
        self._scope = tuple(scope)
        self._most_look_ups = most_look_ups

    async def read(
        self, progress: Progress
    ) -> tuple[model.OktaSnapshot, tuple[model.Source, ...], tuple[model.Note, ...]]:
        """Everything a pull needs. Errors carry ``sources``: what had been read, and which source failed."""
        ledger = Ledger(self._clock)
        try:
            snapshot = await self._read(ledger, progress)
        except ReconcilerError as error:
            error.sources = ledger.sources()
            raise
        return snapshot, ledger.sources(), (*ledger.notes(), *unknown_values(snapshot))

    async def _read(self, ledger: Ledger, progress: Progress) -> model.OktaSnapshot:
        of_app = await self._read_app(ledger, progress)
        groups = await self._read_groups(ledger, progress, of_app)
        members = await self._read_members(ledger, progress, of_app, groups)
        users = {user.id: user for user in (one.user() for one in of_app.app_users.rows) if user is not None}
        users.update(members.users)
        users.update(await self._read_left_out(ledger, of_app, users))
        vanished = set(members.vanished)
        return model.OktaSnapshot(
            org_url=self._http.base_url,
            app=of_app.app,
            users=tuple(users[one] for one in sorted(users)),
            app_users=tuple(sorted((one.value() for one in of_app.app_users.rows), key=lambda one: one.id)),
            app_groups=of_app.app_groups,
            mappings=of_app.mappings,
            rules=of_app.rules,
            groups=tuple(group for group in groups.groups if group.id not in vanished),
            invisible_group_ids=tuple(sorted({*groups.invisible, *vanished})),
            members=members.members,
        )

    async def _read_app(self, ledger: Ledger, progress: Progress) -> _App:
        with ledger.required("okta.app") as entry:
            found, entry.requests = await find_app(self._http, app_id=self._app_id, label=self._app_label)
            entry.rows = entry.pages = 1
            entry.how_known = (
                f"read by id: {found.id}" if self._app_id else f"the only app with the label “{found.label}”"
            )
        base = f"/api/v1/apps/{quote(found.id, safe='')}"
        reader = AppLists(self._http, ledger, progress)
        async with together() as tasks:
            app_users = tasks.create_task(reader.app_users(base))
            app_groups = tasks.create_task(reader.app_groups(base))
            mappings = tasks.create_task(reader.mappings(base))
            rules = tasks.create_task(reader.rules())
            features = tasks.create_task(reader.features(base))
            connection = tasks.create_task(reader.connection(base))
            schema = tasks.create_task(reader.schema(found.id))
        app = structs.replace(found.value(), provisioning_status=connection.result(), schema_attributes=schema.result())
        if not found.features:
            ledger.note("check-skipped", "provisioning settings of the app", "Okta does not tell the app's features")
        pushed, assigned = mappings.result(), app_users.result()
        alive = features.result() or connection.result() == "ENABLED" or pushed
        if PROVISIONING.isdisjoint(app.features) and not alive and not any(one.external_id for one in assigned.rows):
            raise await without_provisioning(self._http, found)
        return _App(app=app, app_users=assigned, app_groups=app_groups.result(), mappings=pushed, rules=rules.result())

    async def _read_groups(self, ledger: Ledger, progress: Progress, of_app: _App) -> GroupsRead:
        with ledger.required("okta.groups") as entry:
            ids = {one for one in self._scope if _IS_GROUP_ID.fullmatch(one)}
            wanted = of_app.named_groups | ids
            found = await read_groups(
                self._http, wanted, app_id=of_app.app.id, arrived=telling(progress, entry, len(wanted))
            )
            found = await self._with_scope(found, of_app)
            entry.rows, entry.pages, entry.requests = len(found.groups), found.pages, found.requests
            entry.how_known = (
                f"{len(wanted)} groups named by assignments, mappings and rules; {len(found.groups)} found, "
                f"{len(found.invisible)} not visible or deleted when asked for by id"
            )
        return found

    async def _with_scope(self, found: GroupsRead, of_app: _App) -> GroupsRead:
        """Adds the groups of the scope that nothing else names. Raises where one can't be found: who is meant to be in
        Kandji would be guessed."""
        named = {group.name.casefold() for group in found.groups} | {group.id for group in found.groups}
        unread = [one for one in self._scope if one not in named and one.casefold() not in named]
        if not unread:
            return found
        groups, requests = await find_named(self._http, unread)
        named |= {group.name.casefold() for group in groups}
        lost = [one for one in unread if one.casefold() not in named]
        if lost:
            raise IncompleteRead(
                f"Okta shows no group {', '.join(lost)}, which [scope] groups names.",
                why="it was renamed or deleted, or this token may not see it.",
                next="correct [scope] groups in the configuration, then: reconciler doctor",
            )
        every = {group.id: group for group in (*found.groups, *groups)}
        return structs.replace(
            found,
            groups=tuple(every[one] for one in sorted(every)),
            pages=found.pages + requests,
            requests=found.requests + requests,
        )

    def _in_scope(self, group: model.Group) -> bool:
        return group.id in self._scope or group.name.casefold() in {one.casefold() for one in self._scope}

    async def _read_members(self, ledger: Ledger, progress: Progress, of_app: _App, groups: GroupsRead) -> MembersRead:
        wanted = [group for group in groups.groups if group.id in of_app.read_members_of or self._in_scope(group)]
        counts = [group.users_count for group in wanted if group.users_count is not None]
        total = sum(counts) if len(counts) == len(wanted) else None
        with ledger.required("okta.members") as entry:
            read = await read_members(self._http, wanted, arrived=telling(progress, entry, total))
            entry.rows = sum(len(one.members) for one in read.members)
            entry.pages, entry.requests = read.pages, read.requests
            entry.how_known = (
                f"{len(read.members)} groups, each to its last page and nobody twice; {read.counted} counted "
                f"the same by Okta, {read.agreed} by two reads that agree"
            )
        if read.rules_refused is not None:
            ledger.note("check-skipped", "which rule brought a member", read.rules_refused)
        return read

    async def _read_left_out(
        self, ledger: Ledger, of_app: _App, known: dict[str, model.OktaUser]
    ) -> dict[str, model.OktaUser]:
        """Assigned people whom neither ``expand=user`` nor any group showed."""
        missing = {one.id for one in of_app.app_users.rows} - known.keys()
        if not missing:
            return {}
        with ledger.required("okta.people") as entry:
            finder = await find_users(self._http, missing)
            entry.rows, entry.pages, entry.requests = len(finder.found), finder.pages, finder.requests
            entry.how_known = f"{len(missing)} assigned people asked for by id; {len(finder.found)} found"
        return finder.found

    async def look_up(self, people: Sequence[Unpointed]) -> tuple[tuple[model.OktaUser, ...], model.Source]:
        """Okta users for Kandji accounts that no assigned app user points to; leavers included.

        A refusal is a value (``refused``). Faults that last are raised: without this list, someone who left would
        look like a stranger.
        """
        ledger = Ledger(self._clock)
        finder = UserFinder(self._http)
        asked_for = sorted(people, key=lambda one: one.okta_user_id is None)[: self._most_look_ups]
        try:
            with ledger.required("okta.look_ups") as entry:
                await look_up(finder, asked_for)
                entry.rows, entry.pages, entry.requests = len(finder.found), finder.pages, finder.requests
                entry.how_known = (
                    f"{len(asked_for)} accounts looked up by id, login and e-mail; {entry.rows} people found"
                )
        except TokenRefused:
            raise
        except NotAllowed as error:
            return (), structs.replace(ledger.sources()[0], required=False, state=model.REFUSED, reason=error.what)
        except ReconcilerError as error:
            error.sources = ledger.sources()
            raise
        reasons = []
        if len(people) > len(asked_for):
            reasons.append(f"{len(people) - len(asked_for)} accounts beyond {self._most_look_ups} were not looked up")
        if finder.hidden:
            reasons.append(f"{finder.hidden} people are hidden from this token")
        state = model.INCOMPLETE if reasons else model.COMPLETE
        reason = "; ".join(reasons) or None
        source = structs.replace(ledger.sources()[0], required=False, state=state, reason=reason)
        return tuple(finder.found[one] for one in sorted(finder.found)), source

    def records(self, app_id: str) -> OktaRecords:
        """Single records of the app, read by id."""
        return OktaRecords(self._http, app_id)

    async def permissions(self) -> tuple[Permission, ...]:
        """Each read by name, tried with one tiny request. Raises only where the token itself is refused."""
        found, _ = await find_app(self._http, app_id=self._app_id, label=self._app_label)
        return await try_permissions(self._http, found.id)
