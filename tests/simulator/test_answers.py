from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import httpx
import pytest

from reconciler.simulator.server import IN_MEMORY
from tests.simulator.amendments import AMENDMENTS, Amendment
from tests.simulator.answers import FOUND, Judge, Witness, judge
from tests.simulator.recordings import ALSO, steps
from tests.simulator.small import World
from tests.simulator.spec import Paths, as_written

Answered = tuple[str, str, int, str | None, bytes]
"""Method, path without query, status, content type, body."""


def recorded(facts: Path) -> Iterator[Answered]:
    """Every recorded answer of an operation that is in the description."""
    paths = Paths(list(as_written(facts)["paths"]))
    for file in sorted((facts / "recorded").glob("*.jsonl")):
        for step in steps(file):
            path = step.path.partition("?")[0]
            if paths.template(path) is not None or ALSO.fullmatch(path):
                yield step.method, path, step.status, step.content_type, step.body.encode()


@pytest.mark.facts
def test_every_recorded_answer_is_allowed(facts: Path) -> None:
    by = judge(AMENDMENTS)
    answers = list(recorded(facts))
    assert len(answers) > 250
    assert [what for answer in answers for what in by.violations(*answer)] == []


def without_length(world: World, path: str) -> httpx.Response:
    """A PUT without a body that does not say so."""

    async def sending() -> httpx.Response:
        request = httpx.Request("PUT", IN_MEMORY.okta + path, headers={"Authorization": f"SSWS {world.okta.token}"})
        del request.headers["Content-Length"]
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=world.okta)) as client:
            return await client.send(request)

    return asyncio.run(sending())


def lifecycle(world: World, verb: str, status: str) -> httpx.Response:
    person = world.join(verb, status=status)
    answer: httpx.Response = world.ask(f"/api/v1/users/{person.id}/lifecycle/{verb}", method="POST")
    return answer


def app_lifecycle(world: World, verb: str) -> httpx.Response:
    answer: httpx.Response = world.ask(f"/api/v1/apps/{world.org.app.id}/lifecycle/{verb}", method="POST")
    return answer


def rule_write(world: World) -> httpx.Response:
    rule = world.org.create_rule("design", 'user.department == "Design"', [world.designers])
    answer: httpx.Response = world.ask(f"/api/v1/groups/rules/{rule.id}/lifecycle/activate", method="POST")
    return answer


def being_set_up(world: World) -> httpx.Response:
    world.okta.rule_locks.setting_up = True
    return rule_write(world)


def one_at_a_time(world: World) -> httpx.Response:
    world.okta.rule_locks.refuse_next = 1
    return rule_write(world)


def confirming(world: World) -> httpx.Response:
    world.org.set_features(["AUTO_CONFIRM_IMPORTS"])
    answer: httpx.Response = world.ask("/api/v1/apps")
    return answer


def fed_by_rules(world: World) -> httpx.Response:
    world.designer("ada")
    answer: httpx.Response = world.ask(f"/api/v1/groups/{world.designers.id}/users?expand=group-rules")
    return answer


def of_long_names(world: World) -> httpx.Response:
    world.org.add_user(f"{'a' * 200}@acme.test", "b" * 200, "c" * 200, email="e@acme.test", city="d" * 200)
    answer: httpx.Response = world.ask("/api/v1/users")
    return answer


def rules_of_member(world: World) -> httpx.Response:
    ada = world.designer("ada")
    answer: httpx.Response = world.ask(f"/api/v1/groups/{world.designers.id}/users/{ada.id}/group-rules")
    return answer


TOUR: tuple[Callable[[World], httpx.Response], ...] = (
    lambda world: world.ask("/oauth2/v1/token", {}, "POST"),
    lambda world: world.ask("/api/v1/apps?limit=never"),
    lambda world: world.ask("/api/v1/groups", {"Authorization": "SSWS other"}),
    lambda world: world.ask("/api/v1/apps/0oaNever/group-push/mappings"),
    lambda world: without_length(world, f"/api/v1/groups/{world.designers.id}"),
    lambda world: world.ask("/api/v1/groups"),
    lambda world: world.ask("/api/v1/logs"),
    lambda world: world.ask(f"/api/v1/apps/{world.org.app.id}/connections/default"),
    lambda world: world.ask(f"/api/v1/meta/schemas/apps/{world.org.app.id}/default"),
    lambda world: app_lifecycle(world, "deactivate"),
    lambda world: app_lifecycle(world, "activate"),
    lambda world: lifecycle(world, "activate", "STAGED"),
    lambda world: lifecycle(world, "deactivate", "ACTIVE"),
    lambda world: lifecycle(world, "suspend", "ACTIVE"),
    lambda world: lifecycle(world, "unsuspend", "SUSPENDED"),
    being_set_up,
    one_at_a_time,
    confirming,
    fed_by_rules,
    rules_of_member,
    of_long_names,
)
"""Answers of the simulated org that no recording has."""


@cache
def told() -> list[Answered]:
    """The answers of the tour, each of a fresh world."""
    found = []
    for ask in TOUR:
        answer = ask(World())
        request = answer.request
        content_type = answer.headers.get("content-type")
        found.append((request.method, request.url.path, answer.status_code, content_type, answer.content))
    return found


