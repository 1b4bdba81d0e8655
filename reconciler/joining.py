"""Joins both sides into a ``World``: who is who, and which Kandji group a mapping reaches.

People are joined by external id first, then by what earlier runs saw, then by the account's own external id, then by
user name; an e-mail address alone only offers a likely person. Two candidates are ambiguous and never guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from pyroaring import BitMap, FrozenBitMap

from reconciler.model import (
    AppUser,
    Group,
    KandjiUser,
    Memory,
    Note,
    OktaUser,
    ScimGroup,
    ScimUser,
    Snapshot,
)
from reconciler.model import Mapping as PushMapping
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
    fold,
)


def unpointed(snapshot_app_users: Iterable[AppUser], accounts: Iterable[ScimUser]) -> tuple[ScimUser, ...]:
    """Kandji accounts to which no app user points, in order of id: whom to look up in Okta."""
    pointed = {app_user.external_id for app_user in snapshot_app_users if app_user.external_id is not None}
    return tuple(sorted((a for a in accounts if a.id not in pointed), key=lambda account: account.id))


def dangling(app_users: Iterable[AppUser], accounts: Iterable[ScimUser]) -> tuple[str, ...]:
    """External ids that the list of Kandji accounts does not hold, in order: whom to read by id."""
    known = {account.id for account in accounts}
    wanted = {
        user.external_id for user in app_users if user.external_id is not None and user.status not in NOT_ASSIGNED
    }
    return tuple(sorted(wanted - known))


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
    groups = {group.id: group for group in snapshot.okta.groups}
    known = {fold(group.display_name) for group in snapshot.scim.groups if group.display_name is not None}
    names = {target_name(mapping, groups, dict(settings.names)) for mapping in snapshot.okta.mappings}
    return tuple(sorted(name for name in names if name is not None and fold(name) not in known))


@dataclass(slots=True)
class _Claim:
    """The Okta user to whom an account is joined, and how; or why it is not."""

    user_id: str | None = None
    by: str | None = None
    candidates: tuple[str, ...] = ()


class _Joiner:
    """Works out which account belongs to whom, before anything is numbered."""

    def __init__(self, snapshot: Snapshot, before: Memory) -> None:
        self.users = {user.id: user for user in snapshot.okta.users}
        self.app_users = {app_user.id: app_user for app_user in snapshot.okta.app_users}
        self.accounts = {account.id: account for account in snapshot.scim.users}
        self.gone = set(snapshot.okta.absent_user_ids)
        self.pointers = dict(before.pointers())
        self.holder: dict[str, str] = {}
        """Okta user id → account id."""
        self.claims: dict[str, _Claim] = {}
        self.by_name: dict[str, set[str]] = defaultdict(set)
        self.by_email: dict[str, set[str]] = defaultdict(set)
        for user in self.users.values():
            self.by_name[fold(user.login)].add(user.id)
            if user.email:
                self.by_email[fold(user.email)].add(user.id)
        for app_user in self.app_users.values():
            if app_user.user_name:
                self.by_name[fold(app_user.user_name)].add(app_user.id)
        self._claim_all()

    def _claim_all(self) -> None:
        for user_id, app_user in sorted(self.app_users.items()):
            if app_user.external_id in self.accounts and app_user.external_id is not None:
                self.holder[user_id] = app_user.external_id
                self.claims[app_user.external_id] = _Claim(user_id, "external id")
        rest = sorted(set(self.accounts) - set(self.claims))
        for by, find in (
            ("earlier run", self._by_pointer),
            ("account's external id", self._by_account),
            ("user name", self._by_name),
        ):
            found = {
                account_id: find(self.accounts[account_id]) for account_id in rest if account_id not in self.claims
            }
            wanted: dict[str, list[str]] = defaultdict(list)
            for account_id, user_ids in found.items():
                for user_id in user_ids:
                    wanted[user_id].append(account_id)
            for account_id, user_ids in found.items():
                if user_ids:
                    self.claims[account_id] = self._settle(account_id, user_ids, wanted, by)

    def _settle(self, account_id: str, user_ids: set[str], wanted: Mapping[str, list[str]], by: str) -> _Claim:
        only = next(iter(user_ids)) if len(user_ids) == 1 else None
        if only is None or only in self.holder or len(wanted[only]) > 1:
            return _Claim(None, None, tuple(sorted(self._login(user_id) for user_id in user_ids)))
        self.holder[only] = account_id
        return _Claim(only, by)

    def _by_pointer(self, account: ScimUser) -> set[str]:
        user_id = self.pointers.get(account.id)
        return {user_id} if user_id is not None and (user_id in self.users or user_id in self.gone) else set()

    def _by_account(self, account: ScimUser) -> set[str]:
        return {account.external_id} if account.external_id in self.users and account.external_id is not None else set()

    def _by_name(self, account: ScimUser) -> set[str]:
        return set(self.by_name.get(fold(account.user_name), ())) if account.user_name else set()

    def likely(self, account: ScimUser) -> tuple[str, ...]:
        ids = self.by_email.get(fold(account.email), set()) if account.email else set()
        return tuple(sorted(self._login(user_id) for user_id in ids))

    def _login(self, user_id: str) -> str:
        user = self.users.get(user_id)
        return user.login if user else user_id

    def people(self, rows: Mapping[str, KandjiUser]) -> tuple[Person, ...]:
        """Everybody, in order of key."""
        people: list[Person] = []
        for user_id in sorted({*self.users, *self.app_users}):
            account_id = self.holder.get(user_id)
            people.append(
                Person(
                    key=f"user:{user_id}",
                    user=self.users.get(user_id) or _from_app_user(self.app_users[user_id]),
                    app_user=self.app_users.get(user_id),
                    account=self.accounts[account_id] if account_id else None,
                    joined_by=self._how(user_id, account_id),
                    row=rows.get(account_id) if account_id else None,
                )
            )
        for account_id, account in sorted(self.accounts.items()):
            claim = self.claims.get(account_id, _Claim())
            if claim.user_id is not None and claim.user_id not in self.gone:
                continue
            people.append(
                Person(
                    key=f"account:{account_id}" if claim.user_id is None else f"user:{claim.user_id}",
                    account=account,
                    joined_by=claim.by,
                    candidates=claim.candidates,
                    likely=self.likely(account) if claim.user_id is None else (),
                    deleted_user_id=claim.user_id,
                    row=rows.get(account_id),
                )
            )
        return tuple(sorted(people, key=lambda person: person.key))

    def _how(self, user_id: str, account_id: str | None) -> str | None:
        if account_id is None:
            return None
        app_user = self.app_users.get(user_id)
        if app_user is not None and app_user.external_id == account_id:
            return "external id"
        return self.claims[account_id].by


def _from_app_user(app_user: AppUser) -> OktaUser:
    """A stand-in for a user whose record was not embedded: known by the assignment alone, status not told."""
    return OktaUser(id=app_user.id, status="", login=app_user.user_name or app_user.id)


def _rest_rows(snapshot: Snapshot) -> dict[str, KandjiUser]:
    """Kandji's REST rows by SCIM id: by either id, else by an e-mail address that only one row and account have."""
    if snapshot.kandji is None:
        return {}
    by_id: dict[str, KandjiUser] = {}
    by_email: dict[str, list[KandjiUser]] = defaultdict(list)
    for row in snapshot.kandji.users:
        for row_id in (row.id, row.old_id):
            if row_id:
                by_id[row_id] = row
        if row.email:
            by_email[fold(row.email)].append(row)
    accounts: dict[str, list[str]] = defaultdict(list)
    for account in snapshot.scim.users:
        if account.email:
            accounts[fold(account.email)].append(account.id)
    rows: dict[str, KandjiUser] = {}
    for account in snapshot.scim.users:
        mail = fold(account.email) if account.email else ""
        if account.id in by_id:
            rows[account.id] = by_id[account.id]
        elif len(by_email.get(mail, ())) == 1 and len(accounts[mail]) == 1:
            rows[account.id] = by_email[mail][0]
    return rows


