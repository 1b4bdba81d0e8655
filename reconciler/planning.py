"""Builds a plan: from findings or from what somebody asks for, the changes that mend it, in the safe order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from reconciler.findings import Finding, Kind
from reconciler.fixing import Fixer, Way
from reconciler.guards import Limits, Spent
from reconciler.plan import Ceilings, Plan
from reconciler.world import World


class Policy(Struct, frozen=True, kw_only=True):
    """What the configuration says about mending."""

    limits: Limits = Limits()
    kandji_writes: tuple[str, ...] = ()
    """Kinds of drift that may be mended in Kandji itself."""
    protected_people: tuple[str, ...] = ()
    """Patterns of logins and user names that are never touched, on either side."""
    protected_groups: tuple[str, ...] = ()
    """The same of group names and ids."""


class Asked(Struct, frozen=True, kw_only=True):
    """A command's own wish: ``assign``, ``cover``, ``link``, ``unlink``, ``push-now``."""

    why: str
    """"asked for: push-now Sales"."""
    ways: tuple[Way, ...]
    told: tuple[str, ...] = ()
    """What is so already and needs nothing: "Sales is covered already"."""


class About(Struct, frozen=True, kw_only=True):
    """What a plan is made for and of."""

    by: str
    run: int
    run_finished: datetime
    data_digest: str
    scope_set: bool
    """Whether ``[scope]`` says who is meant to be in Kandji."""
    apps_of_groups: tuple[tuple[str, tuple[str, ...] | None], ...] = ()
    """Labels of the other apps that a group gives, by the group's id; None where that could not be read."""
    push_replaces: bool | None = None
    """Whether a push takes out who should not be in the group: None not learnt yet."""


def build(
    world: World,
    findings: Sequence[Finding],
    *,
    fixes: Mapping[str, Fixer],
    kinds: Mapping[str, Kind],
    policy: Policy,
    spent: Spent,
    about: About,
    ceilings: Ceilings,
    asked: Iterable[Asked] = (),
    named: frozenset[str] = frozenset(),
) -> Plan:
    """The sealed plan. ``named``: ids of findings that somebody asked for one by one. Pure: it reads no clock."""
    raise NotImplementedError
