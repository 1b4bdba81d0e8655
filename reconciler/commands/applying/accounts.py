"""Kandji accounts, over SCIM: read, one thing changed, written whole. Nobody is ever made or deleted there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reconciler.accounts import HELD, tidy
from reconciler.changes import ReplaceAttributes, SetActive
from reconciler.commands.applying.bodies import held, there, version, with_values
from reconciler.commands.applying.live import Live
from reconciler.commands.applying.procedure import AlreadySo, Look, Procedure, Ready, Sight, Skip, Step
from reconciler.directories.writers import Sent
from reconciler.plan import Planned
from reconciler.world import MUST_BE_IN, MUST_NOT, NOT_ASSIGNED, fold


@dataclass
class Switching(Procedure):
    live: Live
    planned: Planned
    change: SetActive

    async def before(self) -> Look:
        account = await self.live.account(self.change.account.id)
        if account is None:
            return Skip(words=f"{self.change.account.name} is not in Kandji any more")
        if account.active is self.change.active:
            return AlreadySo()
        if account.active is None:
            return Skip(words=f"Kandji does not tell whether {self.change.account.name} is active")
        why = await self._still()
        return Ready(image={"active": account.active}) if why is None else Skip(words=why)

    async def _still(self) -> str | None:
        """Why Okta says otherwise by now. What takes an apply back asks only for what that apply left."""
        if self.live.undoing:
            return None
        return await (self._not_entitled() if self.change.active else self._entitled())

    async def _not_entitled(self) -> str | None:
        user_id = self.change.user_id
        user = await self.live.user(user_id) if user_id is not None else None
        if user_id is None or user is None:
            return f"{self.change.account.name} is deleted in Okta"
        if user.status not in MUST_BE_IN:
            return f"{user.login} is {user.status} in Okta now"
        assigned = (await self.live.app_users([user_id])).get(user_id)
        if assigned is None or assigned.status in NOT_ASSIGNED or assigned.external_id != self.change.account.id:
            return f"{user.login} is not assigned with this account now"
        return None

    async def _entitled(self) -> str | None:
        user = await self.live.user(self.change.user_id) if self.change.user_id is not None else None
        suspended = "suspended-still-active" in self.planned.kinds and user is not None and user.status == "SUSPENDED"
        if user is not None and user.status not in MUST_NOT and not suspended:
            return f"{user.login} is {user.status} in Okta now"
        if suspended:
            return None
        pointing = [
            one.id
            for one in await self.live.okta.read_all_app_users()
            if one.external_id == self.change.account.id and one.status not in NOT_ASSIGNED
        ]
        return f"{await self.live.logins(pointing)} is assigned with this account now" if pointing else None

    def steps(self) -> Sequence[Step]:
        return (Step(name="put", stands=self.holds, send=self._put, still=self._still),)

    async def _put(self) -> Sent:
        body = there(await self.live.scim.read_user_body(self.change.account.id), self.change.account.name)
        body[next((key for key in body if key.lower() == "active"), "active")] = self.change.active
        return await self.live.scim.put_user(self.change.account.id, body, etag=version(body))

    async def holds(self) -> bool:
        account = await self.live.account(self.change.account.id)
        return account is not None and account.active is self.change.active

    async def seen(self) -> Sight:
        return Sight(shows=await self.holds(), words="seen in Kandji")


@dataclass
class Replacing(Procedure):
    live: Live
    planned: Planned
    change: ReplaceAttributes

    async def before(self) -> Look:
        body = await self.live.scim.read_user_body(self.change.account.id)
        account = await self.live.account(self.change.account.id)
        if body is None or account is None:
            return Skip(words=f"{self.change.account.name} is not in Kandji any more")
        now = {name: HELD[name](account) for name, _ in self.change.after if name in HELD}
        if len(now) != len(self.change.after):
            return Skip(words="it names an attribute that this program can't write")
        if _same(now, dict(self.change.after)):
            return AlreadySo()
        moved = [name for name, value in self.change.before if not _alike(name, now.get(name), value)]
        if moved:
            return Skip(words=f"{', '.join(moved)} of {self.change.account.name} moved in Kandji since the plan")
        absent = [name for name, value in self.change.before if value and not held(body, name)]
        if absent:
            return Skip(words=f"Kandji's answer does not hold {', '.join(absent)}: nothing is written over it")
        if (why := await self._sent_otherwise()) is not None:
            return Skip(words=why)
        return Ready(image={"values": now})

    def steps(self) -> Sequence[Step]:
        return (Step(name="put", stands=self.holds, send=self._put),)

    async def _sent_otherwise(self) -> str | None:
        """Why these are not Okta's values any more. What takes an apply back writes the old ones, whoever had them."""
        if self.live.undoing:
            return None
        change = self.change
        assigned = (await self.live.app_users([change.user_id])).get(change.user_id)
        if assigned is None or assigned.status in NOT_ASSIGNED or assigned.external_id != change.account.id:
            return f"{change.account.name} is not assigned with this account now"
        sent = {**dict(assigned.profile), "userName": assigned.user_name}
        moved = [name for name, value in change.after if not _alike(name, sent.get(name), value)]
        return f"{', '.join(moved)} of {change.account.name} moved in Okta since the plan" if moved else None

    async def _put(self) -> Sent:
        body = there(await self.live.scim.read_user_body(self.change.account.id), self.change.account.name)
        changed = with_values(body, self.change.after)
        return await self.live.scim.put_user(self.change.account.id, changed, etag=version(body))

    async def holds(self) -> bool:
        account = await self.live.account(self.change.account.id)
        if account is None:
            return False
        now = {name: HELD[name](account) for name, _ in self.change.after if name in HELD}
        return _same(now, dict(self.change.after))

    async def seen(self) -> Sight:
        return Sight(shows=await self.holds(), words="seen in Kandji")


def _same(now: dict[str, str | None], wanted: dict[str, str | None]) -> bool:
    return now.keys() == wanted.keys() and all(_alike(name, now[name], value) for name, value in wanted.items())


def _alike(name: str, one: str | None, other: str | None) -> bool:
    """Whether two values are one: some servers keep user names and addresses in lower case, and trim what they get."""
    one, other = tidy(one), tidy(other)
    return fold(one) == fold(other) if name in ("userName", "email") else one == other
