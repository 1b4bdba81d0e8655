"""Injections: one function for each kind of drift.

Each causes its drift by the mechanics of the org and the tenant and returns what is to be found because of it, were it
the only one. They stand in the order in which several are carried out: first what happens in Okta while it works, then
what stops it from working, at last what is done in Kandji behind its back.
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
from reconciler.simulator.company.injections.groups import group_unmanaged, member_extra, member_missing
from reconciler.simulator.company.injections.integration import app_inactive, foreign_people, provisioning_off
from reconciler.simulator.company.injections.mappings import (
    group_not_pushed,
    mapping_error,
    mapping_inactive,
    mapping_target_missing,
)
from reconciler.simulator.company.truth import Expected

Injection = Callable[[Company], tuple[Expected, ...]]

IN_OKTA: dict[str, Injection] = {
    "assignment-group-pushed": assignment_group_pushed,
    "group-feeds-no-assignment": group_feeds_no_assignment,
    "member-not-assigned": member_not_assigned,
    "mapping-error": mapping_error,
    "mapping-inactive": mapping_inactive,
    "left-still-active": left_still_active,
    "unassigned-still-active": unassigned_still_active,
    "assignment-stuck": assignment_stuck,
    "provisioning-off": provisioning_off,
    "app-inactive": app_inactive,
}
IN_KANDJI: dict[str, Injection] = {
    "member-missing": member_missing,
    "foreign-people": foreign_people,
    "unmanaged-in-kandji": unmanaged_in_kandji,
    "member-extra": member_extra,
    "inactive-in-kandji": inactive_in_kandji,
    "attribute-differs": attribute_differs,
    "missing-in-kandji": missing_in_kandji,
    "group-not-pushed": group_not_pushed,
    "mapping-target-missing": mapping_target_missing,
    "group-unmanaged": group_unmanaged,
}
INJECTIONS: dict[str, Injection] = IN_OKTA | IN_KANDJI
