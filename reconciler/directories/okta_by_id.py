"""Single records of one Okta app, read by id as they are now: unlike lists and searches, such an answer does not lag.

404 is an answer: the record is gone. A record that this token may not read is left out of what is given; what is known
of it from a list stays all that is known.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Protocol, TypeVar
from urllib.parse import quote

from reconciler import model
from reconciler.directories import GroupsByMapping
from reconciler.directories import okta_wire as wire
from reconciler.directories.answers import asked
from reconciler.directories.http import Http
from reconciler.directories.ledger import together
from reconciler.directories.okta_groups import read_groups, read_members
from reconciler.directories.okta_pages import read_list
from reconciler.directories.okta_user_wire import People
from reconciler.errors import NotAllowed, TokenRefused, UnexpectedAnswer, Vanished

Value = TypeVar("Value")


class _Record(Protocol):
    """A body that Okta answers with."""

    @property
    def id(self) -> str: ...


Body = TypeVar("Body", bound=_Record)


class OktaRecords:
    """Reads records of the app ``app_id`` and of the people and groups around it, decoded as ``people`` says."""

    def __init__(self, http: Http, people: People, app_id: str) -> None:
        self._http = http
        self._people = people
        self._app_id = app_id
        self._app = f"/api/v1/apps/{quote(app_id, safe='')}"

    async def read_app_users(self, ids: Sequence[str]) -> dict[str, model.AppUser | None]:
        """Assignments by the ids of Okta users; None where the app is not assigned."""
        return await self._all(ids, lambda one: self._assignment(one))

    async def read_users(self, ids: Sequence[str]) -> dict[str, model.OktaUser | None]:
        """People; None where Okta has deleted them."""
        return await self._all(ids, lambda one: self._person(one))

    async def read_mappings(self, ids: Sequence[str]) -> dict[str, model.Mapping | None]:
        return await self._all(ids, lambda one: self._mapping(one))

    async def read_groups_of(self, ids: Sequence[str]) -> dict[str, frozenset[str]]:
        """Ids of all groups that each of these people is in; nobody who is deleted meanwhile.

        Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/UserResources/#tag/UserResources/operation/listUserGroups
        """
        found = await self._all(ids, self._groups_of)
        return {user_id: groups for user_id, groups in found.items() if groups is not None}

    async def read_groups_by_mapping(self, mappings: Iterable[model.Mapping]) -> GroupsByMapping:
        """The groups at both ends of these mappings, and who is in the source groups."""
        sources = {mapping.source_group_id for mapping in mappings}
        targets = {mapping.target_group_id for mapping in mappings if mapping.target_group_id is not None}
        groups = (await read_groups(self._http, sources | targets, app_id=self._app_id)).groups
        members = await read_members(self._http, self._people, [group for group in groups if group.id in sources])
        return GroupsByMapping(groups=groups, members=members.members, users=tuple(members.users.values()))

    async def _all(self, ids: Iterable[str], read: Callable[[str], Awaitable[Value | None]]) -> dict[str, Value | None]:
        found: dict[str, Value | None] = {}

        async def one(record_id: str) -> None:
            try:
                found[record_id] = await read(record_id)
            except TokenRefused:
                raise
            except NotAllowed:
                pass  # hidden from this token
            except Vanished:
                found[record_id] = None

        async with together() as tasks:
            for record_id in dict.fromkeys(ids):
                tasks.create_task(one(record_id))
        return {record_id: found[record_id] for record_id in sorted(found)}

    async def _assignment(self, user_id: str) -> model.AppUser:
        return (await self._record(f"{self._app}/users", user_id, self._people.app_user)).value()

    async def _person(self, user_id: str) -> model.OktaUser:
        return self._people.value(await self._record("/api/v1/users", user_id, self._people.user))

    async def _mapping(self, mapping_id: str) -> model.Mapping:
        return (await self._record(f"{self._app}/group-push/mappings", mapping_id, wire.Mapping)).value()

    async def _record(self, path: str, record_id: str, body: type[Body]) -> Body:
        answer = await self._http.get(f"{path}/{quote(record_id, safe='')}")
        record = answer.json_as(body)
        if record.id != record_id:
            raise UnexpectedAnswer(
                "Okta answered with another record than the one that was asked for.",
                facts=asked(answer.url, answer.request_id),
                next="try again: reconciler run",
            )
        return record

    async def _groups_of(self, user_id: str) -> frozenset[str]:
        path = f"/api/v1/users/{quote(user_id, safe='')}/groups"
        listing = await read_list(self._http.get, path, {}, wire.Group, what="groups of a person", end_matters=False)
        return frozenset(group.id for group in listing.rows)
