"""Which records new findings rest on: those that a pull reads once more before it reports anything.

Directories change while they are read, and a list may leave a row out without a word. So before something is reported
as new, the records it rests on are read once more, one by one: by id, or from a list of another kind that names the
same thing. What already stood in the last complete run was read so then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from msgspec import Struct

from reconciler.findings import Finding
from reconciler.world import Person, Push, World

Record = Literal["app user", "user", "membership", "mapping", "account", "group"]
"""The assignment, the Okta person, their groups; the push mapping; the SCIM account, the SCIM group."""

RESTS_ON: Mapping[str, tuple[Record, ...]] = {
    "app-inactive": (),
    "provisioning-off": (),
    "username-push-off": (),
    "import-on": (),
    "credentials-refused": ("mapping",),
    "pushes-failing": ("mapping",),
    "integration-recreated": (),
    "foreign-people": (),
    "member-not-assigned": ("app user",),
    "group-feeds-no-assignment": (),
    "assignment-group-pushed": ("mapping",),
    "assigned-before-provisioning": (),
    "assignment-stuck": ("app user",),
    "profile-push-failed": ("app user",),
    "assigned-directly": ("app user",),
    "assigned-in-no-pushed-group": (),
    "inactive-in-pushed-group": (),
    "suspended-still-active": ("user", "account"),
    "external-id-shared": ("app user",),
    "push-group-not-covered": (),
    "rule-inactive": (),
    "rule-invalid": (),
    "rule-excludes-member": (),
    "rule-not-applied": ("membership",),
    "rule-feeds-unassigned-group": (),
    "mapping-error": ("mapping",),
    "mapping-inactive": ("mapping",),
    "mapping-stale": ("mapping", "group"),
    "group-not-pushed": ("mapping", "group"),
    "mapping-target-missing": ("mapping", "group"),
    "mapping-source-missing": ("mapping",),
    "group-renamed": ("group",),
    "group-name-taken": (),
    "group-linked-wrong": ("mapping", "group"),
    "left-still-active": ("user", "account"),
    "unassigned-still-active": ("user", "app user", "account"),
    "unmanaged-in-kandji": ("account",),
    "missing-in-kandji": ("app user",),
    "inactive-in-kandji": ("account",),
    "duplicate-in-kandji": ("account",),
    "attribute-differs": ("app user", "account"),
    "attribute-not-sent": (),
    "archived-with-device": (),
    "device-on-other-account": (),
    "member-missing": ("membership", "group"),
    "member-extra": ("app user", "membership", "group"),
    "inactive-member-lingers": (),
    "group-unmanaged": ("mapping", "group"),
    "member-unknown": ("group",),
    "group-cut-off": (),
    "group-shrank": ("group",),
}
"""By kind: the records whose second reading can refute a finding. None for kinds that count over many people, whose own
findings are read again, and for what one answer of its own tells (the app, its rules, Kandji's REST API)."""


class Disputed(Struct, frozen=True, kw_only=True):
    """Ids of the records to read once more, each in order."""

    app_users: tuple[str, ...] = ()
    """Ids of Okta users, whose assignments are meant."""
    users: tuple[str, ...] = ()
    memberships: tuple[tuple[str, str], ...] = ()
    """(Okta user id, Okta group id)."""
    mappings: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    """Ids of SCIM groups."""

    @property
    def members(self) -> tuple[str, ...]:
        """Okta users whose groups are read."""
        return tuple(dict.fromkeys(user_id for user_id, _ in self.memberships))

    @property
    def in_okta(self) -> int:
        """Reads that Okta is asked for."""
        return len(self.app_users) + len(self.users) + len(self.members) + len(self.mappings)

    @property
    def in_kandji(self) -> int:
        return len(self.accounts) + len(self.groups)


def disputed(world: World, findings: Iterable[Finding]) -> Disputed:
    """What those of ``findings`` rest on that did not stand in the last complete run."""
    seen = {finding_id for finding_id, _ in world.before.seen}
    fresh = [finding for finding in findings if finding.id not in seen and RESTS_ON[finding.kind]]
    if not fresh:
        return Disputed()
    found = _Found(world)
    ids = {(record, one) for finding in fresh for record in RESTS_ON[finding.kind] for one in found.of(record, finding)}
    pairs = {pair for finding in fresh if "membership" in RESTS_ON[finding.kind] for pair in found.memberships(finding)}

    def of(record: Record) -> tuple[str, ...]:
        return tuple(sorted(one for kind, one in ids if kind == record))

    return Disputed(
        app_users=of("app user"),
        users=of("user"),
        memberships=tuple(sorted(pairs)),
        mappings=of("mapping"),
        accounts=of("account"),
        groups=of("group"),
    )


class _Found:
    """The records behind a finding."""

    def __init__(self, world: World) -> None:
        self._people = {person.key: person for person in world.people}
        self._pushes: dict[str, list[Push]] = {}
        for push in world.pushes:
            self._pushes.setdefault(push.group_id, []).append(push)
        self._learnt = dict(world.before.learnt_groups)
        self._known = {mapping.id for mapping in world.snapshot.okta.mappings}
        self._targets = {f"rule:{one.rule.id}": one.rule.target_group_ids for one in world.rules or ()}

    def of(self, record: Record, finding: Finding) -> Iterator[str]:
        match record:
            case "app user" | "user":
                yield from (person.user.id for person in self._concerned(finding) if person.user is not None)
            case "account":
                yield from (person.account.id for person in self._concerned(finding) if person.account is not None)
            case "mapping":
                yield from self._mappings(finding)
            case "group":
                yield from self._groups(finding)
            case "membership":
                pass  # pairs, see below

    def memberships(self, finding: Finding) -> Iterator[tuple[str, str]]:
        """Of somebody in a group; of somebody in a rule, the groups that it fills."""
        filled = self._targets.get(finding.subject.key.partition(" ")[0])
        groups = tuple(group_id for group_id, _ in finding.groups) if filled is None else filled
        for person in self._concerned(finding):
            if person.user is not None:
                yield from ((person.user.id, group_id) for group_id in groups)

    def _concerned(self, finding: Finding) -> Iterator[Person]:
        return (self._people[key] for key in finding.people if key in self._people)

    def _of_groups(self, finding: Finding) -> Iterator[Push]:
        return (push for group_id, _ in finding.groups for push in self._pushes.get(group_id, ()))

    def _mappings(self, finding: Finding) -> Iterator[str]:
        yield from (push.mapping.id for push in self._of_groups(finding))
        if finding.subject.type == "kandji group":  # whose mapping the list may have left out
            named = {group_id for group_id, _ in finding.groups}
            yield from (one for one, group in self._learnt.items() if group in named and one not in self._known)

    def _groups(self, finding: Finding) -> Iterator[str]:
        if finding.subject.type == "kandji group":
            yield from (group_id for group_id, _ in finding.groups)
        for push in self._of_groups(finding):
            known = push.kandji_group.id if push.kandji_group is not None else self._learnt.get(push.mapping.id)
            if known is not None:
                yield known
