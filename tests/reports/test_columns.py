from __future__ import annotations

import json
import zlib
from base64 import b64decode
from typing import Any

import pytest

from reports import columns
from reports.columns import Block
from reports.lines import lines
from tests.reports import factory


def read(block: Block) -> Any:
    return json.loads(zlib.decompress(b64decode(block.text), -15) if block.packed else block.text)


@pytest.mark.parametrize(
    "values", [["a"] * 5, ["a", "b"] * 9, ["a", "b", "c"], [1, 2, 3], [[0], [1], [0], [0], [1]], [], [0, 0]]
)
def test_every_spelling_of_a_column_reads_back(values: list[Any]) -> None:
    made = columns.column(values)
    few = [made["d"][at] for at in made["i"]] if "d" in made else None
    back = [made["c"]] * len(values) if "c" in made else few or made["v"]
    assert back == values


def test_rows_hold_every_finding_in_order() -> None:
    everything = lines(factory.report(500)).every
    rows, evidence = columns.blocks(everything, 100)
    ids = read(rows)["ids"]
    assert [f"F-{ids[at : at + 12]}" for at in range(0, len(ids), 12)] == [line.id for line in everything]
    assert (rows.packed, rows.findings, evidence.findings) == (False, 500, 400)


def test_beyond_twenty_thousand_rows_columns_are_deflated() -> None:
    found = lines(factory.report(columns.PLAIN_ROWS + 1))
    rows, _ = columns.blocks(found.every, 100)
    assert rows.packed
    assert read(rows)["size"] == columns.PLAIN_ROWS + 1


@pytest.mark.parametrize("room", [0, 2_000, 20_000, 60_000])
def test_what_does_not_fit_is_left_out_from_the_end_and_counted(room: int) -> None:
    everything = lines(factory.report(500)).every
    rows, evidence = columns.blocks(everything, 100, room)
    assert read(rows)["size"] == rows.findings <= 500
    assert evidence.findings <= max(0, rows.findings - 100)
    assert rows.bytes <= room or rows.findings == 0
    assert rows.bytes + evidence.bytes <= room or evidence.findings == 0
    assert read(evidence)


def test_no_block_can_end_its_script_element() -> None:
    assert columns.spelled(["</script><!--", "&"]) == '["\\u003c/script\\u003e\\u003c!--","\\u0026"]'
