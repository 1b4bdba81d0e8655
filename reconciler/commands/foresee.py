"""What a plan of all that stands would do, judged by every guard: a run keeps it, so that a report can show it.

Nothing is read for it, and no plan is kept: ``plan`` makes one anew, with what is so then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import msgspec

from reconciler import checks, planning
from reconciler.commands.basis import DAY
from reconciler.commands.pull import Occasion
from reconciler.findings import Foreseen, Judgement
from reconciler.foreseen import foreseen
from reconciler.journal import PUSH_REPLACES, spent
from reconciler.plan import Ceilings
from reconciler.planning import About, Policy
from reconciler.store import Store
from reconciler.world import World


def foresee(
    world: World, judgement: Judgement, policy: Policy, store: Store, occasion: Occasion, now: datetime
) -> tuple[Foreseen, ...]:
    """By finding id; empty where nothing stands."""
    standing = [finding for finding in judgement.findings if finding.standing]
    if not standing:
        return ()
    learnt = store.journal.learnt(PUSH_REPLACES)
    settings = msgspec.structs.replace(world.settings, push_replaces=learnt)
    plan = planning.build(
        world if settings == world.settings else replace(world, settings=settings),
        standing,
        fixes=checks.FIXES,
        kinds={kind.slug: kind for kind in checks.KINDS},
        policy=policy,
        spent=spent(store.journal.events(), now - DAY),
        about=About(
            by=occasion.command_line,
            run=0,
            run_finished=now,
            data_digest="",
            scope_set=bool(world.settings.scope_groups),
        ),
        ceilings=Ceilings(),
        known=(*judgement.findings, *checks.unheard(world)),
        unconfirmed=judgement.unconfirmed,
    )
    return foreseen(plan, _names(world))


def _names(world: World) -> Iterable[str]:
    yield from (push.name for push in world.pushes)
    yield from (group.name for group in world.assignment_target.candidates)
    for one in world.rules or ():
        yield one.rule.name
        yield from map(world.named, (*one.rule.target_group_ids, *one.expression.group_ids))
