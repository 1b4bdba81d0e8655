from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from reconciler.findings import Accepted
from reports.acceptances import acceptance_lines
from tests.reports import factory


@pytest.mark.parametrize(
    ("days", "findings", "state", "ending", "urgent"),
    [
        (200, 3, "in force", "ends in 200 days", False),
        (15, 3, "in force", "ends in 15 days", False),
        (14, 3, "ends soon", "ends in 14 days", True),
        (1, 3, "ends soon", "ends in 1 day", True),
        (0, 3, "ends soon", "ends today", True),
        (5, 0, "matches nothing", "ends in 5 days", False),
        (-1, 1, "expired", "ended 1 day ago", True),
        (-30, 0, "expired", "ended 30 days ago", False),
    ],
)
def test_an_acceptance_says_when_it_ends_and_whether_somebody_must_decide(
    days: int, findings: int, state: str, ending: str, urgent: bool
) -> None:
    until = factory.NOW.date() + timedelta(days=days)
    one = Accepted(acceptance=replace(factory.ACCEPTANCES[0], until=until), findings=findings, expired=days < 0)
    (line,) = acceptance_lines(replace(factory.report(3), accepted=(one,)))
    assert (line.state, line.ending, line.urgent) == (state, ending, urgent)


def test_days_are_counted_from_the_data_that_are_shown() -> None:
    old = factory.incomplete()
    assert old.data_run is not None
    assert acceptance_lines(old)[0].ending == "ends in 10 days"


def test_every_pattern_of_an_acceptance_is_told() -> None:
    both = replace(factory.ACCEPTANCES[0], group="Sales*")
    one = Accepted(acceptance=both, findings=1, expired=False)
    (line,) = acceptance_lines(replace(factory.report(3), accepted=(one,)))
    assert line.patterns == (("kind", "member-*"), ("group", "Sales*"))
