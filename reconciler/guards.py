"""The fuse of a plan: how many people each change may affect, in one group, the tenant, the plan and a day.

A removing change is withheld when the people affected are more than ``most``, more than ``max(floor, share ×
population)``, or more than half of a population of 4 or more; an adding one for the first two reasons. A guard counts
people affected, each once, not calls; a mapping that is unlinked counts as one. A push counts whom it takes out, and
not whom it puts in: these are Okta's already.

The scopes are judged in a fixed order: group, tenant, plan, day. Where one breaks, every change that counts in it is
withheld, never an arbitrary part, and the next scope is judged without them. Counts only shrink on that way, so one
pass is enough, and a group over its limit does not use up the plan's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import Literal

from msgspec import Struct

from reconciler.changes import (
    AddMember,
    AddToGroup,
    Named,
    Pushing,
    RemoveFromGroup,
    RemoveMember,
    SetActive,
    UnlinkGroup,
)
from reconciler.errors import UsageError
from reconciler.plan import Ceilings, GuardLine, Planned, Withheld

What = Literal["removals", "additions"]
Stage = Literal["group", "tenant", "run", "day"]
STAGES: tuple[Stage, ...] = ("group", "tenant", "run", "day")
"""The order in which scopes are judged."""
_HALF_FROM = 4
_NO_END = -1


class Bound(Struct, frozen=True, kw_only=True):
    """How many people may be affected: ``floor`` at least, ``share`` of the population, never above ``most``.
    ``floor`` or ``most`` 0: nobody."""

    floor: int
    share: float = 0.1
    most: int = 200


class Limits(Struct, frozen=True, kw_only=True):
    """``[guard]``."""

    group: Bound = Bound(floor=3)
    """Removals from one group."""
    other: Bound = Bound(floor=5)
    """Removals in the tenant, the plan and the day."""
    additions: Bound = Bound(floor=10)
    """Additions, in the tenant, the plan and the day."""


class Populations(Struct, frozen=True, kw_only=True):
    """Of what a count is a part."""

    accounts: int
    """Active people in Kandji."""
    mappings: int
    groups: tuple[tuple[str, int], ...] = ()
    """Members now, by the id of a group (Okta's, or Kandji's)."""


class Spent(Struct, frozen=True, kw_only=True):
    """People whom the last 24 hours' applies affected, by the journal: ids, each counted once."""

    removed: frozenset[str] = frozenset()
    added: frozenset[str] = frozenset()


class Verdict(Struct, frozen=True, kw_only=True):
    """All in the order in which it was given; ``lines`` in the order in which they were judged."""

    kept: tuple[Planned, ...]
    withheld: tuple[Withheld, ...]
    lines: tuple[GuardLine, ...]


class _Scope(Struct, frozen=True, kw_only=True, order=True):
    """What is counted together."""

    stage: Stage
    about: str
    what: What
    key: str = ""
    """Id of the group."""
    mappings: bool = False
    """Whether mappings are counted, and not people."""


def removed(planned: Planned) -> frozenset[str]:
    """Ids of the people whom a change takes away from: accounts in Kandji, else Okta's ids; of whoever unlinks a
    mapping and takes nobody out, the mapping's id."""
    ids = frozenset(one.id for one in planned.removes)
    match planned.change:
        case RemoveFromGroup(person=one) | RemoveMember(account=one) | SetActive(account=one, active=False):
            return ids or frozenset({one.id})
        case UnlinkGroup(mapping_id=mapping_id):
            return ids or frozenset({mapping_id})
        case _:
            return ids


def added(planned: Planned) -> frozenset[str]:
    """Ids of the people who come into a group or get an account by a change: Okta's, else the account's."""
    ids = frozenset(one.id for one in planned.joins)
    match planned.change:
        case change if isinstance(change, Pushing):
            return frozenset()
        case AddToGroup(person=one) | AddMember(account=one) | SetActive(account=one, active=True):
            return ids or frozenset({one.id})
        case _:
            return ids


