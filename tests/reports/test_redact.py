from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from reconciler.findings import Fact
from reports import csv, html, json, terminal
from reports.redact import redact
from tests.reports import factory
from tests.reports.hostile import HOSTILE


def secrets() -> set[str]:
    """Every name that stands anywhere in the report of forty findings."""
    report = factory.report(40)
    people = {row.finding.person for row in (*report.rows, *report.fixed) if row.finding.person}
    people |= {person.partition("@")[0] for person in people}
    full = {
        fact.value.partition(" ·")[0] for row in report.rows for fact in row.finding.evidence if fact.label == "Person"
    }
    full |= {factory.full_name(8), factory.person(7), "kandji_apple_users"}
    told = {text for one in factory.ACCEPTANCES for text in (one.reason, one.owner)} - {"Pilot", "Security"}
    rules = {text for rule in factory.RULES for text in (rule.name, rule.words, rule.targets[0][1])} - {"Pilot"}
    given = told | rules | {"partner.example", "contractor", "everybody of the push groups"}
    return people | full | given | {group.name for group in report.groups} | {"Support (EMEA)", "acme"}


@pytest.mark.parametrize("spell", [html.render, json.render, csv.render, csv.action_plan, terminal.render])
def test_no_name_address_or_host_is_left_in_any_format(spell: object) -> None:
    text = spell(redact(factory.report(40)))  # type: ignore[operator] # one of the formats
    assert {secret for secret in secrets() if secret in text} == set()


def test_a_masked_report_says_so() -> None:
    masked = redact(factory.report(3))
    assert masked.redacted
    assert "Names, addresses and hosts" in html.render(masked)
    assert "masked" in terminal.render(masked)


def test_the_same_name_wears_the_same_mask_everywhere() -> None:
    report = factory.report(40)
    masked = redact(report)
    worn: dict[str, set[str]] = {}
    for before, after in zip(report.rows, masked.rows, strict=True):
        worn.setdefault(before.finding.subject.name, set()).add(after.finding.subject.name)
        for (_, name), (_, mask) in zip(before.finding.groups, after.finding.groups, strict=True):
            worn.setdefault(name, set()).add(mask)
    assert {len(masks) for masks in worn.values()} == {1}
    assert len({next(iter(masks)) for masks in worn.values()}) == len(worn)
    kandji = [fact.value for fact in masked.rows[1].finding.evidence if fact.label == "User name"]
    assert kandji == [masked.rows[1].finding.person]


def test_ids_counts_and_statuses_stay() -> None:
    report = factory.report(40)
    masked = redact(report)
    assert [row.finding.id for row in masked.rows] == [row.finding.id for row in report.rows]
    assert masked.counts == report.counts
    assert "DEPROVISIONED" in {fact.value for row in masked.rows for fact in row.finding.evidence}


def test_masking_twice_changes_nothing_more() -> None:
    once = redact(factory.report(12))
    assert {row.finding.person for row in redact(once).rows} == {row.finding.person for row in once.rows}


def test_an_unknown_value_of_evidence_is_masked_and_so_is_it_in_the_sentence() -> None:
    report = factory.report(1)
    row = report.rows[0]
    fact = Fact(side="kandji", label="Display name", value="Anastasia Romanova")
    finding = replace(
        row.finding, evidence=(fact,), sentence="Anastasia Romanova is somebody else, says bob@corp.example"
    )
    masked = redact(replace(report, rows=(replace(row, finding=finding),))).rows[0].finding
    assert re.fullmatch(r"text-\d+ is somebody else, says person-\d+@masked\.example", masked.sentence)


def test_the_command_line_keeps_its_verb_and_loses_its_paths() -> None:
    report = factory.report(1)
    run = replace(report.run, command_line="reconciler run --config=/home/ana/acme.toml --kind left-still-active")
    masked = redact(replace(report, run=run)).run.command_line
    assert re.fullmatch(r"reconciler run --config=text-\d+ --kind left-still-active", masked)


def test_a_masked_page_links_to_no_console() -> None:
    assert 'href="https:' not in html.render(redact(factory.report(40)))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_masked_like_any_other(name: str) -> None:
    report = factory.report(3)
    row = report.rows[0]
    subject = replace(row.finding.subject, name=name)
    finding = replace(row.finding, subject=subject, person=name, sentence=f"about {name} we say nothing")
    masked = redact(replace(report, rows=(replace(row, finding=finding),), new=(), back=(), fixed=())).rows[0].finding
    assert re.fullmatch(r"person-\d+(@masked\.example)?", masked.person or "")
    assert masked.sentence == f"about {masked.person} we say nothing"


def test_a_person_in_a_group_wears_both_masks_and_a_value_keeps_its_id() -> None:
    report = factory.report(1)
    row = report.rows[0]
    user = "00u" + "a1B2c3D4e5F6g7H8i"
    finding = replace(
        row.finding,
        subject=replace(row.finding.subject, type="group and person", name="ana@acme.example in Sales"),
        person="ana@acme.example",
        groups=(("00g1", "Sales"),),
        evidence=(Fact(side="okta", label="user", value=f"ana@acme.example ({user})"),),
    )
    masked = redact(replace(report, rows=(replace(row, finding=finding),))).rows[0].finding
    assert masked.subject.name == f"{masked.person} in {masked.groups[0][1]}"
    assert masked.evidence[0].value == f"{masked.person} ({user})"


def test_a_name_is_masked_in_whatever_case_or_spelling_it_stands() -> None:
    report = factory.report(1)
    row = report.rows[0]
    finding = replace(row.finding, person="Anna Straße", sentence="ANNA STRASSE and Anna Straße and anna straße")
    masked = redact(replace(report, rows=(replace(row, finding=finding),))).rows[0].finding
    assert masked.sentence == " and ".join([masked.person or ""] * 3)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("Kiosk Macs (ead7524a-b6ce-4a3b-bea0-20d026b5bd32)", "ana is in the Kandji group Kiosk Macs"),
        ("Sales (Macs) (ead7524a-b6ce-4a3b-bea0-20d026b5bd32)", "ana is in the Kandji group Sales (Macs)"),
    ],
)
def test_the_name_of_a_group_in_kandji_is_masked_where_another_finding_alone_shows_it(
    value: str, sentence: str
) -> None:
    row, other = factory.report(2).rows
    shows = replace(row.finding, evidence=(Fact(side="kandji", label="group", value=value),))
    tells = replace(other.finding, sentence=sentence, evidence=())
    rows = (replace(row, finding=shows), replace(other, finding=tells))
    masked = redact(replace(factory.report(2), rows=rows)).rows[1].finding
    assert re.fullmatch(r"ana is in the Kandji group group-\d+", masked.sentence)


@pytest.mark.parametrize("value", ["CEO", "FINANCE", "CEO ACTIVE"])
def test_a_word_in_capitals_that_is_no_status_is_masked(value: str) -> None:
    row = factory.report(1).rows[0]
    finding = replace(row.finding, evidence=(Fact(side="okta", label="title", value=value),))
    masked = redact(replace(factory.report(1), rows=(replace(row, finding=finding),))).rows[0].finding
    assert re.fullmatch(r"text-\d+", masked.evidence[0].value)
