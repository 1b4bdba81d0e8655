"""Joins both sides into a ``World``: people get their numbers, groups their sets, and mappings both their ends.

``people`` tells who is who; here a mapping's Kandji group is found by its target name, else by what earlier runs saw.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from operator import attrgetter

from msgspec.structs import replace
from pyroaring import FrozenBitMap

from reconciler.model import AppUser, Group, Memory, Note, ScimGroup, ScimSnapshot, ScimUser, Snapshot
from reconciler.model import Mapping as PushMapping
from reconciler.people import is_assigned, people, points_to
from reconciler.population import Population
from reconciler.rules import Ruled, ruled, that_matter
from reconciler.strays import strays
from reconciler.system_log import SystemLog
from reconciler.world import (
    ASSIGNED,
    EMPTY,
    MAPPING_STATES,
    MAY_BE_IN,
    MUST_BE_IN,
    MUST_NOT,
    NOT_ASSIGNED,
    Person,
    Push,
    Settings,
    World,
    declared,
    fold,
)

_USER_ID = attrgetter("user_id")


def unpointed(snapshot_app_users: Iterable[AppUser], accounts: Iterable[ScimUser]) -> tuple[ScimUser, ...]:
    """Kandji accounts to which no app user points, in order of id: whom to look up in Okta."""
    pointed = {points_to(app_user) for app_user in snapshot_app_users}
    return tuple(sorted((a for a in accounts if a.id not in pointed), key=lambda account: account.id))


def dangling(app_users: Iterable[AppUser], scim: ScimSnapshot) -> tuple[str, ...]:
    """Whom to read by id: external ids that the list of Kandji accounts does not hold, and then strays in groups."""
    known = {account.id for account in scim.users}
    wanted = {points_to(app_user) for app_user in app_users if is_assigned(app_user)} - known
    return tuple(dict.fromkeys((*sorted(filter(None, wanted)), *strays(scim).to_read)))


def target_name(mapping: PushMapping, groups: Mapping[str, Group], names: Mapping[str, str]) -> str | None:
    """The name under which a mapping pushes: of its APP_GROUP, else declared, else of the source group."""
    target = groups.get(mapping.target_group_id) if mapping.target_group_id else None
    if target is not None:
        return target.name
    source = groups.get(mapping.source_group_id)
    if source is None:
        return None
    return names.get(source.name, source.name)


def unmatched_names(snapshot: Snapshot, settings: Settings) -> tuple[str, ...]:
    """Names that mappings push to and no listed Kandji group has: whom to read by a filter."""
    groups, declared = {group.id: group for group in snapshot.okta.groups}, dict(settings.names)
    known = {fold(group.display_name) for group in snapshot.scim.groups if group.display_name is not None}
    names = {target_name(mapping, groups, declared) for mapping in snapshot.okta.mappings}
    return tuple(sorted(name for name in names if name is not None and fold(name) not in known))


def join(snapshot: Snapshot, *, before: Memory, settings: Settings, now: datetime) -> World:
    """Joins both sides into one frozen world. Pure: the same input gives the same world, whatever its order."""
    everybody = people(snapshot, before)
    numbers = {person.key: number for number, person in enumerate(everybody)}
    held = _Held(everybody)
    users = {person.user.id: number for number, person in enumerate(everybody) if person.user is not None}
    members = {
        group.group_id: _numbered(map(users.__getitem__, map(_USER_ID, group.members)))
        for group in snapshot.okta.members
    }
    kandji_members = {group.id: held.by(group.member_ids or ()) for group in snapshot.scim.groups}
    pushes = _join_pushes(snapshot, before, settings, members)
    scope, scope_read, scope_notes = _scope(snapshot, settings, members, len(everybody))
    shared = tuple(FrozenBitMap(several) for _, several in sorted(held.several.items()))
    population = Population(
        {number: person.user for number, person in enumerate(everybody) if person.user is not None},
        members,
        {group.id: group for group in snapshot.okta.groups},
    )
    notes = (*snapshot.notes, *scope_notes, *_unknown_values(snapshot, everybody), *_push_notes(pushes))
    sets = _sets(snapshot, settings, everybody)
    return World(
        now=now,
        settings=settings,
        before=before,
        snapshot=snapshot,
        people=everybody,
        pushes=pushes,
        scope=scope,
        scope_read=scope_read,
        shared=shared,
        notes=(*notes, *_people_notes(everybody, shared)),
        log=SystemLog.of(snapshot.okta.events or ()),
        **sets,
        rules=_rules(snapshot, population, users),
        population=population,
        _members=members,
        _meant=sets["must_be_in"] & scope,
        _due=sets["must_be_in"] & sets["assigned"] & sets["provisioned"] & sets["present"],
        _pushed=tuple(members.get(push.group_id, EMPTY) for push in pushes),
        _pushed_to={push.kandji_group.id: push for push in reversed(pushes) if push.kandji_group is not None},
        _kandji_members=kandji_members,
        _could_be={
            number: FrozenBitMap([numbers[f"user:{key}"] for key in person.candidate_ids if f"user:{key}" in numbers])
            for number, person in enumerate(everybody)
            if person.candidate_ids
        },
    )


def _rules(snapshot: Snapshot, population: Population, users: Mapping[str, int]) -> tuple[Ruled, ...] | None:
    okta = snapshot.okta
    if okta.rules is None:
        return None
    assigned = frozenset(group.id for group in okta.app_groups)
    pushed = frozenset(mapping.source_group_id for mapping in okta.mappings)
    groups = {group.id: group for group in okta.groups}
    return ruled(that_matter(okta.rules, assigned, pushed, groups), population, users)


def _sets(snapshot: Snapshot, settings: Settings, everybody: tuple[Person, ...]) -> dict[str, FrozenBitMap]:
    """The sets of people that the status, the assignment and the account give."""
    missing = frozenset(snapshot.scim.absent_user_ids) - {account.id for account in snapshot.scim.users}

    def where(holds: Callable[[Person], bool], among: Iterable[int] = range(len(everybody))) -> FrozenBitMap:
        return FrozenBitMap([number for number in among if holds(everybody[number])])

    patterns = tuple(map(fold, settings.also_fed_by))
    assigned = where(lambda p: is_assigned(p.app_user))
    provisioned = where(lambda p: points_to(p.app_user) is not None, assigned)
    absent = where(lambda p: points_to(p.app_user) in missing, provisioned)
    # Kandji's REST API shows archived people whom its SCIM API may leave out: they are there, and not active.
    archived = where(lambda p: p.account is None and p.row is not None and p.row.archived is True, absent)
    active = where(lambda p: p.account is not None and p.account.active is True)
    not_active = FrozenBitMap(range(len(everybody))) - active
    must_be_in = where(lambda p: p.user is not None and p.user.status in MUST_BE_IN)
    others = FrozenBitMap(range(len(everybody))) - must_be_in
    return {
        "must_be_in": must_be_in,
        "may_be_in": where(lambda p: p.user is not None and p.user.status not in MUST_NOT, others),
        "left": where(_left, others),
        "assigned": assigned,
        "provisioned": provisioned,
        "present": where(lambda p: p.account is not None and points_to(p.app_user) == p.account.id, provisioned)
        | archived,
        "absent": absent - archived,
        "account_active": active,
        "account_inactive": where(lambda p: p.account is not None and p.account.active is False, not_active) | archived,
        "fed_by_others": where(lambda p: _fed_by_others(patterns, p)) if patterns else EMPTY,
    }


def _left(person: Person) -> bool:
    """Deactivated or deleted in Okta; or, where it is not known who it is, all who it could be are."""
    deactivated = person.user is not None and person.user.status in MUST_NOT
    return deactivated or person.deleted_user_id is not None or person.candidates_left


def _numbered(numbers: Iterable[int]) -> FrozenBitMap:
    """The set of these people. There are millions of memberships: no loop of Python's own goes over them."""
    return FrozenBitMap(list(numbers))


