"""What was done to the company, written down while it is done.

Truth is told from this book alone. Nothing in it is read back from the simulated services: whoever changes the org or
the tenant writes the deed here, and :meth:`Ledger.settle` writes what must come of it by Okta's documented behaviour
(assignments follow groups, accounts follow assignments, a push replaces the whole list of members).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

MUST_BE_IN = frozenset({"ACTIVE", "LOCKED_OUT", "PASSWORD_EXPIRED", "RECOVERY"})
NOT_YET = frozenset({"STAGED", "SUSPENDED"})
LEFT = frozenset({"DEPROVISIONED", "DELETED"})


@dataclass(kw_only=True)
class Entry:
    """Somebody in Okta. ``account``: none, active, inactive or gone (deleted in Kandji, and Okta doesn't know).

    ``tried``: their account was created, or the attempt failed for good; ``returned``: they came back after leaving.
    """

    id: str
    status: str = "ACTIVE"
    assigned: bool = False
    provisioned: bool = False
    tried: bool = False
    returned: bool = False
    account: str = "none"
    differs: set[str] = field(default_factory=set)

    @property
    def key(self) -> str:
        return f"user:{self.id}"


@dataclass(frozen=True, kw_only=True)
class Stranger:
    """An active account nobody in Okta belongs to; ``foreign`` when another directory feeds it, ``left`` when it was
    seen to be that of somebody who is deleted in Okta by now."""

    scim_id: str
    foreign: bool = False
    left: bool = False

    @property
    def key(self) -> str:
        return f"account:{self.scim_id}"


@dataclass(kw_only=True)
class Push:
    """A push mapping. ``held`` are the keys of those in the Kandji group, ``there`` whether that group exists.

    ``comparable``: whether its Okta group exists and its name leads to one Kandji group that is told whole.
    """

    mapping_id: str
    group_id: str
    status: str = "ACTIVE"
    there: bool = True
    comparable: bool = True
    held: set[str] = field(default_factory=set)


class Ledger:
    """The book of one company."""

    def __init__(self, app_id: str) -> None:
        self.app_id = app_id
        self.app_active = True
        self.features_off: list[str] = []
        self.on_create_only: set[str] = set()
        """Attributes that Okta does not update."""
        self.people: dict[str, Entry] = {}
        self.strangers: dict[str, Stranger] = {}
        self.group_names: dict[str, str] = {}
        self.members: dict[str, set[str]] = {}
        self.pushes: dict[str, Push] = {}
        self.assigned_groups: set[str] = set()
        self.everyone_assigned = False
        self.fed: dict[str, set[str]] = {}
        """Assignment groups that a rule fills, with everybody of which groups …"""
        self.excluded: set[str] = set()
        """… but for these, whom the rules exclude or fail to evaluate …"""
        self.by_hand: dict[str, set[str]] = {}
        """… and with these, whom IT put into such a group itself."""
        self.direct: set[str] = set()
        self.scope: frozenset[str] | None = None
        """Groups of those who are meant to be in Kandji; None: everybody in a pushed group."""
        self.unmanaged_groups: set[str] = set()
        self.foreign = False
        self.ignored: frozenset[str] = frozenset()
        """Attributes that Kandji takes and does not keep: nobody's can differ."""
        self.looked_at = False
        """Whether the program has looked at the company before: then it knows whose accounts were Okta's once."""
        self.dirty: set[str] = set()
        """Groups that Okta has yet to push."""
        self._failing: list[tuple[str, frozenset[str] | None]] = []

    @contextmanager
    def failing(self, operation: str, who: Collection[str] | None = None) -> Iterator[None]:
        """While this lasts, Okta's attempts at ``operation`` (for these user or mapping ids) fail for good."""
        self.fail(operation, who)
        entry = self._failing[-1]
        try:
            yield
        finally:
            self._failing.remove(entry)

    def fail(self, operation: str, who: Collection[str] | None = None) -> None:
        """From now on these attempts fail, and nobody mends it."""
        self._failing.append((operation, None if who is None else frozenset(who)))

    @property
    def feeds(self) -> set[str]:
        """Groups whose people some rule brings into an assignment group."""
        return set().union(*self.fed.values())

    def fails(self, operation: str, who: str) -> bool:
        return any(name == operation and (ids is None or who in ids) for name, ids in self._failing)

    def on(self, feature: str) -> bool:
        """Whether the app's provisioning setting is on."""
        return feature not in self.features_off

    def groups_of(self, person: str) -> set[str]:
        """Groups that somebody is in, assigned or pushed or neither."""
        return {group for group, members in self.members.items() if person in members}

    def pushed(self, *statuses: str) -> tuple[Push, ...]:
        """Mappings with one of these statuses; with all, if none is named."""
        return tuple(push for push in self.pushes.values() if not statuses or push.status in statuses)

    def meant(self, person: Entry) -> bool:
        """Whether somebody is in an assigned group, or assigned directly, and not gone from Okta."""
        if person.status in LEFT:
            return False
        grouped = any(person.id in self.members[group] for group in self.assigned_groups)
        return self.everyone_assigned or person.id in self.direct or grouped

    def put_in(self, group: str, person: str) -> None:
        """Somebody joins a group; Okta will push it."""
        if person not in self.members[group]:
            self.members[group].add(person)
            self.dirty.add(group)

    def take_out(self, group: str, person: str) -> None:
        """Somebody leaves a group; Okta will push it."""
        if person in self.members[group]:
            self.members[group].discard(person)
            self.dirty.add(group)

    def lose_everything(self) -> None:
        """Every account and every group of the store is gone, and Okta does not know."""
        for entry in self.people.values():
            entry.account = "gone" if entry.provisioned else "none"
        for push in self.pushes.values():
            push.there = False
            push.held.clear()
        self.strangers.clear()
        self.unmanaged_groups.clear()
        self.foreign = False

    def settle(self) -> None:
        """What comes of the deeds so far: rule → assignments → accounts → pushes of the groups that changed."""
        for group, feeds in self.fed.items():
            due = set().union(*(self.members[feed] for feed in feeds)) - self.excluded
            due |= self.by_hand.get(group, set())
            lingering = {one for one in self.members[group] if self.people[one].status in LEFT}
            for person in (due | lingering) ^ self.members[group]:
                (self.put_in if person in due else self.take_out)(group, person)
        for entry in self.people.values():
            self._assign(entry)
        for push in self.pushes.values():
            self._push(push)
        if self.app_active:
            self.dirty.clear()

    def _assign(self, person: Entry) -> None:
        meant = self.meant(person)
        if meant and not person.assigned and self.app_active:
            person.assigned, person.tried = True, False
        elif not meant and person.assigned:
            self._unassign(person)
        if person.assigned and not person.tried and person.status not in NOT_YET and self.app_active:
            person.tried = True
            if self.on("PUSH_NEW_USERS") and not self.fails("create", person.id):
                person.provisioned, person.account = True, "active"
                person.differs.clear()  # who comes back is adopted, and sent whole
                if not person.returned:
                    self.dirty |= self.groups_of(person.id)

    def _unassign(self, person: Entry) -> None:
        lost = not self.on("PUSH_USER_DEACTIVATION") or self.fails("deactivate", person.id)
        if person.provisioned and person.account == "active" and not lost:
            person.account = "inactive"
        person.assigned = person.provisioned = False
        if person.status not in LEFT:
            self.dirty |= self.groups_of(person.id)

    def _push(self, push: Push) -> None:
        """A push replaces the whole group: those in the Okta group, assigned and provisioned."""
        able = push.status == "ACTIVE" and self.on("GROUP_PUSH") and self.app_active
        if push.group_id not in self.dirty or not able:
            return
        if self.fails("push-members", push.mapping_id):
            push.status = "ERROR"
            return
        people = (self.people[person] for person in self.members[push.group_id])
        push.held = {person.key for person in people if person.assigned and person.provisioned}
