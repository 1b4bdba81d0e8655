"""Random companies to be mended: what goes wrong in each, and how it is configured, follows from its seed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from reconciler.simulator import company as companies
from reconciler.simulator.company import Company
from tests.mending.harness import OPEN_GUARDS, fix_table
from tests.mending.oracle import BY_POLICY, IN_KANDJI

WRONG = (
    "push-group-not-covered",
    "group-feeds-no-assignment",
    "mapping-error",
    "mapping-stale",
    "mapping-target-missing",
    "group-not-pushed",
    "group-renamed",
    "group-shrank",
    "member-missing",
    "member-extra",
    "rule-inactive",
    "rule-not-applied",
    "mapping-inactive",
    "left-still-active",
    "inactive-in-kandji",
    "attribute-differs",
    "member-unknown",
    "suspended-still-active",
)
"""What causes drift that can be mended."""
BESIDE = (
    "assigned-directly",
    "assigned-in-no-pushed-group",
    "inactive-in-pushed-group",
    "group-unmanaged",
    "unmanaged-in-kandji",
    "unassigned-still-active",
    "assignment-stuck",
    "duplicate-in-kandji",
    "import-on",
    "inactive-member-lingers",
    "profile-push-failed",
    "rule-excludes-member",
)
"""What is wrong beside it, is not mended, and stops nothing."""
SEEDS = range(1, 133)
TENANTS = ({}, {"ids": "decimal"}, {"patch": "values"}, {"patch": "501"}, {"etags": False, "patch": "both"})
"""Kinds of Kandji tenants: ids, and how members are taken out."""


@dataclass(frozen=True, kw_only=True)
class Draw:
    """What a seed stands for."""

    seed: int
    wrong: tuple[str, ...]
    tenant: dict[str, object]

    @property
    def size(self) -> tuple[int, int]:
        """People and groups."""
        return (80, 5) if "group-shrank" in self.wrong else (44, 6)

    def build(self, looks: Callable[[Company], None] = lambda company: None) -> Company:
        """``looks`` is called where somebody looks at it before the last things go wrong. What there is no room for
        does not happen."""
        wrong = self.wrong
        while True:
            try:
                company = companies.build(self.seed, *self.size, wrong, days=3, looks=looks, **self.tenant)
            except LookupError:
                wrong = wrong[:-1]
            else:
                company.org.unevaluated.clear()  # Okta failed to evaluate a rule then, and would not now
                return company


def drawn(seed: int) -> Draw:
    """Three kinds that can be mended, in turn, so that each comes up equally often; one more; up to two beside."""
    chance = Random(f"mending {seed}")
    count = len(WRONG)
    wrong = [WRONG[(3 * seed + step + seed // count * step) % count] for step in range(3)]
    wrong += chance.sample([slug for slug in WRONG if slug not in wrong], 1)
    wrong += chance.sample(BESIDE, chance.randint(0, 2))
    return Draw(seed=seed, wrong=tuple(dict.fromkeys(wrong)), tenant=dict(chance.choice(TENANTS)))


def settings(company: Company, *, guards: str = OPEN_GUARDS) -> str:
    """Configuration under which everything may be mended, and everybody in a pushed group is meant to be in Kandji."""
    names = sorted({company.ledger.group_names[push.group_id] for push in company.ledger.pushed()})
    scope = f"\n[scope]\ngroups = {json.dumps(names, ensure_ascii=False)}\n"
    return scope + fix_table(*IN_KANDJI, *BY_POLICY, suspended="deactivate") + guards
