"""Reads both sides for ``pull``: the lists, whom and what they left out, and what new findings rest on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import msgspec

from reconciler import checks, joining, system_log
from reconciler.commands.rereading import MOST, reread_kandji, reread_okta, source
from reconciler.directories import KandjiDirectory, OktaDirectory, Progress, ScimDirectory, Unpointed
from reconciler.disputes import Disputed
from reconciler.errors import NotAllowed, ReadFailed, ReconcilerError, TokenRefused
from reconciler.model import (
    COMPLETE,
    INCOMPLETE,
    REFUSED,
    KandjiSnapshot,
    Memory,
    Note,
    OktaSnapshot,
    ScimSnapshot,
    Snapshot,
    Source,
)
from reconciler.world import Settings

MOST_BY_ID = 2000
"""Accounts read one by one at most; Kandji's budget is 10,000 requests an hour, shared by the whole tenant."""
REREAD_FROM = 200
"""With more accounts left out than this, the list itself is read again first: it was probably torn."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Directories:
    """The services to read. ``kandji`` is the optional REST API."""

    okta: OktaDirectory
    scim: ScimDirectory
    kandji: KandjiDirectory | None = None


@dataclass(slots=True)
class Reading:
    """One pull's reading. Where it gives no snapshot, ``errors`` say why."""

    directories: Directories
    memory: Memory
    settings: Settings
    progress: Progress
    started: datetime
    sources: list[Source] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    errors: list[ReconcilerError] = field(default_factory=list)

    async def read(self) -> Snapshot | None:
        """The whole snapshot, or None."""
        okta, scim = await asyncio.gather(self._okta(), self._scim())
        if okta is None or scim is None:
            return None
        directory = self.directories.kandji
        kandji = None if directory is None else await self._kandji(directory)
        return await self._with_left_out(okta, scim, kandji)

    async def again(self, snapshot: Snapshot, disputed: Disputed) -> Snapshot | None:
        """The snapshot with the disputed records as they are now; the very same where nothing differs.

        More than ``MOST`` of them are not read one by one: the lists of each side concerned are read again.
        """
        if disputed.in_okta + disputed.in_kandji > MOST:
            return await self._lists_again(snapshot, disputed)
        found: Snapshot | None = snapshot
        if disputed.in_okta:
            okta = self.directories.okta
            found = await self._directly(reread_okta(okta, snapshot, disputed), "okta.disputed")
            self._told("okta.disputed", disputed.in_okta)
        if found is not None and (disputed.in_kandji or found is not snapshot):
            found = await self._directly(reread_kandji(self.directories.scim, found, disputed), "scim.disputed")
            self._told("scim.disputed", disputed.in_kandji)
        return found

    def _told(self, name: str, count: int) -> None:
        if count and not self.errors:
            self.sources.append(source(name, count))

    async def _lists_again(self, snapshot: Snapshot, disputed: Disputed) -> Snapshot | None:
        okta, scim = await asyncio.gather(
            self._okta() if disputed.in_okta else _known(snapshot.okta),
            self._scim() if disputed.in_kandji else _known(snapshot.scim),
        )
        if okta is None or scim is None:
            return None
        return await self._with_left_out(okta, scim, snapshot.kandji)

    async def _with_left_out(
        self, okta: OktaSnapshot, scim: ScimSnapshot, kandji: KandjiSnapshot | None
    ) -> Snapshot | None:
        """Both sides with what their lists left out, as far as something else names it."""
        whole = await self._with_disputed_users(okta, scim)
        known = None if whole is None else await self._with_strangers(okta, whole)
        if whole is None or known is None:
            return None
        grouped = await self._with_disputed_groups(known, whole)
        self.sources = _latest(self.sources)
        return None if grouped is None else Snapshot(okta=known, scim=grouped, kandji=kandji, notes=tuple(self.notes))

    async def _okta(self) -> OktaSnapshot | None:
        asked = system_log.ask_since(self.memory, self.started)
        okta = await self._required(self.directories.okta.read(self.progress, log_since=asked), "okta")
        return None if okta is None else system_log.carried(okta, self.memory, asked=asked, now=self.started)

    async def _scim(self) -> ScimSnapshot | None:
        return await self._required(self.directories.scim.read(self.progress), "scim")

    async def _required(self, read: Awaitable[tuple[T, tuple[Source, ...], tuple[Note, ...]]], side: str) -> T | None:
        try:
            value, sources, notes = await read
        except (ReadFailed, NotAllowed) as error:
            self._failed(error, side)
            return None
        self.sources += sources
        self.notes += notes
        return value

    def _failed(self, error: ReconcilerError, name: str) -> None:
        """Notes a required read that failed, with what its directory had read before."""
        before: tuple[Source, ...] = getattr(error, "sources", ())
        self.sources += before
        self.errors.append(error)
        if not any(one.required and one.state != COMPLETE for one in before):
            named = getattr(error, "source", None) or name
            self.sources.append(Source(name=named, state=INCOMPLETE, reason=error.what))

    async def _kandji(self, directory: KandjiDirectory) -> KandjiSnapshot | None:
        """Kandji's REST API, where it can be read: nothing depends on it, so a failure is a note."""
        try:
            snapshot, sources, notes = await directory.read(self.progress)
        except (ReadFailed, NotAllowed) as error:
            told: tuple[Source, ...] = getattr(error, "sources", ())
            state = REFUSED if isinstance(error, NotAllowed) else INCOMPLETE
            self.sources += told or (Source(name="kandji.users", state=state, required=False, reason=error.what),)
            self.notes.append(Note(kind="check-skipped", about=checks.foreign_people.API, reason=error.what))
            return None
        self.sources += sources
        self.notes += notes
        return snapshot

    async def _with_strangers(self, okta: OktaSnapshot, scim: ScimSnapshot) -> OktaSnapshot | None:
        """Looks up in Okta whoever is in Kandji without an app user pointing there, to tell a leaver from a stranger.

        A refusal is a value: the kinds concerned are skipped. A fault that lasts makes the run incomplete, or somebody
        who left would silently drop out of the findings.
        """
        pointers = dict(self.memory.pointers())
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
            found, source = await self.directories.okta.look_up(people)
        except (ReadFailed, TokenRefused) as error:
            self._failed(error, "okta.look_ups")
            return None
        except NotAllowed as error:
            self.sources.append(Source(name="okta.look_ups", state=REFUSED, required=False, reason=error.what))
            self.notes.append(Note(kind="check-skipped", about="unmanaged-in-kandji", reason=error.what))
            return okta
        self.sources.append(source)
        users = {user.id: user for user in (*found, *okta.users)}
        asked = {person.okta_user_id for person in people if person.okta_user_id is not None}
        whole = source.state == COMPLETE
        return msgspec.structs.replace(
            okta,
            users=tuple(users[key] for key in sorted(users)),
            absent_user_ids=tuple(sorted(asked - set(users))) if whole else (),
            looked_up_scim_ids=tuple(person.scim_id for person in people) if whole else (),
        )

    async def _with_disputed_users(self, okta: OktaSnapshot, scim: ScimSnapshot) -> ScimSnapshot | None:
        """Reads by id whom Okta points to and the list left out: absence from a list is not absence."""
        missing = _left_out(okta, scim)
        if len(missing) > REREAD_FROM:
            again = await self._scim()
            if again is None:
                return None
            scim, missing = again, _left_out(okta, again)
        if not missing:
            return scim
        room = MOST_BY_ID - len(scim.absent_user_ids)
        if len(missing) > room:
            left_out = f"{len(missing):,} accounts that Okta points to are not in Kandji's list"
            reason = f"{left_out}; {MOST_BY_ID:,} were read by id"
            self.notes.append(Note(kind="check-skipped", about="missing-in-kandji", reason=reason))
            missing = missing[:room]
        answers = await self._directly(self.directories.scim.read_users(missing), "scim.users")
        if answers is None:
            return None
        found = tuple(user for user in answers.values() if user is not None)
        absent = (*scim.absent_user_ids, *(key for key, user in answers.items() if user is None))
        return msgspec.structs.replace(scim, users=(*scim.users, *found), absent_user_ids=tuple(sorted(absent)))

    async def _with_disputed_groups(self, okta: OktaSnapshot, scim: ScimSnapshot) -> ScimSnapshot | None:
        """Reads by a filter the groups that mappings push to and the list left out."""
        names = joining.unmatched_names(Snapshot(okta=okta, scim=scim), self.settings)
        if not names:
            return scim
        answers = await self._directly(self.directories.scim.find_groups(names), "scim.groups")
        if answers is None:
            return None
        known = {group.id for group in scim.groups}
        found = {group.id: group for groups in answers.values() for group in groups if group.id not in known}
        absent = tuple(name for name in names if not answers.get(name))
        return msgspec.structs.replace(scim, groups=(*scim.groups, *found.values()), absent_group_names=absent)

    async def _directly(self, read: Awaitable[T], name: str) -> T | None:
        try:
            return await read
        except (ReadFailed, NotAllowed) as error:
            self._failed(error, name)
            return None


def _left_out(okta: OktaSnapshot, scim: ScimSnapshot) -> tuple[str, ...]:
    """Accounts that Okta points to, not in the list and not read by id yet."""
    absent = frozenset(scim.absent_user_ids)
    return tuple(one for one in joining.dangling(okta.app_users, scim) if one not in absent)


async def _known(value: T) -> T:
    return value


def _latest(sources: Sequence[Source]) -> list[Source]:
    """One row a source: the last read of each."""
    return list({source.name: source for source in sources}.values())
