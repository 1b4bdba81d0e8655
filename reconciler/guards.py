"""The fuse of a plan: how many people each change may affect, in one group, the tenant, the plan and a day.

A removing or adding change is withheld when its source is incomplete or unconfirmed, an object of it is protected, the
count is above ``most``, above ``max(floor, share × population)``, or more than half of a population of 4 or more. A
guard counts people affected, not calls.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from reconciler.plan import Ceilings, GuardLine, Planned, Withheld


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
    """Additions, in every scope."""


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
    kept: tuple[Planned, ...]
    withheld: tuple[Withheld, ...]
    lines: tuple[GuardLine, ...]


def judge(
    planned: Sequence[Planned],
    *,
    limits: Limits,
    populations: Populations,
    spent: Spent,
    ceilings: Ceilings,
) -> Verdict:
    """Which changes pass every guard, which don't, and the arithmetic of all."""
    raise NotImplementedError
