"""A small simulated world that needs mending, the real writers and the real journal over it, and a way to be killed."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
from msgspec.structs import replace

from reconciler.about_changes import sentence
from reconciler.changes import Change, KandjiWrite, Named
from reconciler.commands.apply import Applied, Outcome, Terms, apply
from reconciler.commands.verify import verify
from reconciler.directories.auth import BearerAuth, SswsAuth
from reconciler.directories.forbidden import OKTA, SCIM
from reconciler.directories.gate import Gate, WriteTransport
from reconciler.directories.http import Http, Policy
from reconciler.directories.okta_writes import OktaWrites
from reconciler.directories.scim_writes import ScimWrites
from reconciler.directories.writers import Writers
from reconciler.fitting import Known
from reconciler.journal import Event, Word
from reconciler.plan import Plan, Planned, change_id, sealed
from reconciler.simulator.agenda import NO_LAGS
from reconciler.simulator.between import Meddling, nothing
from reconciler.simulator.org.state import Group, GroupRule, Person
from reconciler.simulator.server import IN_MEMORY, in_memory
from reconciler.store.journal import Journal
from reconciler.store.migrate import migrate
from tests.simulator.small import World

WRITTEN = "attribute-differs"
"""A kind of drift that may be mended in Kandji itself."""


class Killed(BaseException):
    """The process is no more."""


@dataclass
class Fuse:
    """Kills at the n-th of the events that it is told of: a row of the journal before and after it is on disk, a
    request before it leaves and after it took effect. ``at`` None: never."""

    at: int | None = None
    passed: int = 0

    def event(self) -> None:
        self.passed += 1
        if self.passed == self.at:
            raise Killed

    def row(self) -> None:
        """Told before a row is written."""
        self.event()


class Fused(Journal):
    """The journal, killed before or after a row is on disk."""

    fuse: Fuse

    def write(self, event: Event) -> Event:
        self.fuse.row()
        written = super().write(event)
        self.fuse.event()
        return written


class Wire(httpx.AsyncBaseTransport):
    """To the simulated services; writes can be cut short, and are noted."""

    def __init__(self, inner: httpx.AsyncBaseTransport, fuse: Fuse, writes: list[str]) -> None:
        self._inner, self._fuse, self._writes = inner, fuse, writes

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return await self._inner.handle_async_request(request)
        self._fuse.event()
        self._writes.append(f"{request.method} {request.url.raw_path.decode()}")
        answer = await self._inner.handle_async_request(request)
        self._fuse.event()
        return answer


@dataclass
class Mending:
    """A world, the journal of one database, and everybody's names."""

    world: World = field(default_factory=World)
    meddling: Meddling = nothing
    told: list[str] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    terms: Terms = field(init=False)
    undoes: int | None = field(default=None, init=False)
    """The apply that the plan takes back."""

    def __post_init__(self) -> None:
        self.world.org.lags = NO_LAGS
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        migrate(self.connection, Path("journal.db"))
        self.terms = Terms(
            org_url=IN_MEMORY.okta,
            app_id=self.world.org.app.id,
            scim_url=IN_MEMORY.scim,
            patience=timedelta(minutes=5),
            ttl=timedelta(hours=1),
            kandji_writes=(WRITTEN,),
        )

    @property
    def journal(self) -> Journal:
        return Journal(self.connection, Path("journal.db"))

    def apply(
        self,
        plan: Plan | None,
        *,
        resume: int | None = None,
        at: int | None = None,
        terms: Terms | None = None,
        fuse: Fuse | None = None,
    ) -> Applied:
        """Applies with everything made anew, as a new process does."""
        fuse = fuse or Fuse(at)
        journal = Fused(self.connection, Path("journal.db"))
        journal.fuse = fuse
        self.fuse = fuse

        async def applying() -> Applied:
            async with contextlib.AsyncExitStack() as stack:
                return await apply(
                    plan,
                    self.writers(fuse, stack),
                    journal,
                    who="ops@box",
                    terms=terms or self.terms,
                    clock=self.world.clock.now,
                    sleep=self.sleep,
                    tell=self.told.append,
                    resume=resume,
                )

        return asyncio.run(applying())

    def read_again(self, plan: Plan) -> tuple[Outcome, ...]:
        """What ``verify`` tells of a plan."""

        async def reading() -> tuple[Outcome, ...]:
            async with contextlib.AsyncExitStack() as stack:
                writers = self.writers(Fuse(), stack)
                return await verify(plan, writers, terms=self.terms, sleep=self.sleep)

        return asyncio.run(reading())

    async def sleep(self, seconds: float) -> None:
        self.world.clock.advance(timedelta(seconds=seconds))

    def writers(self, fuse: Fuse, stack: contextlib.AsyncExitStack) -> Writers:
        world, gate = self.world, Gate(self.world.org.app.id)

        def http(base: str, service: str, auth: httpx.Auth) -> Http:
            inner = in_memory(world.okta, world.kandji, self.meddling)
            wire = WriteTransport(Wire(inner, fuse, self.writes), gate=gate, service=service, base_url=base)
            made = Http(
                base,
                service=service,
                auth=auth,
                transport=wire,
                policy=Policy(),
                sleep=self.sleep,
                clock=world.clock.now,
            )
            stack.push_async_callback(made.aclose)
            return made

        return Writers(
            okta=OktaWrites(http(IN_MEMORY.okta, OKTA, SswsAuth(world.okta.token)), world.org.app.id),
            scim=ScimWrites(http(IN_MEMORY.scim, SCIM, BearerAuth(world.tenant.token)), clock=world.clock.now),
            gate=gate,
        )

    def plan(self, *changes: Planned, **more: Any) -> Plan:
        return sealed(
            Plan(
                made=self.world.clock.now(),
                by="reconciler plan",
                org_url=IN_MEMORY.okta,
                app_id=self.world.org.app.id,
                app_label="Kandji",
                scim_url=IN_MEMORY.scim,
                run=1,
                run_finished=self.world.clock.now(),
                data_digest="d",
                changes=changes,
                **({"undo_of": self.undoes} | more),
            )
        )

    def brings(self, rule: Named, *people: Person) -> None:
        """By the last run, a rule brings these people once it is switched on."""
        brings = {rule.id: frozenset(person.id for person in people)}
        self.terms = replace(self.terms, known=Known(brings=brings))

    def made(self, change: Planned, step: str) -> None:
        """An earlier apply made this change, by the journal; the next plan takes it back."""
        self.undoes = self.journal.next_apply()
        events: tuple[tuple[Word, dict[str, Any]], ...] = (
            ("began", {"before": msgspec.to_builtins(self.plan(change, undo_of=None))}),
            ("done", {"change": change.id, "step": step}),
            ("ended", {}),
        )
        for word, more in events:
            at = self.world.clock.now()
            self.journal.write(Event(apply=self.undoes, event=word, at=at, who="ops@box", **more))

    def account(self, person: Person) -> Named:
        return Named(name=person.login, id=self.world.tenant.user_id(person.login))

    def kandji_group(self, name: str) -> Named:
        return Named(name=name, id=self.world.tenant.group_id(name))

    def events(self, change: Planned) -> list[str]:
        return [event.event for event in self.journal.events() if event.change == change.id]

    def picture(self) -> dict[str, Any]:
        """Everything an admin can see of both sides, by name."""
        self.world.settle()
        org, tenant = self.world.org, self.world.tenant
        accounts = {person.login: tenant.user(tenant.user_id(person.login)) for person in self.people()}
        names = {str(account["id"]): login for login, account in accounts.items()}
        return {
            "groups": {
                (group.name, group.type): sorted(org.users[one].login for one in group.members)
                for group in org.groups.values()
            },
            "assigned": sorted(org.groups[one].name for one in org.app.groups),
            "rules": {rule.name: (rule.status, rule.expression) for rule in org.rules.values()},
            "mappings": sorted(
                (org.groups[one.source_group_id].name, org.groups[one.target_group_id].name, one.status)
                for one in org.app.mappings.values()
            ),
            "accounts": {
                login: (account.get("active"), account.get("displayName"), account.get("title"))
                for login, account in accounts.items()
            },
            "members": {
                group["displayName"]: sorted(names.get(member["value"], "?") for member in group.get("members") or ())
                for group in map(self._group, self._group_ids())
            },
        }

    def people(self) -> Iterable[Person]:
        """Those who have an account."""
        found = []
        for person in self.world.org.users.values():
            with contextlib.suppress(Exception):
                self.world.tenant.user_id(person.login)
                found.append(person)
        return found

    def _group_ids(self) -> list[str]:
        found = []
        for name in sorted({group.name for group in self.world.org.groups.values()} | {"painters"}):
            with contextlib.suppress(Exception):
                found.append(self.world.tenant.group_id(name))
        return found

    def _group(self, group_id: str) -> dict[str, Any]:
        return self.world.tenant.group(group_id)


Scenario = Callable[[Mending], Planned]


def planned(change: Change, *, kinds: Iterable[str] = (), **more: Any) -> Planned:
    kinds = kinds or ((WRITTEN,) if isinstance(change, KandjiWrite) else ())
    return Planned(
        id=change_id(change), change=change, sentence=sentence(change), why=("asked for",), kinds=tuple(kinds), **more
    )


def named(thing: Group | GroupRule) -> Named:
    return Named(name=thing.name, id=thing.id)


def person_named(person: Person) -> Named:
    return Named(name=person.login, id=person.id)
