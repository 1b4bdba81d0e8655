"""Single writes to one Okta app and the groups and rules around it, and the reads by id that judge them.

Shapes of requests: https://developer.okta.com/docs/api/openapi/okta-management/management/ (tags Group, GroupRule,
GroupPushMapping, ApplicationGroups). What Okta really answers differs in places: 200 without a body for the removal of
a mapping, 200 for a new one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from reconciler import model
from reconciler.directories import okta_wire as wire
from reconciler.directories.answers import Answer
from reconciler.directories.http import Http
from reconciler.directories.implied import RULES
from reconciler.directories.okta_by_id import OktaRecords
from reconciler.directories.okta_groups import find_named, read_members
from reconciler.directories.okta_pages import PageSize, read_list
from reconciler.directories.okta_user_wire import People
from reconciler.directories.write_permissions import ASSIGNED_GROUPS, MAPPINGS, MEMBERS, Need
from reconciler.directories.write_permissions import RULES as RULE_WRITES
from reconciler.directories.writers import Body, Sent
from reconciler.errors import NotAllowed, TokenRefused, UnexpectedAnswer, Vanished, WriteRefused

_ID = re.compile(r"[A-Za-z0-9_-]{10,64}")
"""Ids have twenty signs; no part of another path is as long."""
_RULE_KEYS = ("type", "name", "conditions", "actions")
"""What Okta takes of a rule; the rest of a rule that was read is its own."""
_NOT_TOLD = frozenset({400, 404, 405, 501})


class _Rule(Struct, frozen=True):
    """One entry of a member's ``group-rules``."""

    id: str


