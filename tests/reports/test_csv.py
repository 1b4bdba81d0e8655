from __future__ import annotations

import csv as standard
import io

import pytest

from reports import csv
from reports.text import ODD
from tests.reports import factory
from tests.reports.hostile import HOSTILE, hostile


def read(text: str) -> list[dict[str, str]]:
    return list(standard.DictReader(io.StringIO(text.removeprefix(csv.BOM), newline="")))


@pytest.mark.parametrize("spell", [csv.render, csv.action_plan])
def test_a_table_begins_with_a_byte_order_mark_and_ends_its_lines_for_excel(spell: object) -> None:
    text = spell(factory.report(12))  # type: ignore[operator] # one of the two functions
    assert text.startswith("\ufefffinding,severity,")
    assert text.count("\n") == text.count("\r\n")
    assert text.endswith("\r\n")


def test_no_finding_is_left_out_and_fixed_ones_say_so() -> None:
    report = factory.report(500)
    rows = read(csv.render(report))
    assert [row["finding"] for row in rows] == [row.finding.id for row in (*report.rows, *report.fixed)]
    assert {row["state"] for row in rows} == {"open", "new", "back again", "settling", "accepted", "fixed"}


def test_an_accepted_finding_names_its_acceptance() -> None:
    named = {(row["state"] == "accepted", row["accepted"]) for row in read(csv.render(factory.report(40)))}
    assert named == {(True, factory.ACCEPTANCES[0].id), (False, "")}


def test_the_action_plan_leaves_four_columns_to_fill_in() -> None:
    report = factory.report(40)
    rows = read(csv.action_plan(report))
    assert len(rows) == report.counts.open
    assert {(row["owner"], row["due"], row["decision"], row["ticket"]) for row in rows} == {("", "", "", "")}
    assert all(row["how to mend"] for row in rows)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "|", "%", "  =", "＝", "＋", "－", "＠"])
def test_no_cell_is_a_formula(start: str) -> None:
    assert csv.safe(f"{start}1+1").startswith("'")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_one_harmless_cell(name: str) -> None:
    cell = csv.safe(name)
    assert ODD.search(cell) is None
    assert cell[0] not in "=+-@\t\r"


def test_hostile_names_neither_move_cells_nor_calculate() -> None:
    report = hostile(factory.report(60))
    for row in (*read(csv.render(report)), *read(csv.action_plan(report))):
        assert row["finding"].startswith("F-")
        assert None not in row
        assert all(cell[:1] not in ("=", "+", "-", "@", "\t", "\r") for cell in row.values())
