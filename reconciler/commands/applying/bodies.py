"""SCIM user bodies as Kandji gave them, with a few values changed and everything else left as it was."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from reconciler.directories.writers import Body
from reconciler.errors import Vanished
from reconciler.model import Pairs

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
"""Source: RFC 7643 §4.3."""
_IN_NAME = {"givenName": "givenName", "familyName": "familyName"}


def there(body: Body | None, name: str) -> Body:
    """A copy of what was read of this thing, to be changed. Raises ``Vanished`` where it is gone by now."""
    if body is None:
        raise Vanished(f"{name} was deleted while it was written.", status=404)
    return deepcopy(body)


def with_values(body: Body, values: Pairs) -> Body:
    """The body with these values, under the names that it has already; whatever else it holds stays."""
    changed = deepcopy(body)
    for name, value in values:
        where, key = _place(changed, name, make=True)
        if where is not None:
            where[key] = value if value is not None else ""
    return changed


def version(body: Body) -> str | None:
    """The entity tag of what was read, where the server tells one (RFC 7643 §3.1): a write is then refused where
    somebody else was faster."""
    told = (body.get("meta") or {}).get("version")
    return told if isinstance(told, str) and told else None


def held(body: Body, name: str) -> bool:
    """Whether the body has a value for this attribute."""
    where, key = _place(body, name, make=False)
    return where is not None and bool(where.get(key))


def _place(body: Body, name: str, *, make: bool) -> tuple[Body | None, str]:
    """Where a value stands: the object that holds it, and its key there."""
    if name in _IN_NAME:
        inner = _object(body, "name", make=make)
        return inner, _key(inner or {}, name)
    if name == "email":
        return _email(body, make=make), "value"
    if name == "department":
        inner = _object(body, ENTERPRISE, make=False)
        flat = _key(body, "department")
        if inner is None and flat in body:
            return body, flat
        inner = _object(body, ENTERPRISE, make=make)
        return inner, _key(inner or {}, name)
    return body, _key(body, name)


def _key(body: Body, name: str) -> str:
    """Attribute names are compared without case (RFC 7643 §2.1)."""
    return next((key for key in body if key.lower() == name.lower()), name)


def _object(body: Body, name: str, *, make: bool) -> Body | None:
    key = _key(body, name)
    if isinstance(body.get(key), dict):
        found: Body = body[key]
        return found
    if not make:
        return None
    body[key] = {}
    made: Body = body[key]
    return made


def _email(body: Body, *, make: bool) -> Body | None:
    """The primary address, else the one of type work, else the first: the one that is compared."""
    key = _key(body, "emails")
    told: Any = body.get(key)
    rows = [row for row in (told if isinstance(told, list) else [told]) if isinstance(row, dict)]
    for fits in (lambda row: row.get("primary") is True, lambda row: row.get("type") == "work", lambda row: True):
        for row in rows:
            if fits(row):
                found: Body = row
                return found
    if not make:
        return None
    body[key] = [{"primary": True, "type": "work"}]
    made: Body = body[key][0]
    return made
