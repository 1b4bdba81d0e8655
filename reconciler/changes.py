"""The closed list of changes that this program can make, each with the phase in which it is safe.

A change is a frozen value that names everything by id, and by the name that people know. What it must meet before it is
made stands in its fields (the expression a rule has, the members a group may lose); ``commands`` reads that live.
Whatever is not in ``Change`` can't be planned, and what can't be planned can't be sent.

Taking somebody out of an Okta group, and switching a rule off, exist as inverses alone.
"""

from __future__ import annotations

from typing import Literal, assert_never

from msgspec import Struct

from reconciler.model import Pairs


class Named(Struct, frozen=True, kw_only=True, order=True):
    """A person, group or rule: by id, and by the name an admin knows (login, group name)."""

    name: str
    id: str


class AddToGroup(Struct, frozen=True, kw_only=True, tag="add-to-group", tag_field="change", forbid_unknown_fields=True):
    """Puts somebody into an Okta group that is assigned to the app."""

    group: Named
    person: Named
    """By Okta user id."""


class RemoveFromGroup(
    Struct, frozen=True, kw_only=True, tag="remove-from-group", tag_field="change", forbid_unknown_fields=True
):
    """Takes somebody out again whom we put in by hand, where no rule feeds them. An inverse alone."""

    group: Named
    person: Named


class AssignGroup(
    Struct, frozen=True, kw_only=True, tag="assign-group", tag_field="change", forbid_unknown_fields=True
):
    """Assigns an Okta group to the app."""

    group: Named


class EditRule(Struct, frozen=True, kw_only=True, tag="edit-rule", tag_field="change", forbid_unknown_fields=True):
    """Gives a rule another expression: deactivate, replace, read back, activate. It was ACTIVE, and is again."""

    rule: Named
    before: str
    """The expression that it must have."""
    after: str
    group: Named | None = None
    """The pushed group by which ``after`` goes beyond ``before``; None where an edit is taken back."""
    also: tuple[Named, ...] = ()
    """Further pushed groups, by which ``after`` goes beyond ``before`` as well: a rule is edited once."""


class CreateRule(Struct, frozen=True, kw_only=True, tag="create-rule", tag_field="change", forbid_unknown_fields=True):
    """Makes a rule (inactive, read back, then activated) that puts everybody of a group into an assigned group."""

    name: str
    """At most 50 characters; names of rules are unique."""
    expression: str
    group: Named
    target: Named
    also: tuple[Named, ...] = ()
    """Further groups whose people it puts there: one rule is made for all of them."""


class ActivateRule(
    Struct, frozen=True, kw_only=True, tag="activate-rule", tag_field="change", forbid_unknown_fields=True
):
    rule: Named
    expression: str
    """The expression that it must have."""
    restart: bool = False
    """Whether it is ACTIVE and is switched off first, so that Okta evaluates everybody again."""


class DeactivateRule(
    Struct, frozen=True, kw_only=True, tag="deactivate-rule", tag_field="change", forbid_unknown_fields=True
):
    """Switches off a rule that we made or activated; its members stay. An inverse alone."""

    rule: Named
    expression: str


class ActivateMapping(
    Struct, frozen=True, kw_only=True, tag="activate-mapping", tag_field="change", forbid_unknown_fields=True
):
    """Ends the pause of a push mapping; Okta then pushes the whole group."""

    mapping_id: str
    group: Named
    kandji_group: Named | None


class Repush(Struct, frozen=True, kw_only=True, tag="repush", tag_field="change", forbid_unknown_fields=True):
    """Pushes a whole group again, of a mapping that is ACTIVE: inactive, then active."""

    mapping_id: str
    group: Named
    kandji_group: Named | None
    """None where Kandji has none yet: a push creates it."""


class Relink(Struct, frozen=True, kw_only=True, tag="relink", tag_field="change", forbid_unknown_fields=True):
    """Mends a mapping in ERROR: tries to activate it; where Okta refuses that, unlinks it, keeping the Kandji group,
    and links the same two groups again."""

    mapping_id: str
    group: Named
    target: Named | None
    """The Okta APP_GROUP that stands for the Kandji group, to link by; None: by name, made anew."""
    target_name: str
    kandji_group: Named | None


