"""The journal on disk: a chain that goes on at its end alone, and tells whatever was done to it."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from datetime import timedelta, timezone
from itertools import combinations

import pytest
from msgspec.structs import replace

from reconciler.errors import StoreError
from reconciler.journal import CLOSING, Event, Word, hashed, left_half, plan_of
from reconciler.model import Rule
from reconciler.plan import digest
from reconciler.store import Store
from tests.applies import (
    ADD,
    CREATE,
    EDIT,
    LINK,
    NOON,
    RELINK,
    REPUSH,
    UNLINK,
    WHO,
    began,
    ended,
    of,
    plan,
    short_apply,
    step,
)
from tests.store.samples import company, save


def write(store: Store, *events: Event) -> tuple[Event, ...]:
    return tuple(store.journal.write(event) for event in events)


@pytest.fixture
def store(store: Store) -> Store:
    """Without waiting for the disk, which is what a test of many events would do most."""
    store.connection.execute("PRAGMA synchronous = OFF")
    return store


@pytest.fixture
def two_applies(store: Store) -> Store:
    write(store, *short_apply(1), began(2, EDIT), *step(2, EDIT, "deactivate"))
    return store


def test_a_run_writes_no_journal(store: Store) -> None:
    save(store)
    journal = store.journal
    assert (journal.events(), journal.count(), journal.check(), journal.next_apply()) == ((), 0, None, 1)
    assert (journal.not_ended(), journal.left_half(), journal.learnt("push_replaces")) == ((), (), None)


def test_what_is_written_is_read_again_as_it_was_given_back(two_applies: Store) -> None:
    written = two_applies.journal.events()
    assert [event.seq for event in written] == list(range(1, len(written) + 1))
    assert [event.previous for event in written] == ["", *(event.hash for event in written[:-1])]
    assert two_applies.journal.events(2) == tuple(event for event in written if event.apply == 2)
    again = write(two_applies, replace(of(2, EDIT, "failed", after={"b": [1, None], "a": "é"}), words="refused"))
    assert two_applies.journal.events()[-1:] == again
    assert again[0].at == NOON


def test_the_plan_is_read_again_with_its_digest(two_applies: Store) -> None:
    found = plan_of(two_applies.journal.events(), 2)
    assert found == plan(EDIT)
    assert found.digest == digest(found)


def test_times_are_kept_in_utc(store: Store) -> None:
    at = NOON.astimezone(timezone(timedelta(hours=9)))
    assert write(store, began(1, at=at))[0].at.utcoffset() == timedelta(0)
    with pytest.raises(ValueError, match="zone"):
        write(store, began(2, at=NOON.replace(tzinfo=None)))


def test_a_row_that_was_written_is_in_the_file_for_others_at_once(two_applies: Store) -> None:
    with Store.open(two_applies.path) as other:
        assert other.journal.events() == two_applies.journal.events()


def test_a_row_is_on_disk_when_it_is_written_whatever_happens_to_the_power(two_applies: Store) -> None:
    with Store.open(two_applies.path) as other:
        assert other.journal.connection.execute("PRAGMA synchronous").fetchone()[0] == 3
        assert not other.journal.connection.in_transaction
        write(other, of(2, EDIT, "failed"))
        assert not other.journal.connection.in_transaction


def test_two_writers_go_on_with_one_chain(store: Store) -> None:
    with Store.open(store.path) as other:
        write(store, began(1, ADD, EDIT))
        write(other, of(1, ADD, "intended", "add"))
        write(store, of(1, ADD, "sent", "add"))
        write(other, of(1, ADD, "done", "add"))
    assert store.journal.check() is None
    assert store.journal.count() == 4


def test_nothing_is_written_inside_a_larger_transaction(store: Store) -> None:
    store.connection.execute("BEGIN")
    with pytest.raises(RuntimeError, match="larger transaction"):
        write(store, began(1))
    store.connection.execute("ROLLBACK")
    assert store.journal.count() == 0


@pytest.mark.parametrize("first", CLOSING)
def test_a_change_is_closed_once_and_does_not_go_on_then(store: Store, first: Word) -> None:
    write(store, began(1, ADD), of(1, ADD, first))
    for word in ("intended", "sent", "done", *CLOSING):
        with pytest.raises(ValueError, match="is closed"):
            write(store, of(1, ADD, word))
    write(store, ended(1), began(2, ADD), of(2, ADD, first))


@pytest.mark.parametrize(
    ("before", "event", "words"),
    [
        ((), of(1, ADD, "intended"), "not begun"),
        ((began(1),), began(1), "begun already"),
        ((began(1), ended(1)), ended(1), "ended already"),
        ((began(1),), Event(apply=1, event="sent", at=NOON, who=WHO), "belongs to a change"),
    ],
)
def test_what_only_a_mistake_can_ask_for_is_refused(
    store: Store, before: tuple[Event, ...], event: Event, words: str
) -> None:
    write(store, *before)
    with pytest.raises(ValueError, match=words):
        write(store, event)
    assert store.journal.count() == len(before)


FORBIDDEN = (
    "UPDATE journal SET words = 'no' WHERE seq = 3",
    "DELETE FROM journal WHERE seq = 3",
    "DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)",
    "INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE seq = 3",
    "INSERT INTO journal (apply, event, at, who, words, previous, hash) VALUES (2, 'ended', '', '', '', '', '')",
)


def test_sqlite_itself_refuses_to_change_the_journal(two_applies: Store) -> None:
    for statement in FORBIDDEN:
        with pytest.raises(sqlite3.IntegrityError, match="journal"):
            two_applies.connection.execute(statement)
    assert two_applies.journal.check() is None


COLUMNS = ", ".join(f'"{name}"' for name in Event.__struct_fields__[1:])
UPDATE, DELETE, INSERT = "UPDATE journal SET", "DELETE FROM journal", "INSERT INTO journal"


def spoilings(last: int) -> Iterator[str]:
    """Every way to spoil one row of so many, or two: edited, moved, taken out, with the rest closing up, doubled at the
    end, and swapped with another."""
    for seq in range(1, last + 1):
        here = f"WHERE seq = {seq}"
        for column in Event.__struct_fields__[2:]:
            yield f"{UPDATE} \"{column}\" = coalesce(\"{column}\", '') || ' ' {here}"
        yield f"{UPDATE} apply = apply + 1 {here}"
        yield f"{UPDATE} seq = -seq {here}"
        yield f"{DELETE} {here}"
        closing_up = [f"{UPDATE} seq = {later - 1} WHERE seq = {later}" for later in range(seq + 1, last + 1)]
        yield "; ".join([f"{DELETE} {here}", *closing_up])
        yield f"{INSERT} SELECT {last + 1}, {COLUMNS} FROM journal {here}"  # noqa: S608 - our own names
    for one, other in combinations(range(1, last + 1), 2):
        moves = ((one, -1), (other, one), (-1, other))
        yield "; ".join(f"{UPDATE} seq = {after} WHERE seq = {before}" for before, after in moves)


def test_whatever_is_done_to_one_row_or_two_is_told(two_applies: Store) -> None:
    connection, journal = two_applies.connection, two_applies.journal
    for trigger in ("journal_goes_on", "journal_is_not_changed", "journal_is_not_shortened"):
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute("DROP INDEX journal_closing")
    unseen = []
    for statements in spoilings(journal.count()):
        connection.execute("BEGIN")
        for statement in statements.split("; "):
            connection.execute(statement)
        unseen += [statements] if journal.check() is None else []
        connection.execute("ROLLBACK")
    assert unseen == []
    assert journal.check() is None


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE journal SET who = 'nobody' WHERE seq = 3", "row 3 was changed after it was written"),
        ("DELETE FROM journal WHERE seq IN (3, 4)", "rows 3 to 4 are missing"),
        ("DELETE FROM journal WHERE seq > 10", "row 11 is missing at the end"),
        ("UPDATE journal SET before = '{' WHERE seq = 1", "row 1 was changed after it was written"),
    ],
)
def test_the_chain_says_where_it_is_broken(two_applies: Store, statement: str, told: str) -> None:
    assert two_applies.journal.count() == 11
    two_applies.connection.execute("DROP TRIGGER journal_is_not_changed")
    two_applies.connection.execute("DROP TRIGGER journal_is_not_shortened")
    two_applies.connection.execute(statement)
    assert (two_applies.journal.check() or "").startswith(told)


def test_a_row_that_was_hashed_anew_no_longer_fits_the_next(two_applies: Store) -> None:
    third = two_applies.journal.events()[2]
    forged = hashed(replace(third, who="nobody"), third.previous)
    two_applies.connection.execute("DROP TRIGGER journal_is_not_changed")
    two_applies.connection.execute("UPDATE journal SET who = ?, hash = ? WHERE seq = 3", (forged.who, forged.hash))
    assert two_applies.journal.check() == "row 4 does not follow row 3: one of them is forged"


def test_an_event_that_was_spoilt_is_told_when_it_is_read(two_applies: Store) -> None:
    two_applies.connection.execute("DROP TRIGGER journal_is_not_changed")
    two_applies.connection.execute("UPDATE journal SET after = '{' WHERE seq = 5")
    with pytest.raises(StoreError, match="Row 5") as caught:
        two_applies.journal.events()
    assert caught.value.next


def test_an_auditor_sees_every_apply_and_every_change_that_was_made(two_applies: Store) -> None:
    applies = two_applies.connection.execute(
        "SELECT number, who, changes, verified, not_seen, skipped, failed, open, ended IS NULL FROM applies"
    )
    assert applies.fetchall() == [(1, WHO, 2, 1, 0, 1, 0, 0, 0), (2, WHO, 1, 0, 0, 0, 0, 1, 1)]
    made = two_applies.connection.execute("SELECT apply, kind, outcome, who FROM changes_made")
    assert made.fetchall() == [(1, "add-to-group", "verified", WHO), (2, "edit-rule", "open", WHO)]


def test_an_apply_that_did_not_end_is_known(two_applies: Store) -> None:
    assert two_applies.journal.not_ended() == (2,)
    assert two_applies.journal.next_apply() == 3


def test_what_was_learnt_last_counts(store: Store) -> None:
    learnt = Event(apply=1, event="learnt", step="push_replaces", at=NOON, who=WHO, after=True)
    write(store, began(1), learnt)
    assert store.journal.learnt("push_replaces") is True
    write(store, replace(learnt, after=False))
    assert store.journal.learnt("push_replaces") is False
    assert store.journal.learnt("another thing") is None


def test_what_is_left_half_is_what_all_events_together_tell(store: Store) -> None:
    chosen = random.Random(5)
    changes = (EDIT, REPUSH, RELINK, UNLINK, CREATE, LINK)
    seen = set()
    for apply in range(1, 14):
        write(store, began(apply, *changes))
        for change in chosen.sample(changes, 3):
            for name in chosen.sample(("deactivate", "delete", "create", "activate"), chosen.randint(0, 4)):
                write(store, *list(step(apply, change, name))[: chosen.randint(1, 3)])
            if chosen.random() < 0.7:
                write(store, of(apply, change, chosen.choice(CLOSING), chosen.choice((None, "deactivate"))))
        found = store.journal.left_half()
        assert found == left_half(store.journal.events())
        seen.add(len(found))
    assert len(seen) > 2


@pytest.mark.parametrize(
    ("status", "hour", "known", "whole"),
    [
        ("ACTIVE", 1, True, True),
        ("ACTIVE", -1, True, False),
        ("ACTIVE", 1, False, False),
        ("INACTIVE", 1, True, False),
        (None, 1, True, True),
    ],
)
def test_a_complete_run_that_saw_the_rule_on_again_ends_it(
    store: Store, status: str | None, hour: int, known: bool, whole: bool
) -> None:
    write(store, began(1, EDIT, at=NOON), *step(1, EDIT, "deactivate"), of(1, EDIT, "failed"), ended(1))
    seen = company()
    rules = () if status is None else (Rule(id="0pr1", name="Everybody", status=status),)
    okta = replace(seen.okta, rules=rules if known else None)
    save(store, hour, snapshot=replace(seen, okta=okta))
    assert (store.journal.left_half() == ()) is whole


@pytest.mark.parametrize(
    ("change", "status", "whole"),
    [
        (REPUSH, "ACTIVE", True),
        (REPUSH, "INACTIVE", False),
        (UNLINK, None, True),
        (RELINK, "INACTIVE", False),
        (RELINK, None, False),
    ],
)
def test_a_complete_run_that_saw_the_push_on_again_or_gone_ends_it(
    store: Store, change: object, status: str | None, whole: bool
) -> None:
    assert isinstance(change, type(REPUSH) | type(UNLINK) | type(RELINK))
    write(store, began(1, change), *step(1, change, "deactivate"))
    seen = company()
    mapping = replace(seen.okta.mappings[1], source_group_id="00gsales", status=status or "")
    okta = replace(seen.okta, mappings=(seen.okta.mappings[0], *([mapping] if status else [])))
    save(store, 1, snapshot=replace(seen, okta=okta))
    assert mapping.id == "gPm1"
    assert (store.journal.left_half() == ()) is whole


def test_a_journal_that_can_not_be_written_is_told(store: Store) -> None:
    write(store, began(1, ADD))
    store.connection.execute("PRAGMA query_only = ON")
    with pytest.raises(StoreError):
        write(store, of(1, ADD, "intended", "add"))
    store.connection.execute("PRAGMA query_only = OFF")
    assert store.journal.count() == 1
