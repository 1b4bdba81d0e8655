from __future__ import annotations

from datetime import date

import pytest

from reconciler.acceptance import EXPIRED, accept, covers
from reconciler.findings import Acceptance, Finding, Severity, Subject

TODAY = date(2026, 5, 3)


def finding(
    name: str = "ana", *, kind: str = "member-missing", cause: str | None = None, severity: Severity = "high"
) -> Finding:
    return Finding(
        kind=kind,
        severity=severity,
        subject=Subject(type="person", key=f"user:{name}", name=f"{name}@acme.example"),
        sentence=f"{name} is missing",
        person=f"{name}@acme.example",
        groups=(("00g1", "Sales EMEA"),),
        people=(f"user:{name}",),
        cause=cause,
    )


def acceptance(id: str = "A-1", until: date = TODAY, **patterns: str) -> Acceptance:
    return Acceptance(id=id, reason="they start in June", owner="IT", until=until, **patterns)


@pytest.mark.parametrize(
    ("patterns", "covered"),
    [
        ({"kind": "member-missing"}, True),
        ({"kind": "member-*"}, True),
        ({"kind": "mapping-*"}, False),
        ({"person": "ANA@acme.example"}, True),
        ({"person": "*@partner.example"}, False),
        ({"group": "sales*"}, True),
        ({"group": "Sales"}, False),
        ({"kind": "member-missing", "group": "Engineering"}, False),
        ({"finding": finding().id}, True),
        ({"finding": finding("bo").id}, False),
    ],
)
def test_every_pattern_that_is_set_must_match(patterns: dict[str, str], covered: bool) -> None:
    assert covers(acceptance(**patterns), finding()) is covered


def test_a_group_alone_does_not_cover_a_leaver_in_it() -> None:
    leaver = finding(kind="left-still-active", severity="critical")
    assert not covers(acceptance(group="sales*"), leaver)
    assert covers(acceptance(group="sales*", kind="left-still-active"), leaver)
    assert covers(acceptance(group="sales*"), finding(kind="left-still-active"))


def test_an_acceptance_holds_through_its_last_day() -> None:
    (found,), (told,) = accept([finding()], [acceptance(kind="*")], TODAY)
    assert (found.accepted, told.findings, told.expired) == ("A-1", 1, False)


def test_what_an_expired_acceptance_covered_is_a_finding_again_and_says_so() -> None:
    (found,), (told,) = accept([finding()], [acceptance(until=date(2026, 5, 2), kind="*")], TODAY)
    assert found.accepted is None
    assert [(fact.label, "2026-05-02" in fact.value) for fact in found.evidence] == [(EXPIRED, True)]
    assert (told.findings, told.expired) == (1, True)


def test_of_several_acceptances_a_finding_stands_under_the_one_that_holds_longest() -> None:
    long = acceptance("A-2", date(2027, 1, 1), kind="*")
    (found,), _ = accept([finding()], [acceptance(kind="*"), long], TODAY)
    assert found.accepted == "A-2"


def test_an_acceptance_that_matches_nothing_is_told_of() -> None:
    _, (told,) = accept([finding()], [acceptance(person="nobody")], TODAY)
    assert told.findings == 0


def test_what_an_accepted_cause_explains_is_accepted_with_it_unless_it_is_critical() -> None:
    cause = finding("team", kind="mapping-inactive")
    explained = finding(cause=cause.id)
    leaver = finding("bo", kind="left-still-active", cause=cause.id, severity="critical")
    found, (told,) = accept([cause, explained, leaver], [acceptance(kind="mapping-inactive")], TODAY)
    assert [one.accepted for one in found] == ["A-1", "A-1", None]
    assert told.findings == 2
