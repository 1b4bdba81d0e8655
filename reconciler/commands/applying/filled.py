"""The groups that a rule fills: whether it may fill them now, and whom a change of the rule brings or takes out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reconciler.changes import EditRule, Named
from reconciler.commands.applying.live import Live
from reconciler.commands.applying.memberships import unfit_now
from reconciler.commands.applying.procedure import Look, Ready, Skip
from reconciler.directories.writers import Body
from reconciler.expression import enough, parse
from reconciler.plan import Planned
from reconciler.world import MUST_BE_IN


def targets_of(rule: Body) -> tuple[str, ...]:
    """Ids of the groups that a rule fills."""
    return tuple(((rule.get("actions") or {}).get("assignUserToGroups") or {}).get("groupIds") or ())


def excluded_by(rule: Body) -> frozenset[str]:
    """Okta ids of the people whom a rule never brings, whatever its expression says."""
    people = ((rule.get("conditions") or {}).get("people") or {}).get("users") or {}
    return frozenset(people.get("exclude") or ())


async def wrong_target(live: Live, targets: Sequence[str]) -> str | None:
    """Why a rule must not fill these groups now; None: it may."""
    for group_id in targets:
        if (why := await unfit_now(live, group_id)) is not None:
            return why
    return None


async def joining(live: Live, groups: Sequence[Named], targets: Sequence[str]) -> set[str]:
    """Who of these groups must be in and is not in each of the groups that a rule fills."""
    members = [(await live.members(group.id)).items() for group in groups]
    joins = {user_id for several in members for user_id, status in several if status in MUST_BE_IN}
    held = [(await live.members(target)).keys() for target in targets]
    return {user_id for user_id in joins if not all(user_id in group for group in held)}


async def leaving_as_planned(live: Live, planned: Planned, change: EditRule, rule: Body) -> Look:
    """Ready where nobody is taken out by an edit that is taken back whom the plan does not name: whoever has come in
    by it since would leave as well."""
    stay = enough(parse(change.after))
    held = await _in_any(live, targets_of(rule))
    leaving = (await _in_any(live, enough(parse(change.before)) - stay) & held) - await _in_any(live, stay)
    accounts = {user_id: one.external_id for user_id, one in (await live.app_users(leaving)).items()}
    named = {one.id for one in planned.removes}
    more = {user_id for user_id in leaving if named.isdisjoint((user_id, f"user:{user_id}", accounts.get(user_id)))}
    if more:
        return Skip(words=f"moved: it would now also take out {await live.logins(more)}: plan again")
    return Ready(image=rule)


async def _in_any(live: Live, group_ids: Iterable[str]) -> set[str]:
    return {user_id for group_id in group_ids for user_id in await live.members(group_id)}
