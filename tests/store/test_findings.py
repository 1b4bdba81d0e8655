"""The lives of findings over runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from reconciler.errors import StoreError
from reconciler.findings import (
    Accepted,
    Fact,
    Finding,
    Foreseen,
    Judgement,
    Life,
    LifeState,
    PushedGroup,
    RuleLine,
    Stage,
    Subject,
)
from reconciler.model import Size
from reconciler.store import Store
from reconciler.world import Settings
from tests.store.samples import company, finding, hasty, judgement, run_at, save, save_without_data, sources, structs


def told(store: Store, run_id: int) -> dict[str, str]:
    """Name → state, as known at a run."""
    return {found.subject.key.removeprefix("user:"): life.state for found, life in store.findings(run_id)}


def life(store: Store, run_id: int, name: str) -> Life:
    return next(life for found, life in store.findings(run_id) if found.subject.key == f"user:{name}")


def test_how_each_finding_would_be_mended_is_known_of_every_run_as_it_was_then(store: Store) -> None:
    first = Foreseen(finding="F-1", outcome="withheld", words="5 of 9", change="C-1", names=("Macs",))
    then = Foreseen(finding="F-1", outcome="planned", words="put ana into Macs")
    for hour, told in enumerate((first, first, then)):
        seen = replace(judgement(finding("ana")), foreseen=(told,))
        store.save(
            run_at(hour), sources=sources(hour), notes=(), snapshot=company(), judgement=seen, settings=Settings()
        )
    save_without_data(store, 3)
    assert [store.foreseen(run) for run in (1, 2, 3, 4)] == [(first,), (first,), (then,), (then,)]


def test_nothing_is_new_on_the_baseline(store: Store) -> None:
    save(store, 0, finding("ana"))
    assert told(store, 1) == {"ana": "first sight"}


def test_a_finding_is_new_once_and_open_from_then_on(store: Store) -> None:
    save(store, 0)
    for hour in (1, 2, 3):
        save(store, hour, finding("ana"))
    assert [told(store, run) for run in (1, 2, 3, 4)] == [{}, {"ana": "new"}, {"ana": "open"}, {"ana": "open"}]


def test_a_finding_that_is_gone_is_fixed_in_that_run_alone(store: Store) -> None:
    save(store, 0, finding("ana"))
    save(store, 1)
    save(store, 2)
    assert [told(store, run) for run in (1, 2, 3)] == [{"ana": "first sight"}, {"ana": "fixed"}, {}]
    assert life(store, 2, "ana").fixed_run == 2
    assert life(store, 2, "ana").last_seen == run_at(0).finished


def test_a_finding_that_was_fixed_and_is_seen_again_is_back_again(store: Store) -> None:
    save(store, 0, finding("ana"))
    save(store, 1)
    save(store, 2, finding("ana"))
    save(store, 3, finding("ana"))
    assert [told(store, run)["ana"] for run in (2, 3, 4)] == ["fixed", "back again", "open"]
    assert life(store, 4, "ana") == Life(
        first_seen=run_at(0).finished,
        last_seen=run_at(3).finished,
        first_run=1,
        times_seen=3,
        state="open",
        fixed_run=2,
        times_fixed=1,
        back_since=run_at(2).finished,
    )


@pytest.mark.parametrize("state", ["incomplete", "failed"])
def test_only_a_complete_run_fixes_anything(store: Store, state: str) -> None:
    save(store, 0, finding("ana"))
    save_without_data(store, 1, state)
    save(store, 2, finding("ana"))
    assert told(store, 2) == {"ana": "first sight"}
    assert told(store, 3) == {"ana": "open"}
    assert life(store, 3, "ana").times_seen == 2


def test_a_settling_finding_becomes_new_when_it_has_settled(store: Store) -> None:
    save(store, 0)
    save(store, 1, finding("ana", settling=True))
    save(store, 2, finding("ana", settling=True))
    save(store, 3, finding("ana"))
    assert [told(store, run)["ana"] for run in (2, 3, 4)] == ["settling", "settling", "new"]
    assert life(store, 4, "ana").times_seen == 3
    assert life(store, 4, "ana").first_run == 2


def test_a_finding_that_only_ever_settled_is_neither_fixed_nor_back_again(store: Store) -> None:
    save(store, 0)
    save(store, 1, finding("ana", settling=True))
    save(store, 2)
    save(store, 3, finding("ana"))
    assert [told(store, run) for run in (2, 3, 4)] == [{"ana": "settling"}, {}, {"ana": "new"}]
    assert life(store, 4, "ana").first_run == 4


def test_an_open_finding_that_settles_again_is_not_new_afterwards(store: Store) -> None:
    save(store, 0, finding("ana"))
    save(store, 1, finding("ana", settling=True))
    save(store, 2, finding("ana"))
    assert [told(store, run)["ana"] for run in (1, 2, 3)] == ["first sight", "settling", "open"]


def test_an_open_finding_that_settles_again_and_goes_is_fixed(store: Store) -> None:
    save(store, 0, finding("ana"))
    save(store, 1, finding("ana", settling=True))
    save(store, 2)
    assert told(store, 3) == {"ana": "fixed"}


def test_a_fixed_finding_that_comes_back_settling_is_back_again_when_it_has_settled(store: Store) -> None:
    save(store, 0, finding("ana"))
    save(store, 1)
    save(store, 2, finding("ana", settling=True))
    save(store, 3, finding("ana"))
    assert [told(store, run)["ana"] for run in (3, 4)] == ["settling", "back again"]


def test_findings_of_a_kind_that_was_not_judged_are_not_called_fixed(store: Store) -> None:
    ana, bob = finding("ana"), finding("bob", kind="member-extra")
    save(store, 0, ana, bob)
    save(store, 1, skipped=("member-extra",))
    save(store, 2, bob)
    assert [told(store, run) for run in (2, 3)] == [{"ana": "fixed"}, {"bob": "open"}]


def test_a_finding_whose_own_subject_was_not_judged_is_not_called_fixed_while_others_of_its_kind_are(
    store: Store,
) -> None:
    save(store, 0, finding("ana"), finding("bob"))
    save(store, 1, skipped=("member-missing user:ana",))
    assert told(store, 2) == {"bob": "fixed"}


def test_a_finding_that_went_while_its_kind_was_not_judged_is_fixed_when_it_is_judged_again(store: Store) -> None:
    save(store, 0, finding("ana"))
    save(store, 1, skipped=("member-missing",))
    save(store, 2, skipped=("member-missing",))
    save(store, 3)
    assert [told(store, run) for run in (2, 3, 4)] == [{}, {}, {"ana": "fixed"}]
    assert life(store, 4, "ana").last_seen == run_at(0).finished


def test_content_is_that_of_the_run_asked_for_and_a_fixed_finding_keeps_its_last(store: Store) -> None:
    for hour, sentence in enumerate(("one", "one", "two")):
        save(store, hour, finding("ana", sentence=sentence))
    save(store, 3)
    assert [[found.sentence for found, _ in store.findings(run)] for run in (1, 2, 3, 4)] == [
        ["one"],
        ["one"],
        ["two"],
        ["two"],
    ]


def test_memory_tells_since_when_the_findings_of_the_last_complete_run_stand(store: Store) -> None:
    ana, bob, cy = finding("ana"), finding("bob"), finding("cy", settling=True)
    save(store, 0, ana, bob)
    save(store, 1, ana)
    save(store, 2, ana, bob, cy)
    save(store, 3, ana, bob, cy)
    save_without_data(store, 4)
    assert dict(store.memory().seen) == {
        ana.id: run_at(0).finished,
        bob.id: run_at(2).finished,
        cy.id: run_at(2).finished,
    }


def test_a_view_lists_what_is_open_for_people_with_any_sqlite_tool(store: Store) -> None:
    save(store, 0, finding("ana"), finding("bob"), finding("cy"))
    save(store, 1, finding("ana"), finding("dora"), finding("eve", settling=True))
    save_without_data(store, 2)
    rows = store.db.query("SELECT subject_name, state FROM open_findings ORDER BY subject_name")
    assert [(row["subject_name"], row["state"]) for row in rows] == [
        ("ana@acme.example", "open"),
        ("dora@acme.example", "new"),
        ("eve@acme.example", "settling"),
    ]


def test_two_different_findings_with_one_id_are_refused_and_nothing_is_written(store: Store) -> None:
    with pytest.raises(StoreError, match="findings"):
        save(store, 0, finding("ana", sentence="one"), finding("ana", sentence="two"))
    assert store.runs() == ()


FINDINGS = st.lists(structs(Finding, subject=structs(Subject)), max_size=5, unique_by=lambda found: found.id)
JUDGEMENTS = structs(
    Judgement,
    findings=FINDINGS.map(tuple),
    groups=st.lists(structs(PushedGroup), max_size=3, unique_by=lambda group: group.mapping_id).map(tuple),
    stages=st.lists(structs(Stage), max_size=3).map(tuple),
    rules=st.lists(structs(RuleLine), max_size=3, unique_by=lambda rule: rule.rule_id).map(tuple),
    accepted=st.lists(structs(Accepted), max_size=3, unique_by=lambda one: one.acceptance.id).map(tuple),
    foreseen=st.lists(structs(Foreseen), max_size=3, unique_by=lambda one: one.finding).map(tuple),
    outside_scope=st.integers(0, 10**9),
    sizes=st.lists(structs(Size), max_size=3, unique_by=lambda size: (size.source, size.about)).map(tuple),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(JUDGEMENTS, min_size=1, max_size=3))
def test_every_judgement_of_a_history_is_given_back_as_it_was_saved(history: list[Judgement]) -> None:
    with hasty() as store:
        for hour, judged in enumerate(history):
            store.save(run_at(hour), sources=(), notes=(), snapshot=company(people=2), judgement=judged)
        for run_id, judged in enumerate(history, start=1):
            seen = {found.id: found for found, life in store.findings(run_id) if life.state != "fixed"}
            assert seen == {found.id: found for found in judged.findings}
            assert store.stages(run_id) == judged.stages
            assert set(store.groups(run_id)) == set(judged.groups)
            assert set(store.notes(run_id)) == set(judged.notes)
            assert store.outside_scope(run_id) == judged.outside_scope
            assert set(store.accepted(run_id)) == set(judged.accepted)
            assert set(store.rules(run_id)) == set(judged.rules)
            assert set(store.foreseen(run_id)) == set(judged.foreseen)
            assert set(store.unconfirmed(run_id)) == set(judged.unconfirmed)


class Seen(Struct, frozen=True):
    """What one complete run saw of one finding."""

    run: int
    at: datetime
    how: str
    """``open``, ``settling``, ``accepted``, ``gone`` or ``skipped``."""


def expected(history: Sequence[Seen]) -> Life | None:
    """The life of a finding, told from its whole history at once; None where a report has nothing to say of it.

    A spell is a stretch of runs without one in which it was looked for and gone. A spell counts once it was open;
    then its end is a fix.
    """
    spells: list[list[Seen]] = [[]]
    ends: list[int] = []
    for sight in history:
        if sight.how == "gone" or (sight.how == "skipped" and not _was_open(spells[-1])):
            if _was_open(spells[-1]):
                ends.append(sight.run)
                spells.append([])
            elif not ends:
                spells = [[]]
            else:
                spells.append([])
        else:
            spells[-1].append(sight)
    seen = [sight for spell in spells for sight in spell if sight.how != "skipped"]
    last = history[-1]
    if last.how == "skipped" or not seen or (last.how == "gone" and ends[-1:] != [last.run]):
        return None
    return Life(
        first_seen=seen[0].at,
        last_seen=seen[-1].at,
        first_run=seen[0].run,
        times_seen=len(seen),
        state=_state(last, spells[-1], ends),
        fixed_run=ends[-1] if ends else None,
        times_fixed=len(ends),
        back_since=spells[-1][0].at if ends and last.how != "gone" else None,
    )


def _was_open(spell: Sequence[Seen]) -> bool:
    return any(sight.how in ("open", "accepted") for sight in spell)


def _state(last: Seen, spell: Sequence[Seen], ends: Sequence[int]) -> LifeState:
    if last.how == "gone":
        return "fixed"
    if last.how in ("settling", "accepted"):
        return last.how  # type: ignore[return-value]
    if len(spell) > 1 and spell[-2].how == "accepted":
        return "back again"
    if _was_open(spell[:-1]):
        return "open"
    if ends:
        return "back again"
    return "first sight" if last.run == BASELINE else "new"


BASELINE = 1
HOWS = st.sampled_from(["open", "open", "settling", "accepted", "gone", "gone", "skipped", "incomplete"])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(HOWS, HOWS), min_size=1, max_size=9))
def test_a_life_told_run_by_run_equals_one_told_from_the_whole_history(days: list[tuple[str, str]]) -> None:
    days = [("gone", "open"), *days]
    with hasty() as store:
        for hour, day in enumerate(days):
            _save_day(store, hour, day)
        for name in (0, 1):
            history: list[Seen] = []
            for hour, day in enumerate(days):
                if "incomplete" not in day:
                    at = run_at(hour).finished
                    history.append(Seen(run=hour + 1, at=at, how=day[name]))
                known = {found.kind: life for found, life in store.findings(hour + 1)}
                assert known.get(f"kind-{name}") == expected(history)


def _save_day(store: Store, hour: int, day: tuple[str, str]) -> None:
    if "incomplete" in day:
        save_without_data(store, hour)
        return
    found = [
        finding("ana", kind=f"kind-{name}", settling=how == "settling", accepted="A-1" if how == "accepted" else None)
        for name, how in enumerate(day)
        if how in ("open", "settling", "accepted")
    ]
    skipped = tuple(f"kind-{name}" for name, how in enumerate(day) if how == "skipped")
    save(store, hour, *found, snapshot=company(people=1), skipped=skipped)


def test_every_field_of_a_finding_has_a_column() -> None:
    from reconciler.store.findings import FINDINGS

    fields = {field.name for field in msgspec.structs.fields(Finding)} - {"subject"}
    subject = {f"subject_{field.name}" for field in msgspec.structs.fields(Subject)}
    assert set(FINDINGS.columns) == fields | subject | {"id"}


def test_evidence_keeps_its_order(store: Store) -> None:
    facts = tuple(Fact(side="chain", label=label, value="", good=None) for label in ("z", "a", "m"))
    save(store, 0, replace(finding("ana"), evidence=facts))
    assert store.findings(1)[0][0].evidence == facts


def test_a_life_counts_runs_not_hours(store: Store) -> None:
    save(store, 0, finding("ana"))
    save(store, 24 * 30, finding("ana"))
    assert life(store, 2, "ana").times_seen == 2
    assert life(store, 2, "ana").last_seen - life(store, 2, "ana").first_seen == timedelta(days=30)
