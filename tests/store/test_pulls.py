"""Runs, sources, notes and snapshots over time."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler.errors import NotKnown, StoreError
from reconciler.findings import Judgement
from reconciler.model import Member, Note, Run, ScimGroup, ScimUser, Snapshot, Source
from reconciler.store import Store
from reconciler.store.canonical import canonical
from reconciler.store.records import Digest, take_apart
from tests.store.samples import (
    NOON,
    company,
    finding,
    hasty,
    judgement,
    run_at,
    save,
    save_without_data,
    shuffled,
    snapshots,
    sources,
    structs,
)

NOTHING = Judgement(findings=(), notes=(), stages=(), groups=())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "reconciler.db"


def test_a_new_store_knows_no_run_and_remembers_nothing(path: Path) -> None:
    with Store.open(path) as store:
        assert store.runs() == ()
        assert store.last() is None
        assert store.memory().first
        with pytest.raises(NotKnown) as caught:
            store.run(1)
    assert caught.value.exit_code == 10


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(snapshots(), min_size=1, max_size=4))
def test_every_snapshot_of_a_history_is_given_back_as_it_was_saved(history: list[Snapshot]) -> None:
    with hasty() as store:
        kept = [
            store.save(run_at(hour), sources=(), notes=(), snapshot=snapshot, judgement=NOTHING)
            for hour, snapshot in enumerate(history)
        ]
        for run, snapshot in zip(kept, history, strict=True):
            loaded = store.snapshot(run.id)
            assert loaded == canonical(snapshot)
            assert _digest(loaded) == run.data_digest


def _digest(snapshot: Snapshot) -> str:
    digest = Digest()
    for table, rows in take_apart(snapshot):
        list(digest.taken(table, rows))
    return digest.hexdigest()


@settings(max_examples=40, deadline=None)
@given(structs(Run), st.lists(structs(Source), max_size=3), st.lists(structs(Note), max_size=3))
def test_a_run_with_its_sources_and_notes_is_given_back_as_it_was_saved(
    run: Run, told: list[Source], notes: list[Note]
) -> None:
    run = replace(run, state="failed")
    with hasty() as store:
        saved = store.save(run, sources=told, notes=notes, snapshot=None, judgement=None)
        assert store.run(saved.id) == saved == replace(run, id=1, data_digest=None, baseline=False)
        assert store.sources(saved.id) == tuple(told)
        assert store.notes(saved.id) == tuple(sorted(set(notes)))


def test_a_second_run_of_the_same_data_writes_under_a_hundredth_of_the_first(path: Path) -> None:
    found = [finding(f"p{n}") for n in range(30)]
    with Store.open(path) as store:
        before = store.rows_written
        save(store, 0, *found, snapshot=company(people=300, groups=3))
        first = store.rows_written - before
        save(store, 1, *reversed(found), snapshot=shuffled(company(people=300, groups=3), seed=7))
        second = store.rows_written - before - first
    assert second * 100 < first
    assert second == 2 + len(sources())  # the run's own row is written twice: its digest is known last


def test_only_what_changed_is_written(path: Path) -> None:
    snapshot = company(people=300)
    users = (replace(snapshot.scim.users[0], active=False), *snapshot.scim.users[1:])
    with Store.open(path) as store:
        save(store, 0, snapshot=snapshot)
        before = store.rows_written
        save(store, 1, snapshot=replace(snapshot, scim=replace(snapshot.scim, users=users)))
        assert store.rows_written - before == 2 + 2 + len(sources())
        versions = store.db.query("SELECT active, began, ended FROM scim_users WHERE id = 'k000000' ORDER BY began")
        assert list(versions) == [
            {"active": 1, "began": 1, "ended": 2},
            {"active": 0, "began": 2, "ended": None},
        ]


def test_data_is_given_back_by_a_store_that_is_opened_anew(path: Path) -> None:
    with Store.open(path) as store:
        run = save(store)
    with Store.open(path) as store:
        assert store.snapshot(run.id) == canonical(company())


def test_equal_data_has_one_digest_in_whatever_order_it_was_told(path: Path) -> None:
    with Store.open(path) as store:
        runs = [save(store, seed, snapshot=shuffled(company(), seed)) for seed in range(3)]
        other = save(store, 3, snapshot=company(people=21))
    assert len({run.data_digest for run in runs}) == 1
    assert other.data_digest != runs[0].data_digest


def test_members_not_told_and_no_members_are_two_things(path: Path) -> None:
    groups = (
        ScimGroup(id="a", display_name="A", member_ids=None),
        ScimGroup(id="b", display_name=None, member_ids=()),
    )
    snapshot = company()
    with Store.open(path) as store:
        run = save(store, snapshot=replace(snapshot, scim=replace(snapshot.scim, groups=groups)))
        assert store.snapshot(run.id).scim.groups == groups


def test_an_optional_source_that_is_refused_once_ends_no_rows(path: Path) -> None:
    snapshot = company()
    refused = replace(snapshot, kandji=None, okta=replace(snapshot.okta, rules=None))
    with Store.open(path) as store:
        save(store, 0, snapshot=snapshot)
        save(store, 1, snapshot=refused)
        save(store, 2, snapshot=snapshot)
        assert store.snapshot(2) == canonical(refused)
        assert store.snapshot(3) == canonical(snapshot)
        for table in ("rules", "kandji_users", "kandji_devices"):
            assert next(store.db.query(f"SELECT count(*) AS ended FROM {table} WHERE ended IS NOT NULL"))["ended"] == 0  # noqa: S608 - names of our own


def test_two_different_records_with_one_id_are_refused_and_nothing_is_written(path: Path) -> None:
    snapshot = company()
    twin = ScimUser(id="k000000", user_name="other@acme.example")
    doubled = replace(snapshot, scim=replace(snapshot.scim, users=(*snapshot.scim.users, twin)))
    with Store.open(path) as store:
        with pytest.raises(StoreError, match="k000000"):
            save(store, snapshot=doubled)
        assert store.runs() == ()


def test_one_record_told_twice_is_kept_once(path: Path) -> None:
    snapshot = company()
    members = tuple(replace(group, members=group.members * 2) for group in snapshot.okta.members)
    doubled = replace(snapshot, okta=replace(snapshot.okta, members=members, users=snapshot.okta.users * 2))
    with Store.open(path) as store:
        run = save(store, snapshot=doubled)
        assert store.snapshot(run.id) == canonical(snapshot)


def test_an_incomplete_run_leaves_data_and_findings_as_they_are(path: Path) -> None:
    with Store.open(path) as store:
        first = save(store, 0, finding("ana"))
        rows = _records(store)
        for hour, state in enumerate(("incomplete", "failed"), start=1):
            run = save_without_data(store, hour, state)
            assert run.data_digest is None
            assert run.reason == "scim.users: 502"
            assert _records(store) == rows
            assert store.snapshot(run.id) == store.snapshot(first.id)
            assert store.findings(run.id) == store.findings(first.id)
            assert store.groups(run.id) == store.groups(first.id)
            assert [note.about for note in store.notes(run.id)] == ["everything"]
        assert [note.about for note in store.notes(first.id)] == ["group-unmanaged"]


def _records(store: Store) -> dict[str, list[dict[str, object]]]:
    plain = {"runs", "sources", "run_notes"}
    return {
        table.name: list(store.db.query(f'SELECT * FROM "{table.name}"'))  # noqa: S608 - names of our own
        for table in store.db.tables
        if table.name not in plain
    }


def test_before_anything_was_read_whole_there_is_no_data_and_no_finding(path: Path) -> None:
    with Store.open(path) as store:
        run = save_without_data(store)
        assert store.findings(run.id) == ()
        assert store.stages(run.id) == ()
        assert store.outside_scope(run.id) == 0
        with pytest.raises(NotKnown):
            store.snapshot(run.id)
        assert store.memory().first
        assert store.last() == run
        assert store.last(complete=True) is None


@pytest.mark.parametrize("state", ["drift", "incomplete"])
def test_a_run_whose_state_and_data_disagree_is_refused(path: Path, state: str) -> None:
    complete = state == "drift"
    with Store.open(path) as store:
        with pytest.raises(ValueError, match=state):
            store.save(
                run_at(state=state),
                sources=(),
                notes=(),
                snapshot=None if complete else company(),
                judgement=judgement(),
            )
        assert store.runs() == ()


def test_the_first_complete_run_is_the_baseline_and_no_other(path: Path) -> None:
    with Store.open(path) as store:
        save_without_data(store, 0)
        save(store, 1)
        save(store, 2)
        assert [run.baseline for run in store.runs()] == [False, True, False]


def test_runs_come_oldest_first_up_to_the_one_asked_for(path: Path) -> None:
    with Store.open(path) as store:
        for hour in range(5):
            if hour % 2:
                save_without_data(store, hour)
            else:
                save(store, hour)
        assert [run.id for run in store.runs()] == [1, 2, 3, 4, 5]
        assert [run.id for run in store.runs(upto=4, limit=2)] == [3, 4]
        newest = [store.last(complete=True, upto=upto) for upto in (2, 4, None)]
        assert [run.id if run else None for run in newest] == [1, 3, 5]


def test_sources_notes_stages_and_groups_are_those_of_the_run_asked_for(path: Path) -> None:
    with Store.open(path) as store:
        save(store, 0)
        store.save(
            run_at(1),
            sources=sources(1),
            notes=(Note(kind="unknown-value", about="status", reason="new"),),
            snapshot=replace(company(), notes=(Note(kind="check-skipped", about="rules", reason="403"),)),
            judgement=judgement(kandji_group="kg9"),
        )
        assert store.sources(1) == sources(0)
        assert store.sources(2) == sources(1)
        assert [note.about for note in store.notes(1)] == ["group-unmanaged"]
        assert [note.about for note in store.notes(2)] == ["group-unmanaged", "rules", "status"]
        assert store.stages(1) == judgement().stages
        assert store.groups(1) == judgement().groups
        assert store.groups(2) == judgement(kandji_group="kg9").groups
        assert store.outside_scope(2) == 3


def test_a_kandji_account_is_remembered_by_the_okta_user_who_pointed_to_it_last(path: Path) -> None:
    snapshot = company(people=3)
    gone = replace(snapshot, okta=replace(snapshot.okta, app_users=snapshot.okta.app_users[1:]))
    taken = replace(
        snapshot,
        okta=replace(
            snapshot.okta,
            app_users=(replace(snapshot.okta.app_users[1], external_id="k000002"), snapshot.okta.app_users[0]),
        ),
    )
    with Store.open(path) as store:
        for hour, told in enumerate((snapshot, gone, taken)):
            save(store, hour, snapshot=told)
        memory = store.memory()
    assert not memory.first
    assert dict(memory.pointed) == {"k000000": "00u000000", "k000001": "00u000001", "k000002": "00u000001"}


def test_a_mapping_is_remembered_with_the_kandji_group_it_last_reached(path: Path) -> None:
    with Store.open(path) as store:
        for hour, group in enumerate(("kg0", "kg1", None)):
            store.save(run_at(hour), sources=(), notes=(), snapshot=company(), judgement=judgement(kandji_group=group))
        assert store.memory().learnt_groups == (("gPm0", "kg1"),)


def test_a_member_who_leaves_and_returns_begins_a_second_row(path: Path) -> None:
    snapshot = company(people=3, groups=1)
    without = replace(
        snapshot,
        okta=replace(
            snapshot.okta,
            members=(replace(snapshot.okta.members[0], members=snapshot.okta.members[0].members[1:]),),
        ),
    )
    by_hand = replace(
        snapshot,
        okta=replace(
            snapshot.okta,
            members=(
                replace(
                    snapshot.okta.members[0],
                    members=(Member(user_id="00u000000", rule_ids=()), *snapshot.okta.members[0].members[1:]),
                ),
            ),
        ),
    )
    with Store.open(path) as store:
        for hour, told in enumerate((snapshot, without, by_hand)):
            save(store, hour, snapshot=told)
        rows = store.db.query("SELECT rules, began, ended FROM memberships WHERE user_id = '00u000000' ORDER BY began")
        assert [(row["rules"], row["began"], row["ended"]) for row in rows] == [('["0pr1"]', 1, 2), ("[]", 3, None)]


def test_times_are_kept_as_utc_text_that_people_can_read(path: Path) -> None:
    with Store.open(path) as store:
        save(store)
        row = next(store.db.query("SELECT started FROM runs"))
    assert row["started"] == NOON.isoformat().replace("+00:00", "Z") == "2026-05-03T12:00:00Z"


def with_members(*counts: int | None) -> Snapshot:
    """Kandji groups kg0, kg1, … that have so many members; None: not told."""
    snapshot = company()
    groups = tuple(
        ScimGroup(
            id=f"kg{n}",
            display_name=f"Team {n}",
            member_ids=None if count is None else tuple(f"k{m:06}" for m in range(count)),
        )
        for n, count in enumerate(counts)
    )
    return replace(snapshot, scim=replace(snapshot.scim, groups=groups))


def test_what_groups_held_that_have_lost_a_fifth_and_five_is_remembered(path: Path) -> None:
    with Store.open(path) as store:
        save(store, 0, snapshot=with_members(25, 24, 10, 10, 10, 3))
        held = store.held(with_members(20, 19, 6, 5, None, 9).scim)
    assert [(group, len(members)) for group, members in held] == [("kg1", 24), ("kg3", 10)]


def test_groups_that_okta_no_longer_shows_are_remembered_with_their_last_name(path: Path) -> None:
    first, second = company(), company()
    with Store.open(path) as store:
        save(store, 0, snapshot=first)
        named = tuple(replace(group, name="Sales") for group in second.okta.groups[:1])
        save(store, 1, snapshot=replace(second, okta=replace(second.okta, groups=named)))
        assert store.memory().known_groups == (("00g0", "Sales"), ("00g1", "Team 1"))
