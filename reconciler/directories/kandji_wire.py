"""Bodies of Kandji's REST API, turned into our values.

Shapes: the answers saved in the vendor's Postman collection. Ids are UUIDs today and were numbers once: both are read.
"""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from msgspec import Struct

from reconciler.directories.answers import Answer
from reconciler.directories.scim_wire import strange
from reconciler.model import Device, KandjiUser

Text = str | int


class _Integration(Struct, frozen=True):
    id: Text | None = None
    uuid: str | None = None
    name: str | None = None
    type: str | None = None


class _User(Struct, frozen=True):
    id: Text
    deprecated_user_id: Text | None = None
    email: str | None = None
    name: str | None = None
    active: bool | None = None
    archived: bool | None = None
    department: str | None = None
    job_title: str | None = None
    device_count: int | None = None
    integration: _Integration | None = None


class _Users(Struct, frozen=True):
    next: str | None
    results: list[_User]


class _Owner(Struct, frozen=True):
    id: Text | None = None
    email: str | None = None


class _Device(Struct, frozen=True):
    device_id: Text
    device_name: str | None = None
    serial_number: str | None = None
    user: _Owner | str | None = None
    """An empty text where nobody is assigned."""


def read_users(answer: Answer) -> tuple[list[KandjiUser], str | None]:
    """People of one page, and the query of the next page, None at the end.

    ``next`` names a host of its own (``<tenant>.kandji.io`` instead of ``<tenant>.api.kandji.io``), where the token
    must never go: only its query is taken.
    """
    body = answer.json_as(_Users)
    return [_user(row) for row in body.results], None if body.next is None else _query(body.next, answer)


def read_devices(answer: Answer) -> list[Device]:
    """Devices of one page."""
    return [_device(row, answer) for row in answer.json_as(list[_Device])]


def _query(link: str, answer: Answer) -> str:
    try:
        query = urlsplit(link).query
    except ValueError:
        query = ""
    if not parse_qs(query).get("cursor"):
        raise strange(answer, "a `next` link without a cursor")
    return query


def _user(row: _User) -> KandjiUser:
    integration = row.integration or _Integration()
    return KandjiUser(
        id=str(row.id),
        old_id=_text(row.deprecated_user_id),
        email=row.email,
        name=row.name,
        active=row.active,
        archived=row.archived,
        department=row.department,
        title=row.job_title,
        device_count=row.device_count,
        integration_id=integration.uuid or _text(integration.id),
        integration_name=integration.name,
        integration_type=integration.type,
    )


def _device(row: _Device, answer: Answer) -> Device:
    if isinstance(row.user, str) and row.user:
        raise strange(answer, "a device whose `user` is a text")
    owner = row.user if isinstance(row.user, _Owner) else _Owner()
    return Device(
        id=str(row.device_id),
        name=row.device_name,
        serial=row.serial_number,
        user_id=_text(owner.id),
        user_email=owner.email,
    )


def _text(value: Text | None) -> str | None:
    return None if value is None or value == "" else str(value)
