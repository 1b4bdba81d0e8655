"""Members of a Kandji group, over SCIM: PATCH where the server takes it, in either form, else the whole group by PUT.

Which form of removal a server takes can't be told beforehand: RFC 7644 §3.5.2.2 has a path with a filter; a list of
values is what others read. Each is tried, and read back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from reconciler.changes import AddMember, RemoveMember
from reconciler.commands.applying.bodies import there, version
from reconciler.commands.applying.live import Live
from reconciler.commands.applying.procedure import AlreadySo, Look, Procedure, Ready, Sight, Skip, Step
from reconciler.directories.writers import Body, Sent
from reconciler.errors import UnexpectedAnswer
from reconciler.journal import Event
from reconciler.plan import Planned


@dataclass
class Membership(Procedure):
    """Both directions; ``change`` tells which."""

    live: Live
    planned: Planned
    change: AddMember | RemoveMember
    _kept: frozenset[str] | None = field(default=None, init=False)
    """Accounts that were in the group, of which the whole was written, and must be in it still."""
    _members: frozenset[str] = field(default=frozenset(), init=False)
    """Accounts that were in the group before."""

    @property
    def _adds(self) -> bool:
        return isinstance(self.change, AddMember)

    async def before(self) -> Look:
        change = self.change
        group = await self.live.kandji_group(change.kandji_group.id)
        if group is None:
            return Skip(words=f"{change.kandji_group.name} is not in Kandji any more")
        if group.member_ids is None or group.perhaps_cut:
            return Skip(words=f"Kandji does not tell who is in {change.kandji_group.name}")
        if (change.account.id in group.member_ids) is self._adds:
            return AlreadySo()
        account = await self.live.account(change.account.id)
        if self._adds and account is None:
            return Skip(words=f"{change.account.name} is not in Kandji any more")
        if "member-unknown" in self.planned.kinds and account is not None and not self._adds:
            return Skip(words=f"{change.account.name} has an account in Kandji now")
        if (why := await self._otherwise_in_okta()) is not None:
            return Skip(words=why)
        if self.live.patch_supported is None:
            self.live.patch_supported = (await self.live.scim.probe()).patch_supported is not False
        self._members = frozenset(group.member_ids)
        return Ready(image={"members": sorted(group.member_ids)})

    async def _otherwise_in_okta(self) -> str | None:
        """Why Okta says otherwise by now. What takes an apply back asks only for what that apply left."""
        account, group = self.change.account, self.change.group
        if group is None or self.live.undoing:
            return None
        is_expected = account.id in (await self.live.due(group.id)).expected
        if is_expected is self._adds:
            return None
        return f"Okta {'expects' if is_expected else 'does not expect'} {account.name} in {group.name} now"

    def steps(self) -> Sequence[Step]:
        by_path = Step(
            name="patch", stands=self.holds, send=lambda: self._patch(by_path=True), needed=self._patches, tries=True
        )
        by_value = Step(
            name="patch by value",
            stands=self.holds,
            send=lambda: self._patch(by_path=False),
            needed=self._patches,
            tries=True,
        )
        put = Step(name="put", stands=self.holds, send=self._put, needed=self._lacks)
        return (by_path, put) if self._adds else (by_path, by_value, put)

    async def _lacks(self) -> bool:
        return not await self.holds()

    async def _patches(self) -> bool:
        return self.live.patch_supported is not False and await self._lacks()

    async def _patch(self, *, by_path: bool) -> Sent:
        group, account = self.change.kandji_group.id, self.change.account.id
        return await self.live.scim.patch_member(group, account, add=self._adds, by_path=by_path)

    async def _put(self) -> Sent:
        """The group as it is, with one member more or less; refused where it moves while it is read."""
        group_id, account = self.change.kandji_group.id, self.change.account.id
        name = self.change.kandji_group.name
        first = there(await self.live.scim.read_group_body(group_id), name)
        body = there(await self.live.scim.read_group_body(group_id), name)
        key = next((name for name in body if name.lower() == "members"), "members")
        rows = body.get(key) or []
        if _ids(first.get(key) or []) != _ids(rows):
            raise UnexpectedAnswer(f"{name} moved in Kandji while it was written.")
        kept = [row for row in rows if _value(row) != account]
        body[key] = [*kept, {"value": account}] if self._adds else kept
        self._kept = _ids(kept) & self._members
        return await self.live.scim.put_group(group_id, body, etag=version(body))

    async def holds(self) -> bool:
        group = await self.live.kandji_group(self.change.kandji_group.id)
        if group is None or group.member_ids is None:
            return False
        return (self.change.account.id in group.member_ids) is self._adds

    async def seen(self) -> Sight:
        """Where the whole group was written, some servers drop others of its members, those not active."""
        if self._kept is not None:
            group = await self.live.kandji_group(self.change.kandji_group.id)
            lost = self._kept - set((group.member_ids if group is not None else None) or ())
            if lost:
                words = f"{await self.live.account_names(lost)} went from {self.change.kandji_group.name} as well"
                return Sight(shows=False, words=words, over="failed")
        return Sight(shows=await self.holds(), words="seen in Kandji")

    def recall(self, image: Any, events: Sequence[Event]) -> None:
        self._members = frozenset(image["members"])


def _value(row: Any) -> str:
    return str(row.get("value")) if isinstance(row, dict) else str(row)


def _ids(rows: Sequence[Body]) -> frozenset[str]:
    return frozenset(map(_value, rows))
