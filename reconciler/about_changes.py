"""What a change does and how it is taken back, in words, and what it touches."""

from __future__ import annotations

from typing import assert_never

from reconciler.changes import (
    PHASES,
    ActivateMapping,
    ActivateRule,
    AddMember,
    AddToGroup,
    AssignGroup,
    Change,
    CreateRule,
    DeactivateRule,
    EditRule,
    LinkGroup,
    Named,
    Relink,
    RemoveFromGroup,
    RemoveMember,
    ReplaceAttributes,
    Repush,
    SetActive,
    UnlinkGroup,
    kind,
    phase,
)

ORDER: tuple[type[Change], ...] = (
    AssignGroup,
    AddToGroup,
    CreateRule,
    EditRule,
    ActivateRule,
    SetActive,
    ReplaceAttributes,
    AddMember,
    ActivateMapping,
    Relink,
    Repush,
    LinkGroup,
    RemoveMember,
    UnlinkGroup,
    RemoveFromGroup,
    DeactivateRule,
)
"""Inside a phase: what reaches one person before what reaches many (an addition before a rule edit, so that the
smallest change is seen first), and an account before its memberships."""


def sort_key(change: Change) -> tuple[int, int, str, str]:
    """The safe order, and inside of one kind by names and ids."""
    names = "\n".join(one.name.casefold() for one in touched(change))
    ids = "\n".join((*(one.id for one in touched(change)), kind(change), str(change)))
    return PHASES.index(phase(change)), ORDER.index(type(change)), names, ids


def groups(change: Change) -> tuple[Named, ...]:
    """The groups that a change names, on both sides."""
    found = [getattr(change, field, None) for field in ("group", "target", "kandji_group")]
    more = change.also if isinstance(change, EditRule | CreateRule) else ()
    return (*(one for one in found if isinstance(one, Named)), *more)


def touched(change: Change) -> tuple[Named, ...]:
    """Every group, person and rule that it names."""
    found = [getattr(change, field, None) for field in ("person", "account", "rule")]
    return (*groups(change), *(one for one in found if isinstance(one, Named)))


def sentence(change: Change) -> str:
    """What is done, without a full stop."""
    match change:
        case AddToGroup():
            return f"put {change.person.name} into {change.group.name}"
        case RemoveFromGroup():
            return f"take {change.person.name} out of {change.group.name} again"
        case AssignGroup():
            return f"assign {change.group.name} to the app"
        case EditRule():
            names = ", ".join(one.name for one in groups(change))
            back = f"give the rule {change.rule.name} another expression"
            return f"extend the rule {change.rule.name} by {names}" if names else back
        case CreateRule():
            names = ", ".join(one.name for one in (change.group, *change.also))
            return f"make the rule {change.name}: everybody of {names} into {change.target.name}"
        case ActivateRule():
            return f"{'restart' if change.restart else 'activate'} the rule {change.rule.name}"
        case DeactivateRule():
            return f"deactivate the rule {change.rule.name}"
        case SetActive():
            return f"{'activate' if change.active else 'deactivate'} {change.account.name} in Kandji"
        case ReplaceAttributes():
            names = ", ".join(name for name, _ in change.after)
            return f"change {names} of {change.account.name} in Kandji"
        case AddMember():
            return f"put {change.account.name} into the Kandji group {change.kandji_group.name}"
        case RemoveMember():
            return f"take {change.account.name} out of the Kandji group {change.kandji_group.name}"
        case _:
            return _of_mapping(change)


def _of_mapping(change: ActivateMapping | Repush | Relink | LinkGroup | UnlinkGroup) -> str:
    match change:
        case ActivateMapping():
            return f"end the pause of the push of {change.group.name}"
        case Repush():
            return f"push {change.group.name} again"
        case Relink(kandji_group=None):
            kept = "keeping whatever is in Kandji"
            return f"unlink {change.group.name}, {kept}, and push it again by name: the group is made anew"
        case Relink():
            return f"mend the push of {change.group.name}: activate it, else unlink it and link it again"
        case LinkGroup():
            there = "the Kandji group that is there" if change.kandji_group else "a Kandji group"
            return f"push {change.group.name} to {there}, {change.target_name}"
        case UnlinkGroup():
            deleted = " and delete the Kandji group" if change.delete_in_kandji else "; the Kandji group stays"
            return f"stop pushing {change.group.name}{deleted}"
        case _:
            assert_never(change)


def undo(change: Change) -> str:
    """How it can be taken back, or why it can't."""
    match change:
        case AddToGroup():
            return "undo takes them out again, unless a rule feeds them by then"
        case EditRule():
            return "undo gives the rule its old expression; who came in by it stays until Okta evaluates them again"
        case CreateRule() | ActivateRule(restart=False):
            return "undo deactivates the rule; its members stay"
        case ActivateRule() | Repush() | ActivateMapping():
            return "can't be undone: it repeats what Okta says; the Kandji group's members before stand in the journal"
        case AssignGroup():
            return "can't be undone by this program: taking a group away from the app deactivates everybody in it"
        case Relink(kandji_group=None):
            return "can't be undone: the group is made anew in Kandji, under another mapping"
        case Relink():
            return "can't be undone: the same two groups are linked, under another mapping"
        case LinkGroup():
            return "undo unlinks it and keeps the Kandji group; members that the push replaced don't come back"
        case UnlinkGroup(delete_in_kandji=True):
            return "can't be undone: a group that is made anew has another id, to which no Assignment Map refers"
        case UnlinkGroup():
            return "can't be undone by itself: link the group again, which replaces the Kandji group's members"
        case SetActive() | ReplaceAttributes():
            return "undo writes the values that were there before"
        case AddMember():
            return "undo takes the account out again; Okta's next push decides in any case"
        case RemoveMember():
            return "undo puts the account in again; Okta's next push decides in any case"
        case RemoveFromGroup():
            return "put them in again: reconciler assign"
        case DeactivateRule():
            return "activate the rule in Okta; Okta then evaluates everybody"
        case _:
            assert_never(change)
