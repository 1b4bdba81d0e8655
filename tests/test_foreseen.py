from __future__ import annotations

from datetime import UTC, datetime

from reconciler.changes import AddToGroup, Change, Named, Repush
from reconciler.findings import Foreseen
from reconciler.foreseen import foreseen
from reconciler.plan import ByHand, Plan, Planned, Withheld, change_id

MACS, ANA, EVE = Named(name="Macs", id="00g1"), Named(name="ana@acme.example", id="00u1"), Named(name="Eve", id="k-eve")


def planned(change: Change, sentence: str, *mends: str, removes: tuple[Named, ...] = ()) -> Planned:
    return Planned(id=change_id(change), change=change, sentence=sentence, why=(), mends=mends, removes=removes)


ADD = planned(AddToGroup(group=MACS, person=ANA), "put ana@acme.example into Macs", "F-1", "F-2")
PUSH = planned(Repush(mapping_id="m", group=MACS, kandji_group=None), "push Macs again", "F-3", removes=(EVE,))


def plan(*changes: Planned, withheld: tuple[Withheld, ...] = (), by_hand: tuple[ByHand, ...] = ()) -> Plan:
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    return Plan(
        made=moment, by="", org_url="", app_id="", app_label="", scim_url="", run=1, run_finished=moment,
        data_digest="", changes=changes, withheld=withheld, by_hand=by_hand,
    )  # fmt: skip


def test_each_finding_is_told_the_change_that_mends_it_with_the_names_in_it() -> None:
    words, names = "put ana@acme.example into Macs", ("Macs", "ana@acme.example")
    assert foreseen(plan(ADD)) == tuple(
        Foreseen(finding=one, outcome="planned", words=words, change=ADD.id, names=names) for one in ("F-1", "F-2")
    )


def test_what_is_withheld_says_why_whom_it_names_and_what_lifts_it() -> None:
    withheld = Withheld(planned=PUSH, reasons=("5 of 9 would go: Eve", "more than half"), lift="--allow-removals 5")
    (told,) = foreseen(plan(withheld=(withheld,)))
    assert told.words == "push Macs again: 5 of 9 would go: Eve; more than half; to lift it: --allow-removals 5"
    assert (told.outcome, told.change, told.names) == ("withheld", PUSH.id, ("Macs", "Eve"))


def test_a_finding_that_needs_two_changes_is_withheld_where_one_of_them_is() -> None:
    both = planned(PUSH.change, PUSH.sentence, "F-1")
    told = foreseen(plan(ADD, withheld=(Withheld(planned=both, reasons=("no",)),)))
    assert [(one.finding, one.outcome) for one in told] == [("F-1", "withheld"), ("F-2", "planned")]


def test_what_nobody_but_a_person_can_mend_says_why() -> None:
    hand = ByHand(finding="F-9", kind="x", sentence="", why="choose one: Macs, Laptops", clicks=())
    assert foreseen(plan(by_hand=(hand,)), ("Laptops", "Sales")) == (
        Foreseen(finding="F-9", outcome="by hand", words=hand.why, names=("Laptops",)),
    )