class _Numbers(dict[str, int]):
    """People's numbers by account; of an account that nobody holds, the number of no person."""

    def __init__(self, nobody: int) -> None:
        self._nobody = nobody

    def __missing__(self, account_id: str) -> int:
        return self._nobody


class _Held:
    """Kandji's accounts as people: most have one holder, more where Okta points several to it."""

    def __init__(self, everybody: tuple[Person, ...]) -> None:
        self._nobody = len(everybody)
        self._first = _Numbers(self._nobody)
        self.several: dict[str, list[int]] = {}
        """The people who hold each account that has more than one holder."""
        for number, person in enumerate(everybody):
            if person.account is not None:
                first = self._first.setdefault(person.account.id, number)
                if first != number:
                    self.several.setdefault(person.account.id, [first]).append(number)
        self._together = [FrozenBitMap(numbers) for numbers in self.several.values()]

    def by(self, account_ids: Iterable[str]) -> FrozenBitMap:
        """Everybody who holds one of these accounts; an account that nobody holds counts for nothing."""
        found = _numbered(map(self._first.__getitem__, account_ids)) - FrozenBitMap([self._nobody])
        return found.union(*(people for people in self._together if people.min() in found))


def _fed_by_others(patterns: tuple[str, ...], person: Person) -> bool:
    """Whether ``[match] also_fed_by``, folded, says that another directory feeds this account."""
    if person.account is None or person.app_user is not None:
        return False
    row = person.row
    told = (row.integration_name, row.integration_id) if row is not None else ()
    return declared(patterns, (person.account.user_name, person.account.email, *told))


