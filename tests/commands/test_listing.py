from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import convert

from reconciler.commands.documents import StatusDocument
from reconciler.commands.findings import Filter
from reconciler.commands.tables import markdown, tsv
from reconciler.errors import Unreachable
from reconciler.findings import Finding, Life, Subject
from reconciler.store import Store
from tests.applies import EDIT, began, step
from tests.commands.conftest import Keep
from tests.commands.samples import NOW, SomeOkta, call

LATER = NOW + timedelta(hours=5)


def test_status_tells_the_last_run_on_one_screen(config: Path, drift: object) -> None:
    told = call("status", "-c", config, now=lambda: LATER)
    assert told.code == 0
    assert told.out.splitlines()[0] == "1 person in pushed groups is not assigned.  [drift]"
    assert "open      1 high" in told.out
    assert "5 h ago" in told.out
    assert told.err == f"next: reconciler findings -c {config}\n"


def test_status_dates_old_data_under_a_run_without_verdict(config: Path, drift: object, keep: Keep) -> None:
    keep(SomeOkta(error=Unreachable("Okta can't be reached.")), now=NOW + timedelta(hours=1))
    told = call("status", "-c", config, now=lambda: LATER)
    assert "why       Okta can't be reached." in told.out
    assert "data      of run 1" in told.out
    assert "open      1 high" in told.out
    assert told.err == f"next: reconciler doctor -c {config}\n"


def test_status_tells_how_open_findings_went(config: Path, drift: object, keep: Keep) -> None:
    assert "trend" not in call("status", "-c", config).out
    keep(SomeOkta(), now=NOW + timedelta(hours=1))
    told = call("status", "-c", config, now=lambda: LATER)
    assert "trend     from 1 to 0 open since run 1, 2026-03-02T09:00:00+00:00" in told.out


def test_status_says_what_was_left_half_way(config: Path, drift: object) -> None:
    with Store.open(config.parent / "reconciler.db") as store:
        for event in (began(1, EDIT, at=LATER), *step(1, EDIT, "deactivate", at=LATER)):
            store.journal.write(event)
    told = call("status", "-c", config)
    assert "half      the rule Everybody was left inactive by apply 1: reconciler apply --resume" in told.out
    assert told.err == f"next: reconciler apply --resume -c {config}\n"
    document = json.loads(call("status", "-c", config, "--format", "json").out)
    assert [(one["apply"], one["about"], one["id"]) for one in document["left_half"]] == [(1, "rule", "0pr1")]
    convert(document, StatusDocument)


def test_status_says_that_an_apply_has_not_ended(config: Path, drift: object) -> None:
    with Store.open(config.parent / "reconciler.db") as store:
        store.journal.write(began(1, EDIT, at=LATER))
    told = call("status", "-c", config)
    assert "apply     apply 1 has not ended" in told.out
    assert told.err == f"next: reconciler apply --resume -c {config}\n"


def test_status_without_any_run_ends_with_10(config: Path) -> None:
    told = call("status", "-c", config)
    assert told.code == 10
    assert "reconciler run" in told.err


def test_findings_are_listed_with_their_life(config: Path, drift: object) -> None:
    told = call("findings", "-c", config)
    assert told.code == 0
    assert "di@acme.example" in told.out
    assert "member-not-assigned, first sight, since 2026-03-02 09:00 UTC" in told.out


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ((), 1),
        (("--kind", "member-not-assigned"), 1),
        (("--kind", "member-extra"), 0),
        (("--kind", "member-extra", "--kind", "member-not-assigned"), 1),
        (("--severity", "high"), 1),
        (("--severity", "low"), 0),
        (("--state", "first sight"), 1),
        (("--state", "fixed"), 0),
        (("--person", "DI@"), 1),
        (("--person", "00udi"), 1),
        (("--person", "bo"), 0),
        (("--group", "macs"), 1),
        (("--group", "00gmacs"), 1),
        (("--group", "Windows"), 0),
        (("--run", "1"), 1),
    ],
)
def test_findings_are_filtered(config: Path, drift: object, options: tuple[str, ...], count: int) -> None:
    told = call("findings", "-c", config, "--format", "json", *options)
    assert len(json.loads(told.out)["findings"]) == count


def test_an_unknown_kind_is_a_usage_error_with_the_nearest(config: Path, drift: object) -> None:
    told = call("findings", "-c", config, "--kind", "member-mising")
    assert told.code == 2
    assert "did you mean member-missing?" in told.err


def test_findings_of_a_run_without_verdict_are_those_of_the_complete_run_before(
    config: Path, drift: object, keep: Keep
) -> None:
    keep(SomeOkta(error=Unreachable("Okta can't be reached.")), now=NOW + timedelta(hours=1))
    told = json.loads(call("findings", "--run", "2", "-c", config, "--format", "json").out)
    assert (told["run"], len(told["findings"])) == (1, 1)


def test_a_first_run_without_verdict_has_no_findings_to_list(config: Path, keep: Keep) -> None:
    keep(SomeOkta(error=Unreachable("Okta can't be reached.")))
    told = call("findings", "--run", "1", "-c", config)
    assert (told.code, told.out) == (10, "")


def test_an_unknown_run_ends_with_10(config: Path, drift: object) -> None:
    assert call("findings", "-c", config, "--run", "9").code == 10


@pytest.mark.parametrize("form", ["tsv", "md"])
def test_findings_can_be_read_by_other_programs(config: Path, drift: object, form: str) -> None:
    told = call("findings", "-c", config, "--format", form)
    assert len(told.out.splitlines()) == (2 if form == "tsv" else 3)


HOSTILE = "=cmd|' /C calc'!A0\t<script>\n[x](http://evil) @all ‮gnp"


def test_hostile_names_do_nothing_in_a_table() -> None:
    from reports.text import visible

    line = tsv(("name", "more"), [(HOSTILE, "x")], visible).splitlines()[1]
    assert line.startswith("'=")
    assert line.count("\t") == 1
    assert "‮" not in line
    row = markdown(("name",), [(HOSTILE,)], visible).splitlines()[2]
    for harm in ("<script>", "](", "@all", "://", "‮"):
        assert harm not in row


def finding(name: str) -> tuple[Finding, Life]:
    life = Life(first_seen=NOW, last_seen=NOW, first_run=1, times_seen=1, state="settling")
    subject = Subject(type="person", key=f"user:{name}", name=name)
    return Finding(kind="k", severity="low", subject=subject, sentence="s", people=(f"user:{name}",)), life


def test_an_empty_cell_is_empty_for_other_programs() -> None:
    from reports.text import visible

    assert tsv(("a", "b", "c"), [("x", "", "y")], visible).splitlines()[1] == "x\t\ty"


def test_what_settles_is_listed_only_when_asked_for() -> None:
    assert not Filter().keeps(*finding("ana"))
    assert Filter(states=("settling",)).keeps(*finding("ana"))
