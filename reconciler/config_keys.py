"""The keys of the configuration, and the ``RECONCILER_…`` variables that set them.

``RECONCILER_OKTA__RATE_SHARE=0.25`` sets ``rate_share`` of ``[okta]``: two underscores go one table further in. Kinds
of drift are written with underscores there: ``RECONCILER_SEVERITY__MEMBER_MISSING=critical``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from reconciler.config import Config, Reference
from reconciler.config_text import NAME_OF_FILE, PREFIX
from reconciler.places import Path


@dataclass(frozen=True, slots=True)
class Field:
    """What one key may hold."""

    table: type[BaseModel] | None = None
    """The table, where it is one."""
    chosen: Any = None
    """What the keys of this table hold, where the admin chooses them."""
    text: bool = False
    """Whether plain text is a value of it."""

    @property
    def free(self) -> bool:
        return self.chosen is not None

    @property
    def secret(self) -> bool:
        return self.table is Reference


def field_of(path: Path) -> Field | None:
    """The field at ``path``, or None where no key can be."""
    field = Field(table=Config)
    for part in path:
        if isinstance(part, int):
            continue
        if field.free:
            field = _field(field.chosen)
        elif field.table is not None and part in field.table.model_fields:
            field = _field(field.table.model_fields[part].annotation)
        else:
            return None
    return field


def keys_below(path: Path) -> tuple[str, ...]:
    """The keys that the table at ``path`` may hold."""
    field = field_of(path)
    return tuple(field.table.model_fields) if field is not None and field.table is not None else ()


def _field(annotation: Any) -> Field:
    options = _options(annotation)
    for option in options:
        if isinstance(option, type) and issubclass(option, BaseModel):
            return Field(table=option)
        origin = get_origin(option)
        rows = get_args(option)[0] if origin is tuple else None
        if isinstance(rows, type) and issubclass(rows, BaseModel):
            return Field(table=rows)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return Field(chosen=get_args(option)[1])
    listed = any(get_origin(option) is tuple for option in options)
    return Field(text=not listed and not any(option in (int, float, bool) for option in options))


def _options(annotation: Any) -> list[Any]:
    """The types that an annotation allows, without ``Annotated`` and ``| None``."""
    if get_origin(annotation) is Annotated:
        return _options(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [option for one in get_args(annotation) for option in _options(one)]
    return [annotation]


def variable_of(path: Path) -> str:
    """The variable that sets the key at ``path``."""
    return PREFIX + "__".join(str(part).upper().replace("-", "_") for part in path)


def with_overrides(
    values: dict[str, Any], environ: Mapping[str, str], tell: Callable[[str, str], None]
) -> dict[Path, str]:
    """Lays ``RECONCILER_…`` variables over ``values`` and returns the keys they set; ``tell`` hears of unknown ones."""
    named: dict[Path, str] = {}
    for variable in sorted(environ):
        if not variable.startswith(PREFIX) or variable == NAME_OF_FILE:
            continue
        path = _path_of(variable)
        field = field_of(path) if path else None
        if path is None or field is None or (field.table is not None and not field.secret):
            tell(variable, "sets no key" + _mean(variable))
            continue
        outer = field_of(path[:-1])
        if outer is not None and outer.secret and path[:-1] not in named:
            _set(values, path[:-1], {})  # another way to reach the secret replaces the one in the file
            named[path[:-1]] = variable
        _set(values, path, _value(environ[variable], field))
        named[path] = variable
    return named


def _path_of(variable: str) -> Path | None:
    path: Path = ()
    for part in variable.removeprefix(PREFIX).lower().split("__"):
        field = field_of(path)
        if field is None or (field.free and len(path) > 1):
            return None  # names of groups can't be spelt in a variable: set the whole table instead
        path = (*path, part.replace("_", "-") if field.free else part)
    return path


def _value(text: str, field: Field) -> Any:
    """The value of a variable: text where text is meant, else read as TOML (``0.25``, ``true``, ``["a", "b"]``)."""
    if field.text:
        return text
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _set(values: dict[str, Any], path: Path, value: Any) -> None:
    *outer, last = path
    for part in outer:
        inner = values.get(str(part))
        if not isinstance(inner, dict):
            inner = values[str(part)] = {}
        values = inner
    values[str(last)] = value


def _every_variable() -> list[str]:
    found: list[str] = []
    for name in Config.model_fields:
        found += [variable_of((name, key)) for key in keys_below((name,))]
    return found


def _mean(variable: str) -> str:
    near = get_close_matches(variable, _every_variable(), n=1, cutoff=0.7)
    return f"; did you mean {near[0]}?" if near else ""
