"""Okta's groups in few calls, and who is in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from reconciler import model
from reconciler.directories.http import Http
from reconciler.directories.ledger import together
from reconciler.directories.okta_pages import PageSize, read_list
from reconciler.directories.okta_user_wire import People, User
from reconciler.directories.okta_wire import Group
from reconciler.errors import NotAllowed, ReadFailed, TokenRefused, UnexpectedAnswer, Vanished

_BATCH = 50
"""Ids in one search: about 2,500 characters of address."""
_PAGE = 200
_MEMBER_PAGES = (1000, 200, 100, 50)


class GroupsRead(Struct, frozen=True, kw_only=True):
    groups: tuple[model.Group, ...]
    invisible: tuple[str, ...]
    """Named, but neither found by a search nor when asked for by id: deleted, or hidden from this token."""
    pages: int
    requests: int


class _GroupReader:
    def __init__(self, http: Http, wanted: Iterable[str], arrived: Callable[[int], None]) -> None:
        self._http = http
        self._page = PageSize(http, (_PAGE,), expand_optional=True)
        self._arrived = arrived
        self.missing = set(wanted)
        self.found: dict[str, model.Group] = {}
        self.pages = self.requests = 0

    async def search(self, expression: str) -> None:
        """What a search gives of the groups still missing. It lags behind, so what it leaves out may exist."""
        parameters: dict[str, str | int] = {"search": expression, "limit": _PAGE, "expand": "stats"}
        listing = await read_list(self._page.get, "/api/v1/groups", parameters, Group, what="groups", end_matters=False)
        self.pages, self.requests = self.pages + listing.pages, self.requests + listing.requests
        for group in listing.rows:
            self._keep(group)

    async def by_ids(self, ids: Sequence[str]) -> None:
        if not ids:
            return
        try:
            await self.search(" or ".join(f'id eq "{one}"' for one in ids))
        except UnexpectedAnswer as error:
            if error.status not in (400, 414):
                raise
            if len(ids) > 1:  # too long or too complex for this org
                await self.by_ids(ids[: len(ids) // 2])
                await self.by_ids(ids[len(ids) // 2 :])

    async def by_id(self, group_id: str) -> None:
        """The truth about one group: unlike a search, this read does not lag."""
        try:
            answer = await self._http.get(f"/api/v1/groups/{quote(group_id, safe='')}")
        except TokenRefused:
            raise
        except (Vanished, NotAllowed):
            self.requests += 1
            return
        self.pages, self.requests = self.pages + 1, self.requests + answer.attempts
        self._keep(answer.json_as(Group))

    def _keep(self, group: Group) -> None:
        if group.id in self.missing:
            self.missing.discard(group.id)
            self.found[group.id] = group.value()
            self._arrived(len(self.found))


async def read_groups(
    http: Http, wanted: Iterable[str], *, app_id: str, arrived: Callable[[int], None] = lambda _: None
) -> GroupsRead:
    """Every group of ``wanted`` that can be seen, with its count where ``expand=stats`` gives one.

    One search for the app's own groups (the targets of push mappings), then searches for fifty ids at a time. A search
    is only eventually consistent: what it does not return is asked for by id before it is called invisible.
    Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Group/#tag/Group/operation/listGroups
    """
    reader = _GroupReader(http, wanted, arrived)
    if len(reader.missing) > _BATCH:
        try:
            await reader.search(f'type eq "APP_GROUP" and source.id eq "{app_id}"')
        except UnexpectedAnswer as error:
            if error.status != 400:
                raise
    ids = sorted(reader.missing)
    async with together() as tasks:
        for start in range(0, len(ids), _BATCH):
            tasks.create_task(reader.by_ids(ids[start : start + _BATCH]))
    async with together() as tasks:
        for one in sorted(reader.missing):
            tasks.create_task(reader.by_id(one))
    return GroupsRead(
        groups=tuple(reader.found[one] for one in sorted(reader.found)),
        invisible=tuple(sorted(reader.missing)),
        pages=reader.pages,
        requests=reader.requests,
    )


async def find_named(http: Http, names: Iterable[str]) -> tuple[tuple[model.Group, ...], int]:
    """Groups with exactly these names, whatever their case, and how many requests that took.

    Two groups may share a name; all of them are given. A name nobody has gives nothing.
    """
    wanted = {name.casefold() for name in names}
    page = PageSize(http, (_PAGE,), expand_optional=True)
    found: dict[str, model.Group] = {}
    requests = 0
    ordered = sorted(set(names))
    for start in range(0, len(ordered), _BATCH):
        quoted = (name.replace("\\", "\\\\").replace('"', '\\"') for name in ordered[start : start + _BATCH])
        expression = " or ".join(f'profile.name eq "{name}"' for name in quoted)
        parameters: dict[str, str | int] = {"search": expression, "limit": _PAGE, "expand": "stats"}
        listing = await read_list(page.get, "/api/v1/groups", parameters, Group, what="groups")
        requests += listing.requests
        found.update((group.id, group.value()) for group in listing.rows if group.value().name.casefold() in wanted)
    return tuple(found[one] for one in sorted(found)), requests


class MembersRead(Struct, frozen=True, kw_only=True):
    members: tuple[model.GroupMembers, ...]
    users: Mapping[str, model.OktaUser]
    vanished: tuple[str, ...]
    """Groups that were deleted between the list and the read of their members."""
    unread: Mapping[str, str]
    """Groups that could not be read, where that was allowed, and why."""
    pages: int
    requests: int
    counted: int
    """Groups whose number of members Okta counts the same."""
    agreed: int
    """Groups whose count differs, and which two reads show alike."""
    rules_refused: str | None
    """Why the org does not tell which rule brought a member."""


class _MemberReader:
    def __init__(self, http: Http, people: People, optional: bool, arrived: Callable[[int], None]) -> None:
        self._people = people
        self._optional = optional
        self._page = PageSize(http, _MEMBER_PAGES, expand_optional=True)
        self._arrived = arrived
        self.members: dict[str, model.GroupMembers] = {}
        self._memberships: dict[str, model.Member] = {}
        self.users: dict[str, model.OktaUser] = {}
        self.vanished: list[str] = []
        self.unread: dict[str, str] = {}
        self.pages = self.requests = self.counted = self.agreed = 0

    @property
    def rules_refused(self) -> str | None:
        return self._page.expand_refused

    async def read(self, group: model.Group) -> None:
        try:
            listing = await read_list(
                self._page.get,
                f"/api/v1/groups/{quote(group.id, safe='')}/users",
                {"limit": self._page.size, "expand": "group-rules"},
                self._people.user,
                what=f"members of “{group.name}”",
                count=group.users_count,
            )
        except Vanished:
            self.vanished.append(group.id)
            return
        except (NotAllowed, ReadFailed) as error:
            if not self._optional or isinstance(error, TokenRefused):
                raise
            self.unread[group.id] = error.what
            return
        rows = sorted(listing.rows, key=attrgetter("id"))
        self.members[group.id] = model.GroupMembers(group_id=group.id, members=self._members_of(rows))
        self.pages, self.requests = self.pages + listing.pages, self.requests + listing.requests
        self.counted += group.users_count == len(listing.rows)
        self.agreed += listing.agreed
        self._arrived(sum(len(one.members) for one in self.members.values()))

    def _members_of(self, users: Iterable[User[Any]]) -> tuple[model.Member, ...]:
        """Who is in many groups is kept once, and so is each membership that the same rules brought."""
        members: list[model.Member] = []
        for user in users:
            rule_ids, known = user.rule_ids(), self._memberships.get(user.id)
            if known is None:
                self.users[user.id] = self._people.value(user)
            if known is None or known.rule_ids != rule_ids:
                user_id = user.id if known is None else known.user_id
                known = self._memberships[user_id] = model.Member(user_id=user_id, rule_ids=rule_ids)
            members.append(known)
        return tuple(members)


async def read_members(
    http: Http,
    people: People,
    groups: Sequence[model.Group],
    *,
    optional: bool = False,
    arrived: Callable[[int], None] = lambda _: None,
) -> MembersRead:
    """Everybody in these groups, with the rules that brought them where the org tells. Where that is ``optional``, a
    group that can't be read is one of ``unread``.

    A group whose count (``usersCount``) differs is read again; two reads that agree settle it.
    """
    reader = _MemberReader(http, people, optional, arrived)
    if groups:
        await reader.read(groups[0])  # alone: it learns which page size and whether group-rules are accepted
    async with together() as tasks:
        for group in groups[1:]:
            tasks.create_task(reader.read(group))
    return MembersRead(
        members=tuple(reader.members[one] for one in sorted(reader.members)),
        users=reader.users,
        vanished=tuple(sorted(reader.vanished)),
        unread=reader.unread,
        pages=reader.pages,
        requests=reader.requests,
        counted=reader.counted,
        agreed=reader.agreed,
        rules_refused=reader.rules_refused,
    )
