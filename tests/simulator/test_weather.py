"""Which requests meet which fault."""

from __future__ import annotations

from reconciler.simulator.between import Asked
from reconciler.simulator.faults import answers, breaks
from reconciler.simulator.weather import Rule, Weather

USERS = "https://acme.okta.com/api/v1/users"
FAULT, OTHER = answers(503), breaks()


def met(weather: Weather, *asked: Asked) -> list[bool]:
    return [weather(one) is not None for one in asked]


def times(url: str, count: int, method: str = "GET") -> list[Asked]:
    return [Asked(method, url, occurrence) for occurrence in range(1, count + 1)]


def test_without_rules_every_request_passes() -> None:
    assert met(Weather(), *times(USERS, 3)) == [False, False, False]


def test_a_rule_meets_the_methods_and_places_that_it_names_and_no_others() -> None:
    weather = Weather(Rule(fault=FAULT, methods=("POST", "PUT"), where=r"/groups/[^/]+$"))
    groups = f"{USERS[:-5]}groups"
    asked = [Asked("PUT", f"{groups}/00g1"), Asked("GET", f"{groups}/00g1"), Asked("PUT", groups), Asked("POST", USERS)]
    assert met(weather, *asked) == [True, False, False, False]


def test_a_rule_meets_the_nth_requests_of_those_that_fit_it() -> None:
    weather = Weather(Rule(fault=FAULT, where="/users", nth=(2, 4)))
    others = [Asked("GET", "https://acme.okta.com/api/v1/apps", occurrence) for occurrence in range(1, 6)]
    asked = [one for pair in zip(others, times(USERS, 5), strict=True) for one in pair]
    assert met(weather, *asked)[1::2] == [False, True, False, True, False]


def test_a_rule_meets_so_many_requests_at_most() -> None:
    assert met(Weather(Rule(fault=FAULT, most=2)), *times(USERS, 4)) == [True, True, False, False]


def test_the_first_rule_that_a_request_meets_applies_and_is_told() -> None:
    weather = Weather(Rule(fault=FAULT, nth=(2,)), Rule(fault=OTHER))
    asked = times(USERS, 3)
    assert [weather(one) for one in asked] == [OTHER, FAULT, OTHER]
    assert weather.met == [(asked[0], 1), (asked[1], 0), (asked[2], 1)]


def test_chance_meets_about_its_share_and_depends_on_the_seed_and_not_on_the_order() -> None:
    asked = [Asked("GET", f"{USERS}?after={number}") for number in range(1000)]
    one, same, other = (Weather(Rule(fault=FAULT, chance=0.1), seed=seed) for seed in (7, 7, 8))
    first = met(one, *asked)
    assert met(same, *reversed(asked)) == first[::-1]
    assert met(other, *asked) != first
    assert 60 < sum(first) < 140


def test_a_request_that_is_asked_again_has_another_chance() -> None:
    assert set(met(Weather(Rule(fault=FAULT, chance=0.5)), *times(USERS, 20))) == {True, False}
