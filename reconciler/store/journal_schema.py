"""The journal's table: rows are added at its end and nowhere else, nor changed or taken away, by anybody.

SQLite itself holds to that, so that a script or a browser can't break it by mistake. Whoever drops the triggers first
is told of by the chain of hashes; and ``AUTOINCREMENT`` remembers the highest ``seq`` that ever was, beside the table
(https://sqlite.org/autoinc.html), so that even the last rows are missed.
"""

from __future__ import annotations

import sqlite3

_TABLE = """
CREATE TABLE "journal" (
   "seq" INTEGER PRIMARY KEY AUTOINCREMENT,
   "apply" INTEGER NOT NULL,
   "change" TEXT,
   "step" TEXT,
   "event" TEXT NOT NULL,
   "at" TEXT NOT NULL,
   "who" TEXT NOT NULL,
   "request_id" TEXT,
   "before" TEXT,
   "after" TEXT,
   "words" TEXT NOT NULL,
   "previous" TEXT NOT NULL,
   "hash" TEXT NOT NULL
)
"""
_CLOSING = "('verified', 'not seen', 'skipped', 'failed')"
_INDEXES = (
    'CREATE INDEX "journal_applies" ON "journal" ("apply", "change")',
    'CREATE INDEX "journal_changes" ON "journal" ("change")',
    f'CREATE UNIQUE INDEX "journal_closing" ON "journal" ("apply", "change") WHERE event IN {_CLOSING}',
    'CREATE INDEX "journal_steps" ON "journal" ("step", "event") WHERE step IS NOT NULL',
)
_TRIGGERS = (
    """
    CREATE TRIGGER "journal_goes_on" BEFORE INSERT ON "journal"
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM journal)
      OR NEW.previous IS NOT coalesce((SELECT hash FROM journal ORDER BY seq DESC LIMIT 1), '')
    BEGIN SELECT RAISE(ABORT, 'the journal goes on at its end alone'); END
    """,
    """
    CREATE TRIGGER "journal_is_not_changed" BEFORE UPDATE ON "journal"
    BEGIN SELECT RAISE(ABORT, 'rows of the journal are never changed'); END
    """,
    """
    CREATE TRIGGER "journal_is_not_shortened" BEFORE DELETE ON "journal"
    BEGIN SELECT RAISE(ABORT, 'rows of the journal are never deleted'); END
    """,
)
_APPLIES = f"""
CREATE VIEW "applies" AS
SELECT began.apply AS number, began.at AS began, ended.at AS ended, began.who AS who,
       json_array_length(began.before, '$.changes') AS changes,
       count(closing.seq) FILTER (WHERE closing.event = 'verified') AS verified,
       count(closing.seq) FILTER (WHERE closing.event = 'not seen') AS not_seen,
       count(closing.seq) FILTER (WHERE closing.event = 'skipped') AS skipped,
       count(closing.seq) FILTER (WHERE closing.event = 'failed') AS failed,
       json_array_length(began.before, '$.changes') - count(closing.seq) AS open,
       json_extract(began.before, '$.by') AS planned_by,
       json_extract(began.before, '$.digest') AS plan_digest,
       json_extract(began.before, '$.undo_of') AS undo_of,
       ended.words AS words
FROM journal AS began
LEFT JOIN journal AS ended ON ended.apply = began.apply AND ended.event = 'ended'
LEFT JOIN journal AS closing ON closing.apply = began.apply AND closing.event IN {_CLOSING}
WHERE began.event = 'began'
GROUP BY began.seq ORDER BY began.seq
"""  # noqa: S608 - our own words
_CHANGES_MADE = f"""
CREATE VIEW "changes_made" AS
SELECT began.apply AS apply, json_extract(planned.value, '$.id') AS change,
       json_extract(planned.value, '$.change.change') AS kind, json_extract(planned.value, '$.sentence') AS sentence,
       min(made.at) AS made, coalesce(closing.event, 'open') AS outcome, closing.words AS words, began.who AS who,
       group_concat(DISTINCT made.request_id) AS request_ids, json_extract(planned.value, '$.why') AS why
FROM journal AS began CROSS JOIN json_each(began.before, '$.changes') AS planned
CROSS JOIN journal AS made ON made.apply = began.apply AND made.change = json_extract(planned.value, '$.id')
     AND made.event IN ('sent', 'done')
LEFT JOIN journal AS closing ON closing.apply = began.apply AND closing.change = made.change
     AND closing.event IN {_CLOSING}
WHERE began.event = 'began'
GROUP BY began.apply, made.change ORDER BY min(made.seq)
"""  # noqa: S608 - our own words


def add_journal(connection: sqlite3.Connection) -> None:
    """The table with its indexes and triggers, and views for auditors: every apply, and every change that was made."""
    for statement in (_TABLE, *_INDEXES, *_TRIGGERS, _APPLIES, _CHANGES_MADE):
        connection.execute(statement)
