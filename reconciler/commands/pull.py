"""``pull``: reads both sides, judges, and keeps the result; a pull is complete or it is not kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import msgspec

from reconciler import __version__, checks, joining, system_log
from reconciler.commands.exits import first_code
from reconciler.directories import KandjiDirectory, OktaDirectory, ScimDirectory, Unpointed
from reconciler.errors import NotAllowed, ReadFailed, ReconcilerError, TokenRefused
from reconciler.findings import Judgement, sentence
from reconciler.model import (
    COMPLETE,
    INCOMPLETE,
    REFUSED,
    KandjiSnapshot,
    Memory,
    Note,
    OktaSnapshot,
    Run,
    ScimSnapshot,
    Snapshot,
    Source,
)
from reconciler.store import Store
from reconciler.world import Settings

MOST_BY_ID = 2000
"""Accounts read one by one at most; Kandji's budget is 10,000 requests an hour, shared by the whole tenant."""
REREAD_FROM = 200
"""With more disputed accounts than this, the list itself is read again first: it was probably torn."""

Progress = Callable[[str, int, int | None], None]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Directories:
    """The services to read. ``kandji`` is the optional REST API."""

    okta: OktaDirectory
    scim: ScimDirectory
    kandji: KandjiDirectory | None = None


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


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    sources: list[Source] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    errors: list[ReconcilerError] = field(default_factory=list)


async def pull(
    directories: Directories,
    store: Store,
    settings: Settings,
    occasion: Occasion,
    *,
    clock: Callable[[], datetime],
    progress: Progress,
) -> Pulled:
    """Reads, judges and saves one run.

    A required source that can't be read gives a run ``incomplete``; a mistake of the program gives a run ``failed`` and
    is raised again. Both leave what earlier runs found as it is.
    """
    started = clock()
    memory = store.memory()
    settings = msgspec.structs.replace(settings, acceptances=(*settings.acceptances, *store.acceptances()))
    reading = _Reading()
    try:
        snapshot = await _read(directories, memory, settings, reading, progress, started)
        if snapshot is None:
            return _save_incomplete(store, occasion, reading, started, clock())
        return _save(store, occasion, settings, memory, snapshot, reading, started, clock())
    except Exception as error:
        if not isinstance(error, ReconcilerError):
            _save_failed(store, occasion, reading, started, clock(), error)
        raise


async def _read(
    directories: Directories,
    memory: Memory,
    settings: Settings,
    reading: _Reading,
    progress: Progress,
    started: datetime,
) -> Snapshot | None:
    """The whole snapshot, or None with the reasons in ``reading``."""
    log_since = system_log.ask_since(memory, started)
    okta, scim = await asyncio.gather(
        _required(directories.okta.read(progress, log_since=log_since), reading, "okta"),
        _required(directories.scim.read(progress), reading, "scim"),
    )
    if okta is None or scim is None:
        return None
    kandji = None if directories.kandji is None else await _kandji(directories.kandji, reading, progress)
    scim = await _with_disputed_users(directories.scim, okta, scim, reading, progress)
    if scim is None:
        return None
    okta = await _with_strangers(directories.okta, okta, scim, memory, reading)
    if okta is None:
        return None
    scim = await _with_disputed_groups(directories.scim, okta, scim, settings, reading)
    if scim is None:
        return None
    okta = system_log.carried(okta, memory, asked=log_since, now=started)
    return Snapshot(okta=okta, scim=scim, kandji=kandji, notes=tuple(reading.notes))


async def _required(
    read: Awaitable[tuple[T, tuple[Source, ...], tuple[Note, ...]]], reading: _Reading, side: str
) -> T | None:
    try:
        value, sources, notes = await read
    except (ReadFailed, NotAllowed) as error:
        _failed(reading, error, side)
        return None
    reading.sources += sources
    reading.notes += notes
    return value


def _failed(reading: _Reading, error: ReconcilerError, name: str) -> None:
    """Notes a required read that failed, with what its directory had read before."""
    before: tuple[Source, ...] = getattr(error, "sources", ())
    reading.sources += before
    reading.errors.append(error)
    if not any(source.required and source.state != COMPLETE for source in before):
        named = getattr(error, "source", None) or name
        reading.sources.append(Source(name=named, state=INCOMPLETE, reason=error.what))


async def _kandji(directory: KandjiDirectory, reading: _Reading, progress: Progress) -> KandjiSnapshot | None:
    """Kandji's REST API, where it can be read: nothing depends on it, so a failure is a note."""
    try:
        snapshot, sources, notes = await directory.read(progress)
    except (ReadFailed, NotAllowed) as error:
        told: tuple[Source, ...] = getattr(error, "sources", ())
        state = REFUSED if isinstance(error, NotAllowed) else INCOMPLETE
        reading.sources += told or (Source(name="kandji.users", state=state, required=False, reason=error.what),)
        reading.notes.append(Note(kind="check-skipped", about=checks.foreign_people.API, reason=error.what))
        return None
    reading.sources += sources
    reading.notes += notes
    return snapshot


