"""What a rule says about the members of one group: the expression is worked out for a member of whom nothing else is
known, and for somebody outside, and what is left of it is compared."""

from __future__ import annotations

from msgspec.structs import replace

from reconciler.expression.evaluate import truth
from reconciler.expression.membership import fitting
from reconciler.expression.residual import FALSE, TRUE, residual
from reconciler.expression.tree import (
    Attribute,
    Expression,
    Facts,
    GroupAsked,
    Internal,
    Member,
    Node,
    Outcome,
    Stance,
    texts,
    walk,
)
from reconciler.expression.unknown import Unknown
from reconciler.expression.wording import clause
from reconciler.expression.words import words

EVERYONE = "Everyone"
"""Name of Okta's built-in group of everybody, which can't be renamed (Okta API reference, groups of type BUILT_IN)."""

NOTHING_ELSE = Facts()


def about(expression: Expression, group: GroupAsked, *, assume: Facts | None = None) -> Stance:
    """Does the rule cover the group's members, under a condition, exclude them, or not look at the group at all?

    ``assume``: what else holds. Its attributes and ``not_member_of`` hold for anybody, its ``member_of`` for members of
    the group alone (groups that rules bring them into), but for a group named Everyone.
    """
    known = assume or NOTHING_ELSE
    names = {**known.member_of, **known.not_member_of, group.id: group.name}
    inside, outside = _member(group, known), _outsider(group, known)
    left = residual(expression.root, inside)
    if left in (TRUE, FALSE):
        return Stance("covers" if left == TRUE else "excludes", None, _why(truth(expression.root, inside)))
    if expression.problem is not None:
        return Stance("unknown", None, (expression.problem,))
    if doubts := _doubts(left, group):
        return Stance("unknown", None, doubts)
    if not any(isinstance(node, Attribute | Internal | Member) for node in walk(left)):
        return Stance("unknown", None, _why(truth(left, inside)))
    if left == residual(expression.root, outside):
        return Stance("does not look", None, (f"it brings {words(expression, names)}",))
    return Stance("covers if", clause(left, True, names))


def brings_all(expression: Expression, group: GroupAsked, known: Facts) -> bool:
    """Whether ``about`` says "covers", for whoever asks for no more than that of many."""
    return residual(expression.root, _member(group, known)) == TRUE


def _member(group: GroupAsked, known: Facts) -> Facts:
    return replace(
        known,
        member_of={EVERYONE: EVERYONE, **known.member_of, group.id: group.name},
        not_member_of={id_: name for id_, name in known.not_member_of.items() if id_ != group.id},
        all_groups_known=False,
    )


def _outsider(group: GroupAsked, known: Facts) -> Facts:
    """Everybody is in Everyone; where that is the group asked about, an outsider is thought up all the same."""
    of_all = {EVERYONE: EVERYONE, **{id_: name for id_, name in known.member_of.items() if name == EVERYONE}}
    return replace(
        known,
        member_of={} if group.built_in_everyone else {id_: name for id_, name in of_all.items() if id_ != group.id},
        not_member_of={**known.not_member_of, group.id: group.name},
        all_groups_known=False,
    )


def _doubts(left: Node, group: GroupAsked) -> tuple[str, ...]:
    """Why it can't be told whether what is left asks for this very group."""
    doubts: list[str] = []
    for node in walk(left):
        if isinstance(node, Member):
            if len(texts(node)) < len(node.parts):
                doubts.append(f"{clause(node)} asks for a group that is worked out from the person")
            elif node.how != "id":
                fits = (fitting(node.how, wanted, group.name) for wanted in texts(node))
                doubts.extend(why for fit in fits if isinstance(fit, Unknown) for why in fit.why)
    return tuple(dict.fromkeys(doubts))


def _why(outcome: Outcome) -> tuple[str, ...]:
    return tuple(dict.fromkeys(outcome.why))
