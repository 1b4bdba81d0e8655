"""Is an answer of the simulated Okta one that Okta's description allows: status, content type and body?

Every answer that a test gets through a ``Witness`` is judged; what is wrong with it fails the test.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import httpx
import jsonschema_rs
import pytest

from reconciler.simulator.okta.endpoints import UNANSWERED
from reconciler.simulator.server import IN_MEMORY
from tests.simulator.amendments import AMENDMENTS, Amendment
from tests.simulator.json_schema import Conversion
from tests.simulator.spec import Document, Paths, amended, facts_folder

JSON = "application/json"
ERROR = {"$ref": "#/components/schemas/Error"}
NO_SUCH = {404: "E0000008", 405: "E0000022"}

NAMES = re.compile(r"{\w+}")
UNKNOWN = {(method, NAMES.sub("{}", path)) for method, path, _ in UNANSWERED}
"""Operations of the description that the simulated org does not have, without the names of their parameters."""

FOUND: list[str] = []
"""What was wrong with answers since somebody last looked, in words."""


class Judge:
    """Judges answers by a description."""

    def __init__(self, document: Document) -> None:
        self._operations = document["paths"]
        self._paths = Paths(list(self._operations))
        self._conversion = Conversion(document["components"]["schemas"])
        self._responses = document["components"]["responses"]
        self._validators: dict[str, jsonschema_rs.Draft202012Validator] = {}

    def violations(self, method: str, path: str, status: int, content_type: str | None, body: bytes) -> list[str]:
        """What is wrong with an answer, in words; empty when it is valid. ``path`` is without its query."""
        place = f"{method} {path} → {status}"
        return [f"{place}: {what}" for what in self._wrong(method, path, status, content_type, body)]

    def misfits_of_request(self, method: str, path: str, body: bytes) -> list[str]:
        """What is wrong with the body of a request, in words; empty when it is valid."""
        template = self._paths.template(path)
        operation = {} if template is None else self._operations[template].get(method.lower(), {})
        expected = operation.get("requestBody")
        if expected is None or not body:
            missing = not body and expected is not None and expected.get("required")
            return [f"{method} {path}: {'no body' if missing else 'a body'}"] if missing or body else []
        return [f"{method} {path}: {what}" for what in self._misfits(expected["content"][JSON]["schema"], body)]

    def _wrong(self, method: str, path: str, status: int, content_type: str | None, body: bytes) -> Iterator[str]:
        template = self._paths.template(path)
        operation = None if template is None else self._operations[template].get(method.lower())
        if operation is None or (method, NAMES.sub("{}", template or "")) in UNKNOWN:
            yield from self._no_such(status, content_type, body)
            return
        response = operation["responses"].get(str(status))
        if response is None:
            yield f"no such status in the description: {body[:300]!r}"
            return
        content = self._resolved(response).get("content")
        if not content:
            if body or content_type is not None:
                yield f"is to have no body, and has {body[:80]!r} as {content_type}"
        elif content_type not in content:
            yield f"is to be {' or '.join(content)}, and is {content_type}"
        elif content_type == JSON:
            yield from self._misfits(content[JSON]["schema"], body)

    def _no_such(self, status: int, content_type: str | None, body: bytes) -> Iterator[str]:
        if status not in NO_SUCH or content_type != JSON:
            yield f"there is no such operation, and it is answered as {content_type}: {body[:300]!r}"
        elif json.loads(body).get("errorCode") != NO_SUCH[status]:
            yield f"there is no such operation, and it is answered with {body[:300]!r}"
        else:
            yield from self._misfits(ERROR, body)

    def _resolved(self, response: Document) -> Document:
        reference = response.get("$ref")
        found: Document = self._responses[reference.rsplit("/", 1)[1]] if reference else response
        return found

    def _misfits(self, schema: Document, body: bytes) -> Iterator[str]:
        key = json.dumps(schema)
        if key not in self._validators:
            whole = {"$defs": self._conversion.definitions, "allOf": [self._conversion.whole(schema)]}
            self._validators[key] = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
        value = json.loads(body)
        if not self._validators[key].is_valid(value):
            yield from _told(self._validators[key].iter_errors(value))


class Witness(httpx.AsyncBaseTransport):
    """A transport to the simulated services; every answer of Okta's is judged on its way. ``judged``: how many were, by
    all witnesses."""

    judged = 0

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        judge = the_judge()
        if judge is not None and str(request.url).startswith(f"{IN_MEMORY.okta}/"):
            body = await answer.aread()
            content_type = answer.headers.get("content-type")
            Witness.judged += 1
            FOUND.extend(judge.violations(request.method, request.url.path, answer.status_code, content_type, body))
        return answer


@cache
def the_judge() -> Judge | None:
    """By the amended description; None where the facts are not beside this checkout."""
    folder = facts_folder()
    return judge(AMENDMENTS) if folder.is_dir() else None


def judge(amendments: Sequence[Amendment]) -> Judge:
    """By the description with these amendments."""
    return Judge(amended(facts_folder(), amendments))


def _told(errors: Iterator[Any]) -> list[str]:
    """Errors in words. An object in which something does not fit has no expected keys at all, by JSON Schema's rules:
    of such consequences only the cause is told."""
    known = [(tuple(one.instance_path), type(one.kind).__name__, one.message) for one in errors]
    causes = (
        f"{'/'.join(str(part) for part in place)}: {message[:300]}"
        for place, kind, message in known
        if kind != "UnevaluatedProperties" or not any(_is_within(other, place) for other, _, _ in known)
    )
    return list(dict.fromkeys(causes))


def _is_within(place: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return len(place) > len(other) and place[: len(other)] == other


@pytest.fixture(autouse=True)
def every_answer_is_as_described() -> Iterator[None]:
    """Fails the test in which an answer was not, or the first for which a wider fixture got such an answer."""
    yield
    found, FOUND[:] = list(FOUND), []
    if found:
        pytest.fail("\n".join(found))
