"""What ``apply`` alone is given: single writes, and the reads by id that it judges them by.

Every method that writes sends **one** request and never sends it twice where it may have taken effect: 429 and 423 are
waited for, as the service then did nothing. It raises ``NotAllowed`` or ``UnexpectedAnswer`` where the service refused,
``Vanished`` for 404, ``Unreachable`` where nothing was done (no connection, or it stayed busy), and ``Unsure`` where no
answer came or it does not tell: the request may have taken effect or not, which is read back by whoever sent it.

Bodies are JSON as the service gave them, so that whatever we don't know of them is written back as it was.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Protocol

from msgspec import Struct

from reconciler.changes import Change
from reconciler.directories import OktaRecords, ScimDirectory
from reconciler.model import App, AppUser, Group, GroupMembers, Mapping, OktaUser, ScimUser

Body = dict[str, Any]


class Sent(Struct, frozen=True, kw_only=True):
    """An answer to a write: taken, which is no proof that its effect shows."""

    status: int
    request_id: str | None = None
    body: Any = None
    """What was answered, decoded; None where there was no body."""


class Written(Struct, frozen=True, kw_only=True):
    """One write as it left, for the journal and for proofs."""

    service: str
    method: str
    path: str


class OktaWrites(OktaRecords, Protocol):
    """Single writes to one org and app. Ids are checked before they become part of a path."""

    # --- reads, consistent: by id, or whole lists of one object

    async def read_app(self) -> App: ...

    async def read_rule(self, rule_id: str) -> Body | None: ...

    async def find_rules(self, name: str) -> tuple[Body, ...]:
        """Every rule of exactly this name."""
        ...

    async def read_rules_of_member(self, group_id: str, user_id: str) -> tuple[str, ...] | None:
        """Ids of the rules that put somebody into a group; () by hand; None where Okta does not tell."""
        ...

    async def read_group(self, group_id: str) -> Group | None: ...

    async def find_groups(self, name: str) -> tuple[Group, ...]:
        """Every group of this name, whatever its case."""
        ...

    async def read_members(self, group_id: str) -> tuple[GroupMembers, tuple[OktaUser, ...]]:
        """Everybody in a group, whole, with their statuses; raises as a pull does."""
        ...

    async def read_all_app_users(self) -> tuple[AppUser, ...]:
        """Every assignment, whole."""
        ...

    async def read_group_assigned(self, group_id: str) -> bool:
        """Whether the group is assigned to the app."""
        ...

    async def read_mappings_of(self, group_id: str) -> tuple[Mapping, ...]:
        """The app's push mappings from this group."""
        ...

    async def read_apps_of_group(self, group_id: str) -> tuple[tuple[str, str], ...]:
        """(id, label) of every app that the group gives."""
        ...

    # --- writes

    async def add_member(self, group_id: str, user_id: str) -> Sent: ...

    async def remove_member(self, group_id: str, user_id: str) -> Sent: ...

    async def assign_group(self, group_id: str) -> Sent: ...

    async def set_mapping(self, mapping_id: str, status: str) -> Sent: ...

    async def create_mapping(self, group_id: str, *, target_id: str | None, target_name: str | None) -> Sent:
        """By the id of an APP_GROUP, else by name."""
        ...

    async def delete_mapping(self, mapping_id: str, *, delete_target: bool) -> Sent: ...

    async def create_rule(self, body: Body) -> Sent: ...

    async def replace_rule(self, rule_id: str, body: Body) -> Sent:
        """``body``: as it was read, with another expression; ``Gate`` holds it against the last read."""
        ...

    async def activate_rule(self, rule_id: str) -> Sent: ...

    async def deactivate_rule(self, rule_id: str) -> Sent: ...


class ScimWrites(ScimDirectory, Protocol):
    """Single writes to one SCIM store. Nobody is ever created or deleted, and no group is."""

    async def read_user_body(self, account_id: str) -> Body | None: ...

    async def read_group_body(self, group_id: str) -> Body | None: ...

    async def read_all_users(self) -> tuple[ScimUser, ...]:
        """Every account, whole."""
        ...

    async def put_user(self, account_id: str, body: Body, *, etag: str | None = None) -> Sent:
        """``body``: as it was read, but for what the change says; ``Gate`` holds it against the last read. ``etag``:
        only while the account is still of that version."""
        ...

    async def patch_member(self, group_id: str, account_id: str, *, add: bool, by_path: bool = True) -> Sent:
        """``by_path``: for removals, ``members[value eq "…"]``; else a list of values. Both are in use."""
        ...

    async def put_group(self, group_id: str, body: Body, *, etag: str | None = None) -> Sent: ...


class Gate(Protocol):
    """Below the clients: lets a write pass only while a change is open that implies it, and never what is forbidden."""

    def opened(self, change: Change) -> AbstractContextManager[None]:
        """The writes of this change pass inside."""
        ...

    def learnt(self, record_id: str) -> None:
        """The open change has made this rule or mapping, so the rest of its writes may name it."""
        ...

    @property
    def passed(self) -> tuple[Written, ...]:
        """Every write that was let through, in order."""
        ...


class Writers(Struct, frozen=True, kw_only=True):
    okta: OktaWrites
    scim: ScimWrites
    gate: Gate
