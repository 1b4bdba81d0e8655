from __future__ import annotations

import re

import pytest

from reports import terminal
from reports.text import ODD, cells
from tests.reports import factory
from tests.reports.hostile import hostile

INK = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("state", factory.FOUR)
def test_the_sentence_comes_first_and_the_next_command_last(state: str) -> None:
    report = factory.FOUR[state]()
    lines = terminal.render(report, width=100).splitlines()
    assert lines[0] == report.sentence
    assert lines[-1] == f"next: {report.do_next}" or report.do_next is None


@pytest.mark.parametrize("width", [28, 40, 80, 200])
@pytest.mark.parametrize("state", factory.FOUR)
def test_no_line_is_wider_than_the_terminal(state: str, width: int) -> None:
    report = factory.FOUR[state]()
    for line in terminal.render(report, width=width).splitlines():
        assert cells(line) <= width or line.startswith("next: ")


@pytest.mark.parametrize("width", [30, 80])
def test_hostile_names_do_not_act_on_the_terminal(width: int) -> None:
    text = terminal.render(hostile(factory.report(60)), width=width, color=True)
    assert set(ODD.findall(INK.sub("", text))) == {"\n"}
    assert all(cells(INK.sub("", line)) <= width or "next: " in line for line in text.splitlines())


def test_without_color_there_is_no_escape_sequence() -> None:
    assert "\x1b" not in terminal.render(factory.report(40), color=False)
    assert "\x1b" in terminal.render(factory.report(40), color=True)


def test_what_is_not_shown_is_counted_with_the_command_that_shows_it() -> None:
    text = terminal.render(factory.report(500), width=120)
    assert re.search(r"… \d+ more of them: reconciler findings --kind member-not-assigned", text)


def test_causes_come_before_the_findings_that_they_explain() -> None:
    report = factory.report(500)
    text = terminal.render(report, width=120)
    assert text.index("◆ kandji-sales") < text.index("Findings")
    assert f"1 cause, {report.counts.explained_people} people" in text
    assert f"{report.counts.explained_people} explained by a cause above" in text


def test_acceptances_that_end_are_told_with_the_day() -> None:
    text = terminal.render(factory.report(40), width=200)
    assert "A-00000001 ends in 9 days, on 2 Dec 2026: 2 findings stand under it." in text
    assert "A-00000002 ended 3 days ago, on 20 Nov 2026: 2 findings are findings again." in text
    assert "A-00000003" not in text


def test_an_incomplete_run_says_which_list_and_how_old_the_data_are() -> None:
    text = terminal.render(factory.incomplete(), width=120)
    assert "✗ okta.app_users: page 3 of 10 did not arrive" in text
    assert "What follows was true at run 41, 24 h earlier." in text
    assert "new ·" not in text


def test_a_run_without_data_shows_no_counts() -> None:
    text = terminal.render(factory.failed(), width=120)
    assert "0 open" not in text
    assert "There are no data yet" in text
