"""``plan``: from the last complete run, what would mend its findings, or do what a command asks for; into a file.

It writes nothing but that file, and reads nothing live but which other apps the groups give that somebody would join.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import msgspec

from reconciler import checks, joining, planning, wishes
from reconciler import plan as plans
from reconciler.changes import ActivateRule, AddToGroup, AssignGroup, CreateRule, EditRule, phase
from reconciler.commands import findings as listed
from reconciler.commands import who
from reconciler.commands.screen import write_whole
from reconciler.errors import NotAllowed, NotKnown, ReadFailed, Refused, StoreError, UsageError
from reconciler.findings import STANDING_STATES, Finding
from reconciler.guards import Spent
from reconciler.journal import plan_of, spent
from reconciler.model import Group, GroupMembers, OktaUser, Run, Size
from reconciler.plan import Ceilings, Plan, Withheld
from reconciler.planning import About, Asked, Policy
from reconciler.store import Store
from reconciler.store.journal import Journal
from reconciler.world import Settings, World, fold

DEFAULT_FILE = Path("reconciler-plan.json")
DAY = timedelta(hours=24)
"""The guards' rolling day."""
PUSH_REPLACES = "push_replaces"
"""Under which the journal keeps whether a push takes people out."""

NOTHING_LIFTED = Ceilings()

Apps = tuple[tuple[str, tuple[str, ...] | None], ...]
"""Labels of the other apps that a group gives, by the group's id; None where that could not be read."""


class LiveGroups(Protocol):
    """What a plan reads live of Okta's groups."""

    async def read_group(self, group_id: str) -> Group | None: ...

    async def find_groups(self, name: str) -> tuple[Group, ...]: ...

    async def read_members(self, group_id: str) -> tuple[GroupMembers, tuple[OktaUser, ...]]: ...

    async def read_apps_of_group(self, group_id: str) -> tuple[tuple[str, str], ...]: ...


@dataclass(frozen=True, slots=True)
class Wish:
    """Which findings to mend; empty means all that stand, and several conditions must all hold."""

    findings: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    person: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Basis:
    """What the last complete run knew: all that a plan is made of."""

    run: Run
    last: Run
    """The last run, which may have given no verdict."""
    world: World
    findings: tuple[Finding, ...]
    """Those that stand: neither settling nor accepted."""
    unconfirmed: tuple[Size, ...]
    """Lists that shrank and are not believed yet."""
    spent: Spent
    push_replaces: bool | None

    @property
    def stale(self) -> bool:
        """Whether a later run could not be read whole."""
        return self.last.id != self.run.id


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
    world = joining.join(store.snapshot(run.id), before=memory, settings=settings, now=run.finished)
    return Basis(
        run=run,
        last=last,
        world=world,
        findings=tuple(found for found, life in store.findings(run.id) if life.stands),
        unconfirmed=tuple(size for size in memory.sizes if size.unconfirmed),
        spent=spent(store.journal.events(), now - DAY),
        push_replaces=store.journal.learnt(PUSH_REPLACES),
    )


