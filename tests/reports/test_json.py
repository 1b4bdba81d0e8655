from __future__ import annotations

import json as standard
from pathlib import Path

import jsonschema
import pytest
from msgspec.structs import replace

import reports
from reports import json
from reports.report import SCHEMA_VERSION
from reports.text import ODD
from tests.reports import factory
from tests.reports.hostile import HOSTILE, hostile

REPORTS = {**factory.FOUR, "baseline": factory.baseline, "hostile": lambda: hostile(factory.report(60))}


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_is_valid_by_the_published_schema(name: str) -> None:
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    document = standard.loads(json.render(REPORTS[name]()))
    jsonschema.Draft202012Validator(json.schema(), format_checker=checker).validate(document)


def test_the_schema_is_a_schema_and_refuses_a_document_without_a_sentence() -> None:
    jsonschema.Draft202012Validator.check_schema(json.schema())
    document = standard.loads(json.render(factory.report(1)))
    del document["sentence"]
    assert not jsonschema.Draft202012Validator(json.schema()).is_valid(document)


def test_the_published_schema_is_the_one_that_the_program_gives() -> None:
    """Printed anew by: python -m reports.json > reports/report.schema.json"""
    published = Path(reports.__file__).with_name("report.schema.json").read_text(encoding="utf-8")
    assert published == json.published()


def test_the_document_says_its_version_and_the_same_sentence() -> None:
    report = factory.report(40)
    document = standard.loads(json.render(report))
    assert document["schema_version"] == SCHEMA_VERSION
    assert document["sentence"] == report.sentence
    assert json.SCHEMA_ID.endswith(f":{SCHEMA_VERSION}")


def test_no_finding_is_left_out() -> None:
    report = factory.report(500)
    document = standard.loads(json.render(report))
    assert [one["id"] for one in document["findings"]] == [row.finding.id for row in report.rows]
    assert [one["id"] for one in document["fixed"]] == [row.finding.id for row in report.fixed]


def test_hostile_names_are_escaped_and_read_back_as_they_were() -> None:
    text = json.render(hostile(factory.report(60)))
    assert set(ODD.findall(text)) == {"\n"}
    assert text.count("\n") == 1
    names = {one["person"] for one in standard.loads(text)["findings"]}
    assert names & set(HOSTILE)


def test_a_half_of_a_pair_does_not_stop_the_report() -> None:
    report = factory.report(1)
    row = report.rows[0]
    broken = replace(row, finding=replace(row.finding, sentence="\ud800"))
    assert "\\ud800" in json.render(replace(report, rows=(broken,)))
