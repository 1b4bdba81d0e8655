"""Is a request valid by Okta's own OpenAPI description? Unknown query parameters, limits above the maximum and wrong
verbs are violations. What Okta documents elsewhere stands in ``DOCUMENTED``, each entry with its source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.simulator.spec import Paths, as_written


@dataclass(frozen=True)
class Documented:
    """Something valid beyond the description: a parameter of a path, or a whole path."""

    method: str
    template: str
    parameter: str | None
    pattern: str
    source: str


DOCUMENTED = (
    Documented(
        "GET", "/api/v1/groups/{groupId}/users", "expand", r"group-rules", "okta.md §1.7 (release notes 2026:199)"
    ),
    Documented("GET", "/api/v1/groups/{groupId}/users", "limit", r"[1-9]\d{0,2}|1000", "okta.md §1.0 (SPEC:13955)"),
    Documented("POST", "/oauth2/v1/token", None, "", "okta.md §2.2 (implement-oauth-for-okta-serviceapp)"),
)
RULES_OF_A_MEMBER = Documented(
    "GET", "/api/v1/groups/{groupId}/users/{userId}/group-rules", None, "", "okta.md §1.0 (SPEC:14056)"
)
"""Asked before somebody is taken out of a group again, and by no pull."""


class Description:
    """Okta's OpenAPI description, asked about one request at a time; remembers which documented extras were used."""

    def __init__(self, facts: Path, documented: tuple[Documented, ...] = DOCUMENTED) -> None:
        self._documented_too = documented
        self._spec = as_written(facts)
        self._paths = Paths(list(self._spec["paths"]))
        self._more = Paths([entry.template for entry in documented if entry.parameter is None])
        self.used: set[Documented] = set()

    def violations(self, method: str, url: str) -> list[str]:
        """What is wrong with a request, in words; empty when it is valid."""
        parts = urlsplit(url)
        extra = self._documented(method, self._more.template(parts.path) or parts.path, None, "")
        if extra is not None:
            return []
        template = self._paths.template(parts.path)
        if template is None:
            return [f"{method} {parts.path}: no such path"]
        operation = self._spec["paths"][template].get(method.lower())
        if operation is None:
            return [f"{method} {template}: no such verb"]
        allowed = {p["name"]: p for p in self._parameters(template, operation) if p["in"] == "query"}
        found = [*self._wrong(method, template, allowed, parse_qsl(parts.query, keep_blank_values=True))]
        asked = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
        missing = [name for name, p in allowed.items() if p.get("required") and name not in asked]
        return [*found, *(f"{method} {template}: parameter {name} is required" for name in missing)]

    def unused(self) -> list[Documented]:
        return [entry for entry in self._documented_too if entry not in self.used]

    def _parameters(self, template: str, operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for parameter in [*self._spec["paths"][template].get("parameters", ()), *operation.get("parameters", ())]:
            reference = parameter.get("$ref")
            yield self._spec["components"]["parameters"][reference.rsplit("/", 1)[1]] if reference else parameter

    def _wrong(
        self, method: str, template: str, allowed: dict[str, Any], asked: list[tuple[str, str]]
    ) -> Iterator[str]:
        for name, value in asked:
            if self._documented(method, template, name, value) is not None:
                continue
            if name in allowed and _is_bounded(method, template, name):
                yield f"{method} {template}: {name}={value} is beyond what is documented"
                continue
            if name not in allowed:
                yield f"{method} {template}: unknown parameter {name}={value}"
                continue
            yield from (f"{method} {template}: {name}={value} {why}" for why in _misfit(allowed[name]["schema"], value))

    def _documented(self, method: str, path: str, name: str | None, value: str) -> Documented | None:
        for entry in self._documented_too:
            if (entry.method, entry.template, entry.parameter) != (method, path, name):
                continue
            if name is None or re.fullmatch(entry.pattern, value):
                self.used.add(entry)
                return entry
        return None


def _is_bounded(method: str, template: str, name: str) -> bool:
    """Whether ``DOCUMENTED`` gives bounds for a parameter to which the description gives none."""
    return any((entry.method, entry.template, entry.parameter) == (method, template, name) for entry in DOCUMENTED)


def _misfit(schema: dict[str, Any], value: str) -> Iterator[str]:
    if schema.get("type") == "integer" and schema.get("format") == "int32":
        if not re.fullmatch(r"-?\d+", value):
            yield "is no integer"
            return
        if int(value) > schema.get("maximum", int(value)):
            yield f"is above the maximum {schema['maximum']}"
        if int(value) < schema.get("minimum", int(value)):
            yield f"is below the minimum {schema['minimum']}"
    if schema.get("type") == "boolean" and value not in ("true", "false"):
        yield "is no boolean"
    if "enum" in schema and value not in schema["enum"]:
        yield f"is none of {schema['enum']}"
