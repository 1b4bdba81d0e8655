"""Okta's OpenAPI description as it would have to read for what its service was seen to do: the file, amended."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from tests.simulator.amendments import AMENDMENTS, Amendment

Document = dict[str, Any]
REPOSITORY = Path(__file__).resolve().parents[2]


class Paths:
    """Which template of a description a path is meant by."""

    def __init__(self, templates: Sequence[str]) -> None:
        self._patterns = [(_pattern(template), template) for template in sorted(templates, key=_specific)]

    def template(self, path: str) -> str | None:
        """``/api/v1/groups/{groupId}`` for ``/api/v1/groups/00g1``; None where no template fits."""
        return next((template for pattern, template in self._patterns if pattern.fullmatch(path)), None)


def facts_folder() -> Path:
    """Where the facts are, if they are anywhere."""
    return Path(os.environ.get("FACTS", REPOSITORY.parent / "shared" / "facts"))


@cache
def as_written(folder: Path) -> Document:
    """Okta's description as it is in the file. Not to be changed."""
    document: Document = json.loads((folder / "okta-openapi.json").read_text(encoding="utf-8"))
    return document


def amended(folder: Path, amendments: Sequence[Amendment] = AMENDMENTS) -> Document:
    """A copy of the description with amendments made. Raises KeyError for one that is about nothing."""
    document: Document = json.loads((folder / "okta-openapi.json").read_text(encoding="utf-8"))
    for amendment in amendments:
        _merge(document, amendment.patch)
    return document


def _merge(target: Document, patch: Document) -> None:
    """As in RFC 7396: objects are merged, None deletes, anything else replaces. ``*`` is every object that is there."""
    for name, value in patch.items():
        if name == "*":
            for here in list(target.values()):
                if isinstance(here, dict):
                    _merge(here, value)
        elif value is None:
            del target[name]
        elif isinstance(value, dict) and isinstance(target.get(name), dict):
            _merge(target[name], value)
        else:
            target[name] = deepcopy(value)


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(
        "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"({\w+})", template))
    )


def _specific(template: str) -> tuple[int, str]:
    """Paths without placeholders first, so that /groups/rules is not taken for a group's id."""
    return template.count("{"), template
