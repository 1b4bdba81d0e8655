"""What a tenant keeps beside its SCIM store and only the REST API shows: devices, directories, and whom those feed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

OKTA_INTEGRATION = "Okta"


@dataclass(kw_only=True)
class Device:
    """A Mac. `user_id` is the SCIM id of its user, or None."""

    id: str
    name: str
    serial: str
    user_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Integration:
    """A directory that feeds Kandji. `type`: scim, google, office365."""

    id: int
    uuid: str
    name: str
    type: str


@dataclass(kw_only=True)
class DirectoryUser:
    """A row of another directory, which the SCIM store does not know."""

    uuid: str
    number: int
    email: str
    name: str
    integration: str
    active: bool
    created: datetime


@dataclass(kw_only=True)
class Beside:
    """What the REST API adds to a SCIM user."""

    uuid: str
    archived: bool = False
    integration: str = OKTA_INTEGRATION


@dataclass(kw_only=True)
class Rows:
    """Everything the REST API knows beyond SCIM, by SCIM id, name or UUID."""

    beside: dict[str, Beside] = field(default_factory=dict)
    directory: dict[str, DirectoryUser] = field(default_factory=dict)
    integrations: dict[str, Integration] = field(default_factory=dict)
    devices: dict[str, Device] = field(default_factory=dict)
