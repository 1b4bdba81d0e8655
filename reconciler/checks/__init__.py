"""Every kind of drift that is looked for, in the order of the catalogue, and the judge that asks them all.

The list is written out: a check is a module with ``KIND`` and ``find(world)``, and nothing is found by walking folders.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from reconciler.acceptance import accept
from reconciler.checks import (
    app_inactive,
    archived_with_device,
    assigned_before_provisioning,
    assigned_directly,
    assigned_in_no_pushed_group,
    assignment_group_pushed,
    assignment_stuck,
    attribute_differs,
    attribute_not_sent,
    credentials_refused,
    device_on_other_account,
    duplicate_in_kandji,
    external_id_shared,
    foreign_people,
    group_cut_off,
    group_feeds_no_assignment,
    group_linked_wrong,
    group_name_taken,
    group_not_pushed,
    group_renamed,
    group_shrank,
    group_unmanaged,
    import_on,
    inactive_in_kandji,
    inactive_in_pushed_group,
    inactive_member_lingers,
    integration_recreated,
    left_still_active,
    mapping_error,
    mapping_inactive,
    mapping_source_missing,
    mapping_stale,
    mapping_target_missing,
    member_extra,
    member_missing,
    member_not_assigned,
    member_unknown,
    missing_in_kandji,
    profile_push_failed,
    provisioning_off,
    push_group_not_covered,
    pushes_failing,
    rule_excludes_member,
    rule_feeds_unassigned_group,
    rule_inactive,
    rule_invalid,
    rule_not_applied,
    suspended_still_active,
    unassigned_still_active,
    unmanaged_in_kandji,
    username_push_off,
)
from reconciler.checks.overview import outside_scope, pushed_groups, stages
from reconciler.checks.rules_in_words import in_words
from reconciler.checks.unjudged import noted, unjudged
from reconciler.findings import Check, Finding, Judgement, Kind, fold_causes, order, with_severity
from reconciler.fixing import Fixer
from reconciler.model import Note
from reconciler.plausibility import notes as shrunk
from reconciler.plausibility import weighed
from reconciler.settling import Settling
from reconciler.world import World

_INTEGRATION = (
    app_inactive,
    provisioning_off,
    username_push_off,
    import_on,
    credentials_refused,
    pushes_failing,
    integration_recreated,
    foreign_people,
)
_ASSIGNED = (
    member_not_assigned,
    group_feeds_no_assignment,
    assignment_group_pushed,
    assigned_before_provisioning,
    assignment_stuck,
    profile_push_failed,
    assigned_directly,
    assigned_in_no_pushed_group,
    inactive_in_pushed_group,
    suspended_still_active,
    external_id_shared,
)
_RULES = (
    push_group_not_covered,
    rule_inactive,
    rule_invalid,
    rule_excludes_member,
    rule_not_applied,
    rule_feeds_unassigned_group,
)
_MAPPINGS = (
    mapping_error,
    mapping_inactive,
    mapping_stale,
    group_not_pushed,
    mapping_target_missing,
    mapping_source_missing,
    group_renamed,
    group_name_taken,
)
_PEOPLE = (
    left_still_active,
    unassigned_still_active,
    unmanaged_in_kandji,
    missing_in_kandji,
    inactive_in_kandji,
    duplicate_in_kandji,
    attribute_differs,
    attribute_not_sent,
    archived_with_device,
    device_on_other_account,
)
_GROUPS = (
    member_missing,
    member_extra,
    inactive_member_lingers,
    group_unmanaged,
    group_linked_wrong,
    member_unknown,
    group_cut_off,
    group_shrank,
)
CHECKS: tuple[Check, ...] = tuple(
    cast(Check, module) for module in (*_INTEGRATION, *_ASSIGNED, *_RULES, *_MAPPINGS, *_PEOPLE, *_GROUPS)
)

KINDS: tuple[Kind, ...] = tuple(check.KIND for check in CHECKS)

FIXES: Mapping[str, Fixer] = {
    check.KIND.slug: check.fix
    for check in (
        member_not_assigned,
        group_feeds_no_assignment,
        suspended_still_active,
        push_group_not_covered,
        rule_inactive,
        rule_not_applied,
        mapping_error,
        mapping_inactive,
        mapping_stale,
        group_not_pushed,
        mapping_target_missing,
        group_renamed,
        left_still_active,
        inactive_in_kandji,
        attribute_differs,
        member_missing,
        member_extra,
        member_unknown,
        group_shrank,
    )
}
"""By kind, what can be offered to mend it. A kind that is not here is only told."""

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
    rules, coverage = in_words(world)
    sizes = weighed(world.snapshot, world.before, world.settings)
    notes += shrunk(world.snapshot, sizes)
    skipped = tuple(sorted({*off, *unjudged(world)}))
    notes += tuple(noted(skipped, notes))
    found, accepted = accept(fold_causes(findings, kinds, CAUSES), world.settings.acceptances, world.now.date())
    return Judgement(
        findings=order(found),
        accepted=accepted,
        notes=tuple(sorted(set(notes))),
        stages=stages(world),
        groups=pushed_groups(world, coverage),
        rules=rules,
        outside_scope=outside_scope(world),
        skipped=skipped,
        sizes=sizes,
    )


def unheard(world: World) -> tuple[Finding, ...]:
    """What the kinds that are switched off would find: nobody is told, but whatever forbids a change still does."""
    asked = (check for check in CHECKS if check.KIND.slug in world.settings.off)
    return tuple(told for check in asked for told in check.find(world) if isinstance(told, Finding))


def _switched_off(slug: str) -> Note:
    return Note(kind="check-skipped", about=slug, reason="switched off in the configuration")


def _graces(world: World, kinds: Mapping[str, Kind]) -> dict[str, int]:
    """Minutes of grace by kind: what the configuration says, else the kind's own."""
    own = {slug: kind.grace_minutes for slug, kind in kinds.items()}
    return own | {slug: minutes for slug, minutes in world.settings.grace_minutes if slug in own}
