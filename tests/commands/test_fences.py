"""What is judged once more when a plan is applied, on both sides of each edge."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from reconciler.about_changes import sentence
from reconciler.changes import Change, Named, RemoveFromGroup, RemoveMember
from reconciler.commands.applying.fences import (
    held_back,
    is_stale,
    refuse_forged,
    refuse_spoilt,
    refuse_wrong,
)
from reconciler.commands.applying.outcomes import Terms
from reconciler.errors import NotKnown, Refused, StoreError
from reconciler.fitting import Known
from reconciler.guards import Bound, Limits
from reconciler.journal import Event
from reconciler.plan import Plan, Planned, sealed
from tests.applies import ADD, EDIT, MACS, NOON, RELINK, SALES, UNLINK, began, ended, of, plan, planned, short_apply

PLAN = plan(ADD)
TERMS = Terms(
    org_url=PLAN.org_url,
    app_id=PLAN.app_id,
    scim_url=PLAN.scim_url,
    patience=timedelta(minutes=5),
    ttl=timedelta(hours=1),
)
KG = Named(name="kandji sales", id="kg1")
TAKE = RemoveMember(kandji_group=KG, account=Named(name="bo", id="k-bo"))
TARGETED = replace(RELINK, target=Named(name="the target", id="00gtarget"))
TWICE = replace(EDIT, group=SALES, also=(MACS,))


@pytest.mark.parametrize(
    ("field", "value"),
    [("org_url", "https://other.okta.example"), ("app_id", "0oa2"), ("scim_url", "https://other.example/scim")],
)
def test_a_plan_for_another_place_is_refused(field: str, value: str) -> None:
    with pytest.raises(Refused, match="another"):
        refuse_wrong(sealed(replace(PLAN, **{field: value})), TERMS, NOON)
    slashed = sealed(replace(PLAN, org_url=f"{PLAN.org_url}/", scim_url=f"{PLAN.scim_url}/"))
    refuse_wrong(slashed, TERMS, NOON)
    refuse_wrong(PLAN, replace(TERMS, org_url=f"{PLAN.org_url}/"), NOON)


@pytest.mark.parametrize("wrong", [replace(PLAN, digest=""), replace(PLAN, run=2)])
def test_a_plan_that_was_edited_is_refused(wrong: Plan) -> None:
    with pytest.raises(Refused, match="digest"):
        refuse_wrong(wrong, TERMS, NOON)


def test_a_plan_is_too_old_beyond_its_time_to_live() -> None:
    edge = NOON + TERMS.ttl
    refuse_wrong(PLAN, TERMS, edge)
    assert (is_stale(PLAN, TERMS, edge), is_stale(PLAN, TERMS, edge + timedelta(seconds=1))) == (False, True)
    with pytest.raises(Refused, match="too old"):
        refuse_wrong(PLAN, TERMS, edge + timedelta(seconds=1))


def test_a_plan_that_was_made_later_than_now_is_refused_but_for_what_clocks_may_differ() -> None:
    edge = NOON - timedelta(minutes=5)
    assert (is_stale(PLAN, TERMS, edge), is_stale(PLAN, TERMS, edge - timedelta(seconds=1))) == (False, True)
    with pytest.raises(Refused, match="made later than it is now"):
        refuse_wrong(PLAN, TERMS, edge - timedelta(seconds=1))
    with pytest.raises(Refused, match="too old"):
        refuse_wrong(PLAN, replace(TERMS, ttl=-timedelta(seconds=1)), NOON)


class Checked:
    """A journal of which it is told what is wrong."""

    def __init__(self, wrong: str | None) -> None:
        self._wrong = wrong

    def check(self) -> str | None:
        return self._wrong


def test_a_journal_that_is_not_as_it_was_written_stops_every_apply() -> None:
    whole: Any = Checked(None)
    refuse_spoilt(whole)
    spoilt: Any = Checked("event 3 was changed")
    with pytest.raises(StoreError, match="event 3 was changed"):
        refuse_spoilt(spoilt)


def told(change: Change) -> Planned:
    return replace(planned(change), sentence=sentence(change))


TAKE_BACK = RemoveFromGroup(group=ADD.group, person=ADD.person)


def test_what_takes_an_apply_back_is_held_against_the_journal() -> None:
    back = plan(told(TAKE_BACK))
    with pytest.raises(Refused, match="none that this program makes"):
        refuse_forged(back, short_apply(1))
    refuse_forged(plan(told(ADD)), ())
    refuse_forged(replace(back, undo_of=1), short_apply(1))
    with pytest.raises(Refused, match="none that this program makes"):
        refuse_forged(replace(plan(told(TAKE)), undo_of=1), short_apply(1))
    with pytest.raises(NotKnown):
        refuse_forged(replace(back, undo_of=2), short_apply(1))


OPEN = replace(TERMS, limits=Limits(group=Bound(floor=9), other=Bound(floor=9)), kandji_writes=("member-extra",))


def held(one: Planned, terms: Terms, *, at: datetime = NOON, events: Iterable[Event] = ()) -> bool:
    one = replace(one, kinds=("member-extra",))
    found = held_back(plan(one), terms, events, at)
    assert not found.keys() - {one.id}
    return bool(found)


@pytest.mark.parametrize(
    ("change", "pattern", "is_held"),
    [
        (ADD, "ana@*", True),
        (ADD, ADD.person.id, True),
        (ADD, "bo@*", False),
        (TAKE, "k-bo", True),
        (TAKE, "kg1", False),
        (TAKE, "j1", True),
        (TAKE, "r1", True),
    ],
)
def test_a_protected_person_is_not_touched(change: Change, pattern: str, is_held: bool) -> None:
    one = planned(change, joins=["j1"], removes=["r1"])
    assert held(one, replace(OPEN, protected_people=(pattern,))) is is_held


@pytest.mark.parametrize(
    ("change", "pattern", "is_held"),
    [
        (ADD, "macs", True),
        (ADD, MACS.id, True),
        (ADD, "ana@*", False),
        (TAKE, "kandji*", True),
        (TARGETED, "the target", True),
        (TWICE, MACS.id, True),
        (TWICE, SALES.id, True),
        (EDIT, "everybody", False),
        (UNLINK, "sales", True),
    ],
)
def test_a_protected_group_is_not_touched(change: Change, pattern: str, is_held: bool) -> None:
    assert held(planned(change), replace(OPEN, protected_groups=(pattern,))) is is_held


def test_limits_and_kinds_that_may_be_written_are_those_of_today() -> None:
    take = planned(TAKE, removes=["k-bo"])
    assert not held(take, OPEN)
    assert held(take, replace(OPEN, limits=replace(OPEN.limits, group=Bound(floor=0))))
    assert held(take, replace(OPEN, kandji_writes=()))
    assert held(take, replace(OPEN, known=Known(stale="the last run is of last week")))


@pytest.mark.parametrize(("gone", "is_held"), [(24 * 60, True), (24 * 60 + 1, False)])
def test_who_was_taken_out_in_the_last_24_hours_counts_and_nobody_twice(gone: int, is_held: bool) -> None:
    before = [planned(replace(TAKE, account=Named(name=key, id=key)), removes=[key]) for key in ("a", "b")]
    events = [began(1, *before), *(of(1, one.change, "done", "remove") for one in before), ended(1)]
    terms = replace(OPEN, limits=replace(OPEN.limits, other=Bound(floor=2)))
    later = NOON + timedelta(minutes=gone)
    assert held(planned(TAKE, removes=["k-bo"]), terms, at=later, events=events) is is_held
    assert not held(before[0], terms, at=later, events=events)
