"""A row, or the rest of a list, that a service leaves out without a word: nothing is found and nothing is hidden by it.

No list is believed alone: what a finding rests on is read once more by id, or from a list of another kind. Four lists
have no count, and nothing else in a calm run names their rows: app users, push mappings, members of an Okta group, and
SCIM groups whose count is wrong as well. The last and the mappings are told by what an earlier run learnt, so a first
run would not notice.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from reconciler.simulator import company as companies
from reconciler.simulator.between import Fault, Meddling
from reconciler.simulator.lies import body_of, next_dropped, row_dropped, rows_of
from tests.proofs.harness import Installation, Outcome, Told, installed

INJECTIONS = ("left-still-active", "member-extra", "unmanaged-in-kandji")
ROWS_A_PAGE = 9
ONCE_NAMED = frozenset({"rule-inactive", "inactive-in-pushed-group"})
"""Low findings about what one list alone names: a retired rule, and an assigned group in which deactivated people
linger. These may be hidden."""


@dataclass(frozen=True)
class Left:
    """Something left out of a list."""

    list_name: str
    path: str
    fault: Fault

    def meddling(self) -> Meddling:
        return lambda asked: self.fault if asked.url.partition("?")[0] == self.path else None


@dataclass
class Known:
    """A company with a good run behind it, and an undisturbed second one."""

    installation: Installation
    good: Path
    told: set[Told]
    calm: Outcome
    answers: dict[str, httpx.Response]

    def again(self, meddling: Meddling) -> Outcome:
        shutil.copy(self.good, self.installation.database)
        return self.installation.call("pull", meddling=meddling)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    company = companies.build(4, people=22, groups=3, injections=INJECTIONS, page_cap=ROWS_A_PAGE)
    with installed(company, tmp_path_factory.mktemp("left-out"), rows_a_page=ROWS_A_PAGE) as installation:
        installation.remembered = answers = {}
        assert installation.call("pull").code == 0
        good = installation.folder / "good.db"
        shutil.copy(installation.database, good)
        calm = installation.call("pull")
        yield Known(installation, good, installation.told(), calm, answers)


def lists(known: Known) -> dict[str, list[Any]]:
    """Every list that a calm run reads, by its address, with all rows that its pages have."""
    calm = {asked.url.partition("?")[0] for asked in known.calm.asked}
    found: dict[str, list[Any]] = {}
    for url, answer in known.answers.items():
        rows = rows_of(body_of(answer)) or []
        here = found.setdefault(url.partition("?")[0], [])
        here += [row for row in rows if row not in here]
    return {path: rows for path, rows in found.items() if rows and path in calm}


def named(known: Known, path: str) -> str:
    return next(asked.list_name for asked in known.calm.asked if asked.url.partition("?")[0] == path)


def rows_left_out(known: Known) -> list[Left]:
    found = []
    for path, rows in lists(known).items():
        for row in rows:
            text = json.dumps(row, sort_keys=True)
            for counted in (False, True) if "/scim/" in path else (False,):
                fault = row_dropped(lambda one, text=text: json.dumps(one, sort_keys=True) == text, counted=counted)
                found.append(Left(named(known, path) + " counted" * counted, path, fault))
    return found


def rests_left_out(known: Known) -> list[Left]:
    return [Left(named(known, path), path, next_dropped) for path in lists(known)]


def told_wrongly(known: Known, left: Left) -> str | None:
    """What comes of it beyond no verdict; None where all is well."""
    outcome = known.again(left.meddling())
    if outcome.code == 5:
        return None
    if outcome.code != 0:
        return f"exit {outcome.code}: {outcome.err}"
    found, hid = known.installation.told() - known.told, known.told - known.installation.told()
    hid = {one for one in hid if one[0] not in ONCE_NAMED}
    return f"found {found}, hid {hid}" if found or hid else None


def wrong(known: Known, everything: list[Left]) -> list[str]:
    problems = [(left.list_name, told_wrongly(known, left)) for left in everything]
    return [f"{name}: {problem}" for name, problem in problems if problem is not None]


def test_a_row_left_out_of_a_list_is_told_as_no_drift_and_hides_none(known: Known) -> None:
    assert wrong(known, rows_left_out(known)[::12]) == []


@pytest.mark.prove
def test_any_row_left_out_of_any_list_is_told_as_no_drift_and_hides_none(known: Known) -> None:
    assert wrong(known, rows_left_out(known)) == []


def test_the_rest_left_out_of_any_list_is_told_as_no_drift_and_hides_none(known: Known) -> None:
    assert wrong(known, rests_left_out(known)) == []
