"""Okta, read whole: one app, who is assigned to it, which groups it pushes, and who is in them.

The order: the app → assignments, assigned groups, mappings and rules side by side → every group these name → the
members of each assigned and each pushed group. Whatever is named by one list is looked for in another, so that a list
with a hole is noticed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec import structs

from reconciler import model
from reconciler.directories import Permission, Progress, Unpointed
from reconciler.directories.http import Http
from reconciler.directories.ledger import Ledger
from reconciler.directories.okta_app import PROVISIONING, find_app, refuse_admin_url, without_provisioning
from reconciler.directories.okta_by_id import OktaRecords
from reconciler.directories.okta_groups import GroupsRead, MembersRead, find_named, read_groups, read_members
from reconciler.directories.okta_lists import AppLists, AppRead, telling
from reconciler.directories.okta_logs import read_log
from reconciler.directories.okta_look_ups import UserFinder, find_users, look_up
from reconciler.directories.okta_permissions import try_permissions
from reconciler.directories.okta_rule_groups import RuleGroupsRead, read_rule_groups
from reconciler.directories.okta_rule_texts import is_group_id
from reconciler.directories.okta_user_wire import People
from reconciler.directories.okta_words import unknown_values
from reconciler.errors import IncompleteRead, NotAllowed, ReconcilerError, TokenRefused
from reconciler.system_log import WINDOW

_MOST_LOOK_UPS = 2000


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
        self._people = People()

    async def read(
        self, progress: Progress, *, log_since: datetime | None = None
    ) -> tuple[model.OktaSnapshot, tuple[model.Source, ...], tuple[model.Note, ...]]:
        """Everything a pull needs, and the System Log of the last week or since ``log_since``. Errors carry
        ``sources``: what had been read, and which source failed."""
        ledger = Ledger(self._clock)
        until = self._clock()
        try:
            snapshot = await self._read(ledger, progress, log_since or until - WINDOW, until)
        except ReconcilerError as error:
            error.sources = ledger.sources()
            raise
        return snapshot, ledger.sources(), (*ledger.notes(), *unknown_values(snapshot))

    async def _read(self, ledger: Ledger, progress: Progress, since: datetime, until: datetime) -> model.OktaSnapshot:
        of_app = await self._read_app(ledger, progress)
        fed = of_app.read_members_of
        groups = await self._read_groups(ledger, progress, of_app)
        members = await self._read_members(ledger, progress, of_app, groups)
        log = await read_log(
            self._http, ledger, app_id=of_app.app.id, group_ids=fed, since=since, until=until, progress=progress
        )
        users = {**of_app.users, **members.users}
        users.update(await self._read_left_out(ledger, of_app, users))
        asked = await self._read_rule_groups(ledger, progress, of_app, groups, members)
        users.update(asked.users)
        vanished = {*members.vanished, *asked.vanished}
        visible = {group.id: group for group in (*groups.groups, *asked.groups) if group.id not in vanished}
        return model.OktaSnapshot(
            org_url=self._http.base_url,
            app=of_app.app,
            users=tuple(users[one] for one in sorted(users)),
            app_users=of_app.app_users,
            app_groups=of_app.app_groups,
            mappings=of_app.mappings,
            rules=of_app.rules,
            groups=tuple(visible[one] for one in sorted(visible)),
            invisible_group_ids=tuple(sorted({*groups.invisible, *vanished})),
            members=tuple(sorted((*members.members, *asked.members), key=lambda one: one.group_id)),
            events=log.events,
            events_since=log.since,
        )

    async def _read_app(self, ledger: Ledger, progress: Progress) -> AppRead:
        with ledger.required("okta.app") as entry:
            found, entry.requests = await find_app(self._http, app_id=self._app_id, label=self._app_label)
            entry.rows = entry.pages = 1
            entry.how_known = (
                f"read by id: {found.id}" if self._app_id else f"the only app with the label “{found.label}”"
            )
        of_app = await AppLists(self._http, ledger, progress).everything(found)
        self._people = of_app.people
        if not found.features:
            ledger.note("check-skipped", "provisioning settings of the app", "Okta does not tell the app's features")
        alive = of_app.features or of_app.app.provisioning_status == "ENABLED" or of_app.mappings
        provisioned = any(one.external_id for one in of_app.app_users)
        if PROVISIONING.isdisjoint(of_app.app.features) and not alive and not provisioned:
            raise await without_provisioning(self._http, found)
        return of_app

    async def _read_groups(self, ledger: Ledger, progress: Progress, of_app: AppRead) -> GroupsRead:
        with ledger.required("okta.groups") as entry:
            ids = {one for one in self._scope if is_group_id(one)}
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

    async def _with_scope(self, found: GroupsRead, of_app: AppRead) -> GroupsRead:
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

    async def _read_members(
        self, ledger: Ledger, progress: Progress, of_app: AppRead, groups: GroupsRead
    ) -> MembersRead:
        wanted = [group for group in groups.groups if group.id in of_app.read_members_of or self._in_scope(group)]
        counts = [group.users_count for group in wanted if group.users_count is not None]
        total = sum(counts) if len(counts) == len(wanted) else None
        with ledger.required("okta.members") as entry:
            read = await read_members(self._http, self._people, wanted, arrived=telling(progress, entry, total))
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
        self, ledger: Ledger, of_app: AppRead, known: dict[str, model.OktaUser]
    ) -> dict[str, model.OktaUser]:
        """Assigned people whom neither ``expand=user`` nor any group showed."""
        missing = {one.id for one in of_app.app_users} - known.keys()
        if not missing:
            return {}
        with ledger.required("okta.people") as entry:
            finder = await find_users(self._http, self._people, missing)
            entry.rows, entry.pages, entry.requests = len(finder.found), finder.pages, finder.requests
            entry.how_known = f"{len(missing)} assigned people asked for by id; {len(finder.found)} found"
        return finder.found

    async def _read_rule_groups(
        self, ledger: Ledger, progress: Progress, of_app: AppRead, groups: GroupsRead, members: MembersRead
    ) -> RuleGroupsRead:
        return await read_rule_groups(
            self._http,
            ledger,
            self._people,
            texts=of_app.texts,
            fed=of_app.read_members_of,
            groups={group.id: group for group in groups.groups},
            done={one.group_id for one in members.members},
            progress=progress,
        )

    async def look_up(self, people: Sequence[Unpointed]) -> tuple[tuple[model.OktaUser, ...], model.Source]:
        """Okta users for Kandji accounts that no assigned app user points to; leavers included.

        A refusal is a value (``refused``). Faults that last are raised: without this list, someone who left would
        look like a stranger.
        """
        ledger = Ledger(self._clock)
        finder = UserFinder(self._http, self._people)
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
        return OktaRecords(self._http, self._people, app_id)

    async def permissions(self) -> tuple[Permission, ...]:
        """Each read by name, tried with one tiny request. Raises only where the token itself is refused."""
        found, _ = await find_app(self._http, app_id=self._app_id, label=self._app_label)
        return await try_permissions(self._http, found.id)
