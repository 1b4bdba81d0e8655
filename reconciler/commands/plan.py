"""``plan``: from the last complete run, what would mend its findings, or do what a command asks for; into a file.

It writes nothing but that file, and reads nothing live but which other apps the groups give that somebody would join.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from pyroaring import FrozenBitMap

from reconciler import checks, planning
from reconciler import plan as plans
from reconciler.changes import ActivateRule, AddToGroup, AssignGroup, Change, CreateRule, EditRule, Named, phase
from reconciler.commands import findings as listed
from reconciler.commands import who
from reconciler.commands.basis import Basis, LiveGroups
from reconciler.commands.undo import Undo
from reconciler.errors import NotAllowed, NotKnown, ReadFailed, UsageError
from reconciler.expression import enough, parse
from reconciler.findings import STANDING_STATES, Finding
from reconciler.fixing import Effect, Way
from reconciler.plan import Ceilings, Plan, Withheld
from reconciler.planning import About, Asked, Policy
from reconciler.store import Store
from reconciler.world import EMPTY, World

NOTHING_LIFTED = Ceilings()

Apps = tuple[tuple[str, tuple[str, ...] | None], ...]
"""Labels of the other apps that a group gives, by the group's id; None where that could not be read."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which findings to mend; empty means all that stand, and several conditions must all hold."""

    findings: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    person: str | None = None
    group: str | None = None


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


def taken_back(world: World, undo: Undo, apply: int) -> tuple[Asked, ...]:
    """The inverses of an apply as wishes, so that they are judged as every other change is."""
    numbers = {
        record.id: number
        for number, person in enumerate(world.people)
        for record in (person.user, person.account)
        if record is not None
    }

    def of(people: Iterable[Named]) -> FrozenBitMap:
        return FrozenBitMap([numbers[one.id] for one in people if one.id in numbers])

    return tuple(
        Asked(
            why=f"asked for: undo {apply}, which did: {one.planned.sentence}",
            ways=(
                Way(
                    effects=(
                        Effect(
                            change=one.change,
                            joins=of(one.joins),
                            removes=of(one.removes) | _came_since(world, one.change),
                            unknown_members=tuple(gone.id for gone in one.removes if gone.id not in numbers),
                        ),
                    ),
                    words=one.sentence,
                ),
            ),
        )
        for one in undo.inverses
    )


def _came_since(world: World, change: Change) -> FrozenBitMap:
    """Whom a rule that gets its old expression back takes out, whether they came by the edit or since."""
    if not isinstance(change, EditRule):
        return EMPTY
    stay = enough(parse(change.after))
    targets = next((rule.target_group_ids for rule in world.snapshot.okta.rules or () if rule.id == change.rule.id), ())
    leave, stays, held = (
        FrozenBitMap.union(EMPTY, *map(world.members, ids))
        for ids in (enough(parse(change.before)) - stay, stay, targets)
    )
    return (leave & held) - stays


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
        known=(*basis.known, *checks.unheard(basis.world)),
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