class LinkGroup(Struct, frozen=True, kw_only=True, tag="link", tag_field="change", forbid_unknown_fields=True):
    """A new push mapping: to the APP_GROUP ``target``, else to a Kandji group of that name, made if need be."""

    group: Named
    target_name: str
    target: Named | None = None
    kandji_group: Named | None = None
    """The Kandji group that has that name already: linking overwrites its members."""


class UnlinkGroup(Struct, frozen=True, kw_only=True, tag="unlink", tag_field="change", forbid_unknown_fields=True):
    """Ends a push mapping: inactive first, then removed. The Kandji group stays unless it is asked for by name."""

    mapping_id: str
    group: Named
    target: Named | None
    kandji_group: Named | None
    delete_in_kandji: bool = False


class SetActive(Struct, frozen=True, kw_only=True, tag="set-active", tag_field="change", forbid_unknown_fields=True):
    """Activates or deactivates a Kandji account: read, modify, write whole."""

    account: Named
    user_id: str | None
    """The Okta user whose status is read again first; None where Okta has deleted them."""
    active: bool


class ReplaceAttributes(
    Struct, frozen=True, kw_only=True, tag="replace-attributes", tag_field="change", forbid_unknown_fields=True
):
    """Gives a Kandji account the values that Okta has: read, modify, write whole. Names as in ``AppUser.profile``, and
    ``userName``."""

    account: Named
    user_id: str
    before: Pairs
    """The values that it must have."""
    after: Pairs


class AddMember(Struct, frozen=True, kw_only=True, tag="add-member", tag_field="change", forbid_unknown_fields=True):
    """Puts an account into a Kandji group over SCIM."""

    kandji_group: Named
    account: Named
    group: Named | None = None
    """The pushed group in Okta, in which they must be still."""


class RemoveMember(
    Struct, frozen=True, kw_only=True, tag="remove-member", tag_field="change", forbid_unknown_fields=True
):
    """Takes an account, or an id that no account has, out of a Kandji group over SCIM."""

    kandji_group: Named
    account: Named
    group: Named | None = None
    """The pushed group in Okta, in which nobody of this account may be; None for an id that no account has."""


Change = (
    AddToGroup
    | RemoveFromGroup
    | AssignGroup
    | EditRule
    | CreateRule
    | ActivateRule
    | DeactivateRule
    | ActivateMapping
    | Repush
    | Relink
    | LinkGroup
    | UnlinkGroup
    | SetActive
    | ReplaceAttributes
    | AddMember
    | RemoveMember
)
Pushing = ActivateMapping | Repush | Relink | LinkGroup
"""What makes Okta push a whole group: the Kandji group is replaced by whom Okta expects in it."""
KandjiWrite = SetActive | ReplaceAttributes | AddMember | RemoveMember
"""What is written to Kandji itself: only where ``[fix] kandji_writes`` names the kind of drift."""

Phase = Literal["additions", "kandji", "pushes", "removals"]
PHASES: tuple[Phase, ...] = ("additions", "kandji", "pushes", "removals")
"""The safe order. Between the first and the second, everybody who was added is waited for."""
Side = Literal["okta", "kandji"]


def kind(change: Change) -> str:
    """The name of its kind: ``add-to-group``, …"""
    return str(type(change).__struct_config__.tag)


def phase(change: Change) -> Phase:
    """When it is safe to make it."""
    match change:
        case EditRule(group=None):
            return "removals"
        case AddToGroup() | AssignGroup() | EditRule() | CreateRule() | ActivateRule():
            return "additions"
        case SetActive(active=True) | ReplaceAttributes() | AddMember():
            return "kandji"
        case ActivateMapping() | Repush() | Relink() | LinkGroup():
            return "pushes"
        case SetActive() | RemoveMember() | UnlinkGroup() | RemoveFromGroup() | DeactivateRule():
            return "removals"
        case _:
            assert_never(change)


def shows_on(change: Change) -> Side:
    """On which side its effect must be read back."""
    match change:
        case RemoveFromGroup() | DeactivateRule() | EditRule(group=None) | UnlinkGroup(delete_in_kandji=False):
            return "okta"
        case _:
            return "kandji"