def hours(age: timedelta) -> str:
    """An age in words: "20 minutes", "26 hours"."""
    minutes = int(age.total_seconds() // 60)
    count, word = (minutes, "minute") if minutes < 120 else (minutes // 60, "hour")
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def chosen(store: Store, basis: Basis, wish: Wish) -> tuple[Finding, ...]:
    """The findings that ``wish`` names, in the order of the report.

    Raises ``NotKnown`` for a finding that does not stand and for nobody or no group of that name, ``UsageError`` for a
    kind that does not exist.
    """
    run = basis.run.id
    listed.known_kinds(wish.kinds, [kind.slug for kind in checks.KINDS])
    ids = frozenset(_standing(store, basis, asked) for asked in wish.findings)
    about: list[frozenset[str]] = []
    if wish.person is not None:
        person = who.person(store, run, wish.person)
        keys = (f"user:{person.user_id}", f"account:{person.account_id}")
        about.append(frozenset(store.concerning(run, people=[key for key in keys if not key.endswith(":None")])))
    if wish.group is not None:
        group = who.group(store, run, wish.group)
        about.append(frozenset(store.concerning(run, groups=[*filter(None, (group.group_id, group.kandji_group_id))])))
    return tuple(
        found
        for found in basis.findings
        if (not ids or found.id in ids)
        and (not wish.kinds or found.kind in wish.kinds)
        and all(found.id in those for those in about)
    )


def _standing(store: Store, basis: Basis, asked: str) -> str:
    finding_id = asked.strip().lower().capitalize()
    if any(found.id == finding_id for found in basis.findings):
        return finding_id
    if not who.FINDING.fullmatch(asked.strip().lower()) or not store.knows_finding(finding_id):
        raise NotKnown(f"No run ever found {asked}.", next="see what stands: reconciler findings")
    state = next((life.state for found, life in store.these_findings(basis.run.id, [finding_id])), "not known then")
    raise NotKnown(
        f"{finding_id} does not stand in run {basis.run.id}: it is {state}.",
        why=f"only what is {', '.join(STANDING_STATES)} is mended.",
        next=f"reconciler explain {finding_id}",
    )


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


@dataclass(frozen=True, slots=True)
class Order:
    """What a plan shall do: mend ``findings``, and what somebody ``asked`` for."""

    by: str
    findings: tuple[Finding, ...] = ()
    named: frozenset[str] = frozenset()
    """Ids of findings that somebody named one by one."""
    asked: tuple[Asked, ...] = ()
    ceilings: Ceilings = NOTHING_LIFTED
    removals: bool = True
    """Whether anything may be taken away."""
    undo_of: int | None = None


async def made(
    basis: Basis,
    order: Order,
    policy: Policy,
    *,
    scope_set: bool,
    now: datetime,
    okta: Callable[[], LiveGroups],
) -> Plan:
    """The plan, sealed. ``okta`` is asked once for the other apps of the groups that people would join; where it can't
    be read, the plan says that this is not known."""
    about = About(
        by=order.by,
        run=basis.run.id,
        run_finished=basis.run.finished,
        data_digest=basis.run.data_digest or "",
        scope_set=scope_set,
        push_replaces=basis.push_replaces,
    )
    built = _built(basis, order, policy, about)
    groups = joined_groups(built, basis.world)
    if groups:
        apps = await _apps(groups, basis.world.snapshot.okta.app.id, okta())
        built = _built(basis, order, policy, msgspec.structs.replace(about, apps_of_groups=apps))
    if not order.removals:
        built = adding_only(built, "run --fix only adds: [fix] auto_removals is not set", "[fix] auto_removals = true")
    elif basis.stale:
        built = adding_only(
            built, f"run {basis.last.id} could not read both sides whole: nothing is taken away by older data", None
        )
    return plans.sealed(msgspec.structs.replace(built, made=now, undo_of=order.undo_of))


def _built(basis: Basis, order: Order, policy: Policy, about: About) -> Plan:
    return planning.build(
        basis.world,
        order.findings,
        fixes=checks.FIXES,
        kinds={kind.slug: kind for kind in checks.KINDS},
        policy=policy,
        spent=basis.spent,
        about=about,
        ceilings=order.ceilings,
        asked=order.asked,
        named=order.named,
        unconfirmed=basis.unconfirmed,
    )


def joined_groups(plan: Plan, world: World) -> tuple[str, ...]:
    """Ids of the Okta groups that somebody would join by the plan, whether a guard holds it back or not."""
    targets = {rule.id: rule.target_group_ids for rule in world.snapshot.okta.rules or ()}
    found: set[str] = set()
    for one in (*plan.changes, *(withheld.planned for withheld in plan.withheld)):
        match one.change:
            case AddToGroup(group=group) | AssignGroup(group=group) | CreateRule(target=group):
                found.add(group.id)
            case EditRule(rule=rule) | ActivateRule(rule=rule):
                found.update(targets.get(rule.id, ()))
            case _:
                pass
    return tuple(sorted(found))


async def _apps(groups: Sequence[str], app_id: str, okta: LiveGroups) -> Apps:
    told: dict[str, tuple[str, ...] | None] = dict.fromkeys(groups)
    try:
        for group in groups:
            apps = await okta.read_apps_of_group(group)
            told[group] = tuple(sorted(label for key, label in apps if key != app_id))
    except (NotAllowed, ReadFailed):
        pass  # those left are told as not known
    return tuple(told.items())


def adding_only(plan: Plan, why: str, lift: str | None) -> Plan:
    """The plan with whatever takes anything away withheld. Its digest is to be made anew."""
    kept = tuple(one for one in plan.changes if not one.removes and phase(one.change) != "removals")
    held = tuple(
        Withheld(planned=one, reasons=(f"{why}.",), guards=("additions only",), lift=lift)
        for one in plan.changes
        if one not in kept
    )
    return msgspec.structs.replace(plan, changes=kept, withheld=(*plan.withheld, *held))


def ceilings(removals: int | None, additions: int | None, reason: str | None) -> Ceilings:
    """What is lifted for one plan. Raises ``UsageError`` where it is not said why, or why is said of nothing."""
    lifted = removals is not None or additions is not None
    if lifted and not (reason and reason.strip()):
        raise UsageError(
            "To lift a guard, say why.",
            why="the reason stands in the plan and in the journal.",
            next='add: --reason "…"',
        )
    if reason is not None and not lifted:
        raise UsageError("--reason lifts nothing by itself.", next="add --allow-removals N or --allow-additions N")
    return Ceilings(removals=removals, additions=additions, reason=reason)


def write(path: Path, made: Plan) -> None:
    """The plan's file, readable by this account alone. Raises ``StoreError``."""
    write_whole(path, plans.written(made).decode(), mode=0o600)


def read(path: Path) -> Plan:
    """The plan in a file. Raises ``NotKnown`` where there is none, ``StoreError`` where it can't be read, ``Refused``
    where it is no whole plan of this version."""
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise NotKnown(f"There is no plan {path}.", next="make one: reconciler plan") from error
    except OSError as error:
        raise StoreError(f"{path} can't be read: {error.strerror or error}.", next="name a plan's file") from error
    return plans.read(content, str(path))


def half_made(journal: Journal, number: int | None) -> tuple[int, Plan]:
    """The apply to complete, and its plan: the one of this number, else the last that did not end.

    Raises ``NotKnown`` where there is none.
    """
    open_ = journal.not_ended()
    if not open_ or (number is not None and number not in open_):
        raise NotKnown(
            "No apply was ended half-way." if number is None else f"No apply {number} was ended half-way.",
            why=f"half-way is: {', '.join(map(str, open_))}." if open_ else None,
            next="reconciler doctor says what is left of earlier ones",
        )
    found = number or open_[-1]
    return found, plan_of(journal.events(found), found)


def worth_writing(made: Plan) -> bool:
    """Whether there is something in it that could be applied, now or with a guard lifted."""
    return bool(made.changes or made.withheld)
