"""Every kind of drift that is looked for, in the order of the catalogue, and the judge that asks them all.

The list is written out: a check is a module with ``KIND`` and ``find(world)``, and nothing is found by walking folders.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from reconciler.checks import (
    app_inactive,
    assignment_group_pushed,
    assignment_stuck,
    attribute_differs,
    foreign_people,
    group_feeds_no_assignment,
    group_not_pushed,
    group_unmanaged,
    inactive_in_kandji,
    left_still_active,
    mapping_error,
    mapping_inactive,
    mapping_target_missing,
    member_extra,
    member_missing,
    member_not_assigned,
    missing_in_kandji,
    provisioning_off,
    unassigned_still_active,
    unmanaged_in_kandji,
)
from reconciler.checks.overview import outside_scope, pushed_groups, stages
from reconciler.checks.unjudged import unjudged
from reconciler.findings import Check, Finding, Judgement, Kind, fold_causes, order, with_severity
from reconciler.model import Note
from reconciler.plausibility import notes as shrunk
from reconciler.plausibility import weighed
from reconciler.settling import Settling
from reconciler.world import World

_INTEGRATION = (
    app_inactive,
    provisioning_off,
    foreign_people,
)
_ASSIGNED = (
    member_not_assigned,
    group_feeds_no_assignment,
    assignment_group_pushed,
    assignment_stuck,
)
_RULES: tuple[object, ...] = ()
_MAPPINGS = (
    mapping_error,
    mapping_inactive,
    group_not_pushed,
    mapping_target_missing,
)
_PEOPLE = (
    left_still_active,
    unassigned_still_active,
    unmanaged_in_kandji,
    missing_in_kandji,
    inactive_in_kandji,
    attribute_differs,
)
_GROUPS = (
    member_missing,
    member_extra,
    group_unmanaged,
)
CHECKS: tuple[Check, ...] = tuple(
    cast(Check, module) for module in (*_INTEGRATION, *_ASSIGNED, *_RULES, *_MAPPINGS, *_PEOPLE, *_GROUPS)
)

KINDS: tuple[Kind, ...] = tuple(check.KIND for check in CHECKS)

CAUSES: tuple[str, ...] = (
    "credentials-refused",
    "pushes-failing",
    "app-inactive",
    "provisioning-off",
    "integration-recreated",
    "foreign-people",
    "assigned-before-provisioning",
    "rule-invalid",
    "rule-inactive",
    "rule-excludes-member",
    "rule-not-applied",
    "group-feeds-no-assignment",
    "left-still-active",
    "attribute-not-sent",
    "group-name-taken",
    "group-renamed",
    "mapping-target-missing",
    "mapping-error",
    "mapping-inactive",
    "group-not-pushed",
    "mapping-stale",
    "assignment-group-pushed",
)
"""The order in which causes are tried: the first that applies explains a finding."""


def run(world: World, checks: Iterable[Check] = CHECKS) -> Judgement:
    """Asks every check that is not switched off. Pure: findings do not depend on the order of any input."""
    asked = tuple(checks)
    kinds = {check.KIND.slug: check.KIND for check in asked}
    off = tuple(slug for slug in kinds if slug in world.settings.off)
    findings: list[Finding] = []
    notes = [*world.notes, *(_switched_off(slug) for slug in off)]
    severities, graces, settling = dict(world.settings.severity), _graces(world, kinds), Settling(world)
    for check in asked:
        slug = check.KIND.slug
        for told in () if slug in off else check.find(world):
            if isinstance(told, Note):
                notes.append(told)
                continue
            findings.append(with_severity(settling.judged(told, graces[slug]), severities.get(slug)))
    sizes = weighed(world.snapshot, world.before, world.settings)
    notes += shrunk(world.snapshot, sizes)
    return Judgement(
        findings=order(fold_causes(findings, kinds, CAUSES)),
        notes=tuple(sorted(set(notes))),
        stages=stages(world),
        groups=pushed_groups(world),
        outside_scope=outside_scope(world),
        skipped=tuple(sorted({*off, *unjudged(world)})),
        sizes=sizes,
    )


def _switched_off(slug: str) -> Note:
    return Note(kind="check-skipped", about=slug, reason="switched off in the configuration")


def _graces(world: World, kinds: Mapping[str, Kind]) -> dict[str, int]:
    """Minutes of grace by kind: what the configuration says, else the kind's own."""
    own = {slug: kind.grace_minutes for slug, kind in kinds.items()}
    return own | {slug: minutes for slug, minutes in world.settings.grace_minutes if slug in own}
