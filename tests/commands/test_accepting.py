from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from reconciler.findings import finding_id
from tests.commands.conftest import Keep
from tests.commands.samples import NOW, PEOPLE, SomeOkta, SomeScim, call, okta, scim

DI = finding_id("member-not-assigned", "user:00udi")
WHY = ("--reason", "starts in June", "--owner", "IT", "--until", "2026-03-04")


def again(keep: Keep, days: int) -> None:
    keep(SomeOkta(okta(assigned=PEOPLE[:3])), SomeScim(scim(PEOPLE[:3], PEOPLE[:3])), now=NOW + timedelta(days=days))


def states(config: Path) -> dict[str, str]:
    told = call("findings", "-c", config, "--format", "json", "--state", "accepted", "--state", "back again")
    return {line["id"]: line["state"] for line in json.loads(told.out)["findings"]}


def test_an_accepted_finding_is_no_drift_until_its_day_has_passed(config: Path, drift: object, keep: Keep) -> None:
    assert call("accept", DI, *WHY, "-c", config, now=lambda: NOW).code == 0
    assert states(config) == {}  # the run before was told as it was then
    again(keep, 1)
    assert states(config) == {DI: "accepted"}
    assert json.loads(call("status", "-c", config, "--format", "json").out)["state"] == "in-step"
    again(keep, 3)
    assert states(config) == {DI: "back again"}
    assert "expired, 1 finding again" in call("accepted", "-c", config, now=lambda: NOW + timedelta(days=3)).out


def test_what_is_accepted_is_listed_with_owner_reason_and_end(config: Path, drift: object, keep: Keep) -> None:
    call("accept", "--kind", "member-*", *WHY, "-c", config, now=lambda: NOW)
    fresh = json.loads(call("accepted", "-c", config, "--format", "json", now=lambda: NOW).out)["accepted"]
    assert [(line["owner"], line["until"], line["state"]) for line in fresh] == [
        ("IT", "2026-03-04", "from the next run")
    ]
    again(keep, 1)
    told = json.loads(call("accepted", "-c", config, "--format", "json", now=lambda: NOW).out)["accepted"]
    assert [(line["findings"], line["state"]) for line in told] == [(1, "ends soon")]


def test_a_withdrawn_acceptance_holds_no_more(config: Path, drift: object, keep: Keep) -> None:
    call("accept", DI, *WHY, "-c", config, now=lambda: NOW)
    (line,) = json.loads(call("accepted", "-c", config, "--format", "json", now=lambda: NOW).out)["accepted"]
    told = call("accept", "--withdraw", line["id"], "-c", config, now=lambda: NOW)
    assert (told.code, told.out) == (0, "Nothing is accepted.\n")
    again(keep, 1)
    assert states(config) == {}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((DI,), 2),
        ((DI, "--reason", "x", "--owner", "IT", "--until", "2026-03-01"), 2),
        ((DI, "--reason", "x", "--owner", "IT", "--until", "soon"), 2),
        ((DI, "--reason", "x", "--owner", "IT", "--until", "2099-01-01"), 2),
        (WHY, 2),
        ((DI, "--kind", "member-missing", *WHY), 2),
        (("--kind", "member-mising", *WHY), 2),
        (("F-000000000000", *WHY), 10),
        (("--withdraw", "A-00000000"), 10),
    ],
)
def test_a_wrong_acceptance_is_refused_and_keeps_nothing(
    config: Path, drift: object, words: tuple[str, ...], code: int
) -> None:
    assert call("accept", *words, "-c", config, now=lambda: NOW).code == code
    assert call("accepted", "-c", config, now=lambda: NOW).out == "Nothing is accepted.\n"
