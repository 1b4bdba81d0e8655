"""Who is in an Okta group, and which groups the app is assigned to: additions, and taking one back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.changes import AddToGroup, AssignGroup, Named, RemoveFromGroup
from reconciler.commands.applying.live import NAMED, Live, listed
from reconciler.commands.applying.procedure import AlreadySo, Look, Procedure, Ready, Sight, Skip, Step
from reconciler.directories.writers import Sent
from reconciler.model import Group
from reconciler.plan import Planned
from reconciler.world import MUST_BE_IN


def unfit(group: Group | None, name: str) -> str | None:
    """Why nobody may be put into this group; None: it can be filled."""
    if group is None:
        return f"{name} is deleted, or not visible"
    if group.type != "OKTA_GROUP":
        return f"{name} is a group of type {group.type}: it can't be filled from here"
    return f"{name} carries an admin role" if group.has_admin_role else None


async def unfit_now(live: Live, group_id: str) -> str | None:
    """Why nobody may be put into this group at this moment."""
    group = await live.group(group_id)
    name = group.name if group is not None else group_id
    if (why := unfit(group, name)) is not None:
        return why
    pushed = await live.okta.read_mappings_of(group_id)
    return f"{name} is pushed now: nobody is put into a group that is pushed" if pushed else None


async def arrived(live: Live, people: Sequence[Named]) -> Sight:
    """Whether everybody of these who must be in has an active account in Kandji. They are told as the plan calls them:
    this is asked again and again."""
    late = await live.not_in_kandji(one.id for one in people)
    if not late:
        return Sight(shows=True, words="seen in Kandji")
    names = sorted(one.name for one in people if one.id in late)
    return Sight(shows=False, words=f"{listed(names[:NAMED], len(names))} not active in Kandji yet")


@dataclass
class Adding(Procedure):
    live: Live
    planned: Planned
    change: AddToGroup

    async def before(self) -> Look:
        change, live = self.change, self.live
        user = await live.user(change.person.id)
        if user is None:
            return Skip(words=f"{change.person.name} is deleted in Okta")
        if user.status not in MUST_BE_IN:
            return Skip(words=f"{change.person.name} is {user.status} in Okta now")
        if (why := await unfit_now(live, change.group.id)) is not None:
            return Skip(words=why)
        if not await live.okta.read_group_assigned(change.group.id):
            return Skip(words=f"{change.group.name} is not assigned to the app any more")
        return AlreadySo(words="already in the group: nothing was sent") if await self.holds() else Ready()

    def steps(self) -> Sequence[Step]:
        return (Step(name="add", stands=self.holds, send=self._add),)

    async def _add(self) -> Sent:
        return await self.live.okta.add_member(self.change.group.id, self.change.person.id)

    async def holds(self) -> bool:
        return await self.live.is_member(self.change.group.id, self.change.person.id)

    async def seen(self) -> Sight:
        return await arrived(self.live, (self.change.person,))


@dataclass
class TakingOut(Procedure):
    live: Live
    planned: Planned
    change: RemoveFromGroup

    async def before(self) -> Look:
        if await self.holds():
            return AlreadySo(words="not in the group: nothing was sent")
        return Ready() if (why := await self._fed()) is None else Skip(words=why)

    def steps(self) -> Sequence[Step]:
        return (Step(name="remove", stands=self.holds, send=self._remove, still=self._fed),)

    async def _remove(self) -> Sent:
        return await self.live.okta.remove_member(self.change.group.id, self.change.person.id)

    async def _fed(self) -> str | None:
        """Okta takes whom a rule feeds for somebody to exclude from it, silently: see ``safety.md`` 14."""
        rules = await self.live.okta.read_rules_of_member(self.change.group.id, self.change.person.id)
        if rules is None:
            return f"Okta does not tell whether a rule feeds {self.change.person.name}"
        return f"a rule feeds {self.change.person.name} now: they stay" if rules else None

    async def holds(self) -> bool:
        return not await self.live.is_member(self.change.group.id, self.change.person.id)

    async def seen(self) -> Sight:
        return Sight(shows=await self.holds(), words="out of the group")


@dataclass
class Assigning(Procedure):
    live: Live
    planned: Planned
    change: AssignGroup

    async def before(self) -> Look:
        group = await self.live.group(self.change.group.id)
        if group is None:
            return Skip(words=f"{self.change.group.name} is deleted, or not visible")
        if group.has_admin_role:
            return Skip(words=f"{self.change.group.name} carries an admin role")
        if await self.holds():
            return AlreadySo()
        if await self.live.okta.read_mappings_of(self.change.group.id):
            return Skip(words=f"{self.change.group.name} is pushed: it can't be the group that is assigned")
        members = await self.live.members(self.change.group.id)
        must = {user_id for user_id, status in members.items() if status in MUST_BE_IN}
        assigned = await self.live.app_users(must)
        return await joining_as_planned(self.live, self.planned, must - assigned.keys())

    def steps(self) -> Sequence[Step]:
        return (Step(name="assign", stands=self.holds, send=self._assign),)

    async def _assign(self) -> Sent:
        return await self.live.okta.assign_group(self.change.group.id)

    async def holds(self) -> bool:
        return await self.live.okta.read_group_assigned(self.change.group.id)

    async def seen(self) -> Sight:
        if not await self.holds():
            return Sight(shows=False, words=f"{self.change.group.name} is not assigned")
        return await arrived(self.live, self.planned.joins)


async def joining_as_planned(live: Live, planned: Planned, joining: set[str], image: Any = None) -> Look:
    """Ready where nobody joins whom the plan does not name."""
    more = joining - {person.id for person in planned.joins}
    if more:
        return Skip(words=f"moved: it would now also bring {await live.logins(more)}: plan again")
    return Ready(image=image)
