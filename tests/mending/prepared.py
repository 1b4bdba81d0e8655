"""A scene of which the run and the plan are made once, and which is then begun as often as is wanted, in memory."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from tests.mending.fingerprint import Parts, fingerprint
from tests.mending.harness import Site, site
from tests.mending.scenes import Scene


@dataclass(frozen=True, kw_only=True)
class Undisturbed:
    """What a scene comes to when nothing goes wrong."""

    world: Parts
    before: Parts
    writes: tuple[str, ...]
    """Those that were taken, in order."""


@cache
def _template(scene: Scene) -> Path:
    folder = Path(mkdtemp(prefix="scene-"))
    with site(scene.build(), folder, more=scene.more) as place:
        scene.looked(place.company, place.run)
        verb, *words = scene.ask(place)
        place.plan(*words, verb=verb)
    return folder


@contextmanager
def begun(scene: Scene, folder: Path) -> Iterator[Site]:
    """The scene's company with the program beside it: it has run, and ``plan.json`` is there."""
    shutil.copytree(_template(scene), folder, dirs_exist_ok=True)
    with site(scene.build(), folder, more=scene.more) as place:
        scene.looked(place.company)
        yield place


@cache
def undisturbed(scene: Scene) -> Undisturbed:
    folder = Path(mkdtemp(prefix="scene-"))
    with begun(scene, folder) as place:
        before = fingerprint(place.company)
        outcome = place.apply()
        assert set(outcome.words.values()) == {"verified"}, (outcome.told, outcome.err)
        place.settle()
        writes = tuple(write.line for write in outcome.writes if write.taken)
        return Undisturbed(world=fingerprint(place.company), before=before, writes=writes)
