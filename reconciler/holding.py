"""What holds a single change back, whatever its number: findings that forbid it, data that is not to be relied on,
people and groups under ``protection``, targets that are wrong. How many may be affected is judged by ``guards``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from reconciler.about_changes import groups, touched
from reconciler.changes import (
    AddMember,
    AddToGroup,
    Change,
    LinkGroup,
    Pushing,
    Relink,
    RemoveFromGroup,
    RemoveMember,
    SetActive,
    UnlinkGroup,
    phase,
)
from reconciler.drafts import Draft, Hold
from reconciler.effects import fully_told, taken_out, targets
from reconciler.findings import Finding
from reconciler.left_alone import LeftAlone
from reconciler.model import Size
from reconciler.protection import Protection
from reconciler.world import Push, World, fold

if TYPE_CHECKING:
    from reconciler.planning import Policy

UNASSIGNED_MOST = 5
"""Without ``[scope]``, nothing is planned for a group of which more than one in five is not assigned."""
_RESTS_ON = {
    "pushes": frozenset({"okta.app_users", "okta.mappings", "okta.members", "scim.groups", "scim.users"}),
    "deactivations": frozenset({"okta.app_users", "scim.users"}),
    "members": frozenset({"okta.app_users", "okta.members", "scim.groups", "scim.users"}),
    "unlinks": frozenset({"okta.mappings", "scim.groups"}),
}
"""The sources by which it is known whom a removing change should spare."""
_EXPECTED = frozenset({"okta.app_users", "scim.users"})
"""Lists by which it is known whom a push carries."""


class Holding:
    """Asks of one draft after another what holds it back. ``known``: every finding of the run, whatever its state."""

    def __init__(
        self,
        world: World,
        known: Sequence[Finding],
        *,
        policy: Policy,
        unconfirmed: Sequence[Size],
        scope_set: bool,
    ) -> None:
        self._world = world
        self._protection = Protection(world, policy.protected_people, policy.protected_groups)
        self._left_alone = LeftAlone(world, known)
        self._unconfirmed = sorted(unconfirmed)
        self._scope_set = scope_set
        self._push_to: dict[str, Push] = {
            push.kandji_group.id: push for push in reversed(world.pushes) if push.kandji_group is not None
        }
        self._numbers = {one.user.id: number for number, one in enumerate(world.people) if one.user is not None}
        self._okta_groups = {one.id: one for one in world.snapshot.okta.groups}
        self._pushed_ids = frozenset(push.group_id for push in world.pushes)
        self._known: dict[str, list[Finding]] = {}
        for finding in sorted(known, key=lambda one: one.id):
            self._known.setdefault(finding.kind, []).append(finding)

    def of(self, draft: Draft) -> tuple[Hold, ...]:
        """Every reason, each once."""
        found = (
            *self._nothing_there(),
            *self._forbidden(draft.change),
            *self._named_twice(draft.change),
            *self._not_arriving(draft.change),
            *self._shrunk(draft),
            *self._protection.of(draft),
            *self._left_alone.of(draft),
            *self._outside_scope(draft),
            *self._wrong_target(draft.change),
            *self._pushed(draft),
        )
        return tuple(dict.fromkeys(found))

    def _nothing_there(self) -> Iterator[Hold]:
        if not self._world.snapshot.scim.users:
            yield Hold(guard="empty", words="nothing is provisioned yet: Kandji has no account")

    def _forbidden(self, change: Change) -> Iterator[Hold]:
        for finding in self._known.get("integration-recreated", ()):
            yield _hold("integration", finding, "nothing is mended before that is settled")
        taking = isinstance(change, RemoveMember) or (isinstance(change, SetActive) and not change.active)
        if taking or (isinstance(change, UnlinkGroup) and change.delete_in_kandji):
            for finding in self._known.get("foreign-people", ()):
                yield _hold(
                    "foreign", finding, "nothing is taken from them before that is known", "[match] also_fed_by"
                )
        if isinstance(change, AddMember | RemoveMember):
            for finding in self._known.get("group-cut-off", ()):
                push = self._push_to.get(change.kandji_group.id)
                if push is not None and any(push.group_id == key for key, _ in finding.groups):
                    yield _hold("cut off", finding, "this program then writes no members of that group itself")

    @cached_property
    def _taken(self) -> dict[str, Finding]:
        """Findings about names that are taken, by the folded name and by the mapping's and both groups' ids."""
        pushes = {f"mapping:{push.mapping.id}": push for push in self._world.pushes}
        found: dict[str, Finding] = {}
        for finding in self._known.get("group-name-taken", ()):
            push = pushes.get(finding.subject.key)
            if push is not None:
                keys = (f"name {fold(push.target_name or push.name)}", f"mapping {push.mapping.id}")
                found |= dict.fromkeys(keys, finding)
        return found

    def _named_twice(self, change: Change) -> Iterator[Hold]:
        keys: list[str] = []
        if isinstance(change, AddMember | RemoveMember):
            keys = [f"name {fold(change.kandji_group.name)}"]
        elif isinstance(change, Pushing):
            names = [change.target_name] if isinstance(change, LinkGroup | Relink) else []
            names += [change.kandji_group.name] if change.kandji_group else []
            keys = [f"name {fold(name)}" for name in names]
            keys += [] if isinstance(change, LinkGroup) else [f"mapping {change.mapping_id}"]
        for key in keys:
            if key in self._taken:
                yield _hold("name taken", self._taken[key], "no fix for that name before one of them is gone")

    def _not_arriving(self, change: Change) -> Iterator[Hold]:
        """What Okta must carry to Kandji, where it can't."""
        deletes = isinstance(change, UnlinkGroup) and change.delete_in_kandji
        pushing = isinstance(change, Pushing) or deletes
        joining = phase(change) == "additions"
        leaving = isinstance(change, RemoveFromGroup)
        if not (pushing or joining or leaving):
            return
        for kind in ("credentials-refused", "app-inactive", "pushes-failing"):
            for finding in self._known.get(kind, ()):
                yield _hold("not arriving", finding, "it would not arrive in Kandji")
        needed = {"GROUP_PUSH": pushing, "PUSH_NEW_USERS": joining, "PUSH_USER_DEACTIVATION": leaving}
        for finding in self._known.get("provisioning-off", ()):
            if needed.get(finding.subject.key.rpartition("feature:")[2], False):
                yield _hold("not arriving", finding, "it would not arrive in Kandji")

    def _shrunk(self, draft: Draft) -> Iterator[Hold]:
        change = draft.change
        ids = {one.id for one in touched(change)}
        ids |= {one.id for one in targets(self._world, change)}
        taking = taken_out(self._world, draft.effect) or phase(change) == "removals"
        rests = _EXPECTED if isinstance(change, Pushing) else frozenset[str]()
        rests |= rests_on(change) if taking else frozenset()
        for size in self._unconfirmed:
            if size.about in ids or size.source in rests:
                yield Hold(
                    guard="unconfirmed",
                    words=f"{size.name}: {size.believed:,} before, {size.size:,} now, and nobody has confirmed that",
                    lift=f"a second complete pull that agrees, or: reconciler run --accept-shrink {size.source}",
                )

    @cached_property
    def _thin(self) -> dict[str, tuple[str, int, int]]:
        """Groups of which more than one in five is not assigned: name, how many are not, and of how many."""
        found = {}
        for push in self._world.pushes:
            should = self._world.should(push)
            left_out = should - self._world.assigned
            if len(left_out) * UNASSIGNED_MOST > len(should):
                found[push.group_id] = (push.name, len(left_out), len(should))
        return found

    def _outside_scope(self, draft: Draft) -> Iterator[Hold]:
        """Nobody who asked by a command is held back by this, and who is in a group that fits may be mended."""
        if self._scope_set or draft.asked:
            return
        ids = self._concerned(draft)
        thin = [key for key in ids if key in self._thin]
        if len(thin) == len(ids):
            for key in thin:
                name, left_out, should = self._thin[key]
                yield Hold(
                    guard="scope",
                    words=f"{left_out} of {should} people in {name} are not assigned, and [scope] does not say who is "
                    "meant to be in Kandji",
                    lift="[scope] groups",
                )

    def _concerned(self, draft: Draft) -> tuple[str, ...]:
        """The pushed groups for whose sake a change is made."""
        pushed, change = self._pushed_ids, draft.change
        if isinstance(change, AddMember | RemoveMember):
            push = self._push_to.get(change.kandji_group.id)
            return (push.group_id,) if push is not None else ()
        named = [one.id for one in groups(change) if one.id in pushed]
        told = [key for finding in draft.findings for key, _ in finding.groups if key in pushed]
        return tuple(dict.fromkeys(named or told))

    def _wrong_target(self, change: Change) -> Iterator[Hold]:
        """Whoever is added is added to a plain Okta group that isn't pushed, and must be in."""
        for target in targets(self._world, change) if phase(change) == "additions" else ():
            told = self._okta_groups.get(target.id)
            if told is None:
                yield Hold(guard="target", words=f"the group {target.name} is not visible, or deleted")
            elif told.type != "OKTA_GROUP":
                yield Hold(guard="target", words=f"{target.name} is filled by others: its type is {told.type}")
            elif told.has_admin_role:
                yield Hold(guard="target", words=f"{target.name} carries an admin role")
            if target.id in self._pushed_ids:
                yield Hold(guard="target", words=f"{target.name} is pushed itself, and so nothing to assign people by")
        if isinstance(change, AddToGroup):
            number = self._numbers.get(change.person.id)
            user = self._world.people[number].user if number is not None else None
            if number is None or number not in self._world.must_be_in:
                told_status = user.status if user is not None else "not known"
                yield Hold(guard="target", words=f"{change.person.name} has the Okta status {told_status}")

    def _pushed(self, draft: Draft) -> Iterator[Hold]:
        """A push replaces the whole group: it must be known whom it takes out, and somebody must stay."""
        change = draft.change
        if not isinstance(change, Pushing):
            return
        if not draft.effect.expected:
            yield Hold(
                guard="expected", words=f"nobody of {change.group.name} is expected in Kandji: a push empties it"
            )
        if change.kandji_group is not None and not fully_told(self._world, change.kandji_group.id):
            words = (
                f"Kandji does not tell all members of {change.kandji_group.name}: whom a push takes out is not known"
            )
            yield Hold(guard="members", words=words)


def _hold(guard: str, finding: Finding, so: str, lift: str | None = None) -> Hold:
    return Hold(guard=guard, words=f"{finding.sentence}: {so}", lift=lift)


def rests_on(change: Change) -> frozenset[str]:
    """The sources by which it is known whom a change may take away from."""
    match change:
        case RemoveMember() | RemoveFromGroup():
            return _RESTS_ON["members"]
        case SetActive():
            return _RESTS_ON["deactivations"]
        case UnlinkGroup():
            return _RESTS_ON["unlinks"]
        case _:
            return _RESTS_ON["pushes"]
