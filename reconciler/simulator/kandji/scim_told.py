"""What the ways of a SCIM server make of scim2-server's answer before it leaves the house."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse

from reconciler.simulator.kandji.scim_asked import literal
from reconciler.simulator.kandji.scim_store import ScimStore
from reconciler.simulator.kandji.ways import Ways

Body = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer as it goes over the wire."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def line(self) -> str:
        """Status and phrase: ``404 Not Found``."""
        return f"{self.status} {HTTPStatus(self.status).phrase}"


def page(status: int) -> Answer:
    """A page of HTML that says no more than the status, as Django shows it."""
    phrase = HTTPStatus(status).phrase
    said = "The requested resource was not found on this server." if status == 404 else ""
    text = (
        f'<!doctype html>\n<html lang="en">\n<head>\n  <title>{phrase}</title>\n</head>\n<body>\n'
        f"  <h1>{phrase}</h1><p>{said}</p>\n</body>\n</html>\n"
    )
    return Answer(status=status, headers={"Content-Type": "text/html"}, content=text.encode())


def told(request: ScimRequest, response: ScimResponse, ways: Ways, store: ScimStore) -> Answer:
    """The answer as it leaves the house. `request` is the one that scim2-server was asked."""
    status, headers, body = int(response.status), dict(response.headers), response.body
    if status == 401 and ways.refused_token == "empty":
        headers.pop("Content-Type", None)
        return Answer(status=status, headers=headers, content=b"")
    if status >= 400:
        if ways.errors == "html":
            return page(status)
        if ways.errors == "number" and body is not None and "status" in body:
            body = body | {"status": status}
    elif body is not None:
        body = _resources(request, body, ways, store)
    return Answer(status=status, headers=headers, content=b"" if body is None else json.dumps(body).encode())


def _resources(request: ScimRequest, body: Body, ways: Ways, store: ScimStore) -> Body:
    kind, _, resource_id = request.path.strip("/").partition("/")
    if kind not in ("Users", "Groups"):
        return body
    listed = request.method == "GET" and not resource_id
    if not {"attributes", "excludedAttributes"} & set(request.query):
        rows = body.get("Resources", []) if listed else [body]
        groups = store.memberships() if kind == "Users" and ways.user_groups else None
        rows = [_completed(kind, row, ways, groups) for row in rows]
        body = body | {"Resources": rows} if listed else rows[0]
    if not listed:
        return _resource(kind, body, ways, listed=False)
    rows = list(body.get("Resources") or ())
    name = literal(request.query.get("filter"), "userName")
    if name is not None and not ways.filters_fold:
        rows = [row for row in rows if row.get("userName") == name]
        body = body | {"totalResults": len(rows), "itemsPerPage": len(rows)}
    return _counted(body | {"Resources": [_resource(kind, row, ways, listed=True) for row in rows]}, ways)


def _counted(body: Body, ways: Ways) -> Body:
    if ways.total == "absent":
        return {name: value for name, value in body.items() if name != "totalResults"}
    if ways.total == "page":
        return body | {"totalResults": len(body["Resources"])}
    return body | {"totalResults": body["totalResults"] + (ways.total == "high")}


def _completed(kind: str, row: Body, ways: Ways, memberships: dict[str, list[Any]] | None) -> Body:
    """With what scim2-server leaves out of a whole resource. `memberships`: group resources by user id, to be told."""
    if memberships is not None:
        groups = memberships.get(row["id"], ())
        return row | {"groups": [{"value": group.id, "display": group.display_name} for group in groups]}
    return {"members": []} | row if kind == "Groups" and ways.empty_members else row


def _resource(kind: str, row: Body, ways: Ways, *, listed: bool) -> Body:
    if kind == "Groups" and "members" in row:
        row = _with_members(row, ways, listed=listed)
    return _numbered(row) if ways.ids == "number" else row


def _with_members(row: Body, ways: Ways, *, listed: bool) -> Body:
    if listed and not ways.members_in_lists:
        return {name: value for name, value in row.items() if name != "members"}
    caps = [cap for cap in (ways.members_cap, ways.list_members_cap if listed else None) if cap is not None]
    return row | {"members": row["members"][: min(caps)]} if caps else row


def _numbered(value: Any) -> Any:
    """Ids as JSON numbers: those of resources, of members, and of groups."""
    if isinstance(value, list):
        return [_numbered(one) for one in value]
    if not isinstance(value, dict):
        return value
    numbered = {}
    for key, inner in value.items():
        if key in ("members", "groups"):
            numbered[key] = [one | {"value": _number(one.get("value"))} for one in inner or ()]
        else:
            numbered[key] = _number(inner) if key == "id" else inner
    return numbered


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdecimal() else value
