"""Takes an apply back: the inverse of each change that took effect, as changes of a new plan; with what has none.

Pure. What has moved since is found by the precondition of each inverse, when that plan is applied.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from msgspec import Struct

from reconciler.changes import (
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
)
from reconciler.journal import CREATE, Event, plan_of
from reconciler.plan import Planned


class Inverse(Struct, frozen=True, kw_only=True):
    """How one change is taken back."""

    planned: Planned
    """What was done."""
    change: Change
    sentence: str
    removes: tuple[Named, ...] = ()
    """People whom taking it back takes out of a group, or deactivates: for the guards."""
    joins: tuple[Named, ...] = ()


class LeftOut(Struct, frozen=True, kw_only=True):
    """A change that is not taken back, and why."""

    planned: Planned
    why: str


class Undo(Struct, frozen=True, kw_only=True):
    inverses: tuple[Inverse, ...]
    """The last change first."""
    left_out: tuple[LeftOut, ...]


def inverses_of(events: Sequence[Event], apply: int) -> Undo:
    """What takes apply ``apply`` back. Raises ``NotKnown`` where the journal does not have it."""
    plan = plan_of(events, apply)
    inverses: list[Inverse] = []
    left_out: list[LeftOut] = []
    for planned in reversed(plan.changes):
        done = [one for one in events if (one.apply, one.change, one.event) == (apply, planned.id, "done")]
        failed = [one for one in events if (one.apply, one.change, one.event) == (apply, planned.id, "failed")]
        if not done:
            left_out.append(LeftOut(planned=planned, why="it was not made: nothing of it took effect"))
        elif failed:
            left_out.append(LeftOut(planned=planned, why=f"it came only half-way: {failed[-1].words}"))
        else:
            found = inverse(planned, _made(done))
            if isinstance(found, str):
                left_out.append(LeftOut(planned=planned, why=found))
            else:
                inverses.append(found)
    return Undo(inverses=tuple(inverses), left_out=tuple(left_out))


def inverse(planned: Planned, made: str | None) -> Inverse | str:
    """The inverse of a change, or why it has none. ``made``: id of the rule or mapping that it has made."""
    change = planned.change
    match change:
        case AddToGroup(group=group, person=person):
            return Inverse(
                planned=planned,
                change=RemoveFromGroup(group=group, person=person),
                sentence=f"take {person.name} out of {group.name}",
                removes=(person,),
            )
        case EditRule(rule=rule, before=before, after=after) if change.group is not None:
            return Inverse(
                planned=planned,
                change=EditRule(rule=rule, before=after, after=before),
                sentence=f"give the rule {rule.name} its old expression back",
                removes=planned.joins,
            )
        case CreateRule(name=name, expression=expression) if made is not None:
            return _switched_off(planned, Named(id=made, name=name), expression)
        case ActivateRule(rule=rule, expression=expression, restart=False):
            return _switched_off(planned, rule, expression)
        case LinkGroup(group=group, target=target, kandji_group=kandji_group) if made is not None:
            return Inverse(
                planned=planned,
                change=UnlinkGroup(mapping_id=made, group=group, target=target, kandji_group=kandji_group),
                sentence=f"unlink {group.name}; its group in Kandji stays",
            )
        case SetActive() | ReplaceAttributes() | AddMember() | RemoveMember():
            return _in_kandji(planned, change)
        case CreateRule() | LinkGroup():
            return "the journal does not tell what it has made"
        case AssignGroup():
            return "whom it brought would lose the app: unassign the group by hand, in Okta, if that is meant"
        case ActivateRule():
            return "the rule was on before and is on now"
        case ActivateMapping() | Repush() | Relink():
            return "a push that was sent can't be called back"
        case UnlinkGroup():
            return "linking again overwrites the group in Kandji: reconciler link shows whom that takes out"
        case RemoveFromGroup() | DeactivateRule() | EditRule():
            return "it is an inverse itself"
        case _:
            assert_never(change)


def _switched_off(planned: Planned, rule: Named, expression: str) -> Inverse:
    return Inverse(
        planned=planned,
        change=DeactivateRule(rule=rule, expression=expression),
        sentence=f"switch the rule {rule.name} off; whom it brought stay in the group",
    )


def _in_kandji(planned: Planned, change: SetActive | ReplaceAttributes | AddMember | RemoveMember) -> Inverse:
    """Old values and memberships, as the journal has them."""
    match change:
        case SetActive(account=account, user_id=user_id, active=active):
            word = "deactivate" if active else "activate"
            return Inverse(
                planned=planned,
                change=SetActive(account=account, user_id=user_id, active=not active),
                sentence=f"{word} {account.name} in Kandji",
                removes=(account,) if active else (),
                joins=() if active else (account,),
            )
        case ReplaceAttributes(account=account, user_id=user_id, before=before, after=after):
            return Inverse(
                planned=planned,
                change=ReplaceAttributes(account=account, user_id=user_id, before=after, after=before),
                sentence=f"give {account.name} the old {', '.join(name for name, _ in before)} back in Kandji",
            )
        case AddMember(kandji_group=group, account=account, group=pushed):
            return Inverse(
                planned=planned,
                change=RemoveMember(kandji_group=group, account=account, group=pushed),
                sentence=f"take {account.name} out of {group.name} in Kandji",
                removes=(account,),
            )
        case RemoveMember(kandji_group=group, account=account, group=pushed):
            return Inverse(
                planned=planned,
                change=AddMember(kandji_group=group, account=account, group=pushed),
                sentence=f"put {account.name} back into {group.name} in Kandji",
                joins=(account,),
            )


def _made(done: Sequence[Event]) -> str | None:
    for event in done:
        if event.step == CREATE and isinstance(event.after, dict):
            made = event.after.get("id")
            return made if isinstance(made, str) else None
    return None