def _join_pushes(
    snapshot: Snapshot, before: Memory, settings: Settings, members: Mapping[str, FrozenBitMap]
) -> tuple[Push, ...]:
    groups = {group.id: group for group in snapshot.okta.groups}
    by_id = {group.id: group for group in snapshot.scim.groups}
    by_name: dict[str, list[ScimGroup]] = defaultdict(list)
    for kandji_group in snapshot.scim.groups:
        if kandji_group.display_name is not None:
            by_name[fold(kandji_group.display_name)].append(kandji_group)
    absent = {fold(name) for name in snapshot.scim.absent_group_names}
    learnt, names = dict(before.learnt_groups), dict(settings.names)
    pushes: list[Push] = []
    for mapping in snapshot.okta.mappings:
        source, name = groups.get(mapping.source_group_id), target_name(mapping, groups, names)
        declared = source is not None and source.name in names
        told = mapping.target_group_id in groups or declared or mapping.id in learnt
        found = by_name.get(fold(name), []) if name is not None else []
        known = by_id.get(learnt.get(mapping.id) or "")
        target = found[0] if len(found) == 1 else known
        problem = None
        if len(found) > 1 and known not in found:
            target, problem = None, f"{len(found)} Kandji groups are named {name}"
        elif target is None and not told:
            problem = "where it pushes to is not visible, and no Kandji group has the name of its source"
        pushes.append(
            Push(
                mapping=mapping,
                name=source.name if source else mapping.source_group_id,
                source=source,
                readable=mapping.source_group_id in members,
                target_name=name,
                told=told,
                kandji_group=target,
                absent=target is None and problem is None and name is not None and fold(name) in absent,
                problem=problem,
            )
        )
    return tuple(sorted(_contested(pushes), key=lambda push: (fold(push.name), push.group_id, push.mapping.id)))


def _contested(pushes: list[Push]) -> Iterator[Push]:
    """Marks mappings that share a Kandji group: whose members it has can't be told.

    A paused mapping does not disturb a live one, which has taken its group over.
    """
    reached = Counter(push.kandji_group.id for push in pushes if push.kandji_group is not None)
    live = Counter(push.kandji_group.id for push in pushes if push.kandji_group is not None and not push.paused)
    for push in pushes:
        group = push.kandji_group
        rivals = 0 if group is None else (reached if push.paused else live)[group.id]
        if rivals < 2:
            yield push
        else:
            yield replace(push, problem=f"{rivals} mappings push to the Kandji group {push.target_name}")


