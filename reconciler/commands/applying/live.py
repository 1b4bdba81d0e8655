"""What both sides say at this moment, as the procedures ask for it.

Nothing that was read is kept, but for a round of looking at many people who are waited for: see ``begin_round``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from reconciler.commands.applying.outcomes import Terms
from reconciler.directories.writers import OktaWrites, ScimWrites
from reconciler.errors import NotAllowed
from reconciler.model import AppUser, Group, Mapping, OktaUser, ScimGroup, ScimUser
from reconciler.world import MUST_BE_IN, NOT_ASSIGNED

FEW = 20
"""Assignments and accounts asked for one by one; of more people, the whole list is read."""
NAMED = 5


class Due(Struct, frozen=True, kw_only=True):
    """Whom Okta has for one group, now: Okta user ids by account id."""

    expected: dict[str, str]
    """In the group, must be in, assigned, and pointing to an account."""
    carried: dict[str, str]
    """Assigned and pointing to an account, whatever their status: a push may carry them."""


@dataclass
class Live:
    okta: OktaWrites
    scim: ScimWrites
    terms: Terms
    sleep: Callable[[float], Awaitable[None]]
    undoing: bool = False
    """Whether the plan takes an apply back: then what must hold is what that apply left."""
    unseen: set[str] = field(default_factory=set)
    """Okta user ids of people who were added and were not seen in Kandji in time."""
    added: set[str] = field(default_factory=set)
    """Okta user ids of everybody whom this apply has added."""
    push_replaces: bool | None = None
    """Whether a push takes out who should not be in the group, as far as this apply or an earlier one learnt."""
    pushed: dict[str, datetime] = field(default_factory=dict)
    """Okta groups that earlier applies made Okta push within its grace, and when."""
    patch_supported: bool | None = None
    _shows_members: bool = field(default=False, init=False)
    """Whether Kandji tells the members of a group that is read by itself, as far as this apply has seen: lists may
    tell what such a read leaves out."""
    _shared: dict[str, AppUser] | None = field(default=None, init=False)
    """Every assignment, as this round has read them."""
    _many: bool = field(default=False, init=False)
    """Whether so many are waited for that a list is cheaper."""
    _statuses: dict[str, str] = field(default_factory=dict, init=False)
    """Of the people who are waited for, as they were read first."""

    def begin_round(self, waiting: int, *, last: bool) -> None:
        """Effects are looked at once more, after whatever was sent. Of many, assignments are read as one list then, and
        who has left meanwhile is asked for in the first round and the last."""
        self._shared, self._many = None, waiting > FEW
        if last or not self._many:
            self._statuses = {}

    def end_rounds(self) -> None:
        self.begin_round(0, last=True)

    async def group(self, group_id: str) -> Group | None:
        return await self.okta.read_group(group_id)

    async def mapping(self, mapping_id: str) -> Mapping | None:
        return (await self.okta.read_mappings([mapping_id])).get(mapping_id)

    async def user(self, user_id: str) -> OktaUser | None:
        return (await self.okta.read_users([user_id])).get(user_id)

    async def account(self, account_id: str) -> ScimUser | None:
        return (await self.scim.read_users([account_id])).get(account_id)

    async def accounts(self, ids: Iterable[str]) -> dict[str, ScimUser | None]:
        """By id; of many, those that the list of everybody does not show are asked for by id."""
        wanted, found = set(ids), dict[str, ScimUser | None]()
        if len(wanted) > FEW:
            found |= {one.id: one for one in await self.scim.read_all_users() if one.id in wanted}
        rest = sorted(wanted - found.keys())
        return found | (await self.scim.read_users(rest) if rest else {})

    async def kandji_group(self, group_id: str) -> ScimGroup | None:
        group = (await self.scim.read_groups([group_id])).get(group_id)
        return None if group is None else self._settled(group)

    async def kandji_groups_named(self, name: str) -> tuple[ScimGroup, ...]:
        return tuple(map(self._settled, (await self.scim.find_groups([name])).get(name, ())))

    def _settled(self, group: ScimGroup) -> ScimGroup:
        """With what one group by itself does not show: that it is empty, where a server leaves the members of an empty
        group out; and that its list ends where the server may cut lists off."""
        members, known = group.member_ids, self.terms.known
        self._shows_members = self._shows_members or bool(members)
        was_empty = known.shows_members and not dict(known.populations.groups).get(group.id)
        if members is None and (self._shows_members or was_empty):
            return replace(group, member_ids=())
        return replace(group, perhaps_cut=True) if members and len(members) == known.cut_at else group

    async def members(self, group_id: str) -> dict[str, str]:
        """Status of everybody in an Okta group, by Okta user id."""
        members, users = await self.okta.read_members(group_id)
        statuses = {user.id: user.status for user in users}
        return {member.user_id: statuses.get(member.user_id, "") for member in members.members}

    async def is_member(self, group_id: str, user_id: str) -> bool:
        """Whether somebody is in an Okta group, asked of the person: one request, however large the group is.

        Everybody who is not deleted is in some group: raises ``NotAllowed`` where none is told, as to a token that may
        not see them.
        """
        groups = (await self.okta.read_groups_of([user_id])).get(user_id)
        if not groups and await self.user(user_id) is not None:
            raise NotAllowed(f"Okta does not tell which groups {user_id} is in.", next="reconciler doctor")
        return group_id in (groups or ())

    async def app_users(self, ids: Iterable[str]) -> dict[str, AppUser]:
        wanted = sorted(set(ids))
        if not wanted:
            return {}
        if len(wanted) > FEW:
            every = {one.id: one for one in await self.okta.read_all_app_users()}
            return {user_id: every[user_id] for user_id in wanted if user_id in every}
        found = await self.okta.read_app_users(wanted)
        return {user_id: one for user_id, one in found.items() if one is not None}

    async def due(self, group_id: str) -> Due:
        statuses = await self.members(group_id)
        pointing = {
            user_id: one.external_id
            for user_id, one in (await self.app_users(statuses)).items()
            if one.external_id and one.status not in NOT_ASSIGNED
        }
        must = {user_id for user_id, status in statuses.items() if status in MUST_BE_IN}
        return Due(
            expected={account: user_id for user_id, account in pointing.items() if user_id in must},
            carried={account: user_id for user_id, account in pointing.items()},
        )

    async def not_in_kandji(self, user_ids: Iterable[str]) -> frozenset[str]:
        """Of these, who must be in and has no active account to which their assignment points."""
        wanted = set(user_ids)
        pointing = {
            user_id: one.external_id
            for user_id, one in (await self._assignments(wanted)).items()
            if one.external_id and one.status not in NOT_ASSIGNED
        }
        accounts = await self.accounts(pointing.values())
        active = {key for key, account in accounts.items() if account is not None and account.active is not False}
        late = {user_id for user_id in wanted if pointing.get(user_id) not in active}
        statuses = await self._statuses_of(late)
        return frozenset(user_id for user_id in late if statuses.get(user_id) in MUST_BE_IN)

    async def _assignments(self, ids: set[str]) -> dict[str, AppUser]:
        if not self._many:
            return await self.app_users(ids)
        if self._shared is None:
            self._shared = {one.id: one for one in await self.okta.read_all_app_users()}
        return {user_id: self._shared[user_id] for user_id in ids if user_id in self._shared}

    async def _statuses_of(self, ids: set[str]) -> dict[str, str]:
        unknown = sorted(ids - self._statuses.keys())
        users = await self.okta.read_users(unknown) if unknown else {}
        read = {user_id: user.status for user_id, user in users.items() if user is not None}
        if self._many:
            self._statuses |= read
        return self._statuses | read

    async def logins(self, user_ids: Iterable[str]) -> str:
        """The first few of these people by login, for a sentence."""
        wanted = sorted(set(user_ids))
        users = await self.okta.read_users(wanted[:NAMED])
        return listed([user.login if user else key for key, user in sorted(users.items())], len(wanted))

    async def account_names(self, ids: Iterable[str]) -> str:
        """The first few of these accounts by user name, for a sentence."""
        wanted = sorted(set(ids))
        accounts = await self.accounts(wanted[:NAMED])
        names = [(account.user_name if account else None) or key for key, account in sorted(accounts.items())]
        return listed(names, len(wanted))

    @property
    def grace(self) -> timedelta:
        """How long Okta's own push may take after somebody was added."""
        return min(self.terms.patience, timedelta(minutes=5))


def listed(names: list[str], count: int) -> str:
    """``ana, bo and 3 more``."""
    more = f" and {count - len(names)} more" if count > len(names) else ""
    return ", ".join(names) + more
