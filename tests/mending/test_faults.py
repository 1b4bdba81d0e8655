"""Whatever happens to a request on its way: nothing is done twice, nothing is lost, and the words are true."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from reconciler.simulator.between import Fault
from reconciler.simulator.faults import answer_lost, breaks, cut_on_the_way, gateway_error, okta_error, too_many
from reconciler.simulator.weather import Rule, Weather
from tests.mending.fingerprint import difference, fingerprint
from tests.mending.harness import Site
from tests.mending.prepared import begun, undisturbed
from tests.mending.scenes import SCENES, Scene

WRITES = ("POST", "PUT", "PATCH", "DELETE")
LOCKED = okta_error(423, "E0000239", "Policy priorities are being reconciled. Please try again later.")
FAULTS: dict[str, Callable[[Site], Fault]] = {
    "the answer is lost": lambda place: answer_lost(),
    "the answer is cut": lambda place: cut_on_the_way,
    "the connection is reset": lambda place: breaks(),
    "a gateway answers 503": lambda place: gateway_error(503),
    "the service answers 500": lambda place: okta_error(500, "E0000009", "Internal Server Error"),
    "too many requests": lambda place: too_many("rate limit", place.company.clock.now),
    "too many requests, with seconds": lambda place: too_many("retry after seconds", place.company.clock.now),
}
BY_NAME = {scene.name: scene for scene in SCENES}
COMPOSITE = "extend the rule by a group"
SAMPLE = ("the answer is lost", "a gateway answers 503")
POINTS = [
    pytest.param(scene, fault, id=f"{scene.name}, {fault}", marks=marks)
    for scene in SCENES
    for fault in FAULTS
    for marks in [() if scene.name == COMPOSITE and fault in SAMPLE else pytest.mark.prove]
]


def as_undisturbed(scene: Scene, folder: Path, weather: Callable[[Site], Weather]) -> dict[str, object]:
    """What differs from the course without a fault; empty where nothing does."""
    right = undisturbed(scene)
    with begun(scene, folder) as place:
        faults = weather(place)
        outcome = place.apply(meddling=faults)
        assert faults.met, "the fault met no request"
        place.settle()
        found: dict[str, object] = dict(difference(right.world, fingerprint(place.company)))
        taken = tuple(write.line for write in outcome.writes if write.taken)
        if sorted(taken) != sorted(right.writes):
            found["writes"] = taken
        if set(outcome.words.values()) != {"verified"}:
            found["words"] = (outcome.words, outcome.told)
    return found


@pytest.mark.parametrize(("scene", "fault"), POINTS)
def test_one_fault_at_any_write_is_got_over(scene: Scene, fault: str, tmp_path: Path) -> None:
    found = {}
    for nth in range(1, len(undisturbed(scene).writes) + 1):
        wrong = as_undisturbed(
            scene,
            tmp_path / str(nth),
            lambda place, nth=nth: Weather(Rule(fault=FAULTS[fault](place), methods=WRITES, nth=(nth,))),
        )
        if wrong:
            found[nth] = wrong
    assert found == {}


def test_a_rule_write_that_is_locked_out_for_a_while_is_waited_for(tmp_path: Path) -> None:
    scene = BY_NAME[COMPOSITE]
    rule = Rule(fault=LOCKED, methods=("PUT",), where="/groups/rules/", most=4)
    assert as_undisturbed(scene, tmp_path, lambda place: Weather(rule)) == {}


def test_a_rule_that_is_refused_its_new_expression_is_active_again_with_the_old_one(tmp_path: Path) -> None:
    scene = BY_NAME[COMPOSITE]
    refusal = okta_error(400, "E0000001", "Api validation failed: expression")
    with begun(scene, tmp_path) as place:
        before = fingerprint(place.company)
        outcome = place.apply(meddling=Weather(Rule(fault=refusal, methods=("PUT",), where="/groups/rules/")))
        assert set(outcome.words.values()) == {"failed"}
        assert outcome.code == 7
        place.settle()
        assert difference(before, fingerprint(place.company)) == {}


@pytest.mark.prove
@pytest.mark.parametrize("fault", ["the connection is reset", "a gateway answers 503"])
@pytest.mark.parametrize("name", ["add somebody to the assignment group", "activate an account"])
def test_a_write_that_never_gets_through_has_failed_and_changed_nothing(name: str, fault: str, tmp_path: Path) -> None:
    with begun(BY_NAME[name], tmp_path) as place:
        before = fingerprint(place.company)
        outcome = place.apply(meddling=Weather(Rule(fault=FAULTS[fault](place), methods=WRITES)))
        assert set(outcome.words.values()) == {"failed"}
        assert outcome.code == 7
        place.settle()
        assert difference(before, fingerprint(place.company)) == {}


@pytest.mark.prove
@pytest.mark.parametrize("name", [COMPOSITE, "push a group again", "link a group"])
def test_what_shows_later_than_anybody_waits_is_not_seen_yet_and_verified_afterwards(name: str, tmp_path: Path) -> None:
    scene = BY_NAME[name]
    with begun(scene, tmp_path) as place:
        lags = place.company.org.lags
        place.company.org.lags = type(lags)(account=timedelta(hours=1), push=timedelta(hours=1))
        outcome = place.apply()
        assert set(outcome.words.values()) == {"not seen yet"}
        assert outcome.code == 7
        assert sorted(write.line for write in outcome.writes if write.taken) == sorted(undisturbed(scene).writes)
        verified = place.mended("verify", str(place.folder / "plan.json"))
        assert set(verified.words.values()) == {"not seen yet"}
        place.settle()
        assert difference(undisturbed(scene).world, fingerprint(place.company)) == {}
        verified = place.mended("verify", str(place.folder / "plan.json"))
        assert set(verified.words.values()) == {"verified"}, verified.told
        assert verified.code == 0
        assert verified.writes == ()
