"""``config``: shows what is set and where it comes from; its schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from reconciler.config import Reference
from reconciler.config_file import Loaded
from reconciler.places import Path as KeyPath

SCHEMA_VERSION = 1


def rows(loaded: Loaded) -> list[tuple[str, str, str]]:
    """(key, value, origin) of every key, secrets as their references. Derived values say so."""
    config = loaded.config
    told = [(_dotted(path), _spelt(value), _origin(loaded, path)) for path, value in _leaves(config, ())]
    derived = {
        "okta.admin_url": config.admin_url,
        "kandji.console_url": config.console_url,
        "report.title": config.title,
    }
    return [
        (key, _spelt(derived[key]), "derived")
        if origin == "default" and value == "(not set)" and derived.get(key)
        else (key, value, origin)
        for key, value, origin in told
    ]


def document(loaded: Loaded) -> dict[str, Any]:
    """The same as a JSON document."""
    return {
        "schema_version": SCHEMA_VERSION,
        "file": str(loaded.file),
        "digest": loaded.digest,
        "keys": [{"key": key, "value": value, "origin": origin} for key, value, origin in rows(loaded)],
    }


def text(loaded: Loaded, *, origin: bool) -> str:
    """One line a key; with ``origin``, where each value comes from."""
    told = rows(loaded)
    width = max(len(key) for key, _, _ in told)
    longest = max(len(value) for _, value, _ in told)
    if origin:
        return "\n".join(f"{key.ljust(width)}  {value.ljust(longest)}  {where}" for key, value, where in told)
    return "\n".join(f"{key.ljust(width)}  {value}" for key, value, _ in told)


def _leaves(model: BaseModel, path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        inner = (*path, name)
        if isinstance(value, BaseModel) and not isinstance(value, Reference):
            yield from _leaves(value, inner)
        elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            for number, one in enumerate(value):
                yield from _leaves(one, (*inner, number))
        elif isinstance(value, Mapping):
            for key, one in value.items():
                yield (*inner, key), one
        else:
            yield inner, value


def _origin(loaded: Loaded, path: KeyPath) -> str:
    return loaded.origins.get(path, "default")


def _dotted(path: KeyPath) -> str:
    return ".".join(str(part) for part in path)


def _spelt(value: Any) -> str:
    if value is None:
        return "(not set)"
    if isinstance(value, Reference):
        way, where = value.parts()
        return f"{{ {way} = {_spelt(where)} }}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | Path):
        return f'"{value}"'
    if isinstance(value, tuple):
        return "[" + ", ".join(_spelt(one) for one in value) + "]"
    return str(value)
