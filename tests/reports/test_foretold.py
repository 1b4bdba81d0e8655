from __future__ import annotations

import pytest
from msgspec.structs import replace

from reports import html, json, terminal
from reports.mending import foretold
from reports.report import Mendable, Report
from tests.reports import factory


def counted(planned: int, changes: int, withheld: int, by_hand: int) -> Report:
    have = Mendable(planned=planned, changes=changes, withheld=withheld, by_hand=by_hand)
    report = factory.report(40)
    return replace(report, mendable=have, counts=replace(report.counts, open=planned + withheld + by_hand))


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        (
            (30, 6, 4, 7),
            "Of 41 findings, `reconciler plan` would mend 30 with 6 changes; 4 are withheld; "
            "7 are to be mended by hand.",
        ),
        ((1, 1, 0, 0), "Of 1 finding, `reconciler plan` would mend 1 with 1 change."),
        ((0, 0, 1, 1), "Of 2 findings, `reconciler plan` would mend none; 1 is withheld; 1 is to be mended by hand."),
    ],
)
def test_a_report_sums_up_what_a_plan_would_do(counts: tuple[int, int, int, int], words: str) -> None:
    assert foretold(counted(*counts)) == words


@pytest.mark.parametrize("spell", [html.render, terminal.render])
def test_a_run_that_foretold_nothing_says_nothing_of_plans(spell: object) -> None:
    report = replace(factory.report(40), mendable=None)
    assert "reconciler plan" in spell(factory.report(40))  # type: ignore[operator] # one of the formats
    rows = tuple(replace(row, foreseen=None) for row in report.rows)
    calm = replace(report, rows=rows, new=(), back=())
    assert "reconciler plan would" not in spell(calm).replace("<code>", "").replace("</code>", "")  # type: ignore[operator]


def test_the_card_of_a_finding_says_what_would_be_done_about_it() -> None:
    page = html.render(factory.report(40))
    for words in ("would be done: put ", "would be withheld: push ", "nothing is planned: this program only tells it"):
        assert f"<dt>In a plan<dd>{words}" in page


def test_programs_get_the_outcome_the_words_and_the_change_of_each_finding() -> None:
    report = factory.report(12)
    for row, line in zip(report.rows, json.document(report).findings, strict=True):
        told = None if line.foreseen is None else (line.foreseen.outcome, line.foreseen.words, line.foreseen.change)
        given = row.foreseen
        assert told == (None if given is None else (given.outcome, given.words, given.change))
