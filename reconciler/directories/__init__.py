"""The directories we read, as the rest of the program sees them.

``cli`` makes them and hands them in; ``commands`` knows only the protocols below. A list that must be read whole and
can't be raises (``TokenRefused``, ``NotAllowed``, ``IncompleteRead``, ``Unreachable``, ``UnexpectedAnswer``), and the
error's ``sources`` tell what had been read and which source failed. An optional list that is refused is a value: a
``Source`` with a reason, and a note.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from reconciler.model import (
    AppUser,
    Capabilities,
    Group,
    GroupMembers,
    KandjiSnapshot,
    Mapping,
    Note,
    OktaSnapshot,
    OktaUser,
    ScimGroup,
    ScimSnapshot,
    ScimUser,
    Source,
)

Progress = Callable[[str, int, int | None], None]
"""Told (source, rows so far, rows in all where that is known) as lists arrive."""


class Unpointed(Struct, frozen=True, kw_only=True):
    """A Kandji account to which no assigned app user points; what is known of it to look it up in Okta."""

    scim_id: str
    user_name: str | None = None
    email: str | None = None
    external_id: str | None = None
    okta_user_id: str | None = None
    """The Okta user whose app user pointed to this account in an earlier run."""


class Permission(Struct, frozen=True, kw_only=True):
    """One read that a full pull needs or can use, tried with one tiny request."""

    name: str
    """In words: "read the app's push mappings"."""
    source: str
    """Name of the source that it feeds, ``okta.mappings``."""
    scope: str
    """OAuth scope that covers it."""
    required: bool
    allowed: bool | None
    """None: could not be tried; ``reason`` tells why."""
    reason: str | None = None
    next: str | None = None
    exit_code: int = 0
    """What a run would end with because of it; 0 where it is allowed or optional."""


class GroupsByMapping(Struct, frozen=True, kw_only=True):
    """The groups that some mappings name, as far as they are visible, and who is in those that are pushed."""

    groups: tuple[Group, ...]
    members: tuple[GroupMembers, ...]
    users: tuple[OktaUser, ...]


class OktaRecords(Protocol):
    """Single records of one app, as they are now. None where Okta answers 404; hidden ones are left out."""

    async def read_app_users(self, ids: Sequence[str]) -> dict[str, AppUser | None]:
        """By the ids of Okta users."""
        ...

    async def read_users(self, ids: Sequence[str]) -> dict[str, OktaUser | None]: ...

    async def read_mappings(self, ids: Sequence[str]) -> dict[str, Mapping | None]: ...

    async def read_groups_of(self, ids: Sequence[str]) -> dict[str, frozenset[str]]:
        """By the ids of Okta users: the ids of all groups that each of them is in."""
        ...

    async def read_groups_by_mapping(self, mappings: Iterable[Mapping]) -> GroupsByMapping:
        """What a mapping that no list named brings with it."""
        ...


class OktaDirectory(Protocol):
    async def read(
        self, progress: Progress, *, log_since: datetime | None = None
    ) -> tuple[OktaSnapshot, tuple[Source, ...], tuple[Note, ...]]:
        """The whole Okta side of one app, and of the System Log what is younger than ``log_since``."""
        ...

    async def look_up(self, people: Sequence[Unpointed]) -> tuple[tuple[OktaUser, ...], Source]:
        """Okta users who may be the owners of these accounts, leavers included.

        Someone who is not returned was not found, if the source is ``complete``. It is ``incomplete`` with a reason
        where not everybody could be looked up, ``refused`` where nobody.
        """
        ...

    def records(self, app_id: str) -> OktaRecords:
        """Single records of the app that was read."""
        ...

    async def permissions(self) -> tuple[Permission, ...]:
        """Each read by name, tried once."""
        ...


class ScimDirectory(Protocol):
    async def read(self, progress: Progress) -> tuple[ScimSnapshot, tuple[Source, ...], tuple[Note, ...]]:
        """Everybody and every group of the SCIM store."""
        ...

    async def read_users(self, ids: Sequence[str]) -> dict[str, ScimUser | None]:
        """By id; None where the store answers 404."""
        ...

    async def read_groups(self, ids: Sequence[str]) -> dict[str, ScimGroup | None]:
        """By id; None where the store answers 404. ``member_ids`` is None where such an answer does not tell them."""
        ...

    async def find_groups(self, names: Sequence[str]) -> dict[str, tuple[ScimGroup, ...]]:
        """By display name."""
        ...

    async def probe(self) -> Capabilities:
        """What the server can do, learnt by reading."""
        ...


class KandjiDirectory(Protocol):
    async def read(self, progress: Progress) -> tuple[KandjiSnapshot, tuple[Source, ...], tuple[Note, ...]]:
        """Kandji's REST API: people and devices."""
        ...
