"""The companies of the proof of truth: everything about one follows from its seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from reconciler.simulator import company as companies
from reconciler.simulator.company import ALONE, APART, NEED_A_LOOK, TOGETHER, Company

NEED_REST_API = frozenset({"foreign-people", "archived-with-device", "device-on-other-account"})
"""Only the REST API tells which directory somebody came from, who is archived, and whose Mac is whose."""
SIZES: dict[str, tuple[int, int]] = {"group-cut-off": (175, 10), "group-shrank": (125, 7)}
"""How many people a company needs at least for a kind, and how many groups it may have at most."""
FULL = (170, 10)
"""The same for all kinds together."""
TENANTS: tuple[dict[str, Any], ...] = (
    {},
    {"ids": "decimal"},
    {"page_cap": 7},
    {"ids": "decimal", "page_cap": 25},
    {"ignored": ("externalId",)},
    {"ignored": ("externalId", "department"), "page_cap": 40},
)
"""Kinds of Kandji tenants: ids, page caps, attributes taken and not kept."""
ROWS_A_PAGE = (None, 20, 45)
ALL_KINDS = 20
"""Each so manieth company has every kind of drift at once that can be there at once."""
ONE_ALONE = 3
"""Each so manieth of the others has one of those that can't."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a seed stands for: a company's size, what goes wrong in it, its tenant, and how the program reads it.

    ``rows_a_page``: both services give out pages of so many rows at most; None: as many as they are asked for.
    """

    seed: int
    people: int
    groups: int
    injections: tuple[str, ...]
    tenant: dict[str, Any]
    rest_api: bool
    rows_a_page: int | None

    @property
    def runs(self) -> int:
        """How many runs it takes to find all: some kinds must have been seen twice, or show by a comparison."""
        return 2 if NEED_A_LOOK & set(self.injections) else 1

    def build(self, looks: Callable[[Company], None]) -> Company:
        """The company, id by id the same each time. `looks` is called where a run before the last one belongs."""
        return companies.build(
            self.seed,
            self.people,
            self.groups,
            self.injections,
            looks=looks if self.runs > 1 else None,
            **self.tenant,
        )


def plan_of(seed: int) -> Plan:
    """Odd seeds have two or three injections, even ones many, and each twentieth company all that can be together."""
    chance = Random(f"plan {seed}")
    injections = TOGETHER if seed % ALL_KINDS == 0 else _some(chance, seed)
    least, most = chance.randint(90, 120), chance.randint(6, 10)
    for slug, (people, groups) in SIZES.items():
        if slug in injections:
            least, most = max(least, people), min(most, groups)
    if injections == TOGETHER:
        least, most = FULL
    return Plan(
        seed=seed,
        people=least,
        groups=most,
        injections=injections,
        tenant=chance.choice(TENANTS),
        rest_api=bool(NEED_REST_API & set(injections)) or chance.random() < 0.7,
        rows_a_page=chance.choice(ROWS_A_PAGE),
    )


def _some(chance: Random, seed: int) -> tuple[str, ...]:
    count = chance.randint(2, 3) if seed % 2 else chance.randint(6, 14)
    some = chance.sample(TOGETHER, count)
    if seed % ONE_ALONE == 0:
        one = sorted(ALONE)[seed // ONE_ALONE % len(ALONE)]
        some = [one, *(slug for slug in some[1:] if slug not in APART.get(one, ()))]
    return tuple(some)
