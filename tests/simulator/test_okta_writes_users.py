from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.small import World

ADA = {"firstName": "Ada", "lastName": "Berg", "email": "ada@acme.test", "login": "ada@acme.test"}


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["errorCode"]


def make(world: World, asked: str = "", **more: Any) -> Any:
    return world.ask(f"/api/v1/users{asked}", method="POST", json={"profile": ADA} | more)


def test_somebody_made_is_read_back_without_what_was_not_said() -> None:
    world = World()
    answer = make(world)
    assert answer.status_code == 200
    assert answer.json() == world.ask(f"/api/v1/users/{answer.json()['id']}").json()
    assert answer.json()["profile"] == ADA | {"mobilePhone": None, "secondEmail": None}


@pytest.mark.parametrize(
    ("asked", "credentials", "status"),
    [
        ("", {"password": {}}, "PROVISIONED"),
        ("", {"password": {"value": "secret"}}, "ACTIVE"),
        ("?activate=false", {"password": {"value": "secret"}}, "STAGED"),
    ],
)
def test_the_first_status_depends_on_password_and_activation(asked: str, credentials: Any, status: str) -> None:
    assert make(World(), asked, credentials=credentials).json()["status"] == status


def test_somebody_joins_groups_when_made() -> None:
    world = World()
    answer = make(world, groupIds=[world.designers.id])
    assert list(world.designers.members) == [answer.json()["id"]]


@pytest.mark.parametrize(
    "change",
    [
        {"login": None},
        {"firstName": ""},
        {"login": "ada"},
        {"login": "adaberg"},
        {"title": 3},
        {"title": ["a"]},
        {"x": {"a": 1}},
    ],
)
def test_a_profile_okta_would_not_take_is_refused(change: dict[str, Any]) -> None:
    world = World()
    assert code(make(world, profile=ADA | change)) == (400, "E0000001")
    assert not world.org.users


def test_a_login_is_taken_once() -> None:
    world = World()
    make(world)
    answer = make(world)
    assert code(answer) == (400, "E0000001")
    assert answer.json()["errorCauses"][0]["errorSummary"].startswith("login: An object with this field already exists")


def test_a_post_changes_what_is_said_and_a_put_takes_the_rest_away() -> None:
    world = World()
    path = f"/api/v1/users/{make(world, profile=ADA | {'title': 'Countess', 'city': 'London'}).json()['id']}"
    partly = world.ask(path, method="POST", json={"profile": {"title": "Programmer"}}).json()["profile"]
    assert (partly["title"], partly["city"]) == ("Programmer", "London")
    wholly = world.ask(path, method="PUT", json={"profile": ADA}).json()["profile"]
    assert wholly == ADA | {"mobilePhone": None, "secondEmail": None}


def test_a_put_needs_what_everybody_must_have() -> None:
    world = World()
    path = f"/api/v1/users/{make(world).json()['id']}"
    assert code(world.ask(path, method="PUT", json={"profile": {"firstName": "Ada"}})) == (400, "E0000001")


def test_a_changed_profile_is_pushed() -> None:
    world = World()
    ada = world.designer("ada")
    world.ask(f"/api/v1/users/{ada.id}", method="POST", json={"profile": {"title": "Programmer"}})
    world.settle()
    assert world.account(ada)["title"] == "Programmer"


def test_the_first_delete_deactivates_and_the_second_deletes() -> None:
    world = World()
    ada = world.designer("ada")
    path = f"/api/v1/users/{ada.id}"
    assert world.ask(path, method="DELETE").status_code == 204
    assert world.ask(path).json()["status"] == "DEPROVISIONED"
    assert world.ask(path, method="DELETE").status_code == 204
    assert code(world.ask(path)) == (404, "E0000007")


def test_the_verbs_of_a_life_lead_from_status_to_status() -> None:
    world = World()
    path = f"/api/v1/users/{make(world, '?activate=false').json()['id']}"
    seen = []
    for verb in ("activate", "suspend", "unsuspend", "deactivate", "activate"):
        answer = world.ask(f"{path}/lifecycle/{verb}", method="POST")
        assert (answer.status_code, answer.json()) == (200, {})
        seen.append(world.ask(path).json()["status"])
    assert seen == ["ACTIVE", "SUSPENDED", "ACTIVE", "DEPROVISIONED", "ACTIVE"]


def test_a_verb_that_does_not_fit_the_status_is_refused() -> None:
    world = World()
    ada = world.join("ada")
    assert code(world.ask(f"/api/v1/users/{ada.id}/lifecycle/unsuspend", method="POST")) == (403, "E0000038")
