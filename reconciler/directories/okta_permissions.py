"""Trying each read once, as small as it can be, so that a missing permission is told by its name before a pull."""

from __future__ import annotations

from urllib.parse import quote

import msgspec
from msgspec import Struct

from reconciler.directories import Permission
from reconciler.directories.answers import Answer
from reconciler.directories.http import Http
from reconciler.directories.okta_wire import AppGroup, Mapping
from reconciler.errors import NotAllowed, ReconcilerError, TokenRefused


class _Read(Struct, frozen=True):
    name: str
    source: str
    scope: str
    path: str
    parameters: dict[str, str | int] = {}
    required: bool = True


def _reads(app_id: str) -> tuple[_Read, ...]:
    app = f"/api/v1/apps/{quote(app_id, safe='')}"
    return (
        _Read("read the app", "okta.app", "okta.apps.read", app),
        _Read("read who is assigned", "okta.app_users", "okta.apps.read", f"{app}/users", {"limit": 1}),
        _Read("read the assigned groups", "okta.app_groups", "okta.apps.read", f"{app}/groups", {"limit": 20}),
        _Read("read the push mappings", "okta.mappings", "okta.apps.read", f"{app}/group-push/mappings", {"limit": 1}),
        _Read("read groups", "okta.groups", "okta.groups.read", "/api/v1/groups", {"limit": 1}),
        _Read("read group rules", "okta.rules", "okta.groups.read", "/api/v1/groups/rules", {"limit": 1}, False),
        _Read("look people up", "okta.look_ups", "okta.users.read", "/api/v1/users", {"limit": 1}, False),
        _Read("read the app's features", "okta.features", "okta.apps.read", f"{app}/features", {}, False),
        _Read(
            "read the provisioning connection",
            "okta.connection",
            "okta.apps.read",
            f"{app}/connections/default",
            {},
            False,
        ),
        _Read(
            "read the app's attributes",
            "okta.schema",
            "okta.schemas.read",
            f"/api/v1/meta/schemas/apps/{quote(app_id, safe='')}/default",
            {},
            False,
        ),
        _Read("read the System Log", "okta.logs", "okta.logs.read", "/api/v1/logs", {"limit": 1}, False),
    )


async def try_permissions(http: Http, app_id: str) -> tuple[Permission, ...]:
    """One small request for each read, then the members of a group that the answers named. Raises ``TokenRefused``."""
    tried: list[Permission] = []
    group_id: str | None = None
    for read in _reads(app_id):
        permission, answer = await _try(http, read)
        tried.append(permission)
        group_id = group_id or _group_named(read, answer)
    members = _Read("read who is in a group", "okta.members", "okta.groups.read", "", {"limit": 1})
    if group_id is None:
        reason = "no group is assigned or pushed, so there is none to try it with"
        tried.append(_permission(members, allowed=None, reason=reason))
    else:
        path = f"/api/v1/groups/{quote(group_id, safe='')}/users"
        permission, _ = await _try(http, msgspec.structs.replace(members, path=path))
        tried.append(permission)
    return tuple(tried)


async def _try(http: Http, read: _Read) -> tuple[Permission, Answer | None]:
    try:
        answer = await http.get(read.path, read.parameters or None)
    except TokenRefused:
        raise
    except ReconcilerError as error:
        refused = isinstance(error, NotAllowed) or (error.status is not None and 400 <= error.status < 429)
        return _permission(read, allowed=False if refused else None, error=error), None
    return _permission(read, allowed=True), answer


def _permission(
    read: _Read, *, allowed: bool | None, reason: str | None = None, error: ReconcilerError | None = None
) -> Permission:
    return Permission(
        name=read.name,
        source=read.source,
        scope=read.scope,
        required=read.required,
        allowed=allowed,
        reason=reason if error is None else error.what,
        next=None if error is None else error.next,
        exit_code=0 if error is None or not read.required else error.exit_code,
    )


def _group_named(read: _Read, answer: Answer | None) -> str | None:
    if answer is None:
        return None
    if read.source == "okta.app_groups":
        return next((group.id for group in answer.json_as(list[AppGroup])), None)
    if read.source == "okta.mappings":
        return next((mapping.source_group_id for mapping in answer.json_as(list[Mapping])), None)
    return None