def _join_pushes(snapshot: Snapshot, before: Memory, settings: Settings) -> tuple[Push, ...]:
    groups = {group.id: group for group in snapshot.okta.groups}
    by_id = {group.id: group for group in snapshot.scim.groups}
    by_name: dict[str, list[ScimGroup]] = defaultdict(list)
    for kandji_group in snapshot.scim.groups:
        if kandji_group.display_name is not None:
            by_name[fold(kandji_group.display_name)].append(kandji_group)
    learnt, names = dict(before.learnt_groups), dict(settings.names)
    pushes: list[Push] = []
    for mapping in snapshot.okta.mappings:
        source, name = groups.get(mapping.source_group_id), target_name(mapping, groups, names)
        found = by_name.get(fold(name), []) if name is not None else []
        known = by_id.get(learnt.get(mapping.id) or "")
        target = found[0] if len(found) == 1 else known
        problem = None
        if len(found) > 1 and known not in found:
            target, problem = None, f"{len(found)} Kandji groups are named {name}"
        shown = source.name if source else mapping.source_group_id
        pushes.append(
            Push(mapping=mapping, name=shown, source=source, target_name=name, kandji_group=target, problem=problem)
        )
    return tuple(sorted(_contested(pushes), key=lambda push: (fold(push.name), push.group_id, push.mapping.id)))


