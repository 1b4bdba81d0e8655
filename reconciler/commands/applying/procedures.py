"""Which procedure carries out which change."""

from __future__ import annotations

from typing import assert_never

from reconciler.changes import (
    ActivateMapping,
    ActivateRule,
    AddMember,
    AddToGroup,
    AssignGroup,
    CreateRule,
    DeactivateRule,
    EditRule,
    LinkGroup,
    Relink,
    RemoveFromGroup,
    RemoveMember,
    ReplaceAttributes,
    Repush,
    SetActive,
    UnlinkGroup,
)
from reconciler.commands.applying.accounts import Replacing, Switching
from reconciler.commands.applying.kandji_members import Membership
from reconciler.commands.applying.links import Linking, Relinking
from reconciler.commands.applying.live import Live
from reconciler.commands.applying.memberships import Adding, Assigning, TakingOut
from reconciler.commands.applying.procedure import Procedure
from reconciler.commands.applying.pushes import Pushing
from reconciler.commands.applying.rules import Activating, Creating, Editing, SwitchingOff
from reconciler.commands.applying.unlinks import Unlinking
from reconciler.plan import Planned


def procedure(planned: Planned, live: Live) -> Procedure:
    """How this change is carried out, over what both sides say now."""
    match planned.change:
        case AddToGroup() as change:
            return Adding(live, planned, change)
        case RemoveFromGroup() as change:
            return TakingOut(live, planned, change)
        case AssignGroup() as change:
            return Assigning(live, planned, change)
        case EditRule() as change:
            return Editing(live, planned, change)
        case CreateRule() as change:
            return Creating(live, planned, change)
        case ActivateRule() as change:
            return Activating(live, planned, change)
        case DeactivateRule() as change:
            return SwitchingOff(live, planned, change)
        case ActivateMapping() | Repush() as change:
            return Pushing(live, planned, change)
        case Relink() as change:
            return Relinking(live, planned, change)
        case LinkGroup() as change:
            return Linking(live, planned, change)
        case UnlinkGroup() as change:
            return Unlinking(live, planned, change)
        case SetActive() as change:
            return Switching(live, planned, change)
        case ReplaceAttributes() as change:
            return Replacing(live, planned, change)
        case AddMember() | RemoveMember() as change:
            return Membership(live, planned, change)
        case unreachable:
            assert_never(unreachable)
