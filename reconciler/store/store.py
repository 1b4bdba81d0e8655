"""``Store``: everything the program remembers, in one SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from msgspec.structs import replace

from reconciler.errors import NotKnown
from reconciler.findings import (
    Acceptance,
    Accepted,
    Finding,
    Foreseen,
    Judgement,
    Life,
    PushedGroup,
    RuleLine,
    Stage,
    TrendPoint,
)
from reconciler.model import Memory, Note, Run, ScimSnapshot, Size, Snapshot, Source
from reconciler.store import acceptances, findings, foreseen, past, pulls, search, trend
from reconciler.store.border import transaction, translated
from reconciler.store.canonical import canonical
from reconciler.store.open import open_database

if TYPE_CHECKING:
    from sqlite_utils import Database

    from reconciler.store.journal import Journal
    from reconciler.world import Settings


class Store:
    """An open database; close it, or use it as a context manager.

    Every method raises ``StoreError`` where the file can't be read or written. What is asked of a run is answered as it
    was known at that run: later runs do not show. An incomplete or failed run knew what the last complete run before it
    found.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection = connection
        self.path = path

    @property
    def db(self) -> Database:
        """The file for whoever asks with sqlite-utils, which is loaded only then."""
        from sqlite_utils import Database

        return Database(self.connection, execute_plugins=False)

    @classmethod
    def open(cls, path: Path, *, create: bool = True) -> Self:
        """Opens and migrates the database at ``path``, readable by this account alone.

        Raises ``StoreError`` where it can't be opened, or does not exist and ``create`` is false; ``NewerDatabase``
        where a newer version wrote it.
        """
        return cls(open_database(path, create=create), path)

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def journal(self) -> Journal:
        """What was changed, event by event."""
        from reconciler.store.journal import Journal

        return Journal(self.connection, self.path)

    @property
    def rows_written(self) -> int:
        """Rows inserted and updated since the store was opened."""
        return self.connection.total_changes

    def save(
        self,
        run: Run,
        *,
        sources: Iterable[Source],
        notes: Iterable[Note],
        snapshot: Snapshot | None,
        judgement: Judgement | None,
        settings: Settings | None = None,
    ) -> Run:
        """Writes a run in one transaction and returns it with ``id``, ``data_digest`` and ``baseline``.

        A complete run (``in-step``, ``drift``) brings a snapshot and a judgement. An incomplete or failed one brings
        neither: records and findings stay as they are. ``settings`` are those with which it judged; acceptances are
        left out of them, for a run keeps those by themselves.

        Raises ``ValueError`` where it is otherwise, ``StoreError`` where nothing was written.
        """
        complete = run.state in pulls.COMPLETE_STATES
        if (snapshot is not None, judgement is not None) != (complete, complete):
            raise ValueError(
                f"a run in the state {run.state} {'needs' if complete else 'keeps no'} snapshot and judgement"
            )
        with translated(self.path):
            kept = None if snapshot is None else canonical(snapshot)
            run = replace(run, data_digest=None)
            with transaction(self.connection):
                return self._write(run, tuple(sources), tuple(notes), kept, judgement, settings)

    def _write(
        self,
        run: Run,
        sources: tuple[Source, ...],
        notes: tuple[Note, ...],
        snapshot: Snapshot | None,
        judgement: Judgement | None,
        settings: Settings | None,
    ) -> Run:
        connection = self.connection
        complete = judgement is not None
        run = replace(
            run,
            id=pulls.next_id(connection),
            baseline=complete and pulls.last_id(connection, complete=True, upto=None) is None,
        )
        told = None if settings is None else replace(settings, acceptances=())
        pulls.add_run(connection, run, None if judgement is None else judgement.outside_scope, told)
        pulls.add_sources(connection, run.id, sources)
        pulls.add_notes(connection, pulls.RUN_NOTES, run.id, notes)
        if snapshot is not None and judgement is not None:
            run = replace(run, data_digest=pulls.add_snapshot(connection, run.id, snapshot))
            pulls.add_notes(connection, pulls.JUDGEMENT_NOTES, run.id, judgement.notes)
            findings.add_judgement(connection, run.id, judgement)
        return run

    def memory(self) -> Memory:
        """What complete runs learnt so far."""
        with translated(self.path):
            connection = self.connection
            newest = pulls.last_id(connection, complete=True, upto=None)
            if newest is None:
                return Memory()
            return Memory(
                first=False,
                pointed=pulls.pointed(connection),
                learnt_groups=pulls.learnt_groups(connection),
                known_groups=pulls.known_groups(connection),
                seen=findings.seen(connection, newest),
                settling=findings.settling(connection, newest),
                **pulls.log(connection, newest),
                sizes=findings.sizes(connection, newest),
            )

    def held(self, scim: ScimSnapshot) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What the Kandji groups that have lost many members since the last complete run held then: ``Memory.held``."""
        with translated(self.path):
            return pulls.held(self.connection, scim.groups)

    def runs(self, upto: int | None = None, limit: int = 30) -> tuple[Run, ...]:
        """The last ``limit`` runs up to ``upto`` (a run id; default: all), oldest first."""
        with translated(self.path):
            return pulls.runs(self.connection, upto, limit)

    def run(self, run_id: int) -> Run:
        """Raises ``NotKnown`` where there is no such run."""
        with translated(self.path):
            return pulls.run(self.connection, run_id)

    def last(self, complete: bool = False, upto: int | None = None) -> Run | None:
        """The newest run (or complete run) up to ``upto``; None where there is none."""
        with translated(self.path):
            found = pulls.last_id(self.connection, complete=complete, upto=upto)
            return None if found is None else pulls.run(self.connection, found)

    def sources(self, run_id: int) -> tuple[Source, ...]:
        """How each list was read in this very run, in the order given. Raises ``NotKnown``, as all below."""
        with translated(self.path):
            return pulls.sources(self.connection, pulls.run(self.connection, run_id).id)

    def notes(self, run_id: int) -> tuple[Note, ...]:
        """Sorted, each once: this run's own and, where it is complete, those of its snapshot and judgement."""
        with translated(self.path):
            return pulls.notes(self.connection, pulls.run(self.connection, run_id))

    def snapshot(self, run_id: int) -> Snapshot:
        """The data known at the run, in its canonical order. Raises ``NotKnown`` where nothing was read whole yet."""
        with translated(self.path):
            return pulls.snapshot(self.connection, pulls.run(self.connection, run_id).id)

    def findings(self, run_id: int) -> tuple[tuple[Finding, Life], ...]:
        """Open and settling findings, and those fixed in this run, in the order of ``findings.order``."""
        with translated(self.path):
            known = self._known_at(run_id)
            return () if known is None else findings.findings(self.connection, known)

    def these_findings(self, run_id: int, ids: Collection[str]) -> tuple[tuple[Finding, Life], ...]:
        """Some findings as they were known at a run, also those that it had no more; those of later runs are not in."""
        with translated(self.path):
            known = self._known_at(run_id)
            return () if known is None else findings.these(self.connection, known, ids)

    def concerning(self, run_id: int, *, people: Collection[str] = (), groups: Collection[str] = ()) -> tuple[str, ...]:
        """Ids of the findings that a run had about one of these people (keys) or groups (ids), or about many of whom
        they are one."""
        with translated(self.path):
            known = self._known_at(run_id)
            return () if known is None else findings.concerning(self.connection, known, people=people, groups=groups)

    def knows_finding(self, finding_id: str) -> bool:
        """Whether any run ever found it."""
        with translated(self.path):
            return findings.known(self.connection, finding_id)

    def findings_about(
        self, *, people: Collection[str] = (), groups: Collection[str] = ()
    ) -> tuple[tuple[str, str], ...]:
        """(id, kind) of every finding that any run had about one of these people (keys) or groups (ids), by id."""
        with translated(self.path):
            return findings.about(self.connection, people=people, groups=groups)

    def foreseen(self, run_id: int) -> tuple[Foreseen, ...]:
        """How each finding that stood would be mended, by finding id; empty where the run did not tell."""
        with translated(self.path):
            known = self._known_at(run_id)
            return () if known is None else foreseen.foreseen(self.connection, known)

    def stages(self, run_id: int) -> tuple[Stage, ...]:
        """The chain's stages in their order; empty where nothing was read whole yet."""
        with translated(self.path):
            known = self._known_at(run_id)
            return () if known is None else findings.stages(self.connection, known)

    def groups(self, run_id: int) -> tuple[PushedGroup, ...]:
        """The pushed groups by name; empty where nothing was read whole yet."""
        with translated(self.path):
            known = self._known_at(run_id)
            return () if known is None else findings.groups(self.connection, known)

    def rules(self, run_id: int) -> tuple[RuleLine, ...]:
        """Group rules that feed an assigned or pushed group, by name; empty where nothing was read whole yet."""
        with translated(self.path):
            known = self._known_at(run_id)
            return () if known is None else findings.rules(self.connection, known)

    def outside_scope(self, run_id: int) -> int:
        """How many people in pushed groups were outside the scope; 0 where nothing was read whole yet."""
        with translated(self.path):
            known = self._known_at(run_id)
            return 0 if known is None else pulls.outside_scope(self.connection, known)

    def settings(self, run_id: int) -> Settings | None:
        """With which the run judged, without acceptances; None where it kept none, as in files of the first schema."""
        with translated(self.path):
            return pulls.settings(self.connection, self._data_of(run_id))

    def accepted(self, run_id: int) -> tuple[Accepted, ...]:
        """Acceptances as the run saw them, by the day on which they end; empty where nothing was read whole yet."""
        with translated(self.path):
            known = self._known_at(run_id)
            return () if known is None else acceptances.accepted(self.connection, known)

    def acceptances(self) -> tuple[Acceptance, ...]:
        """What was accepted by command and not withdrawn, expired ones too, by id."""
        with translated(self.path):
            return acceptances.made(self.connection)

    def accept(self, acceptance: Acceptance) -> None:
        """Keeps an acceptance for the runs to come. Raises ``UsageError`` where it stands already."""
        with translated(self.path), transaction(self.connection):
            acceptances.make(self.connection, acceptance)

    def withdraw(self, acceptance_id: str, when: datetime, who: str) -> Acceptance:
        """Ends an acceptance for the runs to come. Raises ``NotKnown`` where none of that id was made by command."""
        with translated(self.path), transaction(self.connection):
            return acceptances.withdraw(self.connection, acceptance_id, when, who)

    def find_people(self, run_id: int, asked: str, *, whole: bool = False) -> tuple[search.FoundPerson, ...]:
        """Whoever an id, login, e-mail address or name stands for; several where it is ambiguous, none where nobody.
        ``whole``: names and parts don't count."""
        with translated(self.path):
            known = self._known_at(run_id)
            return () if known is None else search.people(self.connection, known, asked, whole=whole)

    def find_groups(self, run_id: int, asked: str) -> tuple[search.FoundGroup, ...]:
        """The groups that an id or name stands for."""
        with translated(self.path):
            known = self._known_at(run_id)
            return () if known is None else search.groups(self.connection, known, asked)

    def around(
        self, run_id: int, *, user_id: str | None = None, account_id: str | None = None
    ) -> tuple[Snapshot, Memory]:
        """The part of a run's snapshot that says everything about somebody, and what earlier runs had learnt of them:
        joined, it tells of them what the whole does. The groups alone where no id is given."""
        from reconciler.store import around

        with translated(self.path):
            return around.around(self.connection, self._data_of(run_id), user_id=user_id, account_id=account_id)

    def attributes_told(self, run_id: int, names: Collection[str]) -> frozenset[str]:
        """Which of these profile attributes Okta told of anybody whose status it told at a run."""
        from reconciler.store import around

        with translated(self.path):
            return around.attributes_told(self.connection, self._data_of(run_id), names)

    def past_of_person(
        self, run_id: int, *, user_id: str | None, account_id: str | None
    ) -> tuple[past.RecordChange, ...]:
        """What changed about somebody up to a run, oldest first; what the first complete run saw is no change."""
        with translated(self.path):
            return past.of_person(self.connection, run_id, user_id=user_id, account_id=account_id)

    def past_of_group(
        self, run_id: int, *, group_id: str | None, kandji_group_id: str | None
    ) -> tuple[past.RecordChange, ...]:
        """What changed about a group up to a run, oldest first; not who came and went."""
        with translated(self.path):
            return past.of_group(self.connection, run_id, group_id=group_id, kandji_group_id=kandji_group_id)

    def past_of_finding(self, run_id: int, finding_id: str) -> tuple[past.StateChange, ...]:
        """The states of a finding up to a run, oldest first."""
        with translated(self.path):
            return past.of_finding(self.connection, run_id, finding_id)

    def alternating(self, run_id: int, ids: dict[str, str]) -> tuple[past.RecordChange, ...]:
        """What of somebody or of a group went to and fro up to a run; ``ids`` by prefix: user, account, group, …"""
        with translated(self.path):
            return past.alternating(self.connection, run_id, ids)

    def size_of(self, run_id: int, *, group_id: str | None = None, kandji_group_id: str | None = None) -> int | None:
        """How many members an Okta or a Kandji group had at a run; None where that was not told."""
        with translated(self.path):
            return past.size_of(self.connection, self._data_of(run_id), group_id, kandji_group_id)

    def unconfirmed(self, run_id: int) -> tuple[Size, ...]:
        """Lists that had shrunk at the run and were not confirmed: nothing may be taken away because of them."""
        with translated(self.path):
            known = self._known_at(run_id)
            return () if known is None else tuple(s for s in findings.sizes(self.connection, known) if s.unconfirmed)

    def trend(self, upto: int, limit: int = 60) -> tuple[TrendPoint, ...]:
        """Open findings by severity at each of the last ``limit`` runs up to the run ``upto``, oldest first."""
        with translated(self.path):
            return trend.trend(self.connection, pulls.run(self.connection, upto).id, limit)

    def _data_of(self, run_id: int) -> int:
        """As ``_known_at``. Raises ``NotKnown`` where nothing was read whole yet."""
        known = self._known_at(run_id)
        if known is None:
            raise NotKnown(f"Up to run {run_id}, nothing was read whole, so there is no data", next="reconciler run")
        return known

    def _known_at(self, run_id: int) -> int | None:
        """The run itself where it is complete, else the last complete one before it."""
        return pulls.last_id(self.connection, complete=True, upto=pulls.run(self.connection, run_id).id)