def _contested(pushes: list[Push]) -> Iterator[Push]:
    """Marks mappings that push to one and the same Kandji group: whose members it has can't be told."""
    reached: dict[str, int] = defaultdict(int)
    for push in pushes:
        if push.kandji_group is not None and not push.paused:
            reached[push.kandji_group.id] += 1
    for push in pushes:
        if push.kandji_group is None or reached[push.kandji_group.id] < 2 or push.paused:
            yield push
            continue
        yield Push(
            mapping=push.mapping,
            name=push.name,
            source=push.source,
            target_name=push.target_name,
            kandji_group=push.kandji_group,
            problem=f"{reached[push.kandji_group.id]} mappings push to the Kandji group {push.target_name}",
        )


def join(snapshot: Snapshot, *, before: Memory, settings: Settings, now: datetime) -> World:
    """Joins both sides into one frozen world. Pure: the same input gives the same world, whatever its order."""
    people = _Joiner(snapshot, before).people(_rest_rows(snapshot))
    numbers = {person.key: number for number, person in enumerate(people)}
    holders: dict[str, list[int]] = defaultdict(list)
    for number, person in enumerate(people):
        if person.account is not None:
            holders[person.account.id].append(number)
    for app_user in snapshot.okta.app_users:
        if app_user.external_id in holders and app_user.external_id is not None:
            number = numbers[f"user:{app_user.id}"]
            if number not in holders[app_user.external_id]:
                holders[app_user.external_id].append(number)
    known = frozenset(account.id for account in snapshot.scim.users)
    missing = frozenset(snapshot.scim.absent_user_ids)
    members = {
        group.group_id: FrozenBitMap(
            numbers[f"user:{member.user_id}"] for member in group.members if f"user:{member.user_id}" in numbers
        )
        for group in snapshot.okta.members
    }
    kandji_members = {
        group.id: FrozenBitMap(number for member in group.member_ids or () for number in holders.get(member, ()))
        for group in snapshot.scim.groups
    }
    pushes = _join_pushes(snapshot, before, settings)
    scope, scope_notes = _scope(snapshot, settings, members, len(people))
    assigned = _where(people, _is_assigned)
    provisioned = assigned & _where(people, lambda p: p.app_user is not None and p.app_user.external_id is not None)
    return World(
        now=now,
        settings=settings,
        before=before,
        snapshot=snapshot,
        people=people,
        pushes=pushes,
        must_be_in=_where(people, lambda p: p.user is not None and p.user.status in MUST_BE_IN),
        may_be_in=_where(people, lambda p: p.user is not None and p.user.status not in MUST_BE_IN | MUST_NOT),
        left=_where(
            people, lambda p: p.deleted_user_id is not None or (p.user is not None and p.user.status in MUST_NOT)
        ),
        assigned=assigned,
        provisioned=provisioned,
        present=provisioned & _where(people, lambda p: p.app_user is not None and p.app_user.external_id in known),
        absent=provisioned & _where(people, lambda p: p.app_user is not None and p.app_user.external_id in missing),
        has_account=_where(people, lambda p: p.account is not None),
        account_active=_where(people, lambda p: p.account is not None and p.account.active is True),
        account_inactive=_where(people, lambda p: p.account is not None and p.account.active is False),
        scope=scope,
        fed_by_others=_where(people, lambda p: _fed_by_others(p, settings)),
        notes=(*snapshot.notes, *scope_notes, *_unknown_values(snapshot, people), *_push_notes(pushes)),
        _members=members,
        _kandji_members=kandji_members,
    )


