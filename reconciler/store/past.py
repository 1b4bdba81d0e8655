"""What changed over the runs: records of both sides field by field, and the states of a finding."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from msgspec import Struct

from reconciler.store import records
from reconciler.store.findings import PUSHED_GROUPS
from reconciler.store.rows import Row, Table


class RecordChange(Struct, frozen=True, kw_only=True):
    """One change of one record, as the run that first saw it."""

    run: int
    finished: datetime
    record: str
    """In words: "Okta user", "in the Okta group Sales"."""
    field: str
    """Name of the column; empty where the record appeared or is gone."""
    before: str | None
    after: str | None


class StateChange(Struct, frozen=True, kw_only=True):
    """A finding's state from one run on."""

    run: int
    finished: datetime
    state: str


def of_person(
    connection: sqlite3.Connection, run: int, *, user_id: str | None, account_id: str | None
) -> tuple[RecordChange, ...]:
    """Changes of somebody's records and memberships up to a run, oldest first; what the first run saw is none."""
    found: list[RecordChange] = []
    for table, what, value in (
        (records.OKTA_USERS, "Okta user", user_id),
        (records.APP_USERS, "assignment", user_id),
        (records.SCIM_USERS, "Kandji account", account_id),
    ):
        if value is not None:
            found += _changes(connection, run, table, "id", value, lambda row, what=what: what)
    if user_id is not None:
        names = _names(connection, run, "okta_groups", "name")
        found += _changes(
            connection, run, records.MEMBERSHIPS, "user_id", user_id,
            lambda row: f"in the Okta group {names.get(row[0], row[0])}",
        )  # fmt: skip
    if account_id is not None:
        kandji = _names(connection, run, "scim_groups", "display_name")
        found += _changes(
            connection, run, records.SCIM_MEMBERSHIPS, "member_id", account_id,
            lambda row: f"in the Kandji group {kandji.get(row[0]) or row[0]}",
        )  # fmt: skip
    return _in_order(found)


def of_group(
    connection: sqlite3.Connection, run: int, *, group_id: str | None, kandji_group_id: str | None
) -> tuple[RecordChange, ...]:
    """Changes of a group's records and mappings up to a run, oldest first; who came and went is not told."""
    found: list[RecordChange] = []
    if group_id is not None:
        found += _changes(connection, run, records.OKTA_GROUPS, "id", group_id, lambda row: "Okta group")
        found += _changes(connection, run, records.APP_GROUPS, "id", group_id, lambda row: "assigned to the app")
        found += _changes(
            connection, run, records.MAPPINGS, "source_group_id", group_id, lambda row: f"push mapping {row[0]}"
        )
        found += _changes(connection, run, PUSHED_GROUPS, "group_id", group_id, lambda row: "people of the group")
    if kandji_group_id is not None:
        found += _changes(connection, run, records.SCIM_GROUPS, "id", kandji_group_id, lambda row: "Kandji group")
    return _in_order(found)


def of_finding(connection: sqlite3.Connection, run: int, finding_id: str) -> tuple[StateChange, ...]:
    """The states of a finding up to a run, oldest first."""
    rows = connection.execute(
        "SELECT finding_states.state, finding_states.began, finished FROM finding_states "
        "JOIN runs ON runs.id = finding_states.began WHERE finding_id = ? AND finding_states.began <= ? "
        "ORDER BY finding_states.began",
        (finding_id, run),
    )
    return tuple(
        StateChange(run=began, finished=datetime.fromisoformat(finished), state=state)
        for state, began, finished in rows
    )


def size_of(connection: sqlite3.Connection, run: int, group_id: str | None, kandji_group_id: str | None) -> int | None:
    """How many members a group had at a complete run; None where that was not told."""
    at = f"(ended IS NULL OR ended > {run:d}) AND began <= {run:d}"
    table, listed, key = ("memberships", "member_lists WHERE group_id = ?", group_id)
    if group_id is None:
        table, listed, key = ("scim_memberships", "scim_groups WHERE members_known AND id = ?", kandji_group_id)
    if connection.execute(f"SELECT 1 FROM {listed} AND {at}", (key,)).fetchone() is None:  # noqa: S608 - our own names
        return None
    counted = (
        connection.execute(f"SELECT count(*) FROM {table} WHERE group_id = ? AND began <= ? AND {how}", (key, run))  # noqa: S608 - our own names
        for how in ("ended IS NULL", f"ended > {run:d}")  # apart, as each has an index
    )
    return sum(int(rows.fetchone()[0]) for rows in counted)


