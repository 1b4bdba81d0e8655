"""Any SCIM 2.0 app: its users and groups, read whole or not at all.

Sources: RFC 7643, RFC 7644, RFC 9865. Servers differ from them and from one another; what this reader takes in its
stride is told in ``scim_wire`` (bodies), ``scim_reading`` (paging) and ``scim_groups`` (members).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

import msgspec

from reconciler.directories.answers import Answer
from reconciler.directories.http import Http
from reconciler.directories.scim_groups import GroupsRead, each, with_members
from reconciler.directories.scim_pages import Listing, ListReader, ask, place
from reconciler.directories.scim_probe import Announced, announced, equals, probe
from reconciler.directories.scim_reading import plural
from reconciler.directories.scim_wire import (
    GroupRow,
    UserRow,
    read_body,
    read_group,
    read_user,
    strange,
)
from reconciler.directories.steps import Steps, Tally
from reconciler.errors import NotAllowed, ReadFailed, UnexpectedAnswer, Vanished
from reconciler.model import Capabilities, Note, ScimGroup, ScimSnapshot, ScimUser, Source

Progress = Callable[[str, int, int | None], None]

USERS_A_PAGE = 1000
GROUPS_A_PAGE = 100
"""Groups carry their members: a page of them is long enough."""
_ENDPOINT = re.compile(r"/(Users|Groups|ServiceProviderConfig|ResourceTypes|Schemas)$", re.IGNORECASE)
_NO_FILTER = frozenset({400, 403, 404, 405, 501})


def base_url(text: str) -> str:
    """A SCIM base URL as people paste it: slashes at the end and an endpoint such as ``/Users`` are forgiven."""
    return _ENDPOINT.sub("", text.strip().rstrip("/")).rstrip("/")


class ScimDirectory:
    """Reads one SCIM server through ``http``, whose base URL is the SCIM base. ``clock`` gives aware UTC."""

    def __init__(self, http: Http, *, clock: Callable[[], datetime], at_once: int = 6) -> None:
        self._http = http
        self._clock = clock
        self._at_once = at_once
        self._announced: Announced | None = None

    async def read(self, progress: Progress) -> tuple[ScimSnapshot, tuple[Source, ...], tuple[Note, ...]]:
        """Everything: all users, all groups with their members, and what the server can do.

        Raises ``IncompleteRead`` and the errors of ``Http.get``; such an error carries in ``sources`` what was read
        before it and the source that failed.
        """
        steps = Steps(self._http, self._clock)
        users = await steps.take("scim.users", self._users(progress), _of_users)
        named = frozenset(group_id for row in users.rows for group_id in row.group_ids)
        listing, groups = await steps.take("scim.groups", self._groups(progress, named), _of_groups)
        try:
            told = await steps.take("scim.probe", self.probe(), _of_probe, required=False)
        except (ReadFailed, NotAllowed):
            told = (await self._what_it_says()).capabilities()  # the step keeps the reason; nothing depends on it
        snapshot = ScimSnapshot(
            base_url=self._http.base_url,
            capabilities=_learnt(told, users, listing),
            users=tuple(row.user for row in users.rows),
            groups=groups.groups,
        )
        return snapshot, tuple(steps.sources), groups.notes

    async def probe(self) -> Capabilities:
        """What the server can do, by about ten small reads. Raises where not even one user may be read."""
        return await probe(self._http, await self._what_it_says())

    async def read_users(self, ids: Sequence[str]) -> dict[str, ScimUser | None]:
        """Users by id; None for those that the server answers with 404. Every other refusal is raised."""
        return await each(ids, self._read_user, self._at_once)

    async def read_groups(self, ids: Sequence[str]) -> dict[str, ScimGroup | None]:
        """Groups by id, as ``read_users``. ``member_ids`` is None where the group by itself does not tell them."""
        rows = await each(ids, self._read_group, self._at_once)
        return {
            key: None if row is None else ScimGroup(id=key, display_name=row.display_name, member_ids=row.member_ids)
            for key, row in rows.items()
        }

    async def find_groups(self, names: Sequence[str]) -> dict[str, tuple[ScimGroup, ...]]:
        """Groups by name, without regard to case; () for a name that nothing has.

        Asked by filter, and compared again here, because some servers ignore filters. Where filters are refused, the
        whole list is read instead.
        """
        found: dict[str, tuple[GroupRow, ...]] = {}
        everything: tuple[GroupRow, ...] | None = None
        for name in dict.fromkeys(names):
            rows = everything if everything is not None else await self._filtered(name)
            if rows is None:
                rows = everything = (await self._list_groups()).rows
            found[name] = tuple(row for row in rows if _same_name(row.display_name, name))
        distinct = {row.id: row for rows in found.values() for row in rows}
        read = await with_members(tuple(distinct.values()), self._read_group, at_once=self._at_once)
        whole = {group.id: group for group in read.groups}
        return {name: tuple(whole[row.id] for row in rows if row.id in whole) for name, rows in found.items()}

    async def _what_it_says(self) -> Announced:
        """Asked once."""
        if self._announced is None:
            self._announced = await announced(self._http)
        return self._announced

    async def _users(self, progress: Progress) -> Listing[UserRow]:
        said = await self._what_it_says()
        return await ListReader(
            self._http,
            "Users",
            word="user",
            row=read_user,
            row_id=lambda row: row.user.id,
            count=USERS_A_PAGE,
            by_cursor=said.cursor is True,
            by_index=said.index is not False,
            told=partial(progress, "scim.users"),
        ).read()

    async def _groups(self, progress: Progress, named: frozenset[str]) -> tuple[Listing[GroupRow], GroupsRead]:
        listing = await self._list_groups(progress=progress)
        return listing, await with_members(listing.rows, self._read_group, named=named, at_once=self._at_once)

    async def _list_groups(
        self, *, where: str | None = None, progress: Progress = lambda source, rows, total: None
    ) -> Listing[GroupRow]:
        said = await self._what_it_says()
        return await ListReader(
            self._http,
            "Groups",
            word="group",
            row=read_group,
            row_id=lambda row: row.id,
            count=GROUPS_A_PAGE,
            by_cursor=said.cursor is True,
            by_index=said.index is not False,
            told=partial(progress, "scim.groups"),
        ).read(where=where)

    async def _filtered(self, name: str) -> tuple[GroupRow, ...] | None:
        """Rows for the filter; None where the server can't filter by name."""
        try:
            return (await self._list_groups(where=equals("displayName", name))).rows
        except UnexpectedAnswer as error:
            if isinstance(error.__cause__, Vanished):
                return ()
            if error.status in _NO_FILTER:
                return None
            raise

    async def _read_user(self, user_id: str) -> ScimUser | None:
        answer = await self._one("Users", user_id)
        if answer is None:
            return None
        user = read_user(read_body(answer), answer).user
        if user.id != user_id:
            raise strange(answer, "another user than the one that was asked for")
        return user

    async def _read_group(self, group_id: str) -> GroupRow | None:
        answer = await self._one("Groups", group_id)
        if answer is None:
            return None
        group = read_group(read_body(answer), answer)
        if group.id != group_id:
            raise strange(answer, "another group than the one that was asked for")
        return group

    async def _one(self, path: str, resource_id: str) -> Answer | None:
        try:
            return await ask(self._http, place(path, resource_id), {})
        except Vanished:
            return None


