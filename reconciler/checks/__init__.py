"""Every kind of drift that is looked for, in the order of the catalogue, and the judge that asks them all.

The list is written out: a check is a module with ``KIND`` and ``find(world)``, and nothing is found by walking folders.
"""

from __future__ import annotations

from collections.abc import Iterable
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
from reconciler.findings import Check, Finding, Judgement, Kind, fold_causes, order, settle, with_severity
from reconciler.model import Note
from reconciler.world import World

CHECKS: tuple[Check, ...] = tuple(
    cast(Check, module)
    for module in (
        app_inactive,
        provisioning_off,
        foreign_people,
        member_not_assigned,
        group_feeds_no_assignment,
        assignment_group_pushed,
        assignment_stuck,
        mapping_error,
        mapping_inactive,
        group_not_pushed,
        mapping_target_missing,
        left_still_active,
        unassigned_still_active,
        unmanaged_in_kandji,
        missing_in_kandji,
        inactive_in_kandji,
        attribute_differs,
        member_missing,
        member_extra,
        group_unmanaged,
    )
)

KINDS: tuple[Kind, ...] = tuple(check.KIND for check in CHECKS)

CAUSES: tuple[str, ...] = (
    "app-inactive",
    "provisioning-off",
    "foreign-people",
    "group-feeds-no-assignment",
    "left-still-active",
    "mapping-target-missing",
    "mapping-error",
    "mapping-inactive",
    "group-not-pushed",
    "assignment-group-pushed",
)
"""The order in which causes are tried: the first that applies explains a finding."""


def run(world: World, checks: Iterable[Check] = CHECKS) -> Judgement:
    """Asks every check that is not switched off. Pure: findings do not depend on the order of any input."""
    findings: list[Finding] = []
    notes: list[Note] = list(world.notes)
    graces = dict(world.settings.grace_minutes)
    severities = dict(world.settings.severity)
    kinds: dict[str, Kind] = {}
    for check in checks:
        kind = check.KIND
        kinds[kind.slug] = kind
        if kind.slug in world.settings.off:
            notes.append(Note(kind="check-skipped", about=kind.slug, reason="switched off in the configuration"))
            continue
        for told in check.find(world):
            if isinstance(told, Note):
                notes.append(told)
            else:
                findings.append(settle(told, world.now, graces.get(kind.slug, kind.grace_minutes), world.before))
    findings = [with_severity(finding, severities.get(finding.kind)) for finding in findings]
    return Judgement(
        findings=order(fold_causes(findings, kinds, CAUSES)),
        notes=tuple(sorted(set(notes))),
        stages=stages(world),
        groups=pushed_groups(world),
        outside_scope=outside_scope(world),
    )
