"""Reads a config file: TOML, then ``RECONCILER_…`` variables over it, then every check, then all mistakes at once."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from reconciler.config import Config
from reconciler.config_keys import Field, field_of, keys_below, with_overrides
from reconciler.config_text import find, parse, read
from reconciler.errors import ConfigError
from reconciler.places import Path as KeyPath
from reconciler.places import Place, places


@dataclass(frozen=True, slots=True)
class Mistake:
    where: str
    """``config.toml:5:1``, or the name of a variable."""
    order: tuple[int, int, str]
    text: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """A config, and where each of its values came from."""

    config: Config
    file: Path
    values: Mapping[str, Any]
    """What was set, after the variables were laid over the file."""
    origins: Mapping[KeyPath, str]

    def where(self, *path: str | int) -> str:
        """Where a key was set: ``config.toml:5``, a variable's name, ``derived`` or ``default``."""
        while path:
            if path in self.origins:
                return self.origins[path]
            path = path[:-1]
        return "default"

    @property
    def digest(self) -> str:
        """Hash over what was set; secrets are references there, so nothing can be guessed from it."""
        return sha256(msgspec.json.encode(self.values, order="sorted")).hexdigest()[:16]


def load(chosen: Path | None, *, environ: Mapping[str, str], kinds: Iterable[str] = ()) -> Loaded:
    """Reads and checks the configuration.

    ``chosen`` is the file asked for; else ``RECONCILER_CONFIG``, else ``config.toml`` in the current folder. ``kinds``
    are the slugs that ``[severity]``, ``[settle]`` and ``[fix]`` may name; none given, they are not checked. Raises
    ConfigError with one fact a mistake.
    """
    file = find(chosen, environ)
    text = read(file)
    values = parse(text, file)
    found = places(text)
    told: list[Mistake] = []
    named = with_overrides(
        values, environ, lambda variable, words: told.append(Mistake(variable, (0, 0, variable), words))
    )
    told += _Checker(file, found, named).mistakes(values, tuple(kinds))
    if told:
        unique = {(mistake.where, mistake.text): mistake for mistake in sorted(told, key=lambda one: one.order)}
        count = len(unique)
        raise ConfigError(
            f"{file}: {'a mistake' if count == 1 else f'{count} mistakes'} in the configuration.",
            facts=tuple((mistake.where, mistake.text) for mistake in unique.values()),
            next="mend that, then: reconciler config validate",
        )
    config = Config.model_validate(_with_tables(values), context={"folder": file.resolve().parent})
    origins = {path: f"{file.name}:{place.line}" for path, place in found.items()} | named
    return Loaded(config=config, file=file, values=values, origins=origins)


def _with_tables(values: Mapping[str, Any]) -> dict[str, Any]:
    """With every table there, so that the defaults inside are resolved against the config's folder, too."""
    return {**{name: {} for name in ("store", "report", "log")}, **values}


class _Checker:
    """Finds everything that is wrong with the values, and says where each stands."""

    def __init__(self, file: Path, found: Mapping[KeyPath, Place], named: Mapping[KeyPath, str]) -> None:
        self.file = file
        self.found = found
        self.named = named

    def mistakes(self, values: dict[str, Any], kinds: tuple[str, ...]) -> list[Mistake]:
        told: list[Mistake] = []
        try:
            Config.model_validate(_with_tables(values), context={"folder": Path()})
        except ValidationError as error:
            for detail in error.errors(include_url=False, include_input=False):
                told.append(self._of_pydantic(detail))
        told += [self.at(path, text) for path, text in (*_together(values), *_covers_something(values))]
        if kinds:
            told += [self.at(path, text) for path, text in _unknown_kinds(values, kinds)]
        return told

    def at(self, path: KeyPath, text: str) -> Mistake:
        name = ".".join(str(part) for part in path if not isinstance(part, int))
        for depth in range(len(path), -1, -1):
            part = path[:depth]
            if part in self.named:
                return Mistake(self.named[part], (0, 0, name), f"{name} {text}")
            if part in self.found:
                place = self.found[part]
                where = f"{self.file.name}:{place.line}:{place.column}"
                return Mistake(where, (place.line, place.column, name), f"{name} {text}")
        return Mistake(f"{self.file.name}:1:1", (1, 1, name), f"{name} {text}")

    def _of_pydantic(self, detail: ErrorDetails) -> Mistake:
        path: KeyPath = tuple(part for part in detail["loc"] if part != "[key]")
        field = field_of(path)
        known = detail["type"]
        if field is not None and field.secret and known in ("model_type", "model_attributes_type", "dict_type"):
            text = f'is a secret: never write it here, say where it is kept: {path[-1]} = {{ env = "NAME" }}'
        elif known == "extra_forbidden":
            mean = _mean(str(path[-1]), keys_below(path[:-1]))
            above = field_of(path[:-1])
            if above is not None and above.secret and not mean:  # the unknown key may be the secret itself
                return self.at(path[:-1], "holds a key that none of its kind has")
            text = "is no key" + mean
        elif known == "missing":
            text = "is missing"
        elif known == "literal_error":
            text = f"must be one of {detail['ctx']['expected']}" if "ctx" in detail else "is none of the values"
        elif known == "value_error":
            text = detail["msg"].removeprefix("Value error, ")
        else:
            text = _in_words(field, detail)
        return self.at(path, text)


