"""Who is who: which Kandji account belongs to which person in Okta.

People are joined by external id first, then by what earlier runs saw, then by the account's own external id, then by
user name; an e-mail address alone only offers a likely person. Two candidates are ambiguous and never guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter

from reconciler.model import AppUser, KandjiUser, Memory, OktaUser, ScimUser, Snapshot
from reconciler.world import MUST_NOT, NOT_ASSIGNED, Person, fold

_USER_ID = attrgetter("user_id")


def people(snapshot: Snapshot, before: Memory) -> tuple[Person, ...]:
    """Everybody of both sides, each once, in order of key. Ids are unique within each list of the snapshot."""
    joiner = _Joiner(snapshot, before)
    by_id = _rows_by_id(snapshot)
    rows = _rest_rows(snapshot, by_id)
    found = [*joiner.from_okta(rows, by_id), *joiner.from_kandji(rows)]
    return tuple(sorted(found, key=lambda person: person.key))


def points_to(app_user: AppUser | None) -> str | None:
    """The Kandji account an assignment points to; None where Okta never learnt one."""
    return app_user.external_id or None if app_user is not None else None


def is_assigned(app_user: AppUser | None) -> bool:
    return app_user is not None and app_user.status not in NOT_ASSIGNED


@dataclass(slots=True)
class _Claim:
    """The Okta user to whom an account is joined, and how; or to whom it could belong."""

    user_id: str | None = None
    by: str | None = None
    candidates: tuple[str, ...] = ()


class _Joiner:
    """Works out which account belongs to whom, before anything is numbered."""

    def __init__(self, snapshot: Snapshot, before: Memory) -> None:
        self.app_users = {app_user.id: app_user for app_user in snapshot.okta.app_users}
        self.users = {user.id: user for user in snapshot.okta.users}
        for user_id in _named(snapshot):
            if user_id not in self.users:
                self.users[user_id] = _stand_in(user_id, self.app_users.get(user_id))
        self.accounts = {account.id: account for account in snapshot.scim.users}
        self.gone = set(snapshot.okta.absent_user_ids) - set(self.users)
        self.pointers = dict(before.pointers())
        self.holder: dict[str, str] = {}
        """Okta user id → account id."""
        self.owner: dict[str, str] = {}
        """Account id → id of the Okta user who points to it, the first of several."""
        self.claims: dict[str, _Claim] = {}
        """Of accounts to which nobody points."""
        self._claim_by_external_id()
        rest = [account for account_id, account in self.accounts.items() if account_id not in self.owner]
        logins = ((user.login, user.id) for user in self.users.values())
        names = ((app_user.user_name, app_user.id) for app_user in self.app_users.values())
        addresses = ((user.email, user.id) for user in self.users.values())
        self.by_name = _called((account.user_name for account in rest), chain(logins, names))
        self.by_email = _called((account.email for account in rest), addresses)
        self._claim_the_rest({account.id for account in rest})

    def _claim_by_external_id(self) -> None:
        """Nearly everybody is joined so, and nearly every account is one person's."""
        pointing = ((user_id, points_to(app_user)) for user_id, app_user in self.app_users.items())
        self.holder = {user_id: key for user_id, key in pointing if key is not None and key in self.accounts}
        several: dict[str, list[str]] = {}
        for user_id, account_id in self.holder.items():
            first = self.owner.setdefault(account_id, user_id)
            if first != user_id:
                several.setdefault(account_id, [first]).append(user_id)
        for user_ids in several.values():
            # A leaver's stale pointer does not make a leaver of whoever has the account now.
            holders = sorted(user_id for user_id in user_ids if self._entitled(user_id)) or sorted(user_ids)
            for user_id in set(user_ids).difference(holders):
                del self.holder[user_id]

    def _entitled(self, user_id: str) -> bool:
        return is_assigned(self.app_users[user_id]) and self.users[user_id].status not in MUST_NOT

    def _claim_the_rest(self, ids: set[str]) -> None:
        rest = sorted(ids)
        for by, find in (
            ("earlier run", self._by_pointer),
            ("account's external id", self._by_account),
            ("user name", self._by_name),
        ):
            found = {
                account_id: find(self.accounts[account_id]) for account_id in rest if account_id not in self.claims
            }
            wanted: dict[str, int] = defaultdict(int)
            for user_ids in found.values():
                for user_id in user_ids:
                    wanted[user_id] += 1
            for account_id, user_ids in found.items():
                if user_ids:
                    self.claims[account_id] = self._settle(account_id, user_ids, wanted, by)

    def _settle(self, account_id: str, user_ids: set[str], wanted: Mapping[str, int], by: str) -> _Claim:
        only = next(iter(user_ids)) if len(user_ids) == 1 else None
        if only is None or only in self.holder or wanted[only] > 1:
            return _Claim(candidates=tuple(sorted(user_ids)))
        self.holder[only] = account_id
        return _Claim(only, by)

    def _by_pointer(self, account: ScimUser) -> set[str]:
        return self._known(self.pointers.get(account.id))

    def _by_account(self, account: ScimUser) -> set[str]:
        return self._known(account.external_id)

    def _known(self, user_id: str | None) -> set[str]:
        return {user_id} if user_id is not None and (user_id in self.users or user_id in self.gone) else set()

    def _by_name(self, account: ScimUser) -> set[str]:
        return set(self.by_name.get(fold(account.user_name), ())) if account.user_name else set()

    def _likely(self, account: ScimUser) -> tuple[str, ...]:
        ids = self.by_email.get(fold(account.email), set()) if account.email else set()
        return self._logins(ids)

    def _logins(self, user_ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(self.users[key].login if key in self.users else key for key in user_ids))

    def _left(self, user_id: str) -> bool:
        return user_id in self.gone or self.users[user_id].status in MUST_NOT

    def from_okta(self, rows: Mapping[str, KandjiUser], by_id: Mapping[str, KandjiUser]) -> list[Person]:
        """Everybody Okta knows, with their account where one is joined, else the row that Okta points to."""
        found = []
        for user_id, user in self.users.items():
            app_user, account_id = self.app_users.get(user_id), self.holder.get(user_id)
            row = rows.get(account_id) if account_id else by_id.get(points_to(app_user) or "")
            found.append(
                Person(
                    key=f"user:{user_id}",
                    user=user,
                    app_user=app_user,
                    account=self.accounts[account_id] if account_id else None,
                    joined_by=self._joined_by(account_id) if account_id else None,
                    row=row,
                )
            )
        return found

    def _joined_by(self, account_id: str) -> str | None:
        return "external id" if account_id in self.owner else self.claims[account_id].by

    def from_kandji(self, rows: Mapping[str, KandjiUser]) -> list[Person]:
        """Accounts that are joined to nobody, or to somebody whom Okta has deleted."""
        found = []
        for account_id, account in self.accounts.items():
            if account_id in self.owner:
                continue
            claim = self.claims.get(account_id, _Claim())
            if claim.user_id in self.users:
                continue
            found.append(
                Person(
                    key=f"account:{account_id}" if claim.user_id is None else f"user:{claim.user_id}",
                    account=account,
                    joined_by=claim.by,
                    candidates=self._logins(claim.candidates),
                    candidate_ids=claim.candidates,
                    candidates_left=bool(claim.candidates) and all(map(self._left, claim.candidates)),
                    likely=self._likely(account) if claim.user_id is None else (),
                    deleted_user_id=claim.user_id,
                    row=rows.get(account_id),
                )
            )
        return found


