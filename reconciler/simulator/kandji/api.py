"""Kandji's REST API as far as it is needed: users by cursor, and their end; devices by offset. ASGI, on starlette.

Rests on Kandji's public Postman collection and on recorded answers; see README.md for what does not.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from reconciler.simulator.kandji.budget import REFUSED
from reconciler.simulator.kandji.scim_asked import STILL_OWNS
from reconciler.simulator.kandji.scim_told import page
from reconciler.simulator.kandji.tenant import Tenant
from reconciler.simulator.kandji.tenant_rows import Device

MOST = 300
CONSOLE = "https://tenant.kandji.io"
"""The host that `next` names: not the API's own."""

Body = dict[str, Any]


class KandjiApi:
    """The REST API of one tenant. An ASGI application. `deny` holds "users" and "devices" as its token may not."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.deny: set[str] = set()
        self.requests = 0
        routes = [
            Route("/api/v1/users", self._answering("users", self._users), methods=["GET"]),
            Route("/api/v1/users/{user}", self._answering("users", self._user), methods=["GET"]),
            Route("/api/v1/users/{user}", self._answering("users", self._delete_user), methods=["DELETE"]),
            Route("/api/v1/devices", self._answering("devices", self._devices), methods=["GET"]),
        ]
        self._app = Starlette(routes=routes, exception_handlers={HTTPException: self._no_such_thing})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    def _answering(self, name: str, answer: Callable[[Request], Response]) -> Callable[[Request], Any]:
        async def answering(request: Request) -> Response:
            self.requests += 1
            if not self.tenant.budget.spend():
                return JSONResponse(REFUSED, status_code=429, headers=self.tenant.budget.refusal())
            if request.headers.get("Authorization") != f"Bearer {self.tenant.api_token}":
                return self._finish(JSONResponse({"detail": "Invalid token."}, status_code=401))
            if name in self.deny:
                detail = "You do not have permission to perform this action."
                return self._finish(JSONResponse({"detail": detail}, status_code=403))
            return self._finish(answer(request))

        return answering

    async def _no_such_thing(self, request: Request, problem: Exception) -> Response:
        return _nothing_here()

    def _finish(self, response: Response) -> Response:
        response.headers.update(self.tenant.budget.headers())
        return response

    def _users(self, request: Request) -> Response:
        asked = request.query_params
        rows = [row for row in self._rows() if _fits(row, dict(asked))]
        most = min(MOST, int(asked.get("sizePerPage") or MOST))
        behind = _position(asked.get("cursor"))
        left = [row for row in rows if int(row["deprecated_user_id"]) > behind]
        following = None
        if len(left) > most:
            last = left[most - 1]["deprecated_user_id"]
            kept = {name: value for name, value in asked.items() if name != "cursor"}
            cursor = base64.b64encode(f"p={last}".encode()).decode()
            following = f"{CONSOLE}/api/v1/users?{urlencode({'cursor': cursor} | kept)}"
        return JSONResponse({"next": following, "previous": None, "results": left[:most]})

    def _user(self, request: Request) -> Response:
        found = self._found(request)
        return _nothing_here() if found is None else JSONResponse(found)

    def _found(self, request: Request) -> Body | None:
        wanted = request.path_params["user"]
        return next((row for row in self._rows() if row["id"] == wanted), None)

    def _delete_user(self, request: Request) -> Response:
        found = self._found(request)
        if found is None:
            return _nothing_here()
        if found["device_count"]:
            return JSONResponse(STILL_OWNS, status_code=400)
        if self.tenant.rows.directory.pop(found["id"], None) is None:
            number = int(found["deprecated_user_id"])
            scim_ids = [user.id for user in self.tenant.store.users() if self.tenant.store.numbers[user.id] == number]
            self.tenant.delete_user(scim_ids[0])
        return Response(status_code=204)

    def _devices(self, request: Request) -> Response:
        offset = int(request.query_params.get("offset") or 0)
        most = min(MOST, int(request.query_params.get("limit") or MOST))
        devices = list(self.tenant.rows.devices.values())[offset : offset + most]
        people = {row["id"]: row for row in self._rows()}
        return JSONResponse([self._device(device, people) for device in devices])

    def _rows(self) -> list[Body]:
        """Every directory user, in the order of their old numbers."""
        devices = Counter(self.tenant.owner(device) for device in self.tenant.rows.devices.values())
        rows = [self._scim_row(user, devices[user.id]) for user in self.tenant.store.users()]
        rows += [self._directory_row(uuid) for uuid in self.tenant.rows.directory]
        return sorted(rows, key=lambda row: int(row["deprecated_user_id"]))

    def _scim_row(self, user: Any, devices: int) -> Body:
        beside = self.tenant.beside(user.id)
        emails = user.emails or []
        return {
            "active": bool(user.active),
            "archived": self.tenant.is_archived(user),
            "created_at": _moment(user.meta.created),
            "department": user.EnterpriseUser.department if user.EnterpriseUser else None,
            "deprecated_user_id": str(self.tenant.store.numbers[user.id]),
            "device_count": devices,
            "email": emails[0].value if emails else "",
            "id": beside.uuid,
            "integration": self._integration(beside.integration),
            "job_title": user.title,
            "name": user.display_name or (user.name.formatted if user.name else None) or "",
            "updated_at": _moment(user.meta.last_modified),
        }

    def _directory_row(self, uuid: str) -> Body:
        row = self.tenant.rows.directory[uuid]
        return {
            "active": row.active,
            "archived": False,
            "created_at": _moment(row.created),
            "department": None,
            "deprecated_user_id": str(row.number),
            "device_count": 0,
            "email": row.email,
            "id": row.uuid,
            "integration": self._integration(row.integration),
            "job_title": None,
            "name": row.name,
            "updated_at": _moment(row.created),
        }

    def _integration(self, name: str) -> Body:
        found = self.tenant.integration(name)
        kind = self.tenant.ways.integration_type if found.type == "scim" else found.type
        return {"id": found.id, "name": found.name, "uuid": found.uuid, "type": kind}

    def _device(self, device: Device, people: dict[str, Body]) -> Body:
        user_id = self.tenant.owner(device)
        owner = people.get(self.tenant.beside(user_id).uuid) if user_id is not None else None
        user: Body | str = ""
        if owner is not None:
            user = {
                "email": owner["email"],
                "name": owner["name"],
                "id": owner["id"],
                "is_archived": owner["archived"],
            }
        return {
            "device_id": device.id,
            "device_name": device.name,
            "model": "MacBook Air (M3, 2024)",
            "serial_number": device.serial,
            "platform": "Mac",
            "os_version": "15.6",
            "last_check_in": _moment(self.tenant.clock.now()),
            "user": user,
            "asset_tag": "",
            "mdm_enabled": True,
            "agent_installed": True,
            "is_missing": False,
            "is_removed": False,
        }


def _nothing_here() -> Response:
    return HTMLResponse(page(404).content, status_code=404)


def _fits(row: Body, asked: dict[str, str]) -> bool:
    if asked.get("archived", "") != "" and row["archived"] is not (asked["archived"].casefold() == "true"):
        return False
    if asked.get("integration_id", row["integration"]["uuid"]) != row["integration"]["uuid"]:
        return False
    return asked.get("email", "") in row["email"] and asked.get("id", row["id"]) == row["id"]


def _position(cursor: str | None) -> int:
    return int(base64.b64decode(cursor).decode().removeprefix("p=")) if cursor else 0


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S.%f}Z"
