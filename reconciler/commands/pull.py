"""``pull``: reads both sides, judges, and keeps the result; a pull is complete or it is not kept."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from reconciler import __version__, checks, joining
from reconciler.commands.exits import first_code
from reconciler.commands.reading import Directories, Reading
from reconciler.directories import Progress
from reconciler.disputes import Disputed, disputed
from reconciler.errors import ReconcilerError
from reconciler.findings import Foreseen, Judgement
from reconciler.model import COMPLETE, Note, Run, Snapshot, Source
from reconciler.sentence import sentence
from reconciler.store import Store
from reconciler.world import Settings, World

Foresee = Callable[[World, Judgement], tuple[Foreseen, ...]]


@dataclass(frozen=True, slots=True)
class Occasion:
    """How the program was started: what a page must show to be made again."""

    command_line: str
    config_digest: str
    display: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Pulled:
    """What came of a pull. ``errors`` is empty when it is complete; ``exit_code`` is theirs, else 0."""

    run: Run
    sources: tuple[Source, ...]
    judgement: Judgement | None = None
    errors: tuple[ReconcilerError, ...] = ()

    @property
    def exit_code(self) -> int:
        return first_code(error.exit_code for error in self.errors)


async def pull(
    directories: Directories,
    store: Store,
    settings: Settings,
    occasion: Occasion,
    *,
    clock: Callable[[], datetime],
    progress: Progress,
    foresee: Foresee | None = None,
) -> Pulled:
    """Reads, judges and saves one run, with how its findings would be mended where ``foresee`` can tell.

    A required source that can't be read gives a run ``incomplete``; a mistake of the program gives a run ``failed`` and
    is raised again. Both leave what earlier runs found as it is.
    """
    started = clock()
    settings = msgspec.structs.replace(settings, acceptances=(*settings.acceptances, *store.acceptances()))
    reading = Reading(directories, store.memory(), settings, progress, started)
    try:
        judged = await _judged(reading, store, clock)
        if judged is None:
            return _save_incomplete(store, occasion, reading, started, clock())
        snapshot, world, judgement = judged
        foretold = judgement if foresee is None else _foretold(foresee, world, judgement)
        return _save(store, occasion, reading, snapshot, foretold, started, clock())
    except Exception as error:
        if not isinstance(error, ReconcilerError):
            _save_failed(store, occasion, reading, started, clock(), error)
        raise


async def _judged(
    reading: Reading, store: Store, clock: Callable[[], datetime]
) -> tuple[Snapshot, World, Judgement] | None:
    """What was read, joined, and what is to be said of it; None where it could not be read whole.

    What is found is provisional until the records it rests on were read once more. That is done once: whatever a
    second reading brings up stands, and settles.
    """
    snapshot = await reading.read()
    if snapshot is None:
        return None
    reading.memory = msgspec.structs.replace(reading.memory, held=store.held(snapshot.scim))
    world = joining.join(snapshot, before=reading.memory, settings=reading.settings, now=clock())
    judgement = checks.run(world)
    records = disputed(world, judgement.findings)
    second = snapshot if records == Disputed() else await reading.again(snapshot, records)
    if second is snapshot:
        return snapshot, world, judgement
    if second is None:
        return None
    reading.memory = msgspec.structs.replace(reading.memory, held=store.held(second.scim))
    world = joining.join(second, before=reading.memory, settings=reading.settings, now=clock())
    return second, world, checks.run(world)


def _foretold(foresee: Foresee, world: World, judgement: Judgement) -> Judgement:
    """The judgement with how its findings would be mended. A mistake in that costs nothing else: it is logged and
    noted, and what was found stands."""
    try:
        return msgspec.structs.replace(judgement, foreseen=foresee(world, judgement))
    except Exception as error:
        logging.getLogger("reconciler").error("what would be mended could not be worked out", exc_info=error)
        reason = f"it could not be worked out ({type(error).__name__}); the log has the details"
        note = Note(kind="check-skipped", about="what would be mended", reason=reason)
        return msgspec.structs.replace(judgement, notes=tuple(sorted({*judgement.notes, note})))


def _save(
    store: Store,
    occasion: Occasion,
    reading: Reading,
    snapshot: Snapshot,
    judgement: Judgement,
    started: datetime,
    finished: datetime,
) -> Pulled:
    drift = any(finding.standing for finding in judgement.findings)
    state = "drift" if drift else "in-step"
    run = _run(
        occasion,
        started,
        finished,
        state,
        sentence(state, judgement.findings, notes=judgement.notes, kinds=checks.KINDS),
    )
    sources = tuple(reading.sources)
    saved = store.save(
        run,
        sources=sources,
        notes=judgement.notes,
        snapshot=snapshot,
        judgement=judgement,
        settings=reading.settings,
    )
    return Pulled(run=saved, sources=sources, judgement=judgement)


def _save_incomplete(
    store: Store, occasion: Occasion, reading: Reading, started: datetime, finished: datetime
) -> Pulled:
    sources = tuple(reading.sources)
    unread = [source.name for source in sources if source.required and source.state != COMPLETE]
    run = _run(
        occasion,
        started,
        finished,
        "incomplete",
        sentence("incomplete", (), unread=unread),
        reason=" ".join(error.what for error in reading.errors),
        exit_code=first_code(error.exit_code for error in reading.errors),
    )
    saved = store.save(run, sources=sources, notes=tuple(reading.notes), snapshot=None, judgement=None)
    return Pulled(run=saved, sources=sources, errors=tuple(reading.errors))


def _save_failed(
    store: Store, occasion: Occasion, reading: Reading, started: datetime, finished: datetime, error: Exception
) -> None:
    run = _run(
        occasion,
        started,
        finished,
        "failed",
        sentence("failed", ()),
        reason=f"a mistake of the program ({type(error).__name__}); the log has the details",
        exit_code=1,
    )
    store.save(run, sources=tuple(reading.sources), notes=tuple(reading.notes), snapshot=None, judgement=None)


def _run(
    occasion: Occasion,
    started: datetime,
    finished: datetime,
    state: str,
    words: str,
    *,
    reason: str | None = None,
    exit_code: int = 0,
) -> Run:
    return Run(
        id=0,
        started=started,
        finished=finished,
        state=state,
        sentence=words,
        version=__version__,
        config_digest=occasion.config_digest,
        command_line=occasion.command_line,
        display=occasion.display,
        reason=reason,
        exit_code=exit_code,
    )


def display_of(values: Mapping[str, str | None]) -> tuple[tuple[str, str], ...]:
    """Display settings as a run keeps them: those that are set, by name."""
    return tuple(sorted((name, value) for name, value in values.items() if value))
