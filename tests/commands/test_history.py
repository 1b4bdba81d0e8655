from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from reconciler.commands.documents import schema
from reconciler.errors import Unreachable
from reconciler.findings import finding_id
from tests.commands.conftest import Keep
from tests.commands.samples import NOW, SomeOkta, call

DI = finding_id("member-not-assigned", "user:00udi")


@pytest.fixture
def mended(keep: Keep, drift: object) -> None:
    keep(SomeOkta(), now=NOW + timedelta(days=1))


def document(config: Path, *words: object, name: str) -> Any:
    told = json.loads(call("history", *map(str, words), "-c", config, "--format", "json").out)
    jsonschema.validate(told, schema(name))
    return told


def test_runs_are_listed_newest_first(config: Path, mended: None) -> None:
    assert [run["id"] for run in document(config, name="runs")["runs"]] == [2, 1]


def test_what_went_between_two_runs_is_told_with_its_state_then(config: Path, mended: None) -> None:
    told = document(config, "--between", 1, 2, name="difference")["findings"]
    assert [(one["change"], one["id"], one["before"], one["after"]) for one in told] == [
        ("went", DI, {"severity": "high", "state": "first sight"}, None)
    ]


def test_what_came_is_what_went_the_other_way(config: Path, mended: None) -> None:
    told = document(config, "--between", 2, 1, name="difference")["findings"]
    assert [(one["change"], one["id"]) for one in told] == [("came", DI)]


@pytest.mark.parametrize("asked", ["di", "di@acme.example", "00udi", "k-di"])
def test_the_life_of_a_person_tells_records_and_findings(config: Path, mended: None, asked: str) -> None:
    told = document(config, asked, name="life")
    assert told["type"] == "person"
    assert {(one["run"], one["what"], one["change"]) for one in told["events"]} >= {
        (1, f"member-not-assigned {DI}", "first sight"),
        (2, "assignment", "appeared"),
        (2, f"member-not-assigned {DI}", "fixed"),
    }


def test_the_life_of_a_finding_tells_its_states(config: Path, mended: None) -> None:
    told = document(config, DI, name="life")
    assert [(one["run"], one["change"]) for one in told["events"]] == [(1, "first sight"), (2, "fixed")]


def test_a_word_that_could_be_several_ends_with_10_and_names_them(config: Path, drift: object) -> None:
    told = call("history", "acme", "-c", config)
    assert told.code == 10
    assert "00uana" in told.err
    assert "00udi" in told.err


def test_a_word_that_is_nobody_ends_with_10(config: Path, drift: object) -> None:
    assert call("history", "zoe", "-c", config).code == 10


def test_a_run_without_verdict_is_not_compared(config: Path, drift: object, keep: Keep) -> None:
    keep(SomeOkta(error=Unreachable("Okta can't be reached.")), now=NOW + timedelta(hours=1))
    told = call("history", "--between", "1", "2", "-c", config)
    assert (told.code, told.out) == (10, "")
    assert "Run 2 gave no verdict" in told.err


def test_an_id_of_a_finding_is_known_in_whatever_case_it_was_typed(config: Path, drift: object) -> None:
    assert document(config, f" {DI.upper()} ", name="life")["name"] == DI
