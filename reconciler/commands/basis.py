"""What a plan is made of: what the last complete run knew, and the few Okta groups that are read when somebody asks."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from reconciler import joining, wishes
from reconciler.errors import NotKnown, Refused
from reconciler.findings import Finding
from reconciler.fitting import Known, known
from reconciler.guards import Spent
from reconciler.journal import PUSH_REPLACES, spent
from reconciler.model import Group, GroupMembers, Memory, OktaUser, Run, Size
from reconciler.plan import Plan
from reconciler.store import Store
from reconciler.world import Settings, World, fold

DAY = timedelta(hours=24)
"""The guards' rolling day."""


class LiveGroups(Protocol):
    """What a plan reads live of Okta's groups."""

    async def read_group(self, group_id: str) -> Group | None: ...

    async def find_groups(self, name: str) -> tuple[Group, ...]: ...

    async def read_members(self, group_id: str) -> tuple[GroupMembers, tuple[OktaUser, ...]]: ...

    async def read_apps_of_group(self, group_id: str) -> tuple[tuple[str, str], ...]: ...


@dataclass(frozen=True, slots=True)
class Basis:
    """What the last complete run knew: all that a plan is made of."""

    run: Run
    last: Run
    """The last run, which may have given no verdict."""
    world: World
    findings: tuple[Finding, ...]
    """Those that stand: neither settling nor accepted."""
    known: tuple[Finding, ...]
    """Those that settle or are accepted, too."""
    unconfirmed: tuple[Size, ...]
    """Lists that shrank and are not believed yet."""
    spent: Spent

    @property
    def stale(self) -> bool:
        """Whether a later run could not be read whole."""
        return self.last.id != self.run.id


def known_now(store: Store, settings: Settings, plan: Plan) -> Known:
    """What ``apply`` judges a plan by once more; without a complete run, that nothing is known."""
    run, last = store.last(complete=True), store.last()
    if run is None or last is None:
        return Known()
    stale = f"run {last.id} could not read both sides whole: nothing is taken away by older data"
    memory = store.memory()
    world = joining.join(store.snapshot(run.id), before=memory, settings=settings, now=run.finished)
    return known(world, plan, unconfirmed=_unconfirmed(memory), stale="" if last.id == run.id else stale)


def basis(store: Store, settings: Settings, *, now: datetime, ttl: timedelta) -> Basis:
    """Raises ``NotKnown`` where there is no complete run, ``Refused`` where the last one is older than ``ttl``."""
    run, last = store.last(complete=True), store.last()
    if run is None or last is None:
        raise NotKnown("There is no complete run in the database yet.", next="read both sides first: reconciler run")
    if now - run.finished > ttl:
        raise Refused(
            f"The data of run {run.id} is {hours(now - run.finished)} old: too old to plan by.",
            why=f"[fix] plan_ttl_hours allows {hours(ttl)}; things may have moved since.",
            next="reconciler run",
        )
    memory = store.memory()
    lives, learnt = store.findings(run.id), store.journal.learnt(PUSH_REPLACES)
    world = joining.join(
        store.snapshot(run.id),
        before=memory,
        settings=msgspec.structs.replace(settings, push_replaces=learnt),
        now=run.finished,
    )
    return Basis(
        run=run,
        last=last,
        world=world,
        findings=tuple(found for found, life in lives if life.stands),
        known=tuple(found for found, life in lives if life.state != "fixed"),
        unconfirmed=_unconfirmed(memory),
        spent=spent(store.journal.events(), now - DAY),
    )


def _unconfirmed(memory: Memory) -> tuple[Size, ...]:
    return tuple(size for size in memory.sizes if size.unconfirmed)


def hours(age: timedelta) -> str:
    """An age in words: "20 minutes", "26 hours"."""
    minutes = int(age.total_seconds() // 60)
    count, word = (minutes, "minute") if minutes < 120 else (minutes // 60, "hour")
    return f"{count:,} {word}{'' if count == 1 else 's'}"


async def with_groups(basis: Basis, names: Sequence[str], okta: Callable[[], LiveGroups]) -> Basis:
    """The basis with these Okta groups (ids or names), and who is in them, read now where no run had a reason to.

    Raises ``NotKnown`` where there is none, or several of one name.
    """
    world = basis.world
    known = {
        word for group in world.snapshot.okta.groups if world.is_read(group.id) for word in (group.id, fold(group.name))
    }
    snapshot = world.snapshot
    for name in names:
        if name not in known and fold(name) not in known:
            group = await _live_group(okta(), name)
            snapshot = wishes.with_group(snapshot, group, *await okta().read_members(group.id))
    if snapshot is world.snapshot:
        return basis
    joined = joining.join(snapshot, before=world.before, settings=world.settings, now=world.now)
    return replace(basis, world=joined)


async def _live_group(okta: LiveGroups, name: str) -> Group:
    by_id = await okta.read_group(name) if re.fullmatch(r"00g[A-Za-z0-9]{17}", name) else None
    found = (by_id,) if by_id is not None else await okta.find_groups(name)
    if len(found) != 1:
        raise NotKnown(
            f"{name} could be {len(found)} of them." if found else f"Okta has no group called {name}.",
            facts=tuple((group.id, group.name) for group in found),
            next="type one of these ids instead" if found else "see the groups in Okta: Directory → Groups",
        )
    return found[0]
