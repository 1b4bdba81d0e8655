"""Recorded traffic of live orgs, replayed: the same requests, in the same order, to a simulated org of its own.

Ids, times and hosts are the simulated org's own, so they are translated; everything else an answer says is compared.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from reconciler.simulator.server import IN_MEMORY
from tests.simulator.small import World
from tests.simulator.spec import Paths, as_written

ID = re.compile(r"(?<![0-9A-Za-z])(?:00[ugo]|0oa|0pr|gPm|oty|osc|guo|rst|aln)[0-9A-Za-z]{17}(?![0-9A-Za-z])")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")
NAME = re.compile(r"(?<![0-9A-Za-z-])[a-z0-9-]+_[a-z0-9]+_\d+(?=_link|[^0-9A-Za-z_]|$)")
"""The name of an app of the wizard: org, label and a number that counts."""
HOST = re.compile(r"https://[^/\"]+(?=/(api|app|home|enduser)/)")
ALSO = re.compile(r"/api/v1/apps/[^/]+/lifecycle/(activate|deactivate)")
"""Not in the description, and replayed all the same: an app can't be deleted while it is active."""


@dataclass(frozen=True)
class Step:
    """One recorded exchange. ``path`` is with its query."""

    number: int
    method: str
    path: str
    sent: str
    status: int
    content_type: str | None
    body: str
    at: datetime


@dataclass(frozen=True)
class Differing:
    """Something that the simulator said otherwise: at which step, for which operation, where in the body, and what."""

    step: int
    operation: str
    place: str
    what: str

    def __str__(self) -> str:
        return f"step {self.step}: {self.operation} {self.place or 'as a whole'}: {self.what}"


@dataclass
class Outcome:
    """What a replay came to: steps compared, steps left out by why, and what differed."""

    replayed: int = 0
    skipped: list[str] = field(default_factory=list)
    differing: list[Differing] = field(default_factory=list)


def steps(file: Path) -> Iterator[Step]:
    """The exchanges of a recording, in order."""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines()):
        row = json.loads(line)
        url = urlsplit(row["url"])
        headers = row["headers"]
        yield Step(
            number=number,
            method=row["method"],
            path=url.path + (f"?{url.query}" if url.query else ""),
            sent=row["request_body"],
            status=row["status"],
            content_type=headers.get("Content-Type", [None])[0],
            body=row["body"],
            at=parsedate_to_datetime(headers["Date"][0]),
        )


class Replay:
    """One recording, asked of a fresh world."""

    def __init__(self, folder: Path) -> None:
        self._paths = Paths(list(as_written(folder)["paths"]))
        self._world = World()
        self._ours: dict[str, str] = {}
        self.outcome = Outcome()

    def run(self, recorded: Iterator[Step]) -> Outcome:
        """Replays every step that can be, as much time apart as they were."""
        last: datetime | None = None
        for step in recorded:
            self._world.clock.advance(max(timedelta(0), step.at - (last or step.at)))
            last = step.at
            operation = self._operation(step)
            if operation is None:
                self.outcome.skipped.append(ID.sub("{id}", step.path.partition("?")[0]))
                continue
            self.outcome.replayed += 1
            answer = self._ask(step)
            found = self._compared(step, answer)
            self.outcome.differing += [Differing(step.number, operation, place, what) for place, what in found]
        return self.outcome

    def _operation(self, step: Step) -> str | None:
        path = step.path.partition("?")[0]
        if ALSO.fullmatch(path):
            return f"{step.method} {ID.sub('{appId}', path)}"
        template = self._paths.template(path)
        return None if template is None else f"{step.method} {template}"

    def _ask(self, step: Step) -> httpx.Response:
        headers = {"Authorization": f"SSWS {self._world.okta.token}"}
        if step.sent:
            headers["Content-Type"] = "application/json"
        content = self._translated(step.sent)
        answer: httpx.Response = self._world.ask(self._translated(step.path), headers, step.method, content=content)
        return answer

    def _translated(self, text: str) -> str:
        for pattern in (ID, NAME):
            text = pattern.sub(lambda match: self._ours.get(match.group(), match.group()), text)
        return text

    def _compared(self, step: Step, answer: httpx.Response) -> Iterator[tuple[str, str]]:
        if (answer.status_code, answer.headers.get("content-type")) != (step.status, step.content_type):
            what = f"{answer.status_code} {answer.headers.get('content-type')} {answer.text[:200]}"
            yield "", f"{step.status} {step.content_type} was recorded, here it is {what}"
        elif step.body:
            recorded, ours = json.loads(step.body), answer.json()
            self._learn(recorded, ours)
            yield from self._unlike(recorded, ours, "")
        elif answer.content:
            yield "", f"no body was recorded, here it is {answer.text[:80]}"

    def _learn(self, recorded: Any, ours: Any) -> None:
        """Which of our ids is meant by a recorded one: what stands at the same place."""
        if isinstance(recorded, dict) and isinstance(ours, dict):
            for name in recorded.keys() & ours.keys():
                self._learn(recorded[name], ours[name])
        elif isinstance(recorded, list) and isinstance(ours, list):
            for here, there in zip(recorded, ours, strict=False):
                self._learn(here, there)
        elif isinstance(recorded, str) and isinstance(ours, str):
            for pattern in (ID, NAME):
                for theirs, own in zip(pattern.findall(recorded), pattern.findall(ours), strict=False):
                    if own not in self._ours.values():
                        self._ours.setdefault(theirs, own)

    def _unlike(self, recorded: Any, ours: Any, place: str) -> Iterator[tuple[str, str]]:
        if isinstance(recorded, dict) and isinstance(ours, dict):
            recorded = {self._translated(name): value for name, value in recorded.items()}
            for name in sorted(recorded.keys() | ours.keys()):
                within = f"{place}.{name}".removeprefix(".")
                if name not in ours:
                    yield within, f"is missing; {recorded[name]!r} was recorded"
                elif name not in recorded:
                    yield within, f"was not recorded, here it is {ours[name]!r}"
                else:
                    yield from self._unlike(recorded[name], ours[name], within)
        elif isinstance(recorded, list) and isinstance(ours, list):
            if len(recorded) != len(ours):
                yield place, f"{len(recorded)} were recorded, here it is {len(ours)}"
            for here, there in self._paired(recorded, ours):
                yield from self._unlike(here, there, f"{place}[]")
        elif self._plain(recorded) != _same_form(ours):
            yield place, f"{recorded!r} was recorded, here it is {ours!r}"

    def _paired(self, recorded: list[Any], ours: list[Any]) -> Iterator[tuple[Any, Any]]:
        """Rows with the same id: most lists are by id, and ours are others. Else those at the same place."""
        by_id = {row["id"]: row for row in ours if isinstance(row, dict) and "id" in row}
        for place, row in enumerate(recorded[: len(ours)]):
            known = self._ours.get(row["id"]) if isinstance(row, dict) and "id" in row else None
            yield row, by_id.get(known, ours[place])

    def _plain(self, value: Any) -> Any:
        return _same_form(self._translated(value)) if isinstance(value, str) else value


def _same_form(value: Any) -> Any:
    """Times and hosts without their values, in the form they have."""
    if not isinstance(value, str):
        return value
    at = TIME.fullmatch(value)
    return f"a time{at.group(1) and ' with milliseconds'}" if at else HOST.sub(IN_MEMORY.okta, value)