def _where(people: tuple[Person, ...], holds: Callable[[Person], bool]) -> FrozenBitMap:
    return FrozenBitMap(BitMap(number for number, person in enumerate(people) if holds(person)))


def _is_assigned(person: Person) -> bool:
    return person.app_user is not None and person.app_user.status not in NOT_ASSIGNED


def _fed_by_others(person: Person, settings: Settings) -> bool:
    if not settings.also_fed_by or person.account is None or person.app_user is not None:
        return False
    told = [person.account.user_name, person.account.email]
    if person.row is not None:
        told += [person.row.integration_name, person.row.integration_id]
    words = [fold(text) for text in told if text]
    return any(fnmatchcase(word, fold(pattern)) for pattern in settings.also_fed_by for word in words)


def _scope(
    snapshot: Snapshot, settings: Settings, members: Mapping[str, FrozenBitMap], count: int
) -> tuple[FrozenBitMap, tuple[Note, ...]]:
    everyone = FrozenBitMap(range(count))
    if not settings.scope_groups:
        return everyone, ()
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
    return (scope, notes) if read else (everyone, notes)


def _unknown_values(snapshot: Snapshot, people: tuple[Person, ...]) -> Iterator[Note]:
    statuses = {person.user.status for person in people if person.user is not None and person.user.status}
    for status in sorted(statuses - MUST_BE_IN - MAY_BE_IN - MUST_NOT):
        yield Note(
            kind="unknown-value", about=f"Okta user status {status}", reason="counted as neither missing nor extra"
        )
    assignments = {app_user.status for app_user in snapshot.okta.app_users}
    for status in sorted(assignments - ASSIGNED - NOT_ASSIGNED):
        yield Note(kind="unknown-value", about=f"app user status {status}", reason="counted as assigned")
    for status in sorted({mapping.status for mapping in snapshot.okta.mappings} - MAPPING_STATES):
        yield Note(kind="unknown-value", about=f"push mapping status {status}", reason="its members are not compared")


def _push_notes(pushes: Iterable[Push]) -> Iterator[Note]:
    for push in pushes:
        if push.problem:
            yield Note(kind="check-skipped", about=f"members of {push.name}", reason=push.problem)
        elif push.kandji_group is not None and push.kandji_group.member_ids is None:
            yield Note(
                kind="check-skipped", about=f"members of {push.name}", reason="Kandji does not tell the group's members"
            )
        if push.source is None:
            yield Note(
                kind="check-skipped",
                about=f"push mapping {push.mapping.id}",
                reason=f"its Okta group {push.group_id} is not visible or deleted",
            )
