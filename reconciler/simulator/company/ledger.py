"""What was done to the company, written down while it is done.

Truth is told from this book alone. Nothing in it is read back from the simulated services: whoever changes the org or
the tenant writes the deed here, and :meth:`Ledger.settle` writes what must come of it by Okta's documented behaviour
(assignments follow groups, accounts follow assignments, a push replaces the whole list of members).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from reconciler.simulator.company.entries import LEFT, NOT_YET, Entry, Failing, Push, Rule, Sight, Stranger

FEATURES = frozenset({"PUSH_NEW_USERS", "PUSH_PROFILE_UPDATES", "PUSH_USER_DEACTIVATION", "GROUP_PUSH"})
SEVERAL = 3
"""So many mappings that went into ERROR while nothing arrived are an outage."""
LEAST_LOST = 5
"""So many must be lost before a group is said to have shrunk."""
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class Ledger:
    """The book of one company; ``clock`` tells its time."""

    def __init__(self, app_id: str, clock: Callable[[], datetime] = lambda: LONG_AGO) -> None:
        self.app_id = app_id
        self.now = clock
        self.app_active = True
        self.features_off: list[str] = []
        self.imports = False
        """Whether some import into Okta is on."""
        self.on_create_only: set[str] = set()
        """Attributes that Okta does not update."""
        self.people: dict[str, Entry] = {}
        self.strangers: dict[str, Stranger] = {}
        self.shared: list[tuple[str, str]] = []
        """Pairs of people to whom Okta was given one account."""
        self.group_names: dict[str, str] = {}
        self.members: dict[str, set[str]] = {}
        self.changed_at: dict[str, datetime] = {}
        """When the members of a group last changed."""
        self.pushes: dict[str, Push] = {}
        self.rules: dict[str, Rule] = {}
        self.assigned_groups: set[str] = set()
        self.filled_elsewhere = False
        """Whether an assigned group is built in, or filled by another directory."""
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
        self.unmanaged_groups: dict[str, set[str]] = {}
        """Groups in Kandji that no mapping reaches, with the keys of those in them."""
        self.foreign = False
        self.ignored: frozenset[str] = frozenset()
        """Attributes that Kandji takes and does not keep: nobody's can differ."""
        self.cleans_references = False
        """Whether who is deleted in Kandji leaves their groups there as well."""
        self.looked_at = False
        """Whether the program has looked at the company before: then it knows whose accounts were Okta's once."""
        self.dirty: set[str] = set()
        """Groups that Okta has yet to push."""
        self.refused = False
        """Whether Okta's credentials were refused since anything last arrived in Kandji."""
        self.failed: set[str] = set()
        """Whose tasks (by user or mapping id) failed for other reasons since anything last arrived."""
        self.arrived_at: dict[str, datetime] = {}
        """When something of each operation last arrived."""
        self._failing: list[Failing] = []

    @contextmanager
    def failing(self, operation: str, who: Collection[str] | None = None, *, refused: bool = False) -> Iterator[None]:
        """While this lasts, Okta's attempts at ``operation`` (for these user or mapping ids) fail for good; ``refused``
        because of its credentials."""
        self.fail(operation, who, refused=refused)
        entry = self._failing[-1]
        try:
            yield
        finally:
            self._failing.remove(entry)

    def fail(self, operation: str, who: Collection[str] | None = None, *, refused: bool = False) -> None:
        """From now on these attempts fail, and nobody mends it."""
        self._failing.append(Failing(operation, None if who is None else frozenset(who), refused))

    def arrives(self, operation: str, who: str) -> bool:
        """Okta tries to send something: whether it arrives."""
        failing = [one for one in self._failing if one.operation == operation and (one.who is None or who in one.who)]
        if not failing:
            self.refused = False
            self.failed.clear()
            self.arrived_at[operation] = self.now()
        elif any(one.refused for one in failing):
            self.refused = True
        else:
            self.failed.add(who)
        return not failing

    @property
    def pushes_failing(self) -> bool:
        """Whether several pushes failed, not for the credentials' sake, and nothing has arrived since."""
        failed = [push for push in self.pushed("ERROR") if push.mapping_id in self.failed]
        return len(failed) >= SEVERAL and not self.refused

    @property
    def flows(self) -> bool:
        """Whether whatever happens in Okta arrives in Kandji."""
        stopped = self.pushes_failing or any(one.refused for one in self._failing)
        return self.app_active and not FEATURES & set(self.features_off) and not stopped

    @property
    def feeds(self) -> set[str]:
        """Groups whose people some rule brings into an assignment group."""
        return set().union(*self.fed.values())

    def on(self, feature: str) -> bool:
        """Whether the app's provisioning setting is on."""
        return feature not in self.features_off

    def groups_of(self, person: str) -> set[str]:
        """Groups that somebody is in, assigned or pushed or neither."""
        return {group for group, members in self.members.items() if person in members}

    def pushed(self, *statuses: str) -> tuple[Push, ...]:
        """Mappings with one of these statuses; with all, if none is named."""
        return tuple(push for push in self.pushes.values() if not statuses or push.status in statuses)

    def entry(self, key: str) -> Entry | None:
        """Of the key of somebody in a Kandji group; None for a stranger's."""
        return self.people.get(key.removeprefix("user:"))

    def meant(self, person: Entry) -> bool:
        """Whether somebody is in an assigned group, or assigned directly, and not gone from Okta."""
        if person.status in LEFT:
            return False
        grouped = any(person.id in self.members[group] for group in self.assigned_groups)
        return self.everyone_assigned or person.id in self.direct or grouped

    def expected(self, push: Push) -> set[str]:
        """Keys of those in the group who must be in, are assigned and provisioned, and known in Kandji."""
        people = (self.people[person] for person in self.members[push.group_id])
        return {person.key for person in people if person.must_be_in and person.there}

    def differing(self, person: Entry) -> set[str]:
        """Attributes of somebody that differ, of those that Kandji keeps; of nobody who shares an account, or who only
        may be in."""
        shared = any(person.id in pair for pair in self.shared)
        return person.differs - self.ignored if person.must_be_in and person.there and not shared else set()

    # --- deeds

    def activate(self) -> None:
        """The app is active again, and changes of people that waited for it are sent."""
        self.app_active = True
        for person in self.people.values():
            if person.waiting and self.arrives("update", person.id):
                person.differs -= person.waiting
            person.waiting.clear()

    def put_in(self, group: str, person: str) -> None:
        """Somebody joins a group; Okta will push it."""
        if person not in self.members[group]:
            self.members[group].add(person)
            self._changed(group)

    def take_out(self, group: str, person: str) -> None:
        """Somebody leaves a group; Okta will push it."""
        if person in self.members[group]:
            self.members[group].discard(person)
            self._changed(group)

    def _changed(self, group: str) -> None:
        self.dirty.add(group)
        self.changed_at[group] = self.now()

    def forget(self, person: str) -> None:
        """Somebody is deleted in Okta, and is in no group any more; nothing is pushed for that."""
        self.people[person].status = "DELETED"
        for group in self.groups_of(person):
            self.members[group].discard(person)
            self.changed_at[group] = self.now()

    def estrange(self, person: Entry, stranger: Stranger) -> None:
        """Nothing shows any more that the account is theirs."""
        person.account = "none"
        self.strangers[stranger.key] = stranger
        for held in (*(push.held for push in self.pushes.values()), *self.unmanaged_groups.values()):
            if person.key in held:
                held.remove(person.key)
                held.add(stranger.key)

    def has_shrunk(self, push: Push) -> bool:
        """Whether a group has lost more than a fifth (and five) of those who should be in it, then and now, since the
        last look; or lost them earlier, and they are not back."""
        if push.seen is None or not push.there or not push.comparable:
            return False
        wanted = self.expected(push)
        before = wanted if push.shrank else push.seen.expected & push.seen.held
        lost = (before - push.held) & wanted
        return len(lost) >= LEAST_LOST and 5 * len(lost) > len(before)

    def look(self) -> None:
        """The company is looked at, and what is seen is remembered."""
        self.looked_at = True
        for push in self.pushes.values():
            push.source_seen = push.source_seen or not push.source_gone
            push.shrank = self.has_shrunk(push)
            if push.there:
                push.seen = Sight(expected=frozenset(self.expected(push)), held=frozenset(push.held))
        for rule in self.rules.values():
            rule.unevaluated = dict.fromkeys(rule.unevaluated, True)

    def lose_everything(self) -> None:
        """Every account and every group of the store is gone, and Okta, which has a good token again, does not know."""
        for entry in self.people.values():
            entry.account = "gone" if entry.provisioned else "none"
            entry.archived_with_mac, entry.mac_elsewhere = None, False
        for push in self.pushes.values():
            push.there = False
            push.renamed = push.twin_of = None
            push.held.clear()
        self.strangers.clear()
        self.unmanaged_groups.clear()
        self.foreign = False
        self._failing.clear()

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
            if self.on("PUSH_NEW_USERS") and self.arrives("create", person.id):
                person.provisioned, person.account, person.refused = True, "active", False
                person.differs.clear()  # who comes back is adopted, and sent whole
                if not person.returned:
                    self.dirty |= self.groups_of(person.id)

    def _unassign(self, person: Entry) -> None:
        if self.on("PUSH_USER_DEACTIVATION") and person.provisioned:
            if person.account == "gone":
                self.failed.add(person.id)
            elif self.arrives("deactivate", person.id):
                person.account = "inactive"
        person.assigned = person.provisioned = person.refused = False
        if person.status not in LEFT:
            self.dirty |= self.groups_of(person.id)

    def _push(self, push: Push) -> None:
        """A push replaces the whole group: those in the Okta group, assigned and provisioned."""
        able = push.status == "ACTIVE" and self.on("GROUP_PUSH") and self.app_active and not push.source_gone
        if push.group_id not in self.dirty or not able:
            return
        if not push.there and push.renamed is None:
            push.status = "ERROR"
            self.failed.add(push.mapping_id)
            return
        if not self.arrives("push-members", push.mapping_id):
            push.status = "ERROR"
            return
        if push.renamed is not None:
            self.unmanaged_groups.pop(push.renamed, None)
            push.there, push.renamed = True, None
        people = (self.people[person] for person in self.members[push.group_id])
        push.held = {person.key for person in people if person.assigned and person.provisioned}
        push.pushed_at = self.now()
