"""Push mappings made and ended: linked, unlinked, and in ERROR, unlinked and linked again with the Kandji group kept.

There is one mapping at most for a group and a target, so what was made is known again by the group it pushes.
Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/GroupPushMapping/
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from reconciler.changes import LinkGroup, Relink, UnlinkGroup
from reconciler.commands.applying.live import Live
from reconciler.commands.applying.procedure import AlreadySo, Look, Procedure, Ready, Sight, Skip, Step
from reconciler.commands.applying.pushed import Both, both, image_of, kandji_group_of, pushed, unplanned
from reconciler.directories.writers import Sent
from reconciler.journal import Event
from reconciler.model import Mapping
from reconciler.plan import Planned


@dataclass
class _OnePush:
    """What linking and linking again share."""

    live: Live
    planned: Planned
    change: LinkGroup | Relink

    mapping_id: str | None = field(default=None, init=False)
    """Of the mapping that was made, once it was read."""

    async def made(self, other_than: str | None = None) -> Mapping | None:
        """The mapping from the group to the planned target."""
        for mapping in await self.live.okta.read_mappings_of(self.change.group.id):
            target = self.change.target
            if mapping.id != other_than and (target is None or mapping.target_group_id == target.id):
                self.mapping_id = mapping.id
                return mapping
        return None

    async def create(self) -> Sent:
        target = self.change.target
        name = None if target is not None else self.change.target_name
        return await self.live.okta.create_mapping(
            self.change.group.id, target_id=target.id if target is not None else None, target_name=name
        )

    async def both(self) -> Both | None:
        group = self.change.kandji_group
        found = await kandji_group_of(self.live, group.id if group else None, self.change.target_name)
        return await both(self.live, self.change.group.id, found)

    async def unplanned(self) -> str | None:
        return await unplanned(self.live, self.planned, await self.both())


@dataclass
class Linking(Procedure):
    live: Live
    planned: Planned
    change: LinkGroup
    image: Any = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.push = _OnePush(self.live, self.planned, self.change)

    async def before(self) -> Look:
        change, live = self.change, self.live
        if await live.group(change.group.id) is None:
            return Skip(words=f"{change.group.name} is deleted, or not visible")
        mappings = await live.okta.read_mappings_of(change.group.id)
        if mappings:
            same = await self.push.made()
            return AlreadySo() if same and same.status == "ACTIVE" else Skip(words=f"{change.group.name} is pushed now")
        if await live.okta.read_group_assigned(change.group.id):
            return Skip(words=f"{change.group.name} is assigned to the app: it must not be pushed as well")
        if (why := await self._other_group()) is not None:
            return Skip(words=why)
        now = await self.push.both()
        if (why := await unplanned(live, self.planned, now)) is not None or now is None:
            return Skip(words=why or "")
        self.image = image_of(now, None)
        return Ready(image=self.image)

    async def _other_group(self) -> str | None:
        """Why the group of that name in Kandji is not the one that was planned for."""
        found = (await self.live.scim.find_groups([self.change.target_name])).get(self.change.target_name, ())
        ids, planned = {group.id for group in found}, self.change.kandji_group
        if ids == ({planned.id} if planned is not None else set()):
            return None
        return f"Kandji has {len(ids) or 'no'} group{'s' * (len(ids) != 1)} named {self.change.target_name} now"

    def steps(self) -> Sequence[Step]:
        create = Step(
            name="create",
            stands=self.holds,
            still=self.push.unplanned,
            send=self.push.create,
            made=lambda: self.push.mapping_id,
        )
        return (create,)

    async def holds(self) -> bool:
        return await self.push.made() is not None

    async def seen(self) -> Sight:
        mapping = await self.push.made()
        return await pushed(self.live, self.planned, mapping, await self.push.both(), self.image)

    def recall(self, image: Any, events: Sequence[Event]) -> None:
        self.image = image


@dataclass
class Relinking(Procedure):
    """Whether Okta lets a mapping in ERROR be activated is not documented: it is tried first, as it touches least."""

    live: Live
    planned: Planned
    change: Relink
    image: Any = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.push = _OnePush(self.live, self.planned, self.change)

    async def before(self) -> Look:
        mapping = await self.live.mapping(self.change.mapping_id)
        if mapping is None:
            return Skip(words=f"the mapping of {self.change.group.name} is gone")
        if mapping.status == "ACTIVE":
            return AlreadySo(words="active again already: nothing was sent")
        if mapping.status != "ERROR":
            return Skip(words=f"the mapping of {self.change.group.name} is {mapping.status} now")
        now = await self.push.both()
        if (why := await unplanned(self.live, self.planned, now)) is not None or now is None:
            return Skip(words=why or "")
        self.image = image_of(now, mapping)
        return Ready(image=self.image)

    def steps(self) -> Sequence[Step]:
        okta, change = self.live.okta, self.change
        return (
            Step(
                name="activate",
                stands=self._is_on,
                needed=self._is_there,
                send=lambda: okta.set_mapping(change.mapping_id, "ACTIVE"),
                tries=True,
            ),
            Step(
                name="delete",
                stands=self._is_gone,
                needed=self._is_not_on,
                send=lambda: okta.delete_mapping(change.mapping_id, delete_target=False),
            ),
            Step(
                name="create",
                stands=self.holds,
                needed=self._is_gone,
                still=self.push.unplanned,
                send=self.push.create,
                again=True,
                made=lambda: self.push.mapping_id,
            ),
        )

    async def _old(self) -> str | None:
        mapping = await self.live.mapping(self.change.mapping_id)
        return None if mapping is None else mapping.status

    async def _is_on(self) -> bool:
        return await self._old() == "ACTIVE"

    async def _is_not_on(self) -> bool:
        return await self._old() not in (None, "ACTIVE")

    async def _is_there(self) -> bool:
        return not await self._is_gone()

    async def _is_gone(self) -> bool:
        return await self._old() is None

    async def _now(self) -> Mapping | None:
        return await self.live.mapping(self.change.mapping_id) or await self.push.made(self.change.mapping_id)

    async def holds(self) -> bool:
        mapping = await self._now()
        return mapping is not None and mapping.status == "ACTIVE"

    async def seen(self) -> Sight:
        mapping = await self._now()
        return await pushed(self.live, self.planned, mapping, await self.push.both(), self.image)

    def recall(self, image: Any, events: Sequence[Event]) -> None:
        self.image = image


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
