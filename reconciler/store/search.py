"""Finding somebody or some group in the stored rows of a run by whatever an admin knows of them.

An id comes first, so that nobody hides another by taking an id for a name; then logins and e-mail addresses, for which
there are indexes; then names. Only where there is none, a part of a login or name counts.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator

from msgspec import Struct

from reconciler.store.rows import true_at

MOST = 20
"""Candidates that are given at most."""
LONGEST = 1000
"""Characters of a name that is looked for; SQLite refuses patterns that are much longer."""


class FoundPerson(Struct, frozen=True, kw_only=True):
    """Somebody, by the ids under which each side knows them; at least one of them is set."""

    name: str
    """Login, else the user name in Kandji."""
    user_id: str | None = None
    account_id: str | None = None


class FoundGroup(Struct, frozen=True, kw_only=True):
    """A group of Okta, or of Kandji where nothing pushes to it."""

    name: str
    group_id: str | None = None
    kandji_group_id: str | None = None


_USERS = ("id", "login", "email", "display_name", "first_name || ' ' || last_name")
_ACCOUNTS = ("id", "user_name", "email", "external_id", "display_name", "formatted_name")
_ADDRESSES = ("login", "user_name", "email")
_ACCOUNT_NAME = "given_name || ' ' || family_name"


def people(connection: sqlite3.Connection, run: int, asked: str, *, whole: bool = False) -> tuple[FoundPerson, ...]:
    """Whoever ``asked`` names at a complete run, by name; more than one where it is ambiguous. ``whole``: only where it
    is an id, a login or an e-mail address."""
    asked = asked.strip()
    exact = (_same_id, _identical)
    for how in exact if whole else (*exact, _equal, _local_part, _part_of):
        users = set(_ids(connection, run, "okta_users", how(_USERS), asked))
        accounts = set(_ids(connection, run, "scim_users", how((*_ACCOUNTS, _ACCOUNT_NAME)), asked))
        users |= set(_ids(connection, run, "app_users", how(("user_name", "external_id")), asked))
        if users or accounts:
            return _merged(connection, run, users, accounts)
    return ()


def groups(connection: sqlite3.Connection, run: int, asked: str) -> tuple[FoundGroup, ...]:
    """Whatever group ``asked`` names at a complete run, by name; the id of a mapping names its group."""
    asked = asked.strip()
    pushed = _pushed(connection, run)
    for how in (_same_id, _equal, _part_of):
        sources = set(_ids(connection, run, "okta_groups", how(("id", "name")), asked))
        targets = dict(_mapped(connection, run, sources, asked))
        found = {group_id: targets.get(group_id, group_id) for group_id in sources} if sources else targets
        kandji = set(_ids(connection, run, "scim_groups", how(("id", "display_name")), asked))
        if found or kandji:
            return _merged_groups(connection, run, set(found.values()), kandji, pushed)
    return ()


def _same_id(columns: Iterable[str]) -> list[str]:
    return [f"{column} = :asked" for column in columns if column == "id"]


def _identical(columns: Iterable[str]) -> list[str]:
    """Each by itself: of several in one condition, SQLite takes no index."""
    ids = [f"{column} = :asked" for column in columns if column in ("id", "external_id")]
    return ids + [f"{column} = :asked COLLATE NOCASE" for column in columns if column in _ADDRESSES]


def _equal(columns: Iterable[str]) -> list[str]:
    return [" OR ".join(f"{column} = :asked COLLATE NOCASE" for column in columns)]


def _local_part(columns: Iterable[str]) -> list[str]:
    names = [column for column in columns if column in _ADDRESSES]
    return [" OR ".join(f"{column} LIKE :local ESCAPE '\\'" for column in names)] if names else []


def _part_of(columns: Iterable[str]) -> list[str]:
    names = [column for column in columns if not column.endswith("id")]
    return [" OR ".join(f"{column} LIKE :part ESCAPE '\\'" for column in names)] if names else []


def _ids(connection: sqlite3.Connection, run: int, table: str, conditions: Iterable[str], asked: str) -> Iterator[str]:
    """Of the rows of which any condition holds."""
    if not asked or len(asked) > LONGEST:
        return
    escaped = asked.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    given = {"asked": asked, "local": f"{escaped}@%", "part": f"%{escaped}%"}
    at = true_at(connection, run)
    for condition in conditions:
        used = {name: value for name, value in given.items() if f":{name}" in condition}
        rows = connection.execute(
            f"SELECT id FROM {table} WHERE {at} AND ({condition}) LIMIT 1000",  # noqa: S608 - our own names
            used,
        )
        yield from (row[0] for row in rows)


def _one(connection: sqlite3.Connection, run: int, columns: str, table: str, key: str, value: str) -> tuple[str, ...]:
    found = connection.execute(
        f"SELECT {columns} FROM {table} WHERE {key} = :value AND {true_at(connection, run)}",  # noqa: S608 - our own names
        {"value": value},
    ).fetchone()
    return () if found is None else tuple(found)


def _merged(connection: sqlite3.Connection, run: int, users: set[str], accounts: set[str]) -> tuple[FoundPerson, ...]:
    """Each person once: an account belongs to whoever points to it, else to whoever has its user name as login."""
    holder: dict[str, str] = {}
    for account in accounts:
        owner = _one(connection, run, "id", "app_users", "external_id", account) or _by_login(connection, run, account)
        if owner:
            holder[account] = owner[0]
    known = users | set(holder.values())
    found = [_person(connection, run, user) for user in known]
    found += [
        FoundPerson(
            name=(_one(connection, run, "user_name", "scim_users", "id", account) or (account,))[0] or account,
            account_id=account,
        )
        for account in accounts - holder.keys()
    ]
    return tuple(sorted(found, key=lambda one: (one.name.casefold(), one.user_id or "", one.account_id or ""))[:MOST])


def _by_login(connection: sqlite3.Connection, run: int, account: str) -> tuple[str, ...]:
    name = _one(connection, run, "user_name", "scim_users", "id", account)
    return _one(connection, run, "id", "okta_users", "login COLLATE NOCASE", name[0]) if name and name[0] else ()


def _person(connection: sqlite3.Connection, run: int, user: str) -> FoundPerson:
    login = _one(connection, run, "login", "okta_users", "id", user)
    told = _one(connection, run, "user_name, external_id", "app_users", "id", user)
    name = (login[0] if login else None) or (told[0] if told else None) or user
    account = told[1] if told else None
    if account is None and login:
        twin = _one(connection, run, "id", "scim_users", "user_name COLLATE NOCASE", login[0])
        account = twin[0] if twin else None
    return FoundPerson(name=name, user_id=user, account_id=account)


def _pushed(connection: sqlite3.Connection, run: int) -> dict[str, list[str | None]]:
    """Okta group → Kandji groups that its mappings reach."""
    rows = connection.execute(
        f"SELECT group_id, kandji_group_id FROM pushed_groups WHERE {true_at(connection, run)}"  # noqa: S608 - our own names
    )
    found: dict[str, list[str | None]] = defaultdict(list)
    for group_id, kandji_group_id in rows:
        found[group_id].append(kandji_group_id)
    return found


def _mapped(connection: sqlite3.Connection, run: int, named: set[str], asked: str) -> Iterator[tuple[str, str]]:
    """Target group or mapping id → the Okta group that is pushed there."""
    rows = connection.execute(
        f"SELECT id, source_group_id, target_group_id FROM mappings WHERE {true_at(connection, run)}"  # noqa: S608 - our own names
    )
    for mapping_id, source, target in rows:
        if target in named and source != target:
            yield target, source
        if mapping_id == asked:
            yield mapping_id, source


def _merged_groups(
    connection: sqlite3.Connection,
    run: int,
    sources: set[str],
    kandji: set[str],
    pushed: dict[str, list[str | None]],
) -> tuple[FoundGroup, ...]:
    reached = {target: source for source, targets in pushed.items() for target in targets if target is not None}
    sources = sources | {reached[target] for target in kandji if target in reached}
    found = []
    for source in sources:
        name = _one(connection, run, "name", "okta_groups", "id", source)
        target = next((one for one in pushed.get(source, ()) if one is not None), None)
        found.append(FoundGroup(name=name[0] if name else source, group_id=source, kandji_group_id=target))
    for target in kandji - reached.keys():
        name = _one(connection, run, "display_name", "scim_groups", "id", target)
        found.append(FoundGroup(name=(name[0] if name else None) or target, kandji_group_id=target))
    found.sort(key=lambda one: (one.name.casefold(), one.group_id or "", one.kandji_group_id or ""))
    return tuple(found[:MOST])
