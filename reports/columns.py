"""Findings as columns, for the script in the page: plain JSON up to ``PLAIN_ROWS`` rows, deflated beyond.

A column is ``{"c": value}`` (all alike), ``{"d": values, "i": indexes}`` (few different ones) or ``{"v": values}``.
Evidence is kept by shape: findings whose facts have the same sides, labels and verdicts share one list of them, and
only the values stand in columns. The first lines, which are in the page as HTML, need no evidence here.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from reports.lines import GROUP, KANDJI_ID, NAME, OKTA_ID, Line
from reports.links import ids

PLAIN_ROWS = 20_000
PLAIN_EVIDENCE = 30_000
"""Characters of evidence beyond which they are deflated, too."""
BYTES = 6_600_000
"""Room for rows and evidence together."""
FEW = 0.5


class Block(Struct, frozen=True, kw_only=True):
    """Text of a data block, and how many findings it holds. ``packed``: base64 of raw deflate."""

    text: str
    packed: bool
    findings: int

    @property
    def bytes(self) -> int:
        return len(self.text) if self.text.isascii() else len(self.text.encode())


def blocks(lines: Sequence[Line], cards: int, room: int = BYTES) -> tuple[Block, Block]:
    """(rows, evidence) of ``lines``, as many as fit; the first ``cards`` have their evidence elsewhere."""
    rows = _block(lines, rows_of, room, room if len(lines) <= PLAIN_ROWS else 0)
    rest = lines[cards : rows.findings]
    return rows, _block(rest, evidence_of, room - rows.bytes, 0 if rows.packed else PLAIN_EVIDENCE)


def _block(lines: Sequence[Line], columns: Callable[[Sequence[Line]], dict[str, Any]], room: int, plain: int) -> Block:
    """Plain JSON if all of it takes no more than ``plain`` bytes; else deflated, as many as fit in ``room``."""
    whole = Block(text=spelled(columns(lines)), packed=False, findings=len(lines))
    if whole.bytes <= min(plain, room) or not lines:
        return whole
    fits = len(lines)
    packed = Block(text=_deflated(whole.text), packed=True, findings=fits)
    while packed.bytes > room and fits:
        fits = int(fits * room / packed.bytes * 0.98) if room > 0 else 0
        packed = Block(text=_deflated(spelled(columns(lines[:fits]))), packed=True, findings=fits)
    return packed


def rows_of(lines: Sequence[Line]) -> dict[str, Any]:
    """What the table shows, filters and sorts by."""
    place = {line.id: at for at, line in enumerate(lines)}
    names = sorted({group for line in lines for group in line.groups}, key=lambda group: (group[1].casefold(), group))
    group_at = {group: at for at, group in enumerate(names)}
    return {
        "size": len(lines),
        "ids": "".join(line.id.removeprefix("F-") for line in lines),
        "groups": [list(group) for group in names],
        "kind": column([line.kind for line in lines]),
        "severity": column([line.severity for line in lines]),
        "state": column([line.state for line in lines]),
        "name": column([line.name for line in lines]),
        "group": column([[group_at[group] for group in line.groups] for line in lines]),
        "minutes": column([line.minutes for line in lines]),
        "cause": column([place.get(line.cause or "", -1) for line in lines]),
        "accepted": column([line.accepted for line in lines]),
        "flaps": {at: line.flaps for at, line in enumerate(lines) if line.flaps},
        "explains": {at: [line.explains, line.explains_people] for at, line in enumerate(lines) if line.explains},
    }


def evidence_of(lines: Sequence[Line]) -> dict[str, Any]:
    """What the card shows: sentence, question, life and facts."""
    shapes: dict[tuple[object, ...], int] = {}
    members: list[list[Line]] = []
    shape: list[int] = []
    for line in lines:
        form = tuple((fact.side, fact.label, fact.good) for fact in line.facts)
        at = shapes.setdefault(form, len(shapes))
        if at == len(members):
            members.append([])
        members[at].append(line)
        shape.append(at)
    return {
        "key": column([line.key for line in lines]),
        "sentence": column([line.sentence for line in lines]),
        "confirm": column([line.confirm for line in lines]),
        "plan": column([line.plan for line in lines]),
        "first": column([int(line.first_seen.timestamp()) // 60 for line in lines]),
        "last": column([int(line.last_seen.timestamp()) // 60 for line in lines]),
        "run": column([line.first_run for line in lines]),
        "times": column([line.times_seen for line in lines]),
        "shape": column(shape),
        "shapes": [[list(fact) for fact in form] for form in shapes],  # type: ignore[call-overload] # tuples of three
        "values": [_values(group) for group in members],
    }


def _values(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """A column for each fact of findings that have the same shape."""
    known = [_own(line) for line in lines]
    return [
        column([_stand_in(line.facts[at].value, own) for line, own in zip(lines, known, strict=True)])
        for at in range(len(lines[0].facts))
    ]


def _own(line: Line) -> tuple[tuple[str, str], ...]:
    named = ids(line.key)
    group = line.groups[0][1] if line.groups else ""
    own = ((line.name, NAME), (group, GROUP), (named.get("user", ""), OKTA_ID), (named.get("account", ""), KANDJI_ID))
    return tuple((text, mark) for text, mark in own if len(text) > 2)


def _stand_in(value: str, own: tuple[tuple[str, str], ...]) -> str:
    for text, mark in own:
        if text in value:
            value = value.replace(text, mark)
    return value


def column(values: list[Any]) -> dict[str, Any]:
    """The shortest of the three spellings."""
    if not values:
        return {"v": []}
    keys = [json.dumps(value) if isinstance(value, list) else value for value in values]
    seen: dict[Any, int] = {}
    indexes = [seen.setdefault(key, len(seen)) for key in keys]
    if len(seen) == 1:
        return {"c": values[0]}
    if len(seen) > len(values) * FEW or isinstance(values[0], int):
        return {"v": values}
    few = [json.loads(key) for key in seen] if isinstance(values[0], list) else list(seen)
    return {"d": few, "i": indexes}


def spelled(value: Any) -> str:
    """JSON that may stand inside of a script element: ``<``, ``>`` and ``&`` only as escapes."""
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return plain.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _deflated(text: str) -> str:
    squeeze = zlib.compressobj(6, zlib.DEFLATED, -15)
    return b64encode(squeeze.compress(text.encode()) + squeeze.flush()).decode()