@pytest.mark.facts
@pytest.mark.parametrize("amendment", AMENDMENTS, ids=lambda amendment: amendment.title)
def test_each_amendment_is_needed_by_an_answer(facts: Path, amendment: Amendment) -> None:
    without = judge([one for one in AMENDMENTS if one is not amendment])
    assert any(without.violations(*answer) for answer in [*recorded(facts), *told()])


OK = ("GET", "/api/v1/groups/00g1", 200, "application/json", b'{"id":"00g1"}')
SAML = b'{"label":"","signOnMode":"SAML_2_0","settings":{"x":1}}'
NO_SUCH = b'{"errorCode":"E0000008","errorSummary":"","errorLink":"","errorId":"","errorCauses":[]}'


@pytest.fixture
def by(facts: Path) -> Judge:
    return judge(AMENDMENTS)


@pytest.mark.facts
def test_a_right_answer_is_let_through(by: Judge) -> None:
    assert by.violations(*OK) == []


@pytest.mark.facts
@pytest.mark.parametrize(
    ("method", "path", "status", "content_type", "body", "why"),
    [
        ("GET", "/api/v1/groups/00g1", 201, "application/json", b"{}", "no such status"),
        ("GET", "/api/v1/groups/00g1", 200, "text/html", b"<html>", "is to be application/json"),
        ("GET", "/api/v1/groups/00g1", 200, None, b"", "is to be application/json"),
        ("GET", "/api/v1/groups/00g1", 200, "application/json", b"[]", 'not of type "object"'),
        ("GET", "/api/v1/groups/00g1", 200, "application/json", b'{"id":1}', 'id: 1 is not of type "string"'),
        ("GET", "/api/v1/groups/00g1", 200, "application/json", b'{"id":null}', "id: null is not"),
        ("GET", "/api/v1/groups/00g1", 200, "application/json", b'{"created":"today"}', 'not a "date-time"'),
        ("GET", "/api/v1/groups/00g1", 200, "application/json", b'{"ID":"00g1"}', "'ID' was unexpected"),
        ("GET", "/api/v1/groups/00g1", 200, "application/json", b'{"_links":{"us":{}}}', "'us' was unexpected"),
        ("GET", "/api/v1/users/00u1", 200, "application/json", b'{"status":"GONE"}', "status"),
        ("GET", "/api/v1/groups", 200, "application/json", b'[{"id":"00g1"},{"id":2}]', "1/id: 2 is not"),
        (
            "GET",
            "/api/v1/apps/0oa1",
            200,
            "application/json",
            b'{"label":"","signOnMode":"SAML_2_0","settings":{"x":1}}',
            "settings",
        ),
        ("DELETE", "/api/v1/groups/00g1", 204, None, b"{}", "is to have no body"),
        ("DELETE", "/api/v1/groups/00g1", 204, "application/json", b"", "is to have no body"),
        ("POST", "/api/v1/apps/0oa1/group-push/mappings", 201, "application/json", b"{}", "no such status"),
        ("GET", "/api/v1/groups/00g1", 405, "application/json", NO_SUCH, "no such status"),
        ("GET", "/api/v1/policies", 200, "application/json", b"[]", "there is no such operation"),
        ("POST", "/api/v1/org", 200, "application/json", b"{}", "there is no such operation"),
        ("PATCH", "/api/v1/groups", 405, "application/json", NO_SUCH, "there is no such operation"),
        ("GET", "/api/v1/policies", 404, "application/json", b'{"errorCode":"E0000008","why":1}', "'why' was unexp"),
    ],
)
def test_a_wrong_answer_is_noticed(
    by: Judge, method: str, path: str, status: int, content_type: str | None, body: bytes, why: str
) -> None:
    found = by.violations(method, path, status, content_type, body)
    assert len(found) == 1
    assert why in found[0]


def answer_wrongly(url: str) -> None:
    """A witness sees an answer that fits nothing."""

    async def sending() -> None:
        inner = httpx.MockTransport(lambda request: httpx.Response(200, html="<html>"))
        async with httpx.AsyncClient(transport=Witness(inner)) as client:
            await client.get(url)

    asyncio.run(sending())


def through_a_witness(url: str) -> list[str]:
    """What a witness writes down of an answer that fits nothing."""
    answer_wrongly(url)
    found, FOUND[:] = list(FOUND), []
    return found


@pytest.mark.facts
def test_a_wrong_answer_on_its_way_is_written_down(facts: Path) -> None:
    (found,) = through_a_witness(f"{IN_MEMORY.okta}/api/v1/groups?limit=1")
    assert "GET /api/v1/groups → 200: is to be application/json" in found


@pytest.mark.facts
def test_what_another_service_answers_is_not_judged(facts: Path) -> None:
    assert through_a_witness(f"{IN_MEMORY.kandji}/api/v1/groups") == []


@pytest.fixture(scope="module")
def answered_before_any_test(facts: Path) -> None:
    """What a fixture gets that serves many tests."""
    answer_wrongly(f"{IN_MEMORY.okta}/api/v1/groups?limit=1")


@pytest.mark.facts
@pytest.mark.usefixtures("answered_before_any_test")
def test_what_was_answered_to_a_fixture_of_many_tests_is_not_forgotten() -> None:
    found, FOUND[:] = list(FOUND), []
    assert len(found) == 1
