"""The companies of the proof of truth: everything about one follows from its seed."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from reconciler.simulator import company as companies
from reconciler.simulator.company import INJECTIONS, Company

NEEDS_REST_API = "foreign-people"
"""Only the REST API tells which directory somebody came from."""
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
"""Each so manieth company has every kind of drift at once."""


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

    def build(self) -> Company:
        """The company, id by id the same each time."""
        return companies.build(self.seed, self.people, self.groups, self.injections, **self.tenant)


def plan_of(seed: int) -> Plan:
    """Odd seeds have two or three injections, even ones many, and each twentieth company all of them."""
    chance = Random(f"plan {seed}")
    everything = seed % ALL_KINDS == 0
    count = chance.randint(2, 3) if seed % 2 else chance.randint(5, 12)
    injections = tuple(INJECTIONS) if everything else tuple(chance.sample(list(INJECTIONS), count))
    people = chance.randint(100, 130) if everything else chance.randint(60, 110)
    return Plan(
        seed=seed,
        people=people,
        groups=chance.randint(6, 10),
        injections=injections,
        tenant=chance.choice(TENANTS),
        rest_api=NEEDS_REST_API in injections or chance.random() < 0.7,
        rows_a_page=chance.choice(ROWS_A_PAGE),
    )
