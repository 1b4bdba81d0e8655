"""Push mappings ended. The Kandji group stays, unless it is asked for by name.

Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/GroupPushMapping/
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reconciler.changes import UnlinkGroup
from reconciler.commands.applying.live import Live
from reconciler.commands.applying.procedure import AlreadySo, Look, Procedure, Ready, Sight, Skip, Step
from reconciler.plan import Planned


@dataclass
class Unlinking(Procedure):
    """Paused first, then ended: Okta deletes no mapping that is ACTIVE."""

    live: Live
    planned: Planned
    change: UnlinkGroup

    async def before(self) -> Look:
        mapping = await self.live.mapping(self.change.mapping_id)
        if mapping is None:
            return AlreadySo(words="unlinked already: nothing was sent")
        if mapping.source_group_id != self.change.group.id:
            return Skip(words="the mapping is of another group now")
        if self.change.target is not None and mapping.target_group_id != self.change.target.id:
            return Skip(words=f"{self.change.group.name} is pushed to another group now")
        if (why := await self._members_moved()) is not None:
            return Skip(words=why)
        return Ready(image={"status": mapping.status, "target": mapping.target_group_id})

    async def _members_moved(self) -> str | None:
        """With the Kandji group, its members lose it: nobody but those whom the plan names."""
        if not self.change.delete_in_kandji or self.change.kandji_group is None:
            return None
        group = await self.live.kandji_group(self.change.kandji_group.id)
        if group is None:
            return None
        if group.member_ids is None or group.perhaps_cut:
            return "Kandji does not tell who is in the group: who would lose it is not known"
        more = set(group.member_ids) - {person.id for person in self.planned.removes}
        return f"moved: {await self.live.account_names(more)} would lose it as well: plan again" if more else None

    def steps(self) -> Sequence[Step]:
        okta, change = self.live.okta, self.change
        return (
            Step(
                name="deactivate",
                stands=self._is_off,
                needed=self._is_on,
                send=lambda: okta.set_mapping(change.mapping_id, "INACTIVE"),
            ),
            Step(
                name="delete",
                stands=self.holds,
                send=lambda: okta.delete_mapping(change.mapping_id, delete_target=change.delete_in_kandji),
                still=self._members_moved,
            ),
        )

    async def _status(self) -> str | None:
        mapping = await self.live.mapping(self.change.mapping_id)
        return None if mapping is None else mapping.status

    async def _is_on(self) -> bool:
        return await self._status() == "ACTIVE"

    async def _is_off(self) -> bool:
        return await self._status() in (None, "INACTIVE")

    async def holds(self) -> bool:
        return await self._status() is None

    async def seen(self) -> Sight:
        if not await self.holds():
            return Sight(shows=False, words="the mapping is there still")
        if self.change.delete_in_kandji and self.change.kandji_group is not None:
            if await self.live.kandji_group(self.change.kandji_group.id) is not None:
                return Sight(shows=False, words=f"{self.change.kandji_group.name} is in Kandji still")
            return Sight(shows=True, words="unlinked, and deleted in Kandji")
        return Sight(shows=True, words="unlinked; the group in Kandji stays as it is")