async def _with_strangers(
    directory: OktaDirectory, okta: OktaSnapshot, scim: ScimSnapshot, memory: Memory, reading: _Reading
) -> OktaSnapshot | None:
    """Looks up in Okta whoever is in Kandji without an app user pointing there, to tell a leaver from a stranger.

    A refusal is a value: the kinds concerned are skipped. A fault that lasts makes the run incomplete, or somebody who
    left would silently drop out of the findings.
    """
    pointers = dict(memory.pointers())
    people = tuple(
        Unpointed(
            scim_id=account.id,
            user_name=account.user_name,
            email=account.email,
            external_id=account.external_id,
            okta_user_id=pointers.get(account.id),
        )
        for account in joining.unpointed(okta.app_users, scim.users)
    )
    if not people:
        return okta
    try:
        found, source = await directory.look_up(people)
    except (ReadFailed, TokenRefused) as error:
        _failed(reading, error, "okta.look_ups")
        return None
    except NotAllowed as error:
        reading.sources.append(Source(name="okta.look_ups", state=REFUSED, required=False, reason=error.what))
        reading.notes.append(Note(kind="check-skipped", about="unmanaged-in-kandji", reason=error.what))
        return okta
    reading.sources.append(source)
    users = {user.id: user for user in (*found, *okta.users)}
    asked = {person.okta_user_id for person in people if person.okta_user_id is not None}
    whole = source.state == COMPLETE
    return msgspec.structs.replace(
        okta,
        users=tuple(users[key] for key in sorted(users)),
        absent_user_ids=tuple(sorted(asked - set(users))) if whole else (),
        looked_up_scim_ids=tuple(person.scim_id for person in people) if whole else (),
    )


async def _with_disputed_users(
    directory: ScimDirectory, okta: OktaSnapshot, scim: ScimSnapshot, reading: _Reading, progress: Progress
) -> ScimSnapshot | None:
    """Reads by id whom Okta points to and the list left out: absence from a list is not absence."""
    missing = joining.dangling(okta.app_users, scim)
    if len(missing) > REREAD_FROM:
        again = await _required(directory.read(progress), reading, "scim")
        if again is None:
            return None
        scim, reading.sources = again, _latest(reading.sources)
        missing = joining.dangling(okta.app_users, scim)
    if not missing:
        return scim
    if len(missing) > MOST_BY_ID:
        reason = (
            f"{len(missing):,} accounts that Okta points to are not in Kandji's list; {MOST_BY_ID:,} were read by id"
        )
        reading.notes.append(Note(kind="check-skipped", about="missing-in-kandji", reason=reason))
        missing = missing[:MOST_BY_ID]
    answers = await _directly(directory.read_users(missing), reading, "scim.users")
    if answers is None:
        return None
    found = tuple(user for user in answers.values() if user is not None)
    absent = tuple(sorted(key for key, user in answers.items() if user is None))
    return msgspec.structs.replace(scim, users=(*scim.users, *found), absent_user_ids=absent)


async def _with_disputed_groups(
    directory: ScimDirectory, okta: OktaSnapshot, scim: ScimSnapshot, settings: Settings, reading: _Reading
) -> ScimSnapshot | None:
    """Reads by a filter the groups that mappings push to and the list left out."""
    names = joining.unmatched_names(Snapshot(okta=okta, scim=scim), settings)
    if not names:
        return scim
    answers = await _directly(directory.find_groups(names), reading, "scim.groups")
    if answers is None:
        return None
    known = {group.id for group in scim.groups}
    found = {group.id: group for groups in answers.values() for group in groups if group.id not in known}
    absent = tuple(name for name in names if not answers.get(name))
    return msgspec.structs.replace(scim, groups=(*scim.groups, *found.values()), absent_group_names=absent)


async def _directly(read: Awaitable[T], reading: _Reading, name: str) -> T | None:
    try:
        return await read
    except (ReadFailed, NotAllowed) as error:
        _failed(reading, error, name)
        return None


def _latest(sources: Sequence[Source]) -> list[Source]:
    """One row a source: the last read of each."""
    return list({source.name: source for source in sources}.values())


def _save(
    store: Store,
    occasion: Occasion,
    settings: Settings,
    memory: Memory,
    snapshot: Snapshot,
    reading: _Reading,
    started: datetime,
    finished: datetime,
) -> Pulled:
    memory = msgspec.structs.replace(memory, held=store.held(snapshot.scim))
    judgement = checks.run(joining.join(snapshot, before=memory, settings=settings, now=finished))
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
    saved = store.save(run, sources=sources, notes=judgement.notes, snapshot=snapshot, judgement=judgement)
    return Pulled(run=saved, sources=sources, judgement=judgement)


def _save_incomplete(
    store: Store, occasion: Occasion, reading: _Reading, started: datetime, finished: datetime
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
    store: Store, occasion: Occasion, reading: _Reading, started: datetime, finished: datetime, error: Exception
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