class OktaWrites(OktaRecords):
    """Writes to the app ``app_id`` through ``http``; see ``writers`` for what is promised."""

    def __init__(self, http: Http, app_id: str) -> None:
        super().__init__(http, People(), app_id)
        self._group = PageSize(http, (200,), expand_optional=True)

    # --- reads

    async def read_app(self) -> model.App:
        return (await self._http.get(self._app)).json_as(wire.App).value()

    async def read_rule(self, rule_id: str) -> Body | None:
        try:
            return (await self._http.get(f"{RULES}/{quote(rule_id, safe='')}")).json_as(dict[str, Any])
        except Vanished:
            return None

    async def find_rules(self, name: str) -> tuple[Body, ...]:
        """Every rule of exactly this name: found in the whole list, then read by id."""
        listing = await read_list(self._http.get, RULES, {"limit": 200}, wire.Rule, what="group rules")
        found = [await self.read_rule(one.id) for one in listing.rows if one.name == name]
        return tuple(one for one in found if one is not None)

    async def read_rules_of_member(self, group_id: str, user_id: str) -> tuple[str, ...] | None:
        """Ids of the rules that put somebody into a group; () by hand; None where Okta does not tell, as it does not
        of whom is no member.

        Source: https://developer.okta.com/docs/release-notes/2026/ (2026.06.0)
        """
        try:
            answer = await self._http.get(f"{_member(group_id, user_id)}/group-rules")
        except TokenRefused:
            raise
        except (Vanished, NotAllowed):
            return None
        except UnexpectedAnswer as error:
            if error.status in _NOT_TOLD:
                return None
            raise
        return tuple(sorted(one.id for one in answer.json_as(list[_Rule])))

    async def read_group(self, group_id: str) -> model.Group | None:
        """By its id, which does not lag; whether it carries an admin role is told in lists alone, and not at all by an
        org that refuses to expand them."""
        try:
            group = (await self._record("/api/v1/groups", group_id, wire.Group)).value()
        except Vanished:
            return None
        parameters: dict[str, str | int] = {"filter": f'id eq "{_checked(group_id)}"', "limit": 200, "expand": "stats"}
        listing = await read_list(self._group.get, "/api/v1/groups", parameters, wire.Group, what="one group")
        told = [one.value().has_admin_role for one in listing.rows if one.id == group_id]
        return replace(group, has_admin_role=told[0] if told else None)

    async def find_groups(self, name: str) -> tuple[model.Group, ...]:
        """Every group of this name, whatever its case."""
        return (await find_named(self._http, [name]))[0]

    async def read_members(self, group_id: str) -> tuple[model.GroupMembers, tuple[model.OktaUser, ...]]:
        """Everybody in a group, whole, with their statuses; raises as a pull does, ``Vanished`` for no group."""
        group = (await self._record("/api/v1/groups", group_id, wire.Group)).value()
        read = await read_members(self._http, self._people, [group])
        if read.vanished:
            raise Vanished(f"The Okta group “{group.name}” was deleted while its members were read.", status=404)
        return read.members[0], tuple(read.users[one] for one in sorted(read.users))

    async def read_all_app_users(self) -> tuple[model.AppUser, ...]:
        """Every assignment, whole."""
        pages = PageSize(self._http, (500, 200, 100, 50))
        path = f"{self._app}/users"
        listing = await read_list(pages.get, path, {"limit": 500}, self._people.app_user, what="assigned people")
        return tuple(sorted((one.value() for one in listing.rows), key=lambda one: one.id))

    async def read_group_assigned(self, group_id: str) -> bool:
        """Whether the group is assigned to the app."""
        try:
            await self._record(f"{self._app}/groups", group_id, wire.AppGroup)
        except Vanished:
            return False
        return True

    async def read_mappings_of(self, group_id: str) -> tuple[model.Mapping, ...]:
        """The app's push mappings from this group."""
        parameters: dict[str, str | int] = {"sourceGroupId": group_id, "limit": 1000}
        path = f"{self._app}/group-push/mappings"
        listing = await read_list(self._http.get, path, parameters, wire.Mapping, what="push mappings of a group")
        rows = (one.value() for one in listing.rows)
        return tuple(sorted((one for one in rows if one.source_group_id == group_id), key=lambda one: one.id))

    async def read_apps_of_group(self, group_id: str) -> tuple[tuple[str, str], ...]:
        """(id, label) of every app that the group gives."""
        path = f"/api/v1/groups/{_checked(group_id)}/apps"
        listing = await read_list(self._http.get, path, {"limit": 200}, wire.App, what="apps of a group")
        return tuple(sorted((one.id, one.label) for one in listing.rows))

    # --- writes

    async def add_member(self, group_id: str, user_id: str) -> Sent:
        return await self._sent("PUT", _member(group_id, user_id), needs=MEMBERS)

    async def remove_member(self, group_id: str, user_id: str) -> Sent:
        return await self._sent("DELETE", _member(group_id, user_id), needs=MEMBERS)

    async def assign_group(self, group_id: str) -> Sent:
        return await self._sent("PUT", f"{self._app}/groups/{_checked(group_id)}", {}, needs=ASSIGNED_GROUPS)

    async def set_mapping(self, mapping_id: str, status: str) -> Sent:
        return await self._sent("PATCH", self._mapping_at(mapping_id), {"status": status}, needs=MAPPINGS)

    async def create_mapping(self, group_id: str, *, target_id: str | None, target_name: str | None) -> Sent:
        """By the id of an APP_GROUP, else by name."""
        target = {"targetGroupName": target_name} if target_id is None else {"targetGroupId": target_id}
        body = {"sourceGroupId": group_id, "status": "ACTIVE", **target}
        return await self._sent("POST", f"{self._app}/group-push/mappings", body, needs=MAPPINGS)

    async def delete_mapping(self, mapping_id: str, *, delete_target: bool) -> Sent:
        query = {"deleteTargetGroup": "true" if delete_target else "false"}
        return await self._sent("DELETE", self._mapping_at(mapping_id), params=query, needs=MAPPINGS)

    async def create_rule(self, body: Body) -> Sent:
        return await self._sent("POST", RULES, _taken(body), needs=RULE_WRITES)

    async def replace_rule(self, rule_id: str, body: Body) -> Sent:
        """``body``: the rule as it was read, with another expression. Only of a rule that is INACTIVE."""
        return await self._sent("PUT", f"{RULES}/{_checked(rule_id)}", _taken(body), needs=RULE_WRITES)

    async def activate_rule(self, rule_id: str) -> Sent:
        return await self._sent("POST", f"{RULES}/{_checked(rule_id)}/lifecycle/activate", needs=RULE_WRITES)

    async def deactivate_rule(self, rule_id: str) -> Sent:
        return await self._sent("POST", f"{RULES}/{_checked(rule_id)}/lifecycle/deactivate", needs=RULE_WRITES)

    def _mapping_at(self, mapping_id: str) -> str:
        return f"{self._app}/group-push/mappings/{_checked(mapping_id)}"

    async def _sent(
        self, method: str, path: str, body: Any = None, *, needs: Need, params: Mapping[str, str] | None = None
    ) -> Sent:
        try:
            return sent(await self._http.send(method, path, body, params=params))
        except TokenRefused:
            raise
        except NotAllowed as error:
            error.next = f"give this credential the scope {needs.scope} (OAuth) and {needs.role}, then plan again"
            raise


def sent(answer: Answer) -> Sent:
    """What an answer to a write says."""
    body = answer.json_as(object) if answer.content.strip() else None
    return Sent(status=answer.status, request_id=answer.request_id, body=body)


def _member(group_id: str, user_id: str) -> str:
    return f"/api/v1/groups/{_checked(group_id)}/users/{_checked(user_id)}"


def _checked(record_id: str) -> str:
    if _ID.fullmatch(record_id) is None:
        raise WriteRefused(
            "A request was stopped: it names something by what is no id of Okta's.",
            facts=(("id", record_id[:80]),),
            next="make the plan anew: reconciler plan",
        )
    return record_id


def _taken(body: Body) -> Body:
    return {key: body[key] for key in _RULE_KEYS if key in body}
