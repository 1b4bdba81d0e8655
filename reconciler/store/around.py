"""The part of a snapshot that says everything about one person: of a hundred thousand people, a handful.

Whoever could be joined with the same accounts is in it, and so is every group, mapping and rule; of the members of
groups, these people alone. Joining it gives the very person, chain and rules that joining the whole snapshot gives.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable
from operator import attrgetter
from typing import Any

from reconciler.model import AppUser, LogEvent, Memory, OktaUser, Pairs, ScimUser, Snapshot
from reconciler.store import records
from reconciler.store.migrate import odd
from reconciler.store.rows import Record, Table, as_of, true_at
from reconciler.world import fold


def around(
    connection: sqlite3.Connection, run: int, *, user_id: str | None = None, account_id: str | None = None
) -> tuple[Snapshot, Memory]:
    """What a complete run read around an Okta user, a Kandji account or both, and what earlier runs had learnt of them;
    where neither is given, the groups alone."""
    kin = _Kin(_Rows(connection, run), user_id, account_id)
    learnt = connection.execute(
        "SELECT mapping_id, kandji_group_id FROM pushed_groups "
        "WHERE kandji_group_id IS NOT NULL AND began < ? ORDER BY began",
        (run,),
    )
    first = connection.execute("SELECT 1 FROM runs WHERE id < ? AND complete_number IS NOT NULL", (run,)).fetchone()
    before = Memory(first=first is None, pointed=kin.pointed, learnt_groups=tuple(sorted(dict(learnt).items())))
    return records.put_together_from(kin.read), before


def attributes_told(connection: sqlite3.Connection, run: int, names: Collection[str]) -> frozenset[str]:
    """Which of these profile attributes Okta told of anybody whose status it told, too."""
    query = (
        f"SELECT 1 FROM okta_users WHERE {_Rows(connection, run).at} AND status <> '' "  # noqa: S608 - our own names
        "AND (instr(attributes, '[[' || json_quote(:name) || ',') "
        "OR instr(attributes, '],[' || json_quote(:name) || ',')) LIMIT 1"
    )
    return frozenset(name for name in names if connection.execute(query, {"name": name}).fetchone())


class _Rows:
    """Rows that were true at a complete run."""

    def __init__(self, connection: sqlite3.Connection, run: int) -> None:
        self.connection = connection
        self.run = run
        self.at = true_at(connection, run)

    def where(self, table: Table[Record], *conditions: str, **given: Collection[str]) -> list[Record]:
        """Those of which any condition holds; each has an index of its own. ``:name`` stands for a list."""
        wanted = " UNION ".join(
            f'SELECT {table.listed} FROM "{table.name}" WHERE {self.at} AND {condition}'  # noqa: S608 - our own names
            for condition in conditions
        )
        for name in given:
            wanted = wanted.replace(f":{name}", _LIST.format(name))
        return [table.decode(row) for row in self.connection.execute(wanted, _listed(given))]

    def memberships(self, table: Table[Record], lists: str, list_key: str, ids: Collection[str]) -> list[Record]:
        """Of these ids. Those that are true are looked up group by group: there are millions, and no index leads from a
        person to them. One leads to those that have ended."""
        columns = ", ".join(f'rows."{name}"' for name in table.columns)
        theirs = f'rows."{table.key[1]}" IN {_LIST.format("ids")} AND rows.began <= :run'
        found = self.connection.execute(
            f'SELECT {columns} FROM (SELECT DISTINCT "{list_key}" AS list FROM "{lists}") '  # noqa: S608 - our own names
            f'CROSS JOIN "{table.name}" AS rows ON rows.group_id = list AND rows.ended IS NULL AND {theirs} UNION ALL '
            f'SELECT {columns} FROM "{table.name}" AS rows WHERE rows.ended > :run AND {theirs}',
            {**_listed({"ids": ids}), "run": self.run},
        )
        return [table.decode(row) for row in found]


_LIST = "(SELECT value FROM json_each(:{}))"
"""A list of any length as one value of a statement."""


def _listed(given: dict[str, Collection[str]]) -> dict[str, Any]:
    return {name: json.dumps(sorted(values)) for name, values in given.items()}


def _named(column: str) -> tuple[str, str]:
    """Whether a name may be one of ``:names``, which are folded: SQLite folds ASCII alone, and strips nothing."""
    return f"{column} COLLATE NOCASE IN :names", odd(column)


class _Kin:
    """Everybody who could be joined with the accounts of one person, and their accounts: nothing leads out of it."""

    def __init__(self, rows: _Rows, user_id: str | None, account_id: str | None) -> None:
        self.rows = rows
        self.user_ids = {user_id} if user_id else set()
        self.account_ids = {account_id} if account_id else set()
        self.names: set[str] = set()
        """Folded logins and user names."""
        self.users: dict[str, OktaUser] = {}
        self.app_users: dict[str, AppUser] = {}
        self.accounts: dict[str, ScimUser] = {}
        self.pointed: Pairs = ()
        while self._grew(self._look_up) or self._grew(self._look_around):
            pass
        self._look_for_addresses()

    def _grew(self, look: Callable[[], None]) -> bool:
        """Whether a look found anybody or any name that was not known before."""
        before = len(self.user_ids) + len(self.account_ids) + len(self.names)
        look()
        return before < len(self.user_ids) + len(self.account_ids) + len(self.names)

    def _look_up(self) -> None:
        """By id, for which there are indexes: most people are found whole so."""
        where, users, accounts = self.rows.where, self.user_ids, self.account_ids
        self._take(
            users=where(records.OKTA_USERS, "id IN :users", users=users),
            app_users=where(records.APP_USERS, "id IN :users", users=users),
        )
        self._take(accounts=where(records.SCIM_USERS, "id IN :accounts", accounts=accounts))

    def _look_around(self) -> None:
        """Who is known by one of these names, or points to one of these accounts: by reading all of them."""
        if not self.user_ids and not self.account_ids:
            return
        where, users, accounts, names = self.rows.where, self.user_ids, self.account_ids, self.names
        self._point()
        by_name = _named("user_name")
        found = where(records.SCIM_USERS, "external_id IN :users", *by_name, users=users, names=names)
        pointing = where(records.APP_USERS, "external_id IN :accounts", *by_name, accounts=accounts, names=names)
        called = where(records.OKTA_USERS, *_named("login"), names=names)
        self._take(
            users=[one for one in called if self._is_named(one.login)],
            app_users=[one for one in pointing if one.external_id in accounts or self._is_named(one.user_name)],
            accounts=[one for one in found if one.external_id in users or self._is_named(one.user_name)],
        )

    def _is_named(self, name: str | None) -> bool:
        return name is not None and fold(name) in self.names

    def _take(
        self,
        *,
        users: Iterable[OktaUser] = (),
        app_users: Iterable[AppUser] = (),
        accounts: Iterable[ScimUser] = (),
    ) -> None:
        for user in users:
            self.users[user.id] = user
            self.user_ids.add(user.id)
            self.names.add(fold(user.login))
        for app_user in app_users:
            self.app_users[app_user.id] = app_user
            self.user_ids.add(app_user.id)
            self.account_ids.update(filter(None, [app_user.external_id]))
            self.names.update(map(fold, filter(None, [app_user.user_name])))
        # somebody of whom Okta told no more than that they are in a group goes by their id
        self.names.update(map(fold, self.user_ids - self.users.keys()))
        for account in accounts:
            self.accounts[account.id] = account
            self.account_ids.add(account.id)
            self.user_ids.update(filter(None, [account.external_id]))
            self.names.update(map(fold, filter(None, [account.user_name])))
            self.user_ids.update(filter(None, [account.user_name]))

    def _point(self) -> None:
        """What earlier runs saw point to whom; of several to one account, the last."""
        given = _listed({"users": self.user_ids, "accounts": self.account_ids})
        listed = "SELECT external_id, id, began, ended FROM app_users WHERE"
        mine = f"id IN {_LIST.format('users')} AND ended IS"
        found = self.rows.connection.execute(
            f"SELECT external_id, id FROM ({listed} {mine} NULL UNION {listed} {mine} NOT NULL "  # noqa: S608 - our own names
            f"UNION {listed} external_id IN {_LIST.format('accounts')}) "
            "WHERE external_id IS NOT NULL AND began < :run "
            "ORDER BY ended IS NULL OR ended >= :run, CASE WHEN ended < :run THEN ended END, began, id",
            {**given, "run": self.rows.run},
        ).fetchall()
        self.pointed = tuple(sorted(dict(found).items()))
        self.user_ids.update(user for _, user in found)
        self.account_ids.update(account for account, _ in found)

    def _look_for_addresses(self) -> None:
        """Whoever has the e-mail address of one of these accounts: it is a hint who that is, and leads to Kandji's
        REST rows where no other account has it."""
        self.addresses = {fold(account.email) for account in self.accounts.values() if account.email}
        if not self.addresses:
            return
        if self.accounts.keys() - {one.external_id for one in self.app_users.values()}:
            self.users |= {user.id: user for user in self._of_address(records.OKTA_USERS)}
        if any(True for _ in self.read(records.KANDJI_APIS)):
            self.accounts |= {account.id: account for account in self._of_address(records.SCIM_USERS)}

    def _of_address(self, table: Table[Any]) -> list[Any]:
        found = self.rows.where(table, *_named("email"), names=self.addresses)
        return [one for one in found if one.email and fold(one.email) in self.addresses]

    def read(self, table: Table[Any]) -> Iterable[Any]:
        """The records of one table, those about people restricted to these people."""
        part = _PARTS.get(table.name)
        if part is None:
            return as_of(self.rows.connection, table, self.rows.run)
        return sorted(part(self), key=attrgetter(*table.key))

    def memberships(self) -> list[records.Membership]:
        return self.rows.memberships(records.MEMBERSHIPS, "member_lists", "group_id", self.user_ids)

    def kandji_memberships(self) -> list[records.ScimMembership]:
        return self.rows.memberships(records.SCIM_MEMBERSHIPS, "scim_groups", "id", self.account_ids)

    def observed(self) -> list[records.Observation]:
        of_groups = ("okta group not visible or deleted", "kandji group name not there")
        about = self.user_ids | self.account_ids
        return self.rows.where(records.OBSERVATIONS, "what IN :groups", "id IN :about", groups=of_groups, about=about)

    def events(self) -> list[LogEvent]:
        named = "EXISTS (SELECT 1 FROM :users AS one WHERE instr(targets, '\"id\":' || json_quote(one.value)))"
        return self.rows.where(records.LOG_EVENTS, named, users=self.user_ids)

    def rest_rows(self) -> list[Any]:
        by_id = self.rows.where(
            records.KANDJI_USERS, "id IN :accounts", "old_id IN :accounts", accounts=self.account_ids
        )
        by_address = self._of_address(records.KANDJI_USERS) if self.addresses else []
        return list({row.id: row for row in (*by_id, *by_address)}.values())


_PARTS: dict[str, Callable[[_Kin], Iterable[Any]]] = {
    "okta_users": lambda kin: kin.users.values(),
    "app_users": lambda kin: kin.app_users.values(),
    "scim_users": lambda kin: kin.accounts.values(),
    "memberships": _Kin.memberships,
    "scim_memberships": _Kin.kandji_memberships,
    "observations": _Kin.observed,
    "log_events": _Kin.events,
    "kandji_users": _Kin.rest_rows,
    "kandji_devices": lambda kin: (),
    "pull_notes": lambda kin: (),
}
"""By name of the table: what of it is about these people."""
