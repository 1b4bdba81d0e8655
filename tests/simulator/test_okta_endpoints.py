from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from reconciler.simulator.okta.endpoints import ENDPOINTS, UNANSWERED
from tests.simulator.small import World


def shape(path: str) -> str:
    return re.sub(r"{[^}]*}", "{}", path)


@pytest.mark.facts
def test_every_operation_of_okta_s_description_is_answered_or_listed_as_not_answered(facts: Path) -> None:
    described = json.loads((facts / "okta-openapi.json").read_text(encoding="utf-8"))["paths"]
    operations = {
        (method.upper(), shape(path))
        for path, methods in described.items()
        for method in methods
        if method != "parameters"
    }
    answered = {(endpoint.method, shape(endpoint.path)) for endpoint in ENDPOINTS}
    listed = {(method, shape(path)) for method, path, _ in UNANSWERED}
    assert operations - answered == listed


@pytest.mark.parametrize(("method", "path"), [(method, path) for method, path, _ in UNANSWERED])
def test_what_is_not_answered_is_refused_as_okta_refuses_it(method: str, path: str) -> None:
    world = World()
    there = any(shape(path) == shape(endpoint.path) for endpoint in ENDPOINTS)
    answer = world.ask(path.format(appId=world.org.app.id, mappingId="prm1"), method=method)
    expected = (405, "E0000022") if there else (404, "E0000008")
    assert (answer.status_code, answer.json()["errorCode"]) == expected


@pytest.mark.facts
def test_the_scopes_are_those_of_okta_s_description(facts: Path) -> None:
    described = json.loads((facts / "okta-openapi.json").read_text(encoding="utf-8"))["paths"]
    scopes = {
        (method.upper(), shape(path)): {scope for way in operation["security"] for scope in way.get("oauth2", ())}
        for path, methods in described.items()
        for method, operation in methods.items()
        if method != "parameters"
    }
    ours = {(e.method, shape(e.path)): set(e.scopes) for e in ENDPOINTS if (e.method, shape(e.path)) in scopes}
    assert ours == {operation: scopes[operation] for operation in ours}