_QUIET = frozenset({"last_push", "last_updated", "last_membership_updated", "users_count"})
"""Columns that move without meaning."""


def _changes(
    connection: sqlite3.Connection, run: int, table: Table[Any], column: str, value: str, named: Any
) -> Iterator[RecordChange]:
    """From one version of each record to the next. Records that were there when first looked at did not change."""
    first = connection.execute("SELECT min(id) FROM runs WHERE complete_number = 1").fetchone()[0]
    finished = dict(connection.execute("SELECT id, finished FROM runs"))
    rows = _versions(connection, run, table, column, value)
    before: Row | None = None
    for row in rows:
        *values, began, ended = row
        told = {"finished": datetime.fromisoformat(finished[began]), "record": named(row)}
        follows = before is not None and table.key_of(before) == table.key_of(row) and before[-1] == began
        if follows and before is not None:
            for name, old, new in zip(table.columns, before, values, strict=False):
                if old != new and name not in _QUIET:
                    yield RecordChange(run=began, field=name, before=_text(old), after=_text(new), **told)
        elif began != first:
            yield RecordChange(run=began, field="", before=None, after="there", **told)
        if ended is not None and ended <= run and not _goes_on(rows, row, table):
            moment = datetime.fromisoformat(finished[ended])
            yield RecordChange(run=ended, finished=moment, record=named(row), field="", before="there", after="gone")
        before = row


def _versions(connection: sqlite3.Connection, run: int, table: Table[Any], column: str, value: str) -> list[Row]:
    """Every version up to a run, by key and time. Of memberships, those that are true are looked up group by group:
    there are millions, and no index leads from a person to them."""
    columns = ", ".join(f'rows."{name}"' for name in table.columns)
    lists = {"memberships": ("member_lists", "group_id"), "scim_memberships": ("scim_groups", "id")}
    where = f'"{table.name}" AS rows'
    if table.name in lists:
        other, key = lists[table.name]
        # CROSS keeps the order: SQLite would rather read all memberships and look up their lists
        where = f'{other} AS lists CROSS JOIN {where} ON lists.ended IS NULL AND rows.group_id = lists."{key}"'
    found = connection.execute(
        f"SELECT {columns}, rows.began, rows.ended FROM {where} "  # noqa: S608 - our own names
        f'WHERE rows."{column}" = :value AND rows.ended IS NULL AND rows.began <= :run UNION ALL '
        f'SELECT {columns}, rows.began, rows.ended FROM "{table.name}" AS rows '
        f'WHERE rows."{column}" = :value AND rows.ended IS NOT NULL AND rows.began <= :run',
        {"value": value, "run": run},
    ).fetchall()
    return sorted(found, key=lambda row: (table.key_of(row), row[-2]))


def _goes_on(rows: list[Row], row: Row, table: Table[Any]) -> bool:
    return any(other[-2] == row[-1] and table.key_of(other) == table.key_of(row) for other in rows)


def _names(connection: sqlite3.Connection, run: int, table: str, column: str) -> dict[str, str]:
    """The last name of each up to a run."""
    listed = f"SELECT id, {column} FROM {table} WHERE began <= ? ORDER BY began"  # noqa: S608 - our own names
    return dict(connection.execute(listed, (run,)))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _in_order(changes: list[RecordChange]) -> tuple[RecordChange, ...]:
    return tuple(sorted(changes, key=lambda one: (one.run, one.record, one.field)))


def alternating(connection: sqlite3.Connection, run: int, ids: dict[str, str]) -> tuple[RecordChange, ...]:
    """The changes of a person's or group's fields that went to and fro: back to a value they had before.

    ``ids`` are those of a finding's subject, by their prefixes: user, account, group, kandji-group.
    """
    if "user" in ids or "account" in ids:
        changes = of_person(connection, run, user_id=ids.get("user"), account_id=ids.get("account"))
    else:
        changes = of_group(connection, run, group_id=ids.get("group"), kandji_group_id=ids.get("kandji-group"))
    told: dict[tuple[str, str], list[RecordChange]] = {}
    for change in changes:
        told.setdefault((change.record, change.field), []).append(change)
    return tuple(
        moves[-1]
        for moves in told.values()
        if len(moves) > 1 and moves[-1].after in {move.before for move in moves[:-1]} | {moves[-2].before}
    )