def _same_name(one: str | None, other: str) -> bool:
    return one is not None and _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _of_probe(told: Capabilities) -> Tally:
    answers = msgspec.structs.astuple(told)
    answered = sum(answer is not None for answer in answers)
    return Tally(rows=0, pages=0, how_known=f"{answered} of {len(answers)} questions answered")


def _of_users(users: Listing[UserRow]) -> Tally:
    return Tally(rows=len(users.rows), pages=users.pages, how_known=users.how_known)


def _of_groups(read: tuple[Listing[GroupRow], GroupsRead]) -> Tally:
    listing, groups = read
    known = [listing.how_known]
    if groups.asked:
        known.append(f"the members of {plural(groups.asked, 'group')} read one by one")
    if groups.gone:
        known.append(f"{plural(groups.gone, 'group')} deleted meanwhile")
    if groups.unknown:
        known.append(f"the server does not say who is in {plural(groups.unknown, 'group')}")
    return Tally(rows=len(groups.groups), pages=listing.pages, how_known="; ".join(known))


def _learnt(told: Capabilities, users: Listing[UserRow], groups: Listing[GroupRow]) -> Capabilities:
    """The probe's answers, corrected by what reading the lists showed."""
    caps = [cap for cap in (users.page_cap, groups.page_cap) if cap is not None]
    shown = any(row.member_ids for row in groups.rows)
    unsaid = any(row.member_ids is None for row in groups.rows)
    return msgspec.structs.replace(
        told,
        page_cap=max(caps) if caps else told.page_cap,
        members_in_lists=True if shown else (False if unsaid else told.members_in_lists),
    )
