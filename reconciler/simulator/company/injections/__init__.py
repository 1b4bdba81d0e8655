"""Injections: one function for each kind of drift in the catalogue.

Each causes its drift by the mechanics of the org and the tenant and returns what is to be found because of it, were it
the only one. They stand in the order in which several are carried out: first what happens in Okta while it works, then
what stops it from working, then what is done in Kandji behind its back, at last what leaves nothing as it was.
"""

from __future__ import annotations

from collections.abc import Callable

from reconciler.simulator.company.company import Company
from reconciler.simulator.company.injections.accounts import (
    attribute_differs,
    inactive_in_kandji,
    missing_in_kandji,
    unmanaged_in_kandji,
)
from reconciler.simulator.company.injections.assignment import (
    assignment_group_pushed,
    assignment_stuck,
    group_feeds_no_assignment,
    left_still_active,
    member_not_assigned,
    unassigned_still_active,
)
from reconciler.simulator.company.injections.connection import (
    credentials_refused,
    import_on,
    integration_recreated,
    pushes_failing,
    username_push_off,
)
from reconciler.simulator.company.injections.directory import (
    archived_with_device,
    attribute_not_sent,
    device_on_other_account,
    duplicate_in_kandji,
)
from reconciler.simulator.company.injections.groups import group_unmanaged, member_extra, member_missing
from reconciler.simulator.company.injections.integration import app_inactive, foreign_people, provisioning_off
from reconciler.simulator.company.injections.mappings import (
    group_not_pushed,
    mapping_error,
    mapping_inactive,
    mapping_target_missing,
)
from reconciler.simulator.company.injections.provisioning import (
    assigned_before_provisioning,
    assigned_directly,
    assigned_in_no_pushed_group,
    external_id_shared,
    inactive_in_pushed_group,
    profile_push_failed,
    suspended_still_active,
)
from reconciler.simulator.company.injections.rosters import (
    group_cut_off,
    group_shrank,
    inactive_member_lingers,
    member_unknown,
)
from reconciler.simulator.company.injections.rules import (
    push_group_not_covered,
    rule_excludes_member,
    rule_feeds_unassigned_group,
    rule_inactive,
    rule_invalid,
    rule_not_applied,
)
from reconciler.simulator.company.injections.targets import (
    group_linked_wrong,
    group_name_taken,
    group_renamed,
    mapping_source_missing,
    mapping_stale,
)
from reconciler.simulator.company.truth import Expected

Injection = Callable[[Company], tuple[Expected, ...]]

IN_OKTA: dict[str, Injection] = {
    "username-push-off": username_push_off,
    "import-on": import_on,
    "assignment-group-pushed": assignment_group_pushed,
    "assigned-directly": assigned_directly,
    "assigned-in-no-pushed-group": assigned_in_no_pushed_group,
    "inactive-in-pushed-group": inactive_in_pushed_group,
    "push-group-not-covered": push_group_not_covered,
    "rule-feeds-unassigned-group": rule_feeds_unassigned_group,
    "group-linked-wrong": group_linked_wrong,
    "archived-with-device": archived_with_device,
    "group-feeds-no-assignment": group_feeds_no_assignment,
    "member-not-assigned": member_not_assigned,
    "rule-excludes-member": rule_excludes_member,
    "rule-not-applied": rule_not_applied,
    "mapping-error": mapping_error,
    "mapping-inactive": mapping_inactive,
    "mapping-stale": mapping_stale,
    "left-still-active": left_still_active,
    "unassigned-still-active": unassigned_still_active,
    "assignment-stuck": assignment_stuck,
    "external-id-shared": external_id_shared,
    "profile-push-failed": profile_push_failed,
    "attribute-not-sent": attribute_not_sent,
    "suspended-still-active": suspended_still_active,
    "inactive-member-lingers": inactive_member_lingers,
    "mapping-source-missing": mapping_source_missing,
    "group-shrank": group_shrank,
}
"""While all works."""
STOPPING: dict[str, Injection] = {
    "provisioning-off": provisioning_off,
    "rule-inactive": rule_inactive,
    "rule-invalid": rule_invalid,
    "pushes-failing": pushes_failing,
    "credentials-refused": credentials_refused,
    "app-inactive": app_inactive,
}
IN_KANDJI: dict[str, Injection] = {
    "member-missing": member_missing,
    "foreign-people": foreign_people,
    "unmanaged-in-kandji": unmanaged_in_kandji,
    "member-extra": member_extra,
    "inactive-in-kandji": inactive_in_kandji,
    "attribute-differs": attribute_differs,
    "duplicate-in-kandji": duplicate_in_kandji,
    "device-on-other-account": device_on_other_account,
    "missing-in-kandji": missing_in_kandji,
    "member-unknown": member_unknown,
    "group-not-pushed": group_not_pushed,
    "mapping-target-missing": mapping_target_missing,
    "group-renamed": group_renamed,
    "group-name-taken": group_name_taken,
    "group-unmanaged": group_unmanaged,
}
AT_LAST: dict[str, Injection] = {
    "group-cut-off": group_cut_off,
    "assigned-before-provisioning": assigned_before_provisioning,
    "integration-recreated": integration_recreated,
}
INJECTIONS: dict[str, Injection] = IN_OKTA | STOPPING | IN_KANDJI | AT_LAST

ALONE = frozenset({"rule-inactive", "rule-invalid", "pushes-failing", "credentials-refused", *AT_LAST})
"""Of these a company can have one at a time …"""
APART: dict[str, frozenset[str]] = {
    "pushes-failing": frozenset({"provisioning-off"}),
    "group-cut-off": frozenset({"provisioning-off", "app-inactive"}),
    "assigned-before-provisioning": frozenset({"provisioning-off", "app-inactive", "external-id-shared"}),
}
"""… and with some, what is named here can't be."""
TOGETHER = tuple(slug for slug in INJECTIONS if slug not in ALONE)
"""Everything that a company can have at once."""
NEED_A_LOOK = frozenset({"rule-not-applied", "mapping-source-missing", "group-shrank"})
"""Kinds that only an earlier look at the company makes visible: after the first, before the others."""


def carry_out(company: Company, slug: str) -> tuple[Expected, ...]:
    """One injection, and everything that follows from it at once. Raises KeyError for a slug that is not known."""
    found = INJECTIONS[slug](company)
    company.settle()
    if slug not in {"pushes-failing", "credentials-refused"}:
        company.sign_of_life()
    return found
