"""OpenAPI 3.0 schemas as JSON Schema 2020-12 that says what the description means, not only what it happens to forbid.

Three readings are stricter than the letter: a key that the description does not name is a violation (unless it allows
further keys), a discriminator chooses the schema that it names, and `nullable` alone allows null.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]
POINTER = "#/components/schemas/"
COMBINING = ("allOf", "anyOf", "oneOf")
KEPT = ("enum", "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "uniqueItems")


class Conversion:
    """The schemas of one description, converted. ``definitions`` is what references point into."""

    def __init__(self, components: Schema) -> None:
        self._components = components
        self.definitions = {name: self._part(schema) for name, schema in components.items()}

    def whole(self, schema: Schema) -> Schema:
        """A schema that stands for a whole value (a body, a property, an item): other keys are violations."""
        chosen = self._chosen(schema)
        part = self._part(schema)
        if chosen:
            part = {"allOf": [part, *chosen]}
        return part if self._is_open(schema) else part | {"unevaluatedProperties": False}

    def _part(self, schema: Schema) -> Schema:
        """A schema that may be one of several for the same value."""
        if "$ref" in schema:  # OpenAPI 3.0 ignores what stands beside; an amendment may let a reference be null
            part: Schema = {"$ref": "#/$defs/" + schema["$ref"].removeprefix(POINTER)}
            return _or_null(part) if schema.get("nullable") else part
        part = {name: schema[name] for name in KEPT if name in schema}
        if isinstance(schema.get("format"), str):
            part["format"] = schema["format"]
        if "type" in schema:
            part["type"] = schema["type"]
        for name in COMBINING:
            if name in schema:
                part[name] = [self._part(one) for one in schema[name]]
        part |= self._within(schema)
        return _or_null(part) if schema.get("nullable") else part

    def _within(self, schema: Schema) -> Schema:
        found: Schema = {}
        if "properties" in schema:
            found["properties"] = {name: self.whole(one) for name, one in schema["properties"].items()}
        if isinstance(schema.get("required"), list):
            found["required"] = [name for name in schema["required"] if not self._write_only(schema, name)]
        if "items" in schema:
            found["items"] = self.whole(schema["items"])
        if isinstance(schema.get("additionalProperties"), dict):
            found["additionalProperties"] = self.whole(schema["additionalProperties"])
        return found

    def _write_only(self, schema: Schema, name: str) -> bool:
        return bool(schema.get("properties", {}).get(name, {}).get("writeOnly"))

    def _chosen(self, schema: Schema) -> list[Schema]:
        named = self._resolved(schema)
        choice = named.get("discriminator")
        if choice is None or any(name in named for name in ("anyOf", "oneOf")):
            return []
        name, mapping = choice["propertyName"], choice.get("mapping", {})
        return [
            {"if": {"properties": {name: {"const": value}}, "required": [name]}, "then": self._part({"$ref": target})}
            for value, target in mapping.items()
        ]

    def _is_open(self, schema: Schema) -> bool:
        """Whether a value may have keys that are not named: no object, or one said to be extensible."""
        named = self._resolved(schema)
        if named.get("additionalProperties") or named.get("x-okta-extensible"):
            return True
        parts = [part for name in COMBINING for part in named.get(name, ())]
        if not named.get("properties") and not parts:
            return True
        return any(self._is_open(part) for part in parts if self._tells_keys(part))

    def _tells_keys(self, part: Schema) -> bool:
        named = self._resolved(part)
        return bool(named.get("properties")) or any(name in named for name in COMBINING) or "x-okta-extensible" in named

    def _resolved(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            schema = self._components[schema["$ref"].removeprefix(POINTER)]
        return schema


def _or_null(part: Schema) -> Schema:
    if isinstance(part.get("type"), str) and "enum" not in part:
        return part | {"type": [part["type"], "null"]}
    return {"anyOf": [part, {"type": "null"}]}
