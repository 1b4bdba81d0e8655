"""What a credential needs for each kind of change, beyond reading: the OAuth scope, and the admin's role.

With OAuth both must allow it. An API token has no scopes: it may do what its admin may.
Source: https://developer.okta.com/docs/concepts/role-assignment/
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, assert_never

from reconciler import changes

WRITE_SCOPES = ("okta.apps.manage", "okta.groups.manage")


class Need(NamedTuple):
    """``scope``: OAuth scopes, apart by spaces; none for Kandji. ``role`` in words."""

    scope: str
    role: str


MEMBERS = Need(
    "okta.groups.manage",
    "the role Group Administrator, or a custom role with okta.groups.members.manage and "
    "okta.users.groupMembership.manage",
)
ASSIGNED_GROUPS = Need(
    "okta.apps.manage",
    "the role Application Administrator, or a custom role with okta.apps.assignment.manage and "
    "okta.groups.appAssignment.manage",
)
MAPPINGS = Need(
    "okta.apps.manage okta.groups.manage",
    "the role Application Administrator, or a custom role with okta.apps.manage and okta.groups.manage",
)
RULES = Need(
    "okta.groups.manage",
    "the role Organizational Administrator or Super Administrator: no custom role covers group rules",
)
KANDJI = Need("", "the SCIM token that Okta uses")


def needed(change: changes.Change) -> Need:
    """What this one change takes."""
    match change:
        case changes.AddToGroup() | changes.RemoveFromGroup():
            return MEMBERS
        case changes.AssignGroup():
            return ASSIGNED_GROUPS
        case changes.EditRule() | changes.CreateRule() | changes.ActivateRule() | changes.DeactivateRule():
            return RULES
        case (
            changes.ActivateMapping()
            | changes.Repush()
            | changes.Relink()
            | changes.LinkGroup()
            | changes.UnlinkGroup()
        ):
            return MAPPINGS
        case changes.SetActive() | changes.ReplaceAttributes() | changes.AddMember() | changes.RemoveMember():
            return KANDJI
        case _:
            assert_never(change)


def needs(planned: Iterable[changes.Change]) -> tuple[Need, ...]:
    """What all of these take, each once, in the order of the changes."""
    return tuple(dict.fromkeys(needed(change) for change in planned))


def scopes(planned: Iterable[changes.Change]) -> tuple[str, ...]:
    """The OAuth scopes that all of these take."""
    return tuple(dict.fromkeys(scope for need in needs(planned) for scope in need.scope.split()))
