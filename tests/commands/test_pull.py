from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

import pytest
from msgspec.structs import replace

from reconciler import system_log
from reconciler.commands.pull import Foresee, Occasion, Pulled, pull
from reconciler.commands.reading import MOST_BY_ID, Directories
from reconciler.commands.rereading import MOST
from reconciler.errors import IncompleteRead, NotAllowed, ReadFailed, TokenRefused, Unreachable
from reconciler.model import LogEvent, Member, ScimGroup, Source, Target
from reconciler.store import Store
from reconciler.world import Settings
from tests.commands.samples import NOW, PEOPLE, SomeKandji, SomeOkta, SomeScim, account, okta, scim, user

OCCASION = Occasion(command_line="reconciler run", config_digest="d", display=(("title", "t"),))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "r.db") as opened:
        yield opened


def pulled(
    store: Store,
    okta_side: SomeOkta,
    scim_side: SomeScim,
    kandji: SomeKandji | None = None,
    foresee: Foresee | None = None,
) -> Pulled:
    return asyncio.run(
        pull(
            Directories(okta=okta_side, scim=scim_side, kandji=kandji),
            store,
            Settings(),
            OCCASION,
            clock=lambda: NOW,
            progress=lambda source, rows, total: None,
            foresee=foresee,
        )
    )


def test_two_sides_in_step_give_a_run_in_step(store: Store) -> None:
    found = pulled(store, SomeOkta(), SomeScim())
    assert (found.run.state, found.exit_code, found.run.id) == ("in-step", 0, 1)
    assert store.last() == found.run


def test_drift_gives_a_run_with_findings(store: Store) -> None:
    found = pulled(store, SomeOkta(okta(assigned=PEOPLE[:3])), SomeScim(scim(PEOPLE[:3], PEOPLE[:3])))
    assert found.run.state == "drift"
    assert [finding.kind for finding, _ in store.findings(1)] == ["member-not-assigned"]


def test_a_mistake_in_foreseeing_is_noted_and_logged_and_the_run_stands(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    def mistaken(world: object, judgement: object) -> NoReturn:
        raise ZeroDivisionError("never told")

    found = pulled(store, SomeOkta(okta(assigned=PEOPLE[:3])), SomeScim(scim(PEOPLE[:3], PEOPLE[:3])), foresee=mistaken)
    assert (found.run.state, found.exit_code) == ("drift", 0)
    assert [finding.kind for finding, _ in store.findings(1)] == ["member-not-assigned"]
    assert [note.reason for note in store.notes(1) if note.about == "what would be mended"] == [
        "it could not be worked out (ZeroDivisionError); the log has the details"
    ]
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (IncompleteRead("totals that move"), 5),
        (Unreachable("no answer"), 5),
        (TokenRefused("dead"), 4),
        (NotAllowed("no scope"), 4),
    ],
)
def test_a_required_list_that_can_not_be_read_gives_an_incomplete_run(
    store: Store, error: ReadFailed, code: int
) -> None:
    pulled(store, SomeOkta(), SomeScim())
    found = pulled(store, SomeOkta(), SomeScim(error=error))
    assert (found.run.state, found.exit_code, found.run.exit_code) == ("incomplete", code, code)
    assert found.run.reason == error.what
    assert found.judgement is None


def test_an_incomplete_run_leaves_findings_and_data_as_they_were(store: Store) -> None:
    pulled(store, SomeOkta(okta(assigned=PEOPLE[:3])), SomeScim(scim(PEOPLE[:3], PEOPLE[:3])))
    before = (store.findings(1), store.snapshot(1))
    pulled(store, SomeOkta(error=Unreachable("no answer")), SomeScim())
    assert (store.findings(2), store.snapshot(2)) == before


def test_both_sides_failing_are_both_told_and_not_allowed_wins(store: Store) -> None:
    found = pulled(store, SomeOkta(error=Unreachable("no answer")), SomeScim(error=TokenRefused("dead")))
    assert len(found.errors) == 2
    assert found.exit_code == 4


def test_the_source_that_failed_is_named_in_the_sentence(store: Store) -> None:
    error = IncompleteRead("totals that move")
    error.sources = (
        Source(name="okta.app", state="complete"),
        Source(name="okta.app_users", state="incomplete", reason="totals that move"),
    )
    found = pulled(store, SomeOkta(error=error), SomeScim())
    assert found.run.sentence == "Could not read okta.app_users: no verdict."
    assert {source.name for source in store.sources(found.run.id)} >= {"okta.app", "okta.app_users", "scim.users"}


