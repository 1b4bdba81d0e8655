"""What is read from the journal's events: what was spent, what is open, and what was left half-way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from reconciler.changes import ActivateMapping, ActivateRule, Change, Named
from reconciler.errors import NotKnown, StoreError
from reconciler.guards import Spent
from reconciler.journal import (
    Event,
    Word,
    applies,
    left_half,
    plan_of,
    pushed,
    spent,
    words_of,
)
from reconciler.plan import Planned, digest
from tests.applies import (
    ACTIVATE,
    ADD,
    CREATE,
    EDIT,
    LINK,
    NOON,
    RELINK,
    REPUSH,
    RESTART,
    STOP,
    UNLINK,
    began,
    ended,
    of,
    plan,
    planned,
    short_apply,
    step,
)

DAY = timedelta(hours=24)
SINCE = NOON - DAY


def test_the_plan_of_an_apply_is_the_one_that_it_began_with() -> None:
    events = (began(1, ADD), began(2, EDIT))
    assert plan_of(events, 2) == plan(EDIT)
    assert plan_of(events, 2).digest == digest(plan(EDIT))
    with pytest.raises(NotKnown) as told:
        plan_of(events, 3)
    assert [label for label, _ in told.value.facts] == ["apply 1", "apply 2"]


def test_of_an_apply_that_is_not_there_the_last_five_are_told_instead() -> None:
    with pytest.raises(NotKnown) as told:
        plan_of([began(number, ADD) for number in range(1, 8)], 9)
    assert [label for label, _ in told.value.facts] == [f"apply {number}" for number in range(3, 8)]


def test_every_apply_is_told_with_its_end() -> None:
    events = (*short_apply(1), began(2, ADD))
    assert [(one.number, one.ended is None) for one in applies(events)] == [(1, False), (2, True)]


@pytest.mark.parametrize(
    ("change", "name", "words", "age", "is_told"),
    [
        (REPUSH, "activate", ("sent",), DAY, True),
        (REPUSH, "activate", ("sent",), DAY + timedelta(seconds=1), False),
        (REPUSH, "activate", ("intended", "done"), DAY, True),
        (LINK, "create", ("sent",), DAY, True),
        (REPUSH, "activate", ("intended", "failed"), DAY, False),
        (REPUSH, "deactivate", ("sent", "done"), DAY, False),
        (ACTIVATE, "activate", ("sent", "done"), DAY, False),
    ],
)
def test_a_group_was_pushed_once_its_mapping_was_set_active_or_made(
    change: Change, name: str, words: tuple[Word, ...], age: timedelta, is_told: bool
) -> None:
    events = (began(1, ADD, change), *(of(1, change, word, name, at=NOON - age) for word in words))
    assert pushed(events, SINCE) == ({"00gsales": NOON - age} if is_told else {})


def test_a_group_that_was_pushed_twice_was_pushed_the_last_time() -> None:
    later = NOON + timedelta(minutes=1)
    events = (began(1, REPUSH), *(of(1, REPUSH, "sent", "activate", at=at) for at in (NOON, later)))
    assert pushed(events, SINCE) == {"00gsales": later}


def test_nothing_is_spent_by_what_was_never_sent() -> None:
    one = planned(ADD, joins=["ana"], removes=["k-bo"])
    events = (began(1, one), of(1, ADD, "skipped"), ended(1))
    assert spent(events, SINCE) == Spent()
    assert spent((began(1, one),), SINCE) == Spent()
    assert spent((began(1, one), of(1, ADD, "intended"), of(1, ADD, "failed")), SINCE) == Spent()


@pytest.mark.parametrize(
    ("words", "age", "counts"),
    [
        (("sent",), DAY, True),
        (("sent",), DAY + timedelta(seconds=1), False),
        (("sent", "failed"), DAY, True),
        (("done",), DAY, True),
        (("verified",), DAY, True),
        (("not seen",), DAY, True),
        (("intended",), 9 * DAY, True),
        (("intended", "verified"), 9 * DAY, False),
        (("intended", "not seen"), 9 * DAY, False),
        (("intended", "skipped"), 9 * DAY, False),
    ],
)
def test_spent_is_whatever_may_have_taken_effect_since_then(
    words: tuple[Word, ...], age: timedelta, counts: bool
) -> None:
    one = planned(ADD, joins=["ana"], removes=["k-bo"])
    events = (began(1, one), *(of(1, ADD, word, at=NOON - age) for word in words))
    assert spent(events, SINCE) == (Spent(added=frozenset({"ana"}), removed=frozenset({"k-bo"})) if counts else Spent())


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (planned(UNLINK), Spent(removed=frozenset({"gPm1"}))),
        (planned(ADD), Spent(added=frozenset({ADD.person.id}))),
        (planned(REPUSH, joins=["ana"], removes=["k-bo"]), Spent(removed=frozenset({"k-bo"}))),
    ],
)
def test_what_is_spent_is_counted_as_the_guards_count_it(one: Planned, told: Spent) -> None:
    assert spent((began(1, one), of(1, one.change, "verified")), SINCE) == told


def test_of_an_apply_whose_beginning_is_not_among_the_events_nothing_is_told() -> None:
    assert applies((ended(1), began(2, ADD), ended(2)))[0].number == 2


def test_whoever_is_affected_by_several_applies_counts_once() -> None:
    events = [
        event
        for apply in (1, 2)
        for event in (began(apply, planned(ADD, joins=["ana", f"p{apply}"])), of(apply, ADD, "verified"))
    ]
    assert spent(events, SINCE).added == {"ana", "p1", "p2"}


def test_spent_counts_whom_the_guards_count() -> None:
    """An unlink takes nobody out and counts as its mapping; a push puts nobody in whom Okta does not have."""
    events = (
        began(1, UNLINK, planned(REPUSH, joins=["ana"], removes=["k-bo"])),
        *(of(1, change, "verified") for change in (UNLINK, REPUSH)),
    )
    assert spent(events, SINCE) == Spent(removed=frozenset({"gPm1", "k-bo"}))


OFF_STEPS = [(EDIT, "deactivate"), (RESTART, "deactivate"), (REPUSH, "deactivate"), (UNLINK, "deactivate")]
HALF = [*OFF_STEPS, (RELINK, "deactivate"), (RELINK, "delete"), (CREATE, "create")]


@pytest.mark.parametrize(("change", "name"), HALF)
def test_what_was_switched_off_on_the_way_is_left_half_from_the_moment_it_is_intended(
    change: Change, name: str
) -> None:
    events = (began(1, change), *step(1, change, name))
    assert left_half(events[:1]) == ()
    assert [(one.planned.change, one.sure) for one in left_half(events[:2])] == [(change, False)]
    assert [(one.planned.change, one.sure) for one in left_half(events[:3])] == [(change, False)]
    assert [(one.planned.change, one.sure) for one in left_half(events)] == [(change, True)]


@pytest.mark.parametrize(("change", "name"), HALF)
def test_it_is_whole_once_its_last_step_is_done(change: Change, name: str) -> None:
    last = {UNLINK: "delete", RELINK: "create"}.get(change, "activate")
    half = (began(1, change), *step(1, change, name))
    assert left_half((*half, *step(1, change, last))) == ()


@pytest.mark.parametrize("closing", ["verified", "not seen", "skipped", "failed"])
def test_it_stays_half_where_its_change_is_closed_without_having_been_made(closing: Word) -> None:
    half = (began(1, EDIT), *step(1, EDIT, "deactivate"))
    assert len(left_half((*half, of(1, EDIT, closing)))) == (closing in ("skipped", "failed"))


def test_a_step_that_is_known_not_to_have_taken_effect_leaves_nothing_half() -> None:
    tried = (began(1, EDIT), of(1, EDIT, "intended", "deactivate"))
    assert left_half((*tried, of(1, EDIT, "failed", "deactivate"))) == ()
    assert len(left_half((*tried, of(1, EDIT, "failed")))) == 1
    made = (began(1, EDIT), *step(1, EDIT, "deactivate"), of(1, EDIT, "failed", "deactivate"))
    assert len(left_half(made)) == 1


@pytest.mark.parametrize(
    ("half", "name", "later", "last"),
    [
        (EDIT, "deactivate", ACTIVATE, "activate"),
        (EDIT, "deactivate", STOP, "deactivate"),
        (REPUSH, "deactivate", UNLINK, "delete"),
        (RELINK, "delete", LINK, "create"),
    ],
)
def test_a_later_apply_that_mends_it_makes_it_whole(half: Change, name: str, later: Change, last: str) -> None:
    before = (began(1, half), *step(1, half, name), of(1, half, "failed"), ended(1))
    after = (began(2, later, ADD), *step(2, ADD, "add"), of(2, ADD, "verified"))
    assert len(left_half((*before, *after))) == 1
    assert left_half((*before, *after, *step(2, later, last))) == ()


def test_the_words_name_what_was_left_and_the_way_out() -> None:
    edit = (began(3, EDIT), *step(3, EDIT, "deactivate"))
    push: tuple[Event, ...] = (began(4, REPUSH), of(4, REPUSH, "intended", "deactivate"), ended(4))
    told = [words_of(one) for one in left_half((*edit, *push))]
    assert told[0] == ("the rule Everybody was left inactive by apply 3", "reconciler apply --resume")
    assert told[1][0] == "the push of Sales was perhaps left inactive by apply 4"
    assert told[1][1].endswith("then: reconciler run")


def test_a_rule_that_was_made_is_known_by_its_id_once_it_was_read_back() -> None:
    events = (
        began(1, CREATE),
        of(1, CREATE, "intended", "create"),
        of(1, CREATE, "done", "create", after={"id": "0pr9"}),
    )
    assert [[one.id for one in left_half(events[:count])] for count in (2, 3)] == [[None], ["0pr9"]]


def test_the_id_of_what_was_made_is_known_from_the_first_answer_that_tells_it() -> None:
    events = (
        began(1, CREATE),
        of(1, CREATE, "intended", "create"),
        of(1, CREATE, "sent", "create", after={"id": "0pr9"}),
        of(1, CREATE, "done", "create", after=["x"]),
    )
    assert [[one.id for one in left_half(events[:count])] for count in (2, 3, 4)] == [[None], ["0pr9"], ["0pr9"]]


def test_what_was_read_back_as_half_stays_so_when_it_is_tried_again() -> None:
    events = (began(1, EDIT), *step(1, EDIT, "deactivate"), of(1, EDIT, "intended", "deactivate"))
    assert [one.sure for one in left_half(events)] == [True]


def test_a_last_step_that_is_only_intended_leaves_it_half() -> None:
    half = (began(1, EDIT), *step(1, EDIT, "deactivate"))
    assert len(left_half((*half, of(1, EDIT, "intended", "activate"), of(1, EDIT, "sent", "activate")))) == 1


def test_a_mapping_that_could_be_activated_needs_no_new_link() -> None:
    half = (began(1, RELINK), *step(1, RELINK, "deactivate"))
    assert left_half((*half, *step(1, RELINK, "activate"))) == ()


OTHER_RULE = replace(EDIT, rule=replace(EDIT.rule, id="0pr2"))
RENAMED = replace(ACTIVATE, rule=replace(ACTIVATE.rule, name="Nobody"))
NAMESAKE = replace(EDIT, rule=replace(EDIT.rule, name=LINK.group.name))
OTHER_PUSH = replace(UNLINK, mapping_id="gPm2")
MAPPING_ON = ActivateMapping(mapping_id="gPm1", group=REPUSH.group, kandji_group=None)
MADE = ActivateRule(rule=Named(name=CREATE.name, id="0pr9"), expression=CREATE.expression)


@pytest.mark.parametrize(
    ("half", "name", "later", "last", "is_same"),
    [
        (EDIT, "deactivate", RENAMED, "activate", True),
        (EDIT, "deactivate", OTHER_RULE, "activate", False),
        (NAMESAKE, "deactivate", LINK, "create", False),
        (REPUSH, "deactivate", MAPPING_ON, "activate", True),
        (REPUSH, "deactivate", OTHER_PUSH, "delete", False),
        (REPUSH, "deactivate", LINK, "create", True),
        (CREATE, "create", MADE, "activate", True),
        (CREATE, "create", ACTIVATE, "activate", False),
        (RELINK, "delete", MAPPING_ON, "activate", True),
    ],
)
def test_what_a_later_change_is_about_is_known_by_id_else_by_name(
    half: Change, name: str, later: Change, last: str, is_same: bool
) -> None:
    before = (began(1, half), *step(1, half, name), of(1, half, "failed"), ended(1))
    assert (left_half((*before, began(2, later), *step(2, later, last))) == ()) is is_same


def test_a_plan_that_was_spoilt_in_the_journal_is_told() -> None:
    spoilt = replace(began(1, EDIT), before={"changes": []})
    with pytest.raises(StoreError, match="apply 1") as caught:
        left_half((spoilt,))
    assert caught.value.next
