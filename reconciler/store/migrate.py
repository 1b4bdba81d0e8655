"""The schema, as a list of named steps. A new table or column is a new function at the end of ``MIGRATIONS``.

A migration is history: once released it is never edited, and it names its columns itself instead of asking the model,
which moves on. ``PRAGMA user_version`` counts the steps a file has seen.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.errors import NewerDatabase, StoreError
from reconciler.store.border import transaction
from reconciler.store.journal_schema import add_journal

if TYPE_CHECKING:
    from sqlite_utils import Database

OURS = int.from_bytes(b"okre", "big")
"""``PRAGMA application_id`` of our files."""

Migration = Callable[["Database"], None]


def migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration] | None = None) -> None:
    """Brings the file to the newest schema in one transaction; a file that is new enough is not written to.

    Only a file that is behind needs sqlite-utils, which takes as long to load as a small command takes to run.

    Raises ``NewerDatabase`` where it has seen more steps than we know, ``StoreError`` where it is another program's.
    """
    steps = MIGRATIONS if migrations is None else migrations
    if _seen(connection, path, steps) == len(steps):
        return
    from sqlite_utils import Database

    db = Database(connection, execute_plugins=False)
    with transaction(connection):
        # Another process may have migrated while this one waited for the file.
        for step in steps[_seen(connection, path, steps) :]:
            step(db)
        connection.execute(f"PRAGMA application_id = {OURS}")
        connection.execute(f"PRAGMA user_version = {len(steps)}")


def _seen(connection: sqlite3.Connection, path: Path, steps: Sequence[Migration]) -> int:
    owner = int(connection.execute("PRAGMA application_id").fetchone()[0])
    seen = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if owner == 0 and seen == 0 and not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        return 0
    if owner != OURS:
        raise StoreError(
            "This database belongs to another program",
            facts=(("file", str(path)),),
            next="name another file under [store] path",
        )
    if seen > len(steps):
        raise NewerDatabase(
            "The database was written by a newer version of this program",
            facts=(("file", str(path)), ("schema", f"{seen}, this version knows {len(steps)}")),
            next="use that version or a newer one, or name another file under [store] path",
        )
    return seen


def first_schema(db: Database) -> None:
    """Runs, sources, what both sides said, and findings with their states."""
    _runs(db)
    _okta(db)
    _kandji(db)
    _findings(db)
    _views(db)


def second_schema(db: Database) -> None:
    """What group rules read of a person, the System Log, lists that may be cut off or have shrunk, who is outside the
    scope, what somebody accepts, and with which settings a run judged."""
    for name in ("type_id", "realm_id", "attributes"):
        db.table("okta_users").add_column(name, str)
    db.execute("UPDATE okta_users SET attributes = '[]'")
    db.table("scim_groups").add_column("perhaps_cut", int, not_null_default=0)
    db.table("findings").add_column("accepted", str)
    db.table("okta_orgs").add_column("events_known", int, not_null_default=0)
    db.table("okta_orgs").add_column("events_since", str)
    db.table("runs").add_column("settings", str)
    _versioned(db, "log_events", _text("id", "published", "type", "outcome", "reason", "actor", "targets"))
    acceptance = _text("id", "reason", "owner", "until", "made", "made_by", "finding", "kind", "person", "group")
    _versioned(db, "acceptances", acceptance | _whole("findings", "expired"))
    for name, column in (("memberships", "user_id"), ("scim_memberships", "member_id")):
        db.execute(f'CREATE INDEX "{name}_past" ON "{name}" ("{column}") WHERE ended IS NOT NULL')
    db.table("pushed_groups").add_column("coverage", str)
    db.table("pushed_groups").add_column("outside_scope", int, not_null_default=0)
    sizes = _text("source", "about", "name") | _whole("size", "believed")
    _versioned(db, "sizes", sizes, key=("source", "about"))
    rule = _text(
        "rule_id", "name", "status", "words", "targets", "covers", "covers_if", "excludes", "misses", "trouble"
    )
    _versioned(db, "judged_rules", rule, key=("rule_id",))
    made = acceptance | _text("withdrawn", "withdrawn_by")
    _second_views(db)
    db.create_table("acceptances_made", made, pk="id", not_null=("reason", "owner", "until", "made"))
    _second_indexes(db)


def _second_indexes(db: Database) -> None:
    """By which one person is found among many: by the names that both sides join by, by account, by e-mail address, and
    in the past.

    SQLite compares ASCII alone without regard to case, so names with anything else have an index of their own; it is on
    ``ended``, for which a query always asks, because SQLite takes an index whose column is asked for before all others.
    """
    for table, name in (("okta_users", "login"), ("app_users", "user_name"), ("scim_users", "user_name")):
        db.execute(f'CREATE INDEX "{table}_name" ON "{table}" ("{name}" COLLATE NOCASE) WHERE ended IS NULL')
        db.execute(f'CREATE INDEX "{table}_odd_name" ON "{table}" ("ended") WHERE ended IS NULL AND {odd(name)}')
        db.execute(f'CREATE INDEX "{table}_past" ON "{table}" ("id") WHERE ended IS NOT NULL')
    db.execute('CREATE INDEX "finding_states_ever" ON "finding_states" ("finding_id", "began")')
    for table in ("app_users", "scim_users"):
        db.execute(f'CREATE INDEX "{table}_external_id" ON "{table}" ("external_id")')
    for table in ("okta_users", "scim_users", "kandji_users"):
        db.execute(f'CREATE INDEX "{table}_email" ON "{table}" ("email" COLLATE NOCASE) WHERE ended IS NULL')
        db.execute(f'CREATE INDEX "{table}_odd_email" ON "{table}" ("ended") WHERE ended IS NULL AND {odd("email")}')
    db.execute('CREATE INDEX "kandji_users_old_id" ON "kandji_users" ("old_id") WHERE ended IS NULL')


def odd(column: str) -> str:
    """The condition that a name holds anything but printable ASCII, or begins or ends with a space."""
    return f"({column} GLOB '*[^ -~]*' OR {column} GLOB ' *' OR {column} GLOB '* ')"


def _second_views(db: Database) -> None:
    """For people with a SQL tool: what is open, who left and is still active, and how each pushed group fares."""
    db.execute("DROP VIEW open_findings")
    db.create_view(
        "open_findings",
        """
        SELECT findings.id, findings.kind, findings.severity, findings.subject_name, findings.sentence,
               CASE WHEN states.state LIKE 'settling%' THEN 'settling'
                    WHEN states.state = 'accepted' THEN 'accepted'
                    WHEN states.began = (SELECT max(id) FROM runs WHERE complete_number IS NOT NULL) THEN states.state
                    ELSE 'open' END AS state,
               runs.finished AS first_seen, findings.cause, findings.accepted, findings.evidence, findings.subject_key
        FROM finding_states AS states
        JOIN findings ON findings.id = states.finding_id AND findings.ended IS NULL
        JOIN runs ON runs.id = states.first_run
        WHERE states.ended IS NULL AND states.state NOT IN ('fixed', 'not judged')
        """,
    )
    db.create_view(
        "leavers",
        """
        SELECT open_findings.id AS finding, open_findings.state, open_findings.first_seen,
               open_findings.subject_name AS person, okta_users.status AS okta_status,
               okta_users.status_changed AS left_okta, open_findings.subject_key
        FROM open_findings
        LEFT JOIN okta_users ON 'user:' || okta_users.id = open_findings.subject_key AND okta_users.ended IS NULL
        WHERE open_findings.kind = 'left-still-active'
        """,
    )
    db.create_view(
        "coverage_by_group",
        """
        SELECT name, target_name, status, last_push, members, should, in_step, missing, not_assigned, stuck, extra,
               CASE WHEN should > 0 THEN round(100.0 * in_step / should, 1) END AS percent_in_step,
               coverage, error, group_id, mapping_id
        FROM pushed_groups WHERE ended IS NULL ORDER BY name
        """,
    )


def third_schema(db: Database) -> None:
    """The journal of changes, and how each finding would be mended."""
    add_journal(db.conn)
    _versioned(db, "foreseen", _text("finding", "outcome", "words", "change", "names"), key=("finding",))


MIGRATIONS: tuple[Migration, ...] = (first_schema, second_schema, third_schema)


def _text(*names: str) -> dict[str, type]:
    """Columns of text: also times (ISO, UTC) and whatever is nested (JSON)."""
    return dict.fromkeys(names, str)


def _whole(*names: str) -> dict[str, type]:
    """Columns of whole numbers: also yes (1) and no (0)."""
    return dict.fromkeys(names, int)


def _versioned(db: Database, name: str, columns: dict[str, type], *, key: tuple[str, ...] = ("id",)) -> None:
    """A table whose rows are true from run ``began`` until before run ``ended``, and now where that is NULL."""
    db.create_table(
        name,
        columns | _whole("began", "ended"),
        not_null=(*key, "began"),
        foreign_keys=[("began", "runs", "id"), ("ended", "runs", "id")],
    )
    listed = ", ".join(f'"{column}"' for column in key)
    db.execute(f'CREATE UNIQUE INDEX "{name}_now" ON "{name}" ({listed}) WHERE ended IS NULL')


def _runs(db: Database) -> None:
    columns = _whole("id") | _text("started", "finished", "state", "sentence", "reason", "version")
    columns |= _text("command_line", "config_digest", "data_digest", "display")
    # complete_number counts the complete runs; NULL where a run is incomplete or failed.
    columns |= _whole("exit_code", "baseline", "complete_number", "outside_scope")
    db.create_table("runs", columns, pk="id", not_null=("started", "finished", "state"))
    db.execute('CREATE UNIQUE INDEX "runs_complete" ON "runs" ("complete_number") WHERE complete_number IS NOT NULL')
    db.create_table(
        "sources",
        _whole("run_id", "position")
        | _text("name", "state")
        | _whole("required", "rows", "pages", "requests")
        | _text("read_began", "read_ended", "how_known", "reason"),
        pk=("run_id", "position"),
        not_null=("name", "state"),
        foreign_keys=[("run_id", "runs", "id")],
    )
    for name in ("run_notes", "pull_notes", "judgement_notes"):
        _versioned(db, name, _text("kind", "about", "reason"), key=("kind", "about", "reason"))


def _okta(db: Database) -> None:
    _versioned(db, "okta_orgs", _text("org_url") | _whole("rules_known"), key=("org_url",))
    app = _text("id", "name", "label", "status", "sign_on_mode", "features")
    _versioned(db, "apps", app | _text("provisioning_status", "schema_attributes"))
    user = _text("id", "status", "login", "email", "first_name", "last_name", "display_name")
    _versioned(db, "okta_users", user | _text("created", "activated", "status_changed"))
    app_user = _text("id", "status", "scope", "external_id", "user_name", "sync_state", "profile")
    _versioned(db, "app_users", app_user | _text("created", "status_changed"))
    _versioned(db, "app_groups", _text("id") | _whole("priority") | _text("last_updated"))
    mapping = _text("id", "source_group_id", "target_group_id", "status", "error_summary")
    _versioned(db, "mappings", mapping | _text("last_push", "created", "last_updated"))
    rule = _text("id", "name", "status", "expression", "target_group_ids", "excluded_user_ids")
    _versioned(db, "rules", rule | _whole("all_groups_valid") | _text("created", "last_updated"))
    group = _text("id", "name", "type", "source_id") | _whole("users_count", "has_admin_role")
    _versioned(db, "okta_groups", group | _text("created", "last_membership_updated"))
    _versioned(db, "member_lists", _text("group_id"), key=("group_id",))
    _versioned(db, "memberships", _text("group_id", "user_id", "rules"), key=("group_id", "user_id"))
    _versioned(db, "observations", _text("what", "id"), key=("what", "id"))


def _kandji(db: Database) -> None:
    _versioned(db, "scim_servers", _text("base_url", "capabilities"), key=("base_url",))
    user = _text("id", "user_name") | _whole("active") | _text("external_id", "display_name", "formatted_name")
    _versioned(db, "scim_users", user | _text("given_name", "family_name", "email", "title", "department", "created"))
    _versioned(db, "scim_groups", _text("id", "display_name") | _whole("members_known"))
    _versioned(db, "scim_memberships", _text("group_id", "member_id"), key=("group_id", "member_id"))
    _versioned(db, "kandji_apis", _text("api_url"), key=("api_url",))
    row = _text("id", "old_id", "email", "name") | _whole("active", "archived")
    row |= _text("department", "title") | _whole("device_count")
    _versioned(db, "kandji_users", row | _text("integration_id", "integration_name", "integration_type"))
    _versioned(db, "kandji_devices", _text("id", "name", "serial", "user_id", "user_email"))


def _findings(db: Database) -> None:
    finding = _text("id", "kind", "severity", "subject_type", "subject_key", "subject_name", "sentence", "person")
    finding |= _text("groups", "people", "evidence", "cause", "youngest", "group_changed", "explains", "explains_by")
    _versioned(db, "findings", finding | _whole("settling") | _text("confirm"))
    db.execute('CREATE INDEX "findings_ever" ON "findings" ("id", "began")')
    state = _text("finding_id", "state") | _whole("first_run", "since_run", "fixed_run", "last_run", "seen_before")
    _versioned(db, "finding_states", state, key=("finding_id",))
    stage = _whole("position") | _text("name") | _whole("people") | _text("leaks")
    _versioned(db, "stages", stage, key=("position",))
    group = _text("group_id", "mapping_id", "name", "target_name", "kandji_group_id", "status", "error", "last_push")
    group |= _whole("members", "should", "in_step", "missing", "not_assigned", "stuck", "extra")
    _versioned(db, "pushed_groups", group, key=("mapping_id",))


def _views(db: Database) -> None:
    db.create_view(
        "notes",
        " UNION ALL ".join(
            f"SELECT '{table}' AS told_by, kind, about, reason, began, ended FROM {table}"  # noqa: S608 - fixed names
            for table in ("run_notes", "pull_notes", "judgement_notes")
        ),
    )
    db.create_view(
        "open_findings",
        """
        SELECT findings.id, findings.kind, findings.severity, findings.subject_name, findings.sentence,
               CASE WHEN states.state LIKE 'settling%' THEN 'settling'
                    WHEN states.began = (SELECT max(id) FROM runs WHERE complete_number IS NOT NULL) THEN states.state
                    ELSE 'open' END AS state,
               runs.finished AS first_seen, findings.cause, findings.evidence
        FROM finding_states AS states
        JOIN findings ON findings.id = states.finding_id AND findings.ended IS NULL
        JOIN runs ON runs.id = states.first_run
        WHERE states.ended IS NULL AND states.state NOT IN ('fixed', 'not judged')
        """,
    )
