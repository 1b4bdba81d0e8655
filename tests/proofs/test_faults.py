"""Whatever breaks on one page of one list: the same findings, or no verdict and nothing lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reconciler.findings import Finding
from reconciler.simulator import company as companies
from reconciler.simulator.between import Asked, Meddling
from reconciler.simulator.faults import answer_lost, breaks, cut_on_the_way, gateway_error
from reconciler.simulator.weather import Rule, Weather
from reconciler.store import Store
from tests.proofs import faults
from tests.proofs.child import served
from tests.proofs.harness import Installation, Outcome, Told, difference, installed, told, truth

INJECTIONS = (
    "member-not-assigned",
    "left-still-active",
    "unassigned-still-active",
    "member-missing",
    "unmanaged-in-kandji",
    "member-extra",
    "attribute-differs",
    "missing-in-kandji",
    "mapping-target-missing",
    "group-unmanaged",
)
ROWS_A_PAGE = 24
OPTIONAL = ("/features", "/connections/default", "/groups/rules", "/logs?", "/meta/schemas/", "/ServiceProviderConfig")
"""Reads on which a verdict does not depend, but for the look-ups and the probe, which ``is_optional`` knows."""


@dataclass
class Proven:
    """One company with one good run behind it, and what an undisturbed second run is like."""

    installation: Installation
    good: Path
    undisturbed: Outcome
    told: set[Told]
    findings: list[Finding]
    kept: Any = None
    first: Outcome | None = None

    def again(self, meddling: Meddling, *, first: bool = False) -> Outcome:
        """A run from the same start: after the good one, or as the very first."""
        self.installation.database.unlink(missing_ok=True)
        if not first:
            shutil.copy(self.good, self.installation.database)
        return self.installation.call("pull", meddling=meddling)


def kept(database: Path, run_id: int) -> Any:
    """Everything the database says of the world at a run."""
    with Store.open(database) as store:
        return (
            store.findings(run_id),
            store.snapshot(run_id),
            store.stages(run_id),
            store.groups(run_id),
            store.memory(),
        )


@pytest.fixture(scope="module")
def proven(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proven]:
    folder = tmp_path_factory.mktemp("faults")
    company = companies.build(4, people=60, groups=5, injections=INJECTIONS, page_cap=ROWS_A_PAGE)
    with installed(company, folder, rows_a_page=ROWS_A_PAGE) as installation:
        installation.remembered = {}
        first = installation.call("pull")
        assert first.code == 0, first.err
        good = folder / "good.db"
        shutil.copy(installation.database, good)
        undisturbed = installation.call("pull")
        assert undisturbed.code == 0, undisturbed.err
        yield Proven(
            installation,
            good,
            undisturbed,
            installation.told(),
            installation.findings(),
            kept=kept(good, 1),
            first=first,
        )


def places(outcome: Outcome) -> list[Asked]:
    return list(outcome.asked)


def share(everything: Sequence[Asked], number: int, of: int) -> list[Asked]:
    """Every so manieth place, so that all shares together are everything."""
    return [place for position, place in enumerate(everything) if position % of == number % of]


def is_optional(place: Asked) -> bool:
    """Whether a run may be complete without this read: optional lists, look-ups, the probe, the REST API."""
    url = place.url
    lookup = "/api/v1/users" in url and "/groups/" not in url and "/apps/" not in url
    probe = ("/scim/" in url and url.endswith("count=1") and "startIndex" not in url) or "excludedAttributes" in url
    beyond = "/scim/" in url and "startIndex" in url and url.endswith("count=1")
    rest = "kandji" in url and "/scim/" not in url
    return lookup or probe or beyond or rest or any(part in url for part in OPTIONAL)


def same_findings(proven: Proven, outcome: Outcome) -> str | None:
    """Why a run is not as if nothing had happened; None if it is."""
    if outcome.code != 0:
        return f"exit {outcome.code}: {outcome.err.strip().splitlines()[-4:]}"
    if proven.installation.told() != proven.told:
        return f"other findings: {sorted(proven.installation.told() ^ proven.told, key=str)}"
    if proven.installation.findings() != proven.findings:
        return "findings tell something else"
    return None


def nothing_lost(proven: Proven, outcome: Outcome, codes: Sequence[int]) -> str | None:
    """Why a run without verdict is not one as promised; None if it is."""
    if outcome.code not in codes:
        return f"exit {outcome.code}, not {codes}: {outcome.err.strip().splitlines()[-4:]}"
    if proven.installation.state() != "incomplete":
        return f"exit {outcome.code}, and the run is {proven.installation.state()}"
    if kept(proven.installation.database, 2) != proven.kept:
        return "earlier data or findings are lost"
    with Store.open(proven.installation.database) as store:
        unread = [source for source in store.sources(2) if source.required and source.state != "complete"]
    if not unread or not all(source.reason for source in unread):
        return "no source is named as unread, with a reason"
    return None if "next" in outcome.err else "the message does not say what to do"


def same_or_incomplete(proven: Proven, outcome: Outcome, codes: Sequence[int] = (5,)) -> str | None:
    """None where the run is as if nothing had happened, or has no verdict and lost nothing."""
    if outcome.code in codes:
        return nothing_lost(proven, outcome, codes)
    return same_findings(proven, outcome)


def nothing_called_fixed(proven: Proven, outcome: Outcome) -> str | None:
    """None where a run that had to do without an optional read says so, and takes nothing back."""
    if outcome.code != 0:
        return same_or_incomplete(proven, outcome, (4, 5))
    with Store.open(proven.installation.database) as store:
        fixed = [finding.sentence for finding, life in store.findings(2) if life.state == "fixed"]
        skipped = [note for note in store.notes(2) if note.kind == "check-skipped"]
    if fixed:
        return f"called fixed: {fixed}"
    now, before = proven.installation.told(), proven.told
    uncaused = {(kind, subject, None) for kind, subject, _ in before}  # a cause that is not judged explains nothing
    more, fewer = now - before - uncaused, before - now
    if fewer and not skipped:
        return f"not judged, and not said: {sorted(fewer, key=str)}"
    return f"invented: {sorted(more, key=str)}" if more else None


def tried(
    proven: Proven,
    everywhere: Sequence[Asked],
    meddling: Callable[[Asked], Meddling],
    judge: Callable[[Asked, Outcome], str | None],
    *,
    first: bool = False,
) -> dict[str, str]:
    """Each place in turn with this meddling, and what is wrong with what came of it."""
    wrong = {}
    for place in everywhere:
        problem = judge(place, proven.again(meddling(place), first=first))
        if problem is not None:
            wrong[f"{place.url} ({place.occurrence})"] = problem
    return wrong


# --- faults that pass ------------------------------------------------------------------------------------------------


def passing(proven: Proven, name: str, everywhere: Sequence[Asked], *, first: bool) -> dict[str, str]:
    calm = proven.first if first else proven.undisturbed
    assert calm is not None
    most = len(calm.asked) + 2

    def judge(place: Asked, outcome: Outcome) -> str | None:
        more = f"{len(outcome.asked) - most + 2} requests more" if len(outcome.asked) > most else None
        return same_findings(proven, outcome) or more

    return tried(proven, everywhere, lambda place: faults.once(place, faults.ONCE[name]), judge, first=first)


@pytest.mark.parametrize("name", faults.ONCE)
def test_one_fault_on_a_page_changes_no_finding_and_costs_two_requests_at_most(proven: Proven, name: str) -> None:
    some = share(places(proven.undisturbed), list(faults.ONCE).index(name), 2 * len(faults.ONCE))
    assert passing(proven, name, some, first=False) == {}


@pytest.mark.prove
@pytest.mark.parametrize("name", faults.ONCE)
def test_one_fault_on_any_page_changes_no_finding_and_costs_two_requests_at_most(proven: Proven, name: str) -> None:
    assert passing(proven, name, places(proven.undisturbed), first=False) == {}


@pytest.mark.prove
@pytest.mark.parametrize("name", faults.ONCE)
def test_one_fault_in_the_very_first_run_changes_no_finding_either(proven: Proven, name: str) -> None:
    assert proven.first is not None
    some = share(places(proven.first), list(faults.ONCE).index(name), len(faults.ONCE))
    assert passing(proven, name, some, first=True) == {}


# --- faults that stay ------------------------------------------------------------------------------------------------


def lasting(proven: Proven, name: str, everywhere: Sequence[Asked]) -> dict[str, str]:
    def judge(place: Asked, outcome: Outcome) -> str | None:
        if is_optional(place):
            return nothing_called_fixed(proven, outcome)
        return same_or_incomplete(proven, outcome)

    return tried(proven, everywhere, lambda place: faults.for_good(place, faults.FOR_GOOD[name]), judge)


@pytest.mark.parametrize("name", faults.FOR_GOOD)
def test_a_lasting_fault_on_a_page_gives_the_same_findings_or_no_verdict(proven: Proven, name: str) -> None:
    some = share(places(proven.undisturbed), list(faults.FOR_GOOD).index(name), 2 * len(faults.FOR_GOOD))
    assert lasting(proven, name, some) == {}


@pytest.mark.prove
@pytest.mark.parametrize("name", faults.FOR_GOOD)
def test_a_lasting_fault_on_any_page_gives_the_same_findings_or_no_verdict(proven: Proven, name: str) -> None:
    assert lasting(proven, name, places(proven.undisturbed)) == {}


def refused(proven: Proven, name: str, everywhere: Sequence[Asked]) -> dict[str, str]:
    def judge(place: Asked, outcome: Outcome) -> str | None:
        if is_optional(place):
            return nothing_called_fixed(proven, outcome)
        return nothing_lost(proven, outcome, (4,))

    return tried(proven, everywhere, lambda place: faults.for_good(place, faults.REFUSALS[name]), judge)


@pytest.mark.parametrize("name", faults.REFUSALS)
def test_a_refusal_on_a_page_of_a_required_list_ends_with_not_allowed(proven: Proven, name: str) -> None:
    some = share(places(proven.undisturbed), list(faults.REFUSALS).index(name), 8)
    assert refused(proven, name, some) == {}


@pytest.mark.prove
@pytest.mark.parametrize("name", faults.REFUSALS)
def test_a_refusal_on_any_page_of_a_required_list_ends_with_not_allowed(proven: Proven, name: str) -> None:
    assert refused(proven, name, places(proven.undisturbed)) == {}


# --- pages that lie --------------------------------------------------------------------------------------------------


def before(outcome: Outcome, place: Asked) -> Asked | None:
    """The page of the same list that came before; None for the first."""
    list_of = place.url.partition("?")[0]
    earlier = [one for one in outcome.asked[: outcome.asked.index(place)] if one.url.partition("?")[0] == list_of]
    return earlier[-1] if earlier else None


LIES: dict[str, Callable[[Outcome, Asked], Meddling]] = {
    "next link to another host": lambda outcome, place: faults.next_on_another_host(place),
    "next link to the same page": lambda outcome, place: faults.next_on_itself(place),
    "endless cursor": lambda outcome, place: faults.endless_cursor(place),
    "repeated page": lambda outcome, place: faults.repeated_page(place, before(outcome, place)),
    "shrinking totalResults": lambda outcome, place: faults.shrinking_total(place),
}


def lying(proven: Proven, name: str, everywhere: Sequence[Asked]) -> dict[str, str]:
    def judge(place: Asked, outcome: Outcome) -> str | None:
        strangers = [asked.url for asked in outcome.asked if "evil.example" in asked.url.partition("?")[0]]
        if strangers:
            return f"asked another host: {strangers}"
        if is_optional(place):
            return nothing_called_fixed(proven, outcome)
        return same_or_incomplete(proven, outcome)

    return tried(proven, everywhere, lambda place: LIES[name](proven.undisturbed, place), judge)


@pytest.mark.parametrize("name", LIES)
def test_a_page_that_lies_gives_the_same_findings_or_no_verdict(proven: Proven, name: str) -> None:
    assert lying(proven, name, share(places(proven.undisturbed), list(LIES).index(name), 16)) == {}


@pytest.mark.prove
@pytest.mark.parametrize("name", LIES)
def test_any_page_that_lies_gives_the_same_findings_or_no_verdict(proven: Proven, name: str) -> None:
    assert lying(proven, name, places(proven.undisturbed)) == {}


@pytest.mark.prove
@pytest.mark.parametrize("name", LIES)
def test_each_lie_is_told_on_several_pages_and_noticed(proven: Proven, name: str) -> None:
    calm = proven.undisturbed
    outcomes = [proven.again(LIES[name](calm, place)) for place in places(calm)]
    assert sum(outcome.code != 0 or len(outcome.asked) != len(calm.asked) for outcome in outcomes) >= 4
    assert sum(outcome.code == 5 for outcome in outcomes) >= 2


# --- bad weather -----------------------------------------------------------------------------------------------------

CHANCE = 0.015
"""Of each passing fault, for each request: together nearly every fifth request meets one."""


def stormy(proven: Proven, seed: int) -> tuple[int, str | None]:
    """The exit code of a run in the weather of a seed, and what is wrong with it."""
    weather = Weather(*(Rule(fault=fault, chance=CHANCE) for fault in faults.ONCE.values()), seed=seed)
    outcome = proven.again(weather)
    if len(weather.met) < 3:
        return outcome.code, f"the weather was fair: {weather.met}"
    return outcome.code, same_or_incomplete(proven, outcome)


def assert_weathered(proven: Proven, seeds: range) -> None:
    """In each weather the same findings or no verdict, and a verdict in nine of ten."""
    came = {seed: stormy(proven, seed) for seed in seeds}
    assert {seed: problem for seed, (_, problem) in came.items() if problem is not None} == {}
    assert sum(code == 0 for code, _ in came.values()) >= 0.9 * len(came)


def test_a_run_in_bad_weather_gives_the_same_findings_or_no_verdict(proven: Proven) -> None:
    assert_weathered(proven, range(1, 5))


@pytest.mark.prove
def test_a_run_in_any_of_two_hundred_weathers_gives_the_same_findings_or_no_verdict(proven: Proven) -> None:
    assert_weathered(proven, range(5, 201))


ON_THE_WIRE = (breaks(), answer_lost(), cut_on_the_way, gateway_error(503))


@pytest.mark.prove
def test_a_run_over_sockets_in_bad_weather_gives_the_same_findings(tmp_path: Path) -> None:
    rules = [Rule(fault=fault, nth=(3 + 2 * number, 15 + 2 * number)) for number, fault in enumerate(ON_THE_WIRE)]
    weather = Weather(*rules)
    with served(tmp_path, okta_token="00okta", meddling=weather) as company:
        called = company.call("run", "--format", "json")
        assert called.code == 0, called.err
        with Store.open(company.database) as store:
            found = told([finding for finding, _ in store.findings(1)])
        assert difference(found, truth(company.company)) == {}
    assert {rule for _, rule in weather.met} == {0, 1, 2, 3}


def test_no_page_of_any_list_is_left_out_of_the_faults(proven: Proven) -> None:
    lists = {place.list_name for place in places(proven.undisturbed)}
    pages = {faults.page_of(place) for place in places(proven.undisturbed)}
    assert len(lists) >= 14
    assert len(pages) > len(lists)