def _in_words(field: Field | None, detail: ErrorDetails) -> str:
    words = {
        "string_type": "must be text in quotes",
        "bool_type": "must be true or false",
        "int_type": "must be a whole number",
        "float_type": "must be a number",
        "tuple_type": 'must be a list, such as ["one", "two"]',
        "mapping_type": "must be a table",
        "dict_type": "must be a table",
        "model_type": "must be a table",
        "model_attributes_type": "must be a table",
        "date_type": "must be a date without quotes, such as 2026-12-31",
        "date_from_datetime_inexact": "must be a date alone, such as 2026-12-31",
        "string_too_short": "must not be empty",
        "path_type": "must be the path of a file, in quotes",
        "is_instance_of": "must be the path of a file, in quotes",
    }
    return words.get(detail["type"], detail["msg"].removeprefix("Input ").removeprefix("Value "))


def _mean(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""


def _together(values: Mapping[str, Any]) -> Iterable[tuple[KeyPath, str]]:
    """What only several keys together can get wrong; each table may be missing or of the wrong type here."""
    okta, kandji = (table if isinstance(table, dict) else None for table in (values.get("okta"), values.get("kandji")))
    if okta is not None:
        both, neither = "app_id" in okta and "app_label" in okta, "app_id" not in okta and "app_label" not in okta
        if both:
            yield ("okta", "app_label"), "can't stand beside app_id: keep one of them"
        if neither:
            yield ("okta",), "needs app_id or app_label: the SCIM app that feeds Kandji"
        for key in ("app_id", "client_id"):
            if str(okta.get(key, "")).startswith("YOUR-"):
                yield ("okta", key), "is still the example: put your own id here"
        if okta.get("auth", "token") == "token":
            if "token" not in okta:
                yield ("okta", "token"), 'is missing (or set auth = "private_key")'
        elif okta.get("auth") == "private_key":
            for key in ("client_id", "private_key"):
                if key not in okta:
                    yield ("okta", key), 'is missing: auth = "private_key" needs it'
    if kandji is not None and ("api_url" in kandji) != ("api_token" in kandji):
        lacking = "api_token" if "api_url" in kandji else "api_url"
        yield ("kandji", lacking), "is missing: api_url and api_token go together"
    for table, key in (("okta", "token"), ("okta", "private_key"), ("kandji", "token"), ("kandji", "api_token")):
        reference = values[table].get(key) if isinstance(values.get(table), dict) else None
        if isinstance(reference, dict) and len(reference) != 1:
            yield (table, key), "must name exactly one of env, file, credential, keyring, command, prompt"
        elif isinstance(reference, dict) and reference.get("command") == []:
            yield (table, key), "needs a program to run"


def _unknown_kinds(values: Mapping[str, Any], kinds: tuple[str, ...]) -> Iterable[tuple[KeyPath, str]]:
    for table in ("severity", "settle"):
        named = values.get(table)
        for slug in named if isinstance(named, dict) else ():
            if slug not in kinds:
                yield (table, slug), "is no kind of drift" + _mean(slug, kinds)
    fix = values.get("fix")
    for key in ("auto", "kandji_writes"):
        named = fix.get(key) if isinstance(fix, dict) else None
        for number, slug in enumerate(named if isinstance(named, list) else ()):
            if isinstance(slug, str) and slug not in kinds:
                yield ("fix", key, number), "holds what is no kind of drift" + _mean(slug, kinds)
    for number, kind in _accepted(values, "kind"):
        if isinstance(kind, str) and kind and not fnmatch.filter(kinds, kind):
            yield ("accept", number, "kind"), "matches no kind of drift" + _mean(kind, kinds)


def _accepted(values: Mapping[str, Any], key: str) -> Iterable[tuple[int, Any]]:
    """(place, value of ``key``) of each ``[[accept]]``, as far as they are tables."""
    listed = values.get("accept")
    for number, one in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(one, dict):
            yield number, one.get(key) if key else one


def _covers_something(values: Mapping[str, Any]) -> Iterable[tuple[KeyPath, str]]:
    for number, one in _accepted(values, ""):
        if not {"finding", "kind", "person", "group"} & one.keys():
            yield ("accept", number), "must say what it accepts: finding, kind, person or group"
