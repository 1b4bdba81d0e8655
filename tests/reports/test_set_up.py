from __future__ import annotations

import pytest
from msgspec.structs import replace

from reconciler.findings import Finding, Kind, Subject
from reconciler.guide import GUIDE
from reconciler.model import Note, Source
from reports.lines import lines
from reports.report import Report, Row
from reports.set_up import SetUpLine, set_up
from tests.reports import factory

KINDS = tuple(
    Kind(slug=slug, title=slug, severity="high", means="", matters="", mend="")
    for slug in dict.fromkeys(slug for asked in GUIDE for slug in asked.kinds)
)
OFF = Finding(
    kind="provisioning-off",
    severity="critical",
    subject=Subject(type="app", key="app:0oa1 feature:PUSH_NEW_USERS", name="Kandji: Create Users"),
    sentence="Create Users is switched off for Kandji",
)


def calm(*, notes: tuple[Note, ...] = (), sources: tuple[Source, ...] = ()) -> Report:
    return replace(factory.report(0), kinds=KINDS, notes=notes, sources=sources)


def told(report: Report, words: str) -> SetUpLine:
    return next(line for line in set_up(report, lines(report)) if line.words == words)


def test_where_nothing_is_found_and_nothing_was_passed_over_every_line_is_well() -> None:
    report = calm()
    assert {line.state for line in set_up(report, lines(report))} == {"yes"}


@pytest.mark.parametrize(("state", "sign"), [("open", "no"), ("settling", "open"), ("accepted", "open")])
def test_a_finding_stands_against_its_own_line_alone(state: str, sign: str) -> None:
    report = replace(calm(), rows=(Row(finding=OFF, life=factory.life(1, state)),))
    line = told(report, "Create Users is on")
    assert (line.state, [found.id for found in line.found]) == (sign, [OFF.id])
    assert told(report, "Push Groups is on").state == "yes"


@pytest.mark.parametrize(
    ("report", "words", "why"),
    [
        (calm(notes=(Note(kind="check-skipped", about="import-on", reason="no features told"),)),
         "Imports from Kandji into Okta are off", "no features told"),
        (calm(notes=(Note(kind="check-skipped", about="provisioning-off: Push Groups", reason="unsure"),)),
         "Push Groups is on", "unsure"),
        (calm(sources=(Source(name="okta.rules", state="refused", reason="403"),)),
         "Rules bring the people of every pushed group", "okta.rules was not read: 403"),
        (replace(calm(), kinds=()), "The app is active", "this run did not look for it"),
        (replace(factory.incomplete(), kinds=KINDS, rows=()), "The app is active", "this run did not judge it"),
    ],
)  # fmt: skip
def test_what_a_run_can_not_tell_is_open_and_says_why(report: Report, words: str, why: str) -> None:
    line = told(report, words)
    assert (line.state, line.why) == ("open", why)