def test_a_mistake_of_the_program_is_kept_as_a_failed_run_and_raised(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        pulled(store, SomeOkta(error=ZeroDivisionError("secret words")), SomeScim())
    last = store.last()
    assert last is not None
    assert (last.state, last.exit_code) == ("failed", 1)
    assert "secret words" not in str(last.reason)


def test_the_rest_api_that_fails_is_a_note_and_the_run_is_complete(store: Store) -> None:
    found = pulled(store, SomeOkta(), SomeScim(), SomeKandji(error=NotAllowed("no permission")))
    assert found.run.state == "in-step"
    assert "Kandji's REST API" in {note.about for note in store.notes(1)}
    assert [source.state for source in found.sources if source.name == "kandji.users"] == ["refused"]


def test_accounts_nobody_points_to_are_looked_up_in_okta(store: Store) -> None:
    stranger = user("eve", status="DEPROVISIONED")
    okta_side = SomeOkta(strangers=(stranger,))
    found = pulled(store, okta_side, SomeScim(scim(accounts=(*PEOPLE, "eve"))))
    assert [person.scim_id for person in okta_side.looked_up] == ["k-eve"]
    assert [finding.kind for finding, _ in store.findings(found.run.id)] == ["left-still-active"]


def test_a_look_up_that_fails_for_good_makes_the_run_incomplete_and_fixes_nothing(store: Store) -> None:
    people = scim(accounts=(*PEOPLE, "eve"))
    pulled(store, SomeOkta(strangers=(user("eve", status="DEPROVISIONED"),)), SomeScim(people))
    found = pulled(store, SomeOkta(look_up_error=Unreachable("no answer")), SomeScim(people))
    assert (found.run.state, found.exit_code) == ("incomplete", 5)
    assert [life.state for _, life in store.findings(found.run.id)] != ["fixed"]


def test_a_look_up_that_is_refused_skips_the_kinds_and_fixes_nothing(store: Store) -> None:
    people = scim(accounts=(*PEOPLE, "eve"))
    pulled(store, SomeOkta(strangers=(user("eve", status="DEPROVISIONED"),)), SomeScim(people))
    found = pulled(store, SomeOkta(look_up_error=NotAllowed("no permission")), SomeScim(people))
    assert found.exit_code == 0
    assert "fixed" not in {life.state for _, life in store.findings(found.run.id)}


def test_an_earlier_pointer_is_handed_to_the_look_up(store: Store) -> None:
    pulled(store, SomeOkta(), SomeScim())
    okta_side = SomeOkta(okta(assigned=PEOPLE[:3]))
    pulled(store, okta_side, SomeScim())
    assert [(one.scim_id, one.okta_user_id) for one in okta_side.looked_up] == [("k-di", "00udi")]


def test_nobody_is_looked_up_where_everybody_is_pointed_to(store: Store) -> None:
    okta_side = SomeOkta()
    pulled(store, okta_side, SomeScim())
    assert okta_side.looked_up == []


def test_an_account_missing_from_the_list_is_read_by_id_before_it_is_called_missing(store: Store) -> None:
    hidden = SomeScim(scim(accounts=PEOPLE[:3]), by_id={"k-di": account("di")})
    assert pulled(store, SomeOkta(), hidden).run.state == "in-step"
    assert hidden.asked == ["k-di"]
    gone = SomeScim(scim(PEOPLE[:3], PEOPLE[:3]))
    found = pulled(store, SomeOkta(), gone)
    kinds = {finding.kind for finding, life in store.findings(found.run.id) if life.state != "settling"}
    assert kinds == {"missing-in-kandji"}


def test_a_list_with_many_holes_is_read_again_first(store: Store) -> None:
    many = tuple(f"p{number}" for number in range(201))
    base = okta()
    users = tuple(user(name) for name in many)
    assigned = tuple(replace(okta(("ana",)).app_users[0], id=f"00u{n}", external_id=f"k-{n}") for n in many)
    side = SomeOkta(replace(base, users=(*base.users, *users), app_users=(*base.app_users, *assigned)))
    torn = SomeScim()
    pulled(store, side, torn)
    assert torn.reads == 2
    assert len(torn.asked) == 201


def test_no_more_accounts_are_read_by_id_than_the_budget_allows(store: Store) -> None:
    many = tuple(f"p{number}" for number in range(MOST_BY_ID + 5))
    base = okta()
    users = tuple(user(name) for name in many)
    assigned = tuple(replace(okta(("ana",)).app_users[0], id=f"00u{n}", external_id=f"k-{n}") for n in many)
    side = SomeOkta(replace(base, users=(*base.users, *users), app_users=(*base.app_users, *assigned)))
    scim_side = SomeScim()
    pulled(store, side, scim_side)
    assert len(scim_side.asked) == MOST_BY_ID
    assert any(note.about == "missing-in-kandji" for note in store.notes(1))


def test_a_group_missing_from_the_list_is_read_by_name_before_it_is_called_missing(store: Store) -> None:
    bare = replace(scim(), groups=())
    hidden = SomeScim(
        bare, by_name={"Macs": (ScimGroup(id="kg", display_name="Macs", member_ids=tuple(f"k-{n}" for n in PEOPLE)),)}
    )
    assert pulled(store, SomeOkta(), hidden).run.state == "in-step"
    found = pulled(store, SomeOkta(), SomeScim(bare))
    assert "mapping-target-missing" in {finding.kind for finding, _ in store.findings(found.run.id)}


def test_a_look_by_id_that_fails_makes_the_run_incomplete(store: Store) -> None:
    class Broken(SomeScim):
        async def read_users(self, ids: Any) -> Any:
            raise Unreachable("no answer")

    found = pulled(store, SomeOkta(), Broken(scim(accounts=PEOPLE[:3])))
    assert found.run.state == "incomplete"
    assert found.run.sentence == "Could not read scim.users: no verdict."


def test_the_first_complete_run_is_the_baseline(store: Store) -> None:
    assert pulled(store, SomeOkta(error=Unreachable("no")), SomeScim()).run.baseline is False
    assert pulled(store, SomeOkta(), SomeScim()).run.baseline is True
    assert pulled(store, SomeOkta(), SomeScim()).run.baseline is False


def test_what_a_run_kept_of_the_log_is_remembered_by_the_next_which_reads_a_day_of_it(store: Store) -> None:
    event = LogEvent(
        id="e1", published=NOW - timedelta(days=3), type="x", targets=(Target(type="AppInstance", id=okta().app.id),)
    )
    week = system_log.kept_since(NOW)
    pulled(store, SomeOkta(replace(okta(), events=(event,), events_since=week)), SomeScim())
    day = NOW - timedelta(days=1)
    side = SomeOkta(replace(okta(), events=(), events_since=day))
    found = pulled(store, side, SomeScim())
    kept = store.snapshot(found.run.id).okta
    assert (side.log_since, kept.events, kept.events_since) == ([day], (event,), week)


# --- what new findings rest on is read once more ---------------------------------------------------------------------


def test_what_a_second_reading_refutes_is_not_found(store: Store) -> None:
    torn = SomeOkta(okta(assigned=PEOPLE[:3]), now=okta())
    found = pulled(store, torn, SomeScim())
    assert found.run.state == "in-step"
    assert torn.reread[0] == "groups of 00udi"
    assert "app user 00udi" in torn.reread
    assert [row.id for row in store.snapshot(1).okta.app_users] == [f"00u{name}" for name in PEOPLE]


def test_a_group_that_changed_while_it_was_read_is_read_as_it_is_now(store: Store) -> None:
    side = SomeScim(scim(members=PEOPLE[:3]), now=scim())
    assert pulled(store, SomeOkta(), side).run.state == "in-step"
    assert side.asked == ["kg-macs"]


def test_how_often_it_was_read_again_is_told_with_the_sources(store: Store) -> None:
    found = pulled(store, SomeOkta(okta(assigned=PEOPLE[:3])), SomeScim(scim(PEOPLE[:3], PEOPLE[:3])))
    told = [source for source in found.sources if source.name.endswith(".disputed")]
    assert [(source.name, source.rows, source.required) for source in told] == [("okta.disputed", 1, False)]
    assert told[0].how_known == "1 record that new findings rest on, read once more one by one"


def test_what_stood_already_is_not_read_again(store: Store) -> None:
    side = SomeOkta(okta(assigned=PEOPLE[:3]))
    pulled(store, side, SomeScim(scim(PEOPLE[:3], PEOPLE[:3])))
    side.reread.clear()
    found = pulled(store, side, SomeScim(scim(PEOPLE[:3], PEOPLE[:3])))
    assert (found.run.state, side.reread) == ("drift", [])


def test_a_second_reading_that_fails_makes_the_run_incomplete(store: Store) -> None:
    class Broken(SomeScim):
        async def read_groups(self, ids: Any) -> Any:
            raise Unreachable("no answer")

    found = pulled(store, SomeOkta(), Broken(scim(members=PEOPLE[:3])))
    assert (found.run.state, found.exit_code) == ("incomplete", 5)
    assert found.run.sentence == "Could not read scim.disputed: no verdict."


def test_with_too_many_disputed_records_the_lists_concerned_are_read_again_once(store: Store) -> None:
    many = tuple(f"p{number}" for number in range(MOST + 1))
    base = okta()
    members = (base.members[0], replace(base.members[1], members=tuple(Member(user_id=f"00u{name}") for name in many)))
    torn = replace(base, users=tuple(map(user, many)), app_users=(), members=members)

    class Twice(SomeOkta):
        reads = 0

        async def read(self, progress: Any, *, log_since: Any = None) -> Any:
            self.reads += 1
            self.snapshot = torn if self.reads == 1 else base
            return await super().read(progress, log_since=log_since)

    okta_side, scim_side = Twice(), SomeScim()
    assert pulled(store, okta_side, scim_side).run.state == "in-step"
    assert (okta_side.reads, okta_side.reread) == (2, [])


def test_whom_okta_points_to_since_a_moment_ago_is_read_by_id(store: Store) -> None:
    side = SomeScim(scim(accounts=PEOPLE[:3]), by_id={"k-di": account("di")})
    assert pulled(store, SomeOkta(okta(assigned=PEOPLE[:3]), now=okta()), side).run.state == "in-step"
    assert "k-di" in side.asked
