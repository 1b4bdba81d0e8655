"""Push mappings made: linked, and in ERROR, unlinked and linked again with the Kandji group kept.

There is one mapping at most for a group and a target, so what was made is known again by the group it pushes.
Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/GroupPushMapping/
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from reconciler.changes import LinkGroup, Relink
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
    """Whether Okta lets a mapping in ERROR be activated is not documented: it is tried first, as it touches least.

    Where the Kandji group is gone, no push makes it anew: then any mapping is unlinked and linked again.
    """

    live: Live
    planned: Planned
    change: Relink
    image: Any = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.push = _OnePush(self.live, self.planned, self.change)

    @property
    def _anew(self) -> bool:
        """Whether the Kandji group is gone, so that the old mapping must go as well."""
        return self.change.kandji_group is None

    async def before(self) -> Look:
        mapping = await self.live.mapping(self.change.mapping_id)
        if mapping is None:
            linked = await self.push.made()
            if linked is not None and linked.status == "ACTIVE":
                return AlreadySo(words="linked again already: nothing was sent")
            return Skip(words=f"the mapping of {self.change.group.name} is gone")
        now = await self.push.both()
        lost = self._anew and now is not None and now.kandji_group is None
        if mapping.status == "ACTIVE" and not lost:
            return AlreadySo(words="active again already: nothing was sent")
        if mapping.status != "ERROR" and not (mapping.status == "ACTIVE" and lost):
            return Skip(words=f"the mapping of {self.change.group.name} is {mapping.status} now")
        if (why := await unplanned(self.live, self.planned, now)) is not None or now is None:
            return Skip(words=why or "")
        self.image = image_of(now, mapping)
        return Ready(image=self.image)

    def steps(self) -> Sequence[Step]:
        okta, change = self.live.okta, self.change
        activate = Step(
            name="activate",
            stands=self._is_on,
            needed=self._is_there,
            send=lambda: okta.set_mapping(change.mapping_id, "ACTIVE"),
            tries=True,
        )
        deactivate = Step(
            name="deactivate",
            stands=self._is_off,
            needed=self._is_on,
            send=lambda: okta.set_mapping(change.mapping_id, "INACTIVE"),
            tries=True,
        )
        return (
            deactivate if self._anew else activate,
            Step(
                name="delete",
                stands=self._is_gone,
                needed=self._is_not_on,
                send=lambda: okta.delete_mapping(change.mapping_id, delete_target=False),
                again=self._anew,
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

    async def _is_off(self) -> bool:
        return await self._old() == "INACTIVE"

    async def _is_not_on(self) -> bool:
        return await self._old() not in (None, "ACTIVE")

    async def _is_there(self) -> bool:
        return not await self._is_gone()

    async def _is_gone(self) -> bool:
        return await self._old() is None

    async def _now(self) -> Mapping | None:
        """The mapping that does the work: where a group is made anew, never the old one."""
        old = None if self._anew else await self.live.mapping(self.change.mapping_id)
        return old or await self.push.made(self.change.mapping_id)

    async def holds(self) -> bool:
        mapping = await self._now()
        return mapping is not None and mapping.status == "ACTIVE"

    async def seen(self) -> Sight:
        if self._anew and not await self._is_gone():
            return Sight(shows=False, words=f"the old mapping of {self.change.group.name} is there still")
        mapping = await self._now()
        return await pushed(self.live, self.planned, mapping, await self.push.both(), self.image)

    def recall(self, image: Any, events: Sequence[Event]) -> None:
        self.image = image
