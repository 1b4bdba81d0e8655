"""The verbs that mend, on the real program: how each ends, and that nothing is sent that nobody may send."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import httpx
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types

from reconciler.commands.plan_file import read
from reconciler.simulator import company as companies
from reconciler.simulator.between import Asked, Fault, Forward, Meddling, nothing
from reconciler.simulator.company import Company
from reconciler.store import lock
from tests.proofs import faults, harness
from tests.proofs.harness import Installation, Outcome, installed

ALLOWED = '[fix]\nauto = ["left-still-active"]\nkandji_writes = ["left-still-active"]\n\n[okta]'


@pytest.fixture(autouse=True)
def _writes_are_no_business_of_the_proofs_of_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harness, "WATCHERS", [])


@pytest.fixture(scope="module")
def company() -> Company:
    return companies.build(12, people=30, groups=3, injections=("left-still-active", "member-not-assigned"))


@pytest.fixture(scope="module")
def behind(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which there was one good run, and a plan was made."""
    folder = tmp_path_factory.mktemp("behind")
    with installed(company, folder) as installation:
        installation.edit("[okta]", ALLOWED)
        assert [installation.call(verb).code for verb in ("run", "plan")] == [0, 0]
    return folder


@pytest.fixture
def installation(company: Company, behind: Path, tmp_path: Path) -> Iterator[Installation]:
    """With that behind it; somebody who left may be deactivated in Kandji itself."""
    with installed(company, tmp_path) as installation:
        installation.edit("[okta]", ALLOWED)
        for name in ("reconciler.db", "reconciler-plan.json"):
            shutil.copy(behind / name, tmp_path)
        yield installation


@pytest.fixture
def count(installation: Installation) -> int:
    """How many changes the plan holds."""
    return len(read(installation.folder / "reconciler-plan.json").changes)


def applied(installation: Installation, count: int, *options: str, meddling: Meddling = nothing) -> Outcome:
    file = str(installation.folder / "reconciler-plan.json")
    return installation.call("apply", file, "--confirm", str(count), *options, meddling=meddling)


def at_writes(fault: Fault) -> Meddling:
    def meddle(asked: Asked) -> Fault | None:
        return None if asked.method == "GET" else fault

    return meddle


def sent(outcome: Outcome) -> list[str]:
    return [asked.method for asked in outcome.asked if asked.method != "GET"]


@pytest.mark.parametrize(
    ("code", "meddling", "locked"),
    [
        (4, lambda asked: faults.REFUSALS["401"], False),
        (5, lambda asked: faults.FOR_GOOD["reset"], False),
        (8, nothing, True),
    ],
    ids=["a dead token", "no network", "another run"],
)
def test_an_apply_that_can_not_begin_changes_nothing(
    installation: Installation, count: int, code: int, meddling: Meddling, locked: bool
) -> None:
    other = lock(installation.database, command="reconciler run") if locked else nullcontext()
    with other:
        outcome = applied(installation, count, meddling=meddling)
    assert (outcome.code, sent(outcome)) == (code, [])
    assert outcome.err.splitlines()[-1].strip().startswith("next")


def test_what_the_service_refuses_ends_with_7_and_says_which(installation: Installation, count: int) -> None:
    outcome = applied(installation, count, "--format", "json", meddling=at_writes(faults.REFUSALS["403"]))
    told = json.loads(outcome.out)
    assert (outcome.code, told["exit_code"], told["apply"]) == (7, 7, 1)
    assert "failed" in {one["outcome"] for one in told["outcomes"]}
    validator = Draft202012Validator(json.loads(installation.call("config schema applied").out))
    assert [error.message for error in validator.iter_errors(told)] == []


def test_a_dry_run_reads_and_sends_nothing(installation: Installation, count: int) -> None:
    outcome = applied(installation, count, "--dry-run", "--format", "json")
    told = json.loads(outcome.out)
    assert (outcome.code, sent(outcome), told["dry_run"], told["apply"]) == (0, [], True, None)
    assert {one["outcome"] for one in told["outcomes"]} == {"would be made"}
    assert any(asked.method == "GET" for asked in outcome.asked)
    assert outcome.err.splitlines()[-1].startswith("next: reconciler apply ")


def test_verify_of_what_was_not_applied_ends_with_7(installation: Installation, count: int) -> None:
    outcome = installation.call("verify", str(installation.folder / "reconciler-plan.json"), "--format", "json")
    told = json.loads(outcome.out)
    assert (outcome.code, told["exit_code"], sent(outcome)) == (7, 7, [])
    assert {one["outcome"] for one in told["outcomes"]} == {"undone"}
    validator = Draft202012Validator(json.loads(installation.call("config schema verified").out))
    assert [error.message for error in validator.iter_errors(told)] == []


def test_run_fix_takes_nothing_away_unless_it_may(installation: Installation) -> None:
    outcome = installation.call("run --fix")
    assert (outcome.code, sent(outcome)) == (6, [])
    plan = read(installation.folder / "drift-reports" / "plan-of-run-2.json")
    assert plan.changes == ()
    assert {held.lift for held in plan.withheld} == {"[fix] auto_removals = true"}


def test_run_without_fix_mends_nothing(installation: Installation) -> None:
    installation.edit("[fix]", "[fix]\nauto_removals = true")
    outcome = installation.call("run")
    assert (outcome.code, sent(outcome)) == (0, [])


def test_run_fix_mends_what_it_may_and_the_next_finds_nothing_to_mend(tmp_path: Path) -> None:
    company = companies.build(12, people=30, groups=3, injections=("left-still-active",))
    with installed(company, tmp_path) as installation:
        installation.edit("[okta]", ALLOWED.replace("[fix]", "[fix]\nauto_removals = true"))
        first, second = installation.call("run --fix"), installation.call("run --fix")
        assert (first.code, set(sent(first))) == (0, {"PUT"})
        assert (second.code, sent(second)) == (0, [])
        assert "Nothing to mend." in second.err


def test_an_interrupted_apply_says_how_it_goes_on_and_does(tmp_path: Path) -> None:
    async def interrupted(request: httpx.Request, forward: Forward) -> httpx.Response:
        raise KeyboardInterrupt

    company = companies.build(12, people=30, groups=3, injections=("left-still-active",))
    with installed(company, tmp_path) as installation:
        installation.edit("[okta]", ALLOWED.replace("[fix]", "[fix]\nauto_removals = true"))
        first = installation.call("run --fix", meddling=at_writes(interrupted))
        assert (first.code, first.err.splitlines()[-1]) == (
            130,
            f"  next  reconciler apply --resume -c {installation.config}",
        )
        assert installation.call("plan").code == 0
        assert applied(installation, 1).code == 6
        second = installation.call("apply --resume")
        assert (second.code, sent(second)) == (0, ["PUT"])
