"""Requests made up from Okta's description: each is answered as the description says, whatever it asks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.core import NOT_SET

from tests.simulator.amendments import AMENDMENTS, Amendment
from tests.simulator.answers import FOUND, NAMES, UNKNOWN
from tests.simulator.small import World
from tests.simulator.spec import amended, as_written, facts_folder

Operation = tuple[str, str]

BOTH_ALLOWED = Amendment(
    "an assignment is changed by credentials, by a profile or by both",
    "as written, a body that both shapes fit is valid by neither, so that no valid one can be made up",
    {
        "components": {
            "schemas": {
                "AppUserUpdateRequest": {
                    "oneOf": None,
                    "anyOf": [
                        {"$ref": "#/components/schemas/AppUserCredentialsRequestPayload"},
                        {"$ref": "#/components/schemas/AppUserProfileRequestPayload"},
                    ],
                }
            }
        }
    },
)


def operations() -> Iterator[tuple[Operation, bool]]:
    """Every operation of the description that the org answers, and whether a request can be wrong otherwise than by its
    path; none where the facts are not beside this checkout."""
    folder = facts_folder()
    paths = as_written(folder)["paths"] if folder.is_dir() else {}
    for template, path in paths.items():
        for method, operation in path.items():
            if method != "parameters" and (method.upper(), NAMES.sub("{}", template)) not in UNKNOWN:
                places = {p["in"] for p in operation.get("parameters", ()) if "in" in p}
                yield (method, template), "query" in places or "requestBody" in operation


OPERATIONS = dict(operations())
SPOILABLE = [operation for operation, spoilable in OPERATIONS.items() if spoilable]


@cache
def description(folder: Path) -> Any:
    return schemathesis.openapi.from_dict(amended(folder, (*AMENDMENTS, BOTH_ALLOWED)))


def lived() -> tuple[World, dict[str, list[str]]]:
    """A world in which there is one of everything, and the ids that stand for it in paths and bodies."""
    world = World()
    rule = world.org.create_rule("design", 'user.department == "Design"', [world.designers])
    ada, gone = world.join("ada", world.assigned, world.designers, status="PROVISIONED"), world.join("gone")
    world.org.deactivate(gone)
    world.settle()
    target = world.org.groups[world.mapping.target_group_id]
    users, groups = [ada.id, gone.id, ada.login], [world.designers.id, world.assigned.id, target.id]
    return world, {
        "appId": [world.org.app.id],
        "userId": users,
        "id": users,
        "groupId": groups,
        "groupIds": groups,
        "sourceGroupId": groups,
        "targetGroupId": groups,
        "groupRuleId": [rule.id],
        "mappingId": [world.mapping.id],
        "featureName": ["USER_PROVISIONING"],
    }


def sent(world: World, case: Case, known: dict[str, list[str]], choose: Callable[[list[str]], str | None]) -> Any:
    """Sends a made-up request, with some made-up ids replaced by such as exist."""
    path = case.operation.path
    for name, made_up in case.path_parameters.items():
        path = path.replace(f"{{{name}}}", choose(known[name]) or quote(str(made_up), safe="%"))
    query = urlencode(case.query, doseq=True)
    more: dict[str, Any] = {}
    if case.body is not NOT_SET:
        whole = isinstance(case.body, bytes)
        more["content"] = case.body if whole else json.dumps(with_ids(case.body, known, choose)).encode()
    headers = {"Authorization": f"SSWS {world.okta.token}", "Content-Type": case.media_type or "application/json"}
    return world.ask(f"{path}?{query}" if query else path, headers, case.method, **more)


def with_ids(value: Any, known: dict[str, list[str]], choose: Callable[[list[str]], str | None]) -> Any:
    """A body in which what is to be an id is one, where ``choose`` says so."""
    if isinstance(value, list):
        return [with_ids(one, known, choose) for one in value]
    if not isinstance(value, dict):
        return value
    found = {name: with_ids(one, known, choose) for name, one in value.items()}
    for name in found.keys() & known.keys():
        chosen = choose(known[name])
        if chosen is not None:
            found[name] = [chosen] if name.endswith("s") else chosen
    return found


def assert_every_answer_fits(operation: Operation, mode: GenerationMode, examples: int) -> None:
    """Asks for made-up requests and judges what is answered."""
    method, template = operation
    strategy = description(facts_folder())[template][method].as_strategy(generation_mode=mode)

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy, data=st.data())
    def judged(case: Case, data: st.DataObject) -> None:
        world, known = lived()

        def choose(ids: list[str]) -> str | None:
            return data.draw(st.sampled_from([None, *ids, *ids]))

        answer: httpx.Response = sent(world, case, known, choose)
        found, FOUND[:] = list(FOUND), []
        assert found == []
        assert answer.status_code < 500

    judged()


@pytest.mark.facts
@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
def test_a_valid_request_is_answered_as_described(facts: Path, operation: Operation) -> None:
    assert_every_answer_fits(operation, GenerationMode.POSITIVE, 8)


@pytest.mark.facts
@pytest.mark.parametrize("operation", SPOILABLE, ids=" ".join)
def test_a_wrong_request_is_answered_as_described(facts: Path, operation: Operation) -> None:
    assert_every_answer_fits(operation, GenerationMode.NEGATIVE, 4)


@pytest.mark.prove
@pytest.mark.facts
@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
def test_many_valid_requests_are_answered_as_described(facts: Path, operation: Operation) -> None:
    assert_every_answer_fits(operation, GenerationMode.POSITIVE, 120)


@pytest.mark.prove
@pytest.mark.facts
@pytest.mark.parametrize("operation", SPOILABLE, ids=" ".join)
def test_many_wrong_requests_are_answered_as_described(facts: Path, operation: Operation) -> None:
    assert_every_answer_fits(operation, GenerationMode.NEGATIVE, 60)
