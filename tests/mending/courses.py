"""What a scene comes to when the program is killed at one event of it, and what it comes to without."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.mending.child import Told
from tests.mending.fingerprint import Parts
from tests.mending.killing import CLOSING, KILLED, Program, Stage, staged
from tests.mending.scenes import Scene

FIRST, PLAN = "first.json", "plan.json"


@dataclass(frozen=True, kw_only=True)
class End:
    """A course's end: the world at rest, the writes that were taken, and the journal."""

    world: Parts
    writes: Counter[str]
    closed: Counter[str]
    """Closing events of each change of the last apply."""
    begun: int
    ended: int
    killed: bool
    """Whether the first process was killed before it ended by itself."""
    told: str


class Course:
    """A scene prepared once, and gone through as often as it has events."""

    def __init__(self, scene: Scene, folder: Path, program: Program) -> None:
        self.scene = scene
        self._program = program
        self._template = folder / "template"
        self._folder = folder / "stage"
        self._ports = (0, 0)
        with self._staged(self._template) as stage:
            self._ports = _ports(stage)
            scene.looked(stage.company, lambda: stage.done("run"))
            if scene.first is None:
                _plan(stage, *scene.ask(stage), name=PLAN)
            else:
                _plan(stage, *scene.first(stage), name=FIRST)

    def gone(self, kill_at: int | None = None, again_at: int | None = None) -> End:
        """Applies the scene's plan, killed at one event, resumed, killed at one event of that, and resumed to the
        end."""
        shutil.rmtree(self._folder, ignore_errors=True)
        shutil.copytree(self._template, self._folder)
        with self._staged(self._folder) as stage:
            self.scene.looked(stage.company)
            self._prepare(stage)
            before = len(stage.notebook.writes)
            told = _apply(stage, PLAN, kill_at)
            killed = told.code == KILLED
            if killed:
                _go_on(stage, again_at)
            told = _go_on(stage) if killed else told
            del stage.notebook.writes[:before]
            return _end(stage, killed, told)

    def _prepare(self, stage: Stage) -> None:
        if self.scene.first is not None:
            told = _apply(stage, FIRST)
            assert told.code == 0, told.err + told.out
            stage.settled()
            _plan(stage, *self.scene.ask(stage), name=PLAN)

    @contextmanager
    def _staged(self, folder: Path) -> Iterator[Stage]:
        company = self.scene.build()
        with staged(company, folder, self._program, more=self.scene.more, ports=self._ports) as stage:
            yield stage


def _ports(stage: Stage) -> tuple[int, int]:
    okta, kandji = httpx.URL(stage.addresses.okta).port, httpx.URL(stage.addresses.kandji).port
    assert okta is not None
    assert kandji is not None
    return okta, kandji


def _plan(stage: Stage, verb: str, *words: str, name: str) -> None:
    stage.done(verb, *words, "-o", str(stage.folder / name))


def _apply(stage: Stage, name: str, kill_at: int | None = None) -> Told:
    path = stage.folder / name
    count = len(json.loads(path.read_bytes())["changes"])
    return stage.call("apply", str(path), "--confirm", str(count), kill_at=kill_at)


def _go_on(stage: Stage, kill_at: int | None = None) -> Told:
    """What an admin does after a crash: resumes what was begun; what was not, is applied; what has ended, is left."""
    events = [event for _, _, event in stage.journal()[-1:]]
    applies = sum(event == "began" for _, _, event in stage.journal())
    expected = 1 if (stage.folder / FIRST).exists() else 0
    if applies == expected:
        return _apply(stage, PLAN, kill_at)
    if events == ["ended"]:
        return Told(code=0, events=0, out="", err="")
    return stage.call("apply", "--resume", kill_at=kill_at)


def _end(stage: Stage, killed: bool, told: Told) -> End:
    rows = stage.journal()
    last = max((apply for apply, _, _ in rows), default=0)
    closed = Counter(change for apply, change, event in rows if apply == last and event in CLOSING and change)
    return End(
        world=stage.settled(),
        writes=stage.writes,
        closed=closed,
        begun=sum(event == "began" for _, _, event in rows),
        ended=sum(event == "ended" for _, _, event in rows),
        killed=killed,
        told=f"exit {told.code}\n{told.out}\n{told.err}",
    )
