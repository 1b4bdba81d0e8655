"""Patches to Okta's OpenAPI description, as in RFC 7396 (JSON Merge Patch); ``*`` stands for every object there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Patch = dict[str, Any]

NULL = {"nullable": True}
OBJECT = {"type": "object"}
BOOLEAN = {"type": "boolean"}
LINK = {"$ref": "#/components/schemas/HrefObject"}


def schema(name: str, patch: Patch) -> Patch:
    """To a schema."""
    return {"components": {"schemas": {name: patch}}}


def properties(name: str, /, **properties: Patch) -> Patch:
    """To properties of a schema."""
    return schema(name, {"properties": properties})


def json_body(content: Patch) -> Patch:
    """A response with a JSON body."""
    return {"description": "", "content": {"application/json": {"schema": content}}}


def answers(template: str, method: str, responses: dict[str, Patch | None]) -> Patch:
    """To what an operation may answer, by status."""
    return {"paths": {template: {method: {"responses": responses}}}}


def texts(*names: str) -> Patch:
    """A schema: an object with these texts."""
    return {"type": "object", "properties": {name: {"type": "string"} for name in names}, "required": list(names)}


REFUSED = json_body({"$ref": "#/components/schemas/Error"})


def everywhere(status: str) -> Patch:
    """An error of every operation."""
    return answers("*", "*", {status: REFUSED})


def every(operations: Iterable[tuple[str, str]], status: str) -> Patch:
    """An error of these operations, given as path and method."""
    paths: Patch = {}
    for template, method in operations:
        paths.setdefault(template, {})[method] = {"responses": {status: REFUSED}}
    return {"paths": paths}


def of_keys(names: Mapping[str, Iterable[str]], patch: Patch) -> Patch:
    """The same to properties of several schemas."""
    return {
        "components": {"schemas": {name: {"properties": dict.fromkeys(keys, patch)} for name, keys in names.items()}}
    }