def _called(wanted: Iterable[str | None], people: Iterable[tuple[str | None, str]]) -> Mapping[str, set[str]]:
    """Ids of the people called by each of these names, folded: of few accounts is it ever asked."""
    found: dict[str, set[str]] = {fold(name): set() for name in wanted if name}
    if found:
        for name, user_id in people:
            if name and (folded := fold(name)) in found:
                found[folded].add(user_id)
    return found


def _named(snapshot: Snapshot) -> set[str]:
    """Ids of everybody who is assigned or in a group that was read."""
    named = {app_user.id for app_user in snapshot.okta.app_users}
    for group in snapshot.okta.members:
        named.update(map(_USER_ID, group.members))
    return named


def _stand_in(user_id: str, app_user: AppUser | None) -> OktaUser:
    """For somebody whose own record was not in any answer: the status is not told."""
    return OktaUser(id=user_id, status="", login=(app_user.user_name if app_user else None) or user_id)


def _rows_by_id(snapshot: Snapshot) -> dict[str, KandjiUser]:
    """Rows of Kandji's REST API by today's id, else by the older one."""
    rows = sorted(snapshot.kandji.users, key=lambda row: row.id) if snapshot.kandji is not None else []
    return {row.old_id: row for row in rows if row.old_id} | {row.id: row for row in rows}


def _rest_rows(snapshot: Snapshot, by_id: Mapping[str, KandjiUser]) -> dict[str, KandjiUser]:
    """Kandji's REST rows by SCIM id: by either id, else by an e-mail address that only one row and account have."""
    if snapshot.kandji is None:
        return {}
    by_email: dict[str, list[KandjiUser]] = defaultdict(list)
    found = {account.id: by_id[account.id] for account in snapshot.scim.users if account.id in by_id}
    if len(found) == len(snapshot.scim.users):
        return found
    for row in snapshot.kandji.users:
        if row.email:
            by_email[fold(row.email)].append(row)
    accounts: dict[str, list[str]] = defaultdict(list)
    for account in snapshot.scim.users:
        if account.email:
            accounts[fold(account.email)].append(account.id)
    for mail, ids in accounts.items():
        if len(ids) == 1 and len(by_email.get(mail, ())) == 1:
            found.setdefault(ids[0], by_email[mail][0])
    return found