def allowed(bound: Bound, population: int, what: What) -> int:
    """How many people may be affected, worked out without rounding: a share is taken as it is written."""
    if bound.floor <= 0:
        return 0
    most = min(bound.most, max(bound.floor, int(Fraction(str(bound.share)) * population)))
    return min(most, population // 2) if what == "removals" and population >= _HALF_FROM else most


def judge(
    planned: Sequence[Planned],
    *,
    limits: Limits,
    populations: Populations,
    spent: Spent,
    ceilings: Ceilings,
) -> Verdict:
    """Which changes pass every guard, which don't, and the arithmetic of all.

    A ceiling takes the place of floor, share, most and half, in every scope. Raises ``UsageError`` where one is given
    without a reason.
    """
    if (ceilings.removals, ceilings.additions) != (None, None) and not (ceilings.reason or "").strip():
        raise UsageError("A guard is lifted for a reason only.", next='add: --reason "why so many are meant"')
    counted = _Counted(planned, limits, populations, spent)
    broken, lines = counted.passed({"removals": ceilings.removals, "additions": ceilings.additions})
    withheld = tuple(
        Withheld(
            planned=one,
            reasons=tuple(line.words for line in broken[one.id]),
            guards=tuple(dict.fromkeys(line.guard for line in broken[one.id])),
            lift=counted.lift(one, broken[one.id]),
        )
        for one in planned
        if one.id in broken
    )
    return Verdict(kept=tuple(one for one in planned if one.id not in broken), withheld=withheld, lines=lines)


class _Counted:
    """A plan's changes with the scopes in which each counts."""

    def __init__(self, planned: Sequence[Planned], limits: Limits, populations: Populations, spent: Spent) -> None:
        self._limits, self._populations, self._spent = limits, populations, spent
        self._sizes = dict(populations.groups)
        self._scopes = {one.id: dict(_scopes(one)) for one in planned}
        self._inside: dict[_Scope, list[str]] = {}
        for key, scopes in self._scopes.items():
            for scope in scopes:
                self._inside.setdefault(scope, []).append(key)
        self._lifts: dict[tuple[frozenset[_Scope], What], int] = {}
        self._in_stages = [
            dict.fromkeys(sorted(scope for scope in self._inside if scope.stage == stage)) for stage in STAGES
        ]
        self._judged = cache(self._judge)

    def passed(self, most: Mapping[What, int | None]) -> tuple[dict[str, list[GuardLine]], tuple[GuardLine, ...]]:
        """Broken lines by the id of the change that they withhold, and all lines."""
        lines = self._judge(most["removals"], most["additions"])
        broken = {key: found for key in self._scopes if (found := self._broken(key, lines))}
        return broken, tuple(lines.values())

    def _judge(self, removals: int | None, additions: int | None) -> dict[_Scope, GuardLine]:
        """The line of every scope in which something counts that no scope before withholds."""
        most: dict[What, int | None] = {"removals": removals, "additions": additions}
        withheld: set[str] = set()
        lines: dict[_Scope, GuardLine] = {}
        for scopes in self._in_stages:
            before = frozenset(withheld)
            for scope in scopes:
                inside = [key for key in self._inside[scope] if key not in before]
                if not inside or most[scope.what] == _NO_END:
                    continue
                people = frozenset[str]().union(*(self._scopes[key][scope] for key in inside))
                lines[scope] = self._line(scope, people, most[scope.what])
                if not lines[scope].kept:
                    withheld.update(inside)
        return lines

    def _broken(self, key: str, lines: Mapping[_Scope, GuardLine]) -> list[GuardLine]:
        """The lines that withhold a change: those of the first stage in which one does."""
        own = self._scopes[key]
        for scopes in self._in_stages:
            found = [lines[scope] for scope in sorted(own) if scope in scopes and scope in lines]
            if broken := [line for line in found if not line.kept]:
                return broken
        return []

    def _line(self, scope: _Scope, people: frozenset[str], ceiling: int | None) -> GuardLine:
        spent = self._spent.removed if scope.what == "removals" else self._spent.added
        before = spent if scope.stage == "day" else frozenset[str]()
        population = self._populations.mappings if scope.mappings else self._populations.accounts
        if scope.stage == "group":
            population = self._sizes.get(scope.key, 0)
        bound = self._bound(scope)
        most = allowed(bound, population, scope.what) if ceiling is None else ceiling
        count = len(people | before)
        return GuardLine(
            guard=scope.stage,
            about=scope.about,
            what=scope.what,
            count=count,
            before=len(before),
            population=population,
            most=most,
            kept=count <= most,
            words=_words(scope, count, len(before), population, most, None if ceiling is not None else bound),
        )

    def _bound(self, scope: _Scope) -> Bound:
        if scope.what == "additions":
            return self._limits.additions
        return self._limits.group if scope.stage == "group" else self._limits.other

    def lift(self, planned: Planned, broken: Iterable[GuardLine]) -> str:
        """The options with which this change passes."""
        kinds = sorted({line.what for line in broken}, reverse=True)
        return " ".join(f"--allow-{what} {self._enough(planned.id, what)}" for what in kinds)

    def _enough(self, key: str, what: What) -> int:
        """The ceiling, raised from one broken scope to the next, with which all of them let this change pass."""
        scopes = frozenset(self._scopes[key])
        if (scopes, what) not in self._lifts:
            most = 0
            while over := self._broken(key, self._of_one(what, most)):
                most = max(line.count for line in over)
            self._lifts[scopes, what] = most
        return self._lifts[scopes, what]

    def _of_one(self, what: What, most: int) -> Mapping[_Scope, GuardLine]:
        """The lines under a ceiling, where the other kind has none."""
        return self._judged(most, _NO_END) if what == "removals" else self._judged(_NO_END, most)


def _scopes(planned: Planned) -> Iterator[tuple[_Scope, frozenset[str]]]:
    """The scopes in which a change counts, and whom it affects in each."""
    every: tuple[tuple[What, frozenset[str]], ...] = (("removals", removed(planned)), ("additions", added(planned)))
    for what, people in every:
        if not people:
            continue
        yield _Scope(stage="run", about="this plan", what=what), people
        yield _Scope(stage="day", about="the last 24 hours", what=what), people
    change = planned.change
    people = frozenset(one.id for one in planned.removes) if isinstance(change, UnlinkGroup) else removed(planned)
    group = _group(planned)
    if group is not None and people:
        named, side = group
        yield _Scope(stage="group", about=f"members of {named.name} in {side}", what="removals", key=named.id), people
    if isinstance(change, UnlinkGroup):
        one = frozenset({change.mapping_id})
        yield _Scope(stage="tenant", about="push mappings unlinked", what="removals", mappings=True), one
    if people:
        about = "accounts deactivated in Kandji" if isinstance(change, SetActive) else "people taken out of groups"
        yield _Scope(stage="tenant", about=about, what="removals"), people
    if added(planned):
        about = "accounts activated in Kandji" if isinstance(change, SetActive) else "people added"
        yield _Scope(stage="tenant", about=about, what="additions"), added(planned)


def _group(planned: Planned) -> tuple[Named, str] | None:
    """The group that loses members."""
    match planned.change:
        case RemoveFromGroup(group=group):
            return group, "Okta"
        case RemoveMember(kandji_group=group):
            return group, "Kandji"
        case change if isinstance(change, UnlinkGroup | Pushing):
            return (change.kandji_group, "Kandji") if change.kandji_group is not None else None
        case _:
            return None


def _words(scope: _Scope, count: int, before: int, population: int, most: int, bound: Bound | None) -> str:
    """The arithmetic in one sentence. ``bound`` None: an admin's ceiling stands in its place."""
    done = "taken away from" if scope.what == "removals" else "added"
    whom = "mappings" if scope.mappings else "members" if scope.stage == "group" else "people in Kandji"
    told = {"group": f"{count} of {population} taken out", "tenant": f"{count}"}.get(
        scope.stage, f"{count} people {done}"
    )
    told = f"{scope.about}: {told}{f', {before} of them before this plan' if before else ''}"
    if bound is None:
        return f"{told}; {most} allowed, as lifted for this plan"
    if bound.floor <= 0 or bound.most <= 0:
        return f"{told}; [guard] allows none"
    percent = f"{float(Fraction(str(bound.share)) * 100):g}"
    rule = f"{bound.floor}, or {percent} % of {population} {whom} if that is more, never above {bound.most}"
    half = scope.what == "removals" and population >= _HALF_FROM
    return f"{told}; {most} allowed: {rule}{', nor more than half' if half else ''}"
