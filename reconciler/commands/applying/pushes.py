"""Making Okta push a group whose mapping is there: a pause ended, or off and on again.

A status that is set to ACTIVE is followed by an initial push of the whole group, some time later.
Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/GroupPushMapping/
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from reconciler.changes import ActivateMapping, Repush
from reconciler.commands.applying.live import Live
from reconciler.commands.applying.procedure import AlreadySo, Look, Procedure, Ready, Sight, Skip, Step
from reconciler.commands.applying.pushed import Both, both, image_of, kandji_group_of, pushed, unplanned
from reconciler.journal import Event
from reconciler.plan import Planned

MEMBERSHIP = frozenset({"member-missing", "member-extra", "group-not-pushed"})
"""Kinds that Okta's own push mends as well."""


@dataclass
class Pushing(Procedure):
    """Both ways to push through a mapping; ``change`` tells which."""

    live: Live
    planned: Planned
    change: ActivateMapping | Repush
    image: Any = field(default=None, init=False)
    _just_read: bool = field(default=False, init=False)

    async def before(self) -> Look:
        name, planned_status = self.change.group.name, "ACTIVE" if isinstance(self.change, Repush) else "INACTIVE"
        mapping = await self.live.mapping(self.change.mapping_id)
        if mapping is None or mapping.source_group_id != self.change.group.id:
            return Skip(words=f"the mapping of {name} is gone")
        if mapping.status == "ACTIVE" and planned_status == "INACTIVE":
            return AlreadySo()
        if mapping.status != planned_status:
            return Skip(words=f"the mapping of {name} is {mapping.status} now")
        if (why := await self._late()) is not None:
            return Skip(words=why)
        now = await self._mended_by_okta() if self._needs_membership_alone else await self._both()
        if (why := await unplanned(self.live, self.planned, now)) is not None or now is None:
            return Skip(words=why or "")
        if self._needs_membership_alone and not now.missing:
            if not now.extra:
                return AlreadySo(words="in step already: nothing was sent")
            if self.live.push_replaces is False:
                return Skip(words="pushes don't take anybody out here: plan again")
        if isinstance(self.change, Repush) and (at := self.live.pushed.get(self.change.group.id)) is not None:
            return Skip(words=f"not yet: {name} was pushed at {at:%H:%M} UTC, and that may arrive still: plan again")
        self.image, self._just_read = image_of(now, mapping), True
        return Ready(image=self.image)

    @property
    def _needs_membership_alone(self) -> bool:
        return bool(self.planned.kinds) and MEMBERSHIP.issuperset(self.planned.kinds)

    async def _both(self) -> Both | None:
        group = self.change.kandji_group
        found = await kandji_group_of(self.live, group.id if group else None, self.change.group.name)
        return await both(self.live, self.change.group.id, found)

    async def _mended_by_okta(self) -> Both | None:
        """Okta pushes whom it has just provisioned by itself: where such people are missing, it is given its grace."""
        now, waited = await self._both(), 0.0
        while (
            now is not None
            and self.live.added & {now.owners[account] for account in now.missing}
            and waited < self.live.grace.total_seconds()
        ):
            await self.live.sleep(pause := max(5.0, waited / 2))
            waited += pause
            now = await self._both()
        return now

    async def _late(self) -> str | None:
        unseen = self.live.unseen and self.live.unseen & set(await self.live.members(self.change.group.id))
        late = await self.live.not_in_kandji(unseen) if unseen else frozenset()
        return f"not yet: {await self.live.logins(late)} not in Kandji yet: plan again" if late else None

    def steps(self) -> Sequence[Step]:
        repush = isinstance(self.change, Repush)
        off = Step(name="deactivate", stands=self._is_off, send=lambda: self._set("INACTIVE"))
        on = Step(
            name="activate",
            stands=self._is_on,
            send=lambda: self._set("ACTIVE"),
            still=self._still,
            again=repush,
        )
        return (off, on) if repush else (on,)

    async def _set(self, status: str) -> Any:
        return await self.live.okta.set_mapping(self.change.mapping_id, status)

    async def _is_off(self) -> bool:
        mapping = await self.live.mapping(self.change.mapping_id)
        return mapping is not None and mapping.status == "INACTIVE"

    async def _is_on(self) -> bool:
        mapping = await self.live.mapping(self.change.mapping_id)
        return mapping is not None and mapping.status == "ACTIVE"

    async def _still(self) -> str | None:
        """Off by an earlier process, it may have been so for long: whom it takes out is read again."""
        if self._just_read:
            return None
        why = await unplanned(self.live, self.planned, await self._both())
        return why and f"{why}; the mapping is left INACTIVE"

    async def holds(self) -> bool:
        return await self._is_on()

    async def seen(self) -> Sight:
        mapping = await self.live.mapping(self.change.mapping_id)
        return await pushed(self.live, self.planned, mapping, await self._both(), self.image)

    def recall(self, image: Any, events: Sequence[Event]) -> None:
        self.image = image
