"""Who is in the groups that group rules ask for, where these rules feed an assigned or a pushed group.

They tell whether a rule would bring somebody. Nothing is judged by them alone, so each may be refused; the number of
groups and of memberships is bounded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct

from reconciler import model
from reconciler.directories import Progress
from reconciler.directories.http import Http
from reconciler.directories.ledger import Ledger
from reconciler.directories.okta_groups import MembersRead, find_named, read_members
from reconciler.directories.okta_lists import telling
from reconciler.directories.okta_rule_texts import RuleText, feeding
from reconciler.directories.okta_user_wire import People

MOST_GROUPS = 50
MOST_MEMBERSHIPS = 50_000
SOURCE = "okta.rule_groups"
_ABOUT = "members of groups that rules name"


class RuleGroupsRead(Struct, frozen=True, kw_only=True):
    groups: tuple[model.Group, ...] = ()
    """Found by name, in order of id."""
    members: tuple[model.GroupMembers, ...] = ()
    users: Mapping[str, model.OktaUser] = {}
    vanished: tuple[str, ...] = ()


class _Asked:
    """The groups that rules ask for, nearest first: those of rules that feed ``fed``, then those of rules that feed
    these, and so on."""

    def __init__(self, texts: Sequence[RuleText], fed: Iterable[str]) -> None:
        self._texts = texts
        self._reached = set(fed)
        self._names: set[str] = set()
        self.ids: list[str] = []
        self.by_name: dict[str, model.Group] = {}
        self.requests = 0

    def names(self) -> set[str]:
        """Names not looked for yet."""
        asked = {name for text in feeding(self._texts, self._reached) for name in text.group_names}
        return asked - self._names

    def step(self) -> bool:
        """Takes in what the rules that feed anything reached so far name by id; False where that is nothing new."""
        named = {one for text in feeding(self._texts, self._reached) for one in text.group_ids}
        new = sorted((named | self.by_name.keys()) - self._reached)
        self.ids += new
        self._reached.update(new)
        return bool(new)

    async def find(self, http: Http) -> None:
        going_on = True
        while going_on:
            names = self.names()
            if names:
                groups, requests = await find_named(http, names)
                self._names |= names
                self.requests += requests
                self.by_name.update((group.id, group) for group in groups)
            going_on = self.step() or bool(self.names())


async def read_rule_groups(
    http: Http,
    ledger: Ledger,
    people: People,
    *,
    texts: Sequence[RuleText],
    fed: Collection[str],
    groups: Mapping[str, model.Group],
    done: Collection[str],
    progress: Progress,
) -> RuleGroupsRead:
    """Members of the groups that rules ask for by id or exact name, where they feed ``fed`` or what feeds it.

    ``groups``: those that are visible, by id; ``done``: those whose members are read already. What is refused, has
    vanished or is beyond the bounds is simply not read, and a note says so.
    """
    asked = _Asked(texts, fed)
    if not asked.names() and not any(text.group_ids - set(done) for text in feeding(texts, fed)):
        return RuleGroupsRead()
    with ledger.optional(SOURCE, _ABOUT) as entry:
        await asked.find(http)
        visible = {**groups, **asked.by_name}
        wanted = [visible[one] for one in asked.ids if one in visible and one not in done]
        chosen = _bounded(wanted)
        read = await read_members(http, people, chosen, optional=True, arrived=telling(progress, entry, None))
        entry.rows = sum(len(one.members) for one in read.members)
        entry.pages, entry.requests = read.pages, read.requests + asked.requests
        entry.how_known = f"{len(read.members)} of {len(wanted)} groups that rules ask for, each to its last page"
        _tell(ledger, read, len(wanted) - len(chosen))
        found = tuple(asked.by_name[one] for one in sorted(asked.by_name))
        return RuleGroupsRead(groups=found, members=read.members, users=read.users, vanished=read.vanished)
    return RuleGroupsRead()


def _bounded(wanted: Sequence[model.Group]) -> list[model.Group]:
    """The first of them that are not too many, nor too large together."""
    chosen: list[model.Group] = []
    room = MOST_MEMBERSHIPS
    for group in wanted:
        if len(chosen) < MOST_GROUPS and (group.users_count or 0) <= room:
            chosen.append(group)
            room -= group.users_count or 0
    return chosen


def _tell(ledger: Ledger, read: MembersRead, beyond: int) -> None:
    if beyond:
        most = f"at most {MOST_GROUPS} with {MOST_MEMBERSHIPS:,} memberships are"
        ledger.note("check-skipped", _ABOUT, f"not read: {beyond} of the groups that rules ask for; {most}")
    if read.unread:
        reason = f"not read: {len(read.unread)} of the groups that rules ask for; {min(read.unread.values())}"
        ledger.note("check-skipped", _ABOUT, reason)