def _scope(
    snapshot: Snapshot, settings: Settings, members: Mapping[str, FrozenBitMap], count: int
) -> tuple[FrozenBitMap, bool, tuple[Note, ...]]:
    """Who is meant to be in Kandji, and whether that is known."""
    everyone = FrozenBitMap(range(count))
    if not settings.scope_groups:
        return everyone, True, ()
    wanted = {fold(name) for name in settings.scope_groups} | set(settings.scope_groups)
    chosen = [group for group in snapshot.okta.groups if group.id in wanted or fold(group.name) in wanted]
    read = [group for group in chosen if group.id in members]
    scope = FrozenBitMap.union(EMPTY, *(members[group.id] for group in read))
    told = {group.id for group in read} | {fold(group.name) for group in read}
    unread = [name for name in settings.scope_groups if name not in told and fold(name) not in told]
    notes = tuple(
        Note(kind="check-skipped", about=f"scope group {name}", reason="not found, or its members could not be read")
        for name in unread
    )
    return (scope, True, notes) if read else (everyone, False, notes)


def _unknown_values(snapshot: Snapshot, everybody: tuple[Person, ...]) -> Iterator[Note]:
    statuses = {person.user.status for person in everybody if person.user is not None and person.user.status}
    for status in sorted(statuses - MUST_BE_IN - MAY_BE_IN - MUST_NOT):
        yield Note(
            kind="unknown-value", about=f"Okta user status {status}", reason="counted as neither missing nor extra"
        )
    assignments = {app_user.status for app_user in snapshot.okta.app_users}
    for status in sorted(assignments - ASSIGNED - NOT_ASSIGNED):
        yield Note(kind="unknown-value", about=f"app user status {status}", reason="counted as assigned")
    for status in sorted({mapping.status for mapping in snapshot.okta.mappings} - MAPPING_STATES):
        yield Note(kind="unknown-value", about=f"push mapping status {status}", reason="its members are not compared")


def _people_notes(everybody: tuple[Person, ...], shared: tuple[FrozenBitMap, ...]) -> Iterator[Note]:
    unread = sum(1 for person in everybody if person.user is not None and not person.user.status)
    if unread:
        reason = f"Okta did not tell the status of {unread} people: counted as neither missing nor extra"
        yield Note(kind="check-skipped", about="Okta user status", reason=reason)
    silent = sum(1 for person in everybody if person.account is not None and person.account.active is None)
    if silent:
        reason = f"Kandji does not tell of {silent} accounts whether they are active"
        yield Note(kind="check-skipped", about="active in Kandji", reason=reason)
    if shared:
        reason = f"several people point to each of {len(shared)} accounts: whose attributes these are can't be told"
        yield Note(kind="check-skipped", about="accounts that people share", reason=reason)


def _push_notes(pushes: Iterable[Push]) -> Iterator[Note]:
    for push in pushes:
        members = f"members of {push.name}"
        if push.problem:
            yield Note(kind="check-skipped", about=members, reason=push.problem)
        elif push.kandji_group is not None and push.kandji_group.member_ids is None:
            yield Note(kind="check-skipped", about=members, reason="Kandji does not tell the group's members")
        elif push.kandji_group is None and not push.absent:
            reason = f"no Kandji group {push.target_name} is in the list, and a filtered read did not confirm that"
            yield Note(kind="check-skipped", about=members, reason=reason)
        if push.source is None:
            about, reason = (
                f"push mapping {push.mapping.id}",
                f"its Okta group {push.group_id} is not visible or deleted",
            )
            yield Note(kind="check-skipped", about=about, reason=reason)
        elif not push.readable:
            yield Note(kind="check-skipped", about=members, reason="the members of its Okta group were not read")
