"""Okta's SCIM requests toward an app made with the App Integration Wizard: GET, POST and PUT; DELETE for groups alone.

Requests as in Okta's SCIM 2.0 reference for such apps: look-up by filter with startIndex=1 and count=100, creation with
a placeholder password and `groups: []`, every update a PUT of the object just read, groups replaced as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from http import HTTPStatus
from json import dumps
from typing import Any

import httpx

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"

PATIENCE = timedelta(seconds=60)
"""A server that has not answered by then is given up. Okta's SCIM frequently asked questions."""

Body = dict[str, Any]


class ScimFailure(Exception):
    """The SCIM server did not do what was asked, as far as Okta knows.

    `status` 0: there was no answer. `retry_after`: the seconds for which it asked. `lasted`: how long Okta waited.
    """

    def __init__(
        self, status: int, summary: str, *, retry_after: int | None = None, lasted: timedelta = timedelta(0)
    ) -> None:
        super().__init__(summary)
        self.status = status
        self.summary = summary
        self.retry_after = retry_after
        self.lasted = lasted


class ScimClient:
    """One SCIM server, one bearer token. Counts what it sends. Every answer but 2xx raises ScimFailure."""

    def __init__(self, http: httpx.Client, token: str) -> None:
        self._http = http
        self.token = token
        self.requests = 0

    def find(self, kind: str, attribute: str, value: str) -> Body | None:
        """The first resource of `kind` (Users, Groups) whose attribute equals the value. A 404 says that there is none,
        as an empty list does."""
        wanted: dict[str, str | int] = {
            "filter": f"{attribute} eq {dumps(value, ensure_ascii=False)}",
            "startIndex": 1,
            "count": 100,
        }
        try:
            found = self._ask("GET", kind, params=wanted).get("Resources") or []
        except ScimFailure as failure:
            if failure.status != HTTPStatus.NOT_FOUND:
                raise
            return None
        return found[0] if found else None

    def create(self, kind: str, body: Body) -> str:
        """Creates a resource and returns its id. Raises ScimFailure for an answer that does not tell it."""
        made = self._ask("POST", kind, json=body)
        if "id" not in made:
            what = kind.removesuffix("s").casefold()
            raise ScimFailure(HTTPStatus.OK, f"Create new {what} returned empty {what}")
        return str(made["id"])

    def read(self, kind: str, resource_id: str) -> Body:
        return self._ask("GET", f"{kind}/{resource_id}")

    def replace(self, kind: str, resource_id: str, body: Body) -> None:
        self._ask("PUT", f"{kind}/{resource_id}", json=body)

    def delete(self, kind: str, resource_id: str) -> None:
        """For groups alone in Okta's hands; an admin in Kandji deletes accounts too."""
        self._ask("DELETE", f"{kind}/{resource_id}")

    def _ask(self, method: str, path: str, *, params: Mapping[str, str | int] | None = None, json: Any = None) -> Body:
        self.requests += 1
        headers = {
            "Authorization": f"Bearer {self.token}",
            "User-Agent": "Okta SCIM Client 1.0.0",
            "Accept": "application/scim+json",
            "Content-Type": "application/scim+json; charset=utf-8",
        }
        try:
            answer = self._http.request(method, path, params=params, json=json, headers=headers)
        except httpx.ReadTimeout as error:
            raise ScimFailure(0, "Read timed out", lasted=PATIENCE) from error
        except httpx.TransportError as error:
            raise ScimFailure(0, f"Error while connecting: {type(error).__name__}") from error
        if not answer.is_success:
            status, wanted = answer.status_code, answer.headers.get("Retry-After", "")
            # Of the two forms that HTTP knows, Okta reads whole seconds alone.
            raise ScimFailure(status, told(status), retry_after=int(wanted) if wanted.isdecimal() else None)
        return answer.json() if answer.content else {}


def told(status: int) -> str:
    """How Okta words an HTTP status in a summary: "HTTP 403 Forbidden"."""
    try:
        return f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP {status}"


def new_user(okta_id: str, values: Mapping[str, str | None]) -> Body:
    """Body of POST /Users: sent with `externalId` = the Okta user's id, and active. `values`: see `changed_user`."""
    body: Body = {
        "schemas": [USER],
        "locale": "en-US",
        "externalId": okta_id,
        "groups": [],
        "password": f"placeholder-{okta_id}",
        "active": True,
    }
    return changed_user(body, values)


def changed_user(body: Body, values: Mapping[str, str | None]) -> Body:
    """The body just read with these attributes changed; None clears one. Names are those of the app profile: userName,
    displayName, givenName, familyName, email, title, department."""
    changed = dict(body)
    for name, value in values.items():
        if name in ("givenName", "familyName"):
            changed["name"] = _put(changed.get("name") or {}, name, value)
        elif name == "email":
            changed["emails"] = [{"primary": True, "value": value, "type": "work"}] if value else []
        elif name == "department":
            changed = _put_department(changed, value)
        else:
            changed = _put(changed, name, value)
    return changed


def group(name: str, members: Iterable[tuple[str, str]]) -> Body:
    """Body of POST and PUT /Groups: the whole group, members as (SCIM id, user name)."""
    listed = [{"value": scim_id, "display": user_name} for scim_id, user_name in members]
    return {"schemas": [GROUP], "displayName": name, "members": listed}


def _put(body: Body, name: str, value: Any) -> Body:
    rest = {key: old for key, old in body.items() if key != name}
    return rest if value in (None, {}) else rest | {name: value}


def _put_department(body: Body, value: str | None) -> Body:
    if not value and ENTERPRISE not in body:
        return body
    extension = _put(body.get(ENTERPRISE) or {}, "department", value)
    schemas = [schema for schema in body["schemas"] if schema != ENTERPRISE]
    return _put(body, ENTERPRISE, extension) | {"schemas": [*schemas, ENTERPRISE] if extension else schemas}
