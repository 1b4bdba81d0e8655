from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from msgspec.structs import replace

from reconciler.checks import KINDS
from reconciler.commands.documents import schema
from reconciler.commands.explain import Explained, explain
from reconciler.commands.explain_live import read_now
from reconciler.commands.explain_text import as_markdown, text
from reconciler.commands.explained import Happened
from reconciler.commands.reading import Directories
from reconciler.findings import finding_id
from reconciler.store import Store
from reconciler.world import Settings
from reports.text import ODD, cells, visible
from tests.commands.conftest import Keep
from tests.commands.samples import NOW, PEOPLE, SomeOkta, SomeScim, call, okta, scim, user
from tests.reports.hostile import HOSTILE

DI = finding_id("member-not-assigned", "user:00udi")
BY_SLUG = {kind.slug: kind for kind in KINDS}


def document(config: Path, *words: object) -> Any:
    told = json.loads(call("explain", *map(str, words), "-c", config, "--format", "json").out)
    jsonschema.validate(told, schema("explain"))
    return told


def broken(told: Any) -> list[tuple[str, str]]:
    """The link at which each chain breaks."""
    return [
        (chain["group"]["name"], link["name"])
        for chain in told["person"]["chains"]
        for link in chain["links"]
        if link["holds"] is False
    ]


@pytest.mark.parametrize("asked", ["di", "DI@acme.example", "00udi"])
def test_a_person_is_told_with_the_chain_the_rules_and_what_mends_it(config: Path, drift: object, asked: str) -> None:
    told = document(config, asked)
    assert (told["type"], broken(told)) == ("person", [("Macs", "assigned to the app")])
    assert DI in {one["id"] for one in told["findings"]}
    assert "member-not-assigned" in {one["kind"] for one in told["mending"]}
    assert [(rule["says"], rule["why"]) for rule in told["rules"]] == [("unknown", ["their division is not known"])]


def test_an_earlier_run_is_explained_as_it_was_then(config: Path, keep: Keep, drift: object) -> None:
    keep(now=NOW + timedelta(days=1))
    then, now = document(config, "di", "--run", 1), document(config, "di")
    assert broken(then) == [("Macs", "assigned to the app")]
    assert (broken(now), [one["id"] for one in now["findings"] if one["id"] == DI]) == ([], [])
    assert "appeared" in [event["change"] for event in now["events"] if event["what"] == "assignment"]


def test_a_run_is_explained_by_its_own_settings_whatever_the_configuration_says_now(config: Path, keep: Keep) -> None:
    keep(settings=Settings(scope_groups=("kandji_apple_users",)))
    config.write_text(config.read_text("utf-8") + "[scope]\ngroups = 7\n", encoding="utf-8")
    with Store.open(config.with_name("reconciler.db")) as store:
        assert store.settings(1) == Settings(scope_groups=("kandji_apple_users",))
        near = explain(store, BY_SLUG, "di").near
    assert near.world.settings.scope_groups == ("kandji_apple_users",)
    assert document(config, "di")["notes"] == []


def test_a_group_is_told_with_both_ends_and_where_its_people_fall_out(config: Path, drift: object) -> None:
    told = document(config, "Macs")["group"]
    assert (told["group_id"], told["kandji_group_id"]) == ("00gmacs", "kg-macs")
    assert [(one["members"], one["in_step"]) for one in told["mappings"]] == [(4, 3)]
    assert ("assigned to the app", 1, ["di@acme.example"]) in [
        (one["link"], one["people"], one["names"]) for one in told["falling_out"]
    ]


def test_a_finding_is_told_after_it_was_fixed(config: Path, keep: Keep, drift: object) -> None:
    keep(now=NOW + timedelta(days=1))
    told = document(config, DI)
    assert (told["finding"]["state"], told["person"]["login"]) == ("fixed", "di@acme.example")
    assert [fact["label"] for fact in told["evidence"] if fact["good"] is False] == ["assigned to the app"]
    assert [event["change"] for event in told["events"]] == ["first sight", "fixed"]


def test_whoever_could_be_several_is_told_by_candidates_and_ends_with_10(config: Path, drift: object) -> None:
    told = call("explain", "acme.example", "-c", config)
    assert told.code == 10
    assert "00uana" in told.err


def explained(folder: Path, asked: str) -> Explained:
    with Store.open(folder / "reconciler.db") as store:
        return explain(store, BY_SLUG, asked)


@pytest.mark.parametrize("asked", ["di", "Macs", DI])
@pytest.mark.parametrize("width", [40, 80])
def test_the_text_keeps_to_its_columns(tmp_path: Path, drift: object, asked: str, width: int) -> None:
    lines = text(explained(tmp_path, asked).document, visible, width=width).splitlines()
    assert [line for line in lines if cells(line) > width] == []


def test_what_is_left_of_the_past_is_told_with_the_command_that_shows_it(tmp_path: Path, drift: object) -> None:
    told = explained(tmp_path, "Macs").document
    long = replace(told, events=[Happened(run=1, finished=told.finished, what="x", change="y")] * 30)
    assert "earlier: reconciler history 00gmacs\n" in text(long, visible)


def test_no_hostile_name_acts_in_text_or_markdown(tmp_path: Path, keep: Keep) -> None:
    users = tuple(replace(user(name), login=f"{HOSTILE[number]} {name}") for number, name in enumerate(PEOPLE))
    groups = tuple(replace(group, name=HOSTILE[number + 8]) for number, group in enumerate(okta().groups))
    keep(SomeOkta(replace(okta(assigned=PEOPLE[:3]), users=users, groups=groups)))
    for asked in ("00udi", "00gmacs"):
        told = explained(tmp_path, asked).document
        assert ODD.sub("", text(told, visible).replace("\n", "")) == text(told, visible).replace("\n", "")
        assert "<" not in as_markdown(told).replace("\n> ", "")


def test_live_tells_what_differs_now_and_writes_nothing(tmp_path: Path, drift: object) -> None:
    of_now = SomeOkta(okta(assigned=PEOPLE[:3]), now=okta()), SomeScim(scim(PEOPLE[:3], PEOPLE[:3]), now=scim())
    one = explained(tmp_path, "di")
    told = asyncio.run(read_now(Directories(*of_now, kandji=None), one.near, one.groups, lambda: NOW))
    assert {(line.record, line.stored, line.now) for line in told.differences} == {
        ("assignment", "not there", "there"),
        ("in the Okta group kandji_apple_users", "no", "yes"),
    }
