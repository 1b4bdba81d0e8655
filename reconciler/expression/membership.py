"""The group functions: yes as soon as one group is known to fit, no only when every group that could is known not to.

Functions by name ask the groups of every source (Okta developer documentation, *Group functions*), so that they are no
only for somebody all of whose groups are known.
"""

from __future__ import annotations

from functools import lru_cache

from reconciler.expression.functions import Given, kind_of
from reconciler.expression.matching import name_matches
from reconciler.expression.tree import Facts, How, Member, Outcome
from reconciler.expression.unknown import Unknown, folded, surely
from reconciler.expression.wording import NAMED


def membership(node: Member, given: list[Given], facts: Facts) -> Outcome:
    """For the arguments given: yes if one of them is, no if none is."""
    outcomes = [_one(node, argument, facts) for argument in given]
    for decided in (True, None, False):
        why = tuple(reason for outcome in outcomes if outcome.value is decided for reason in outcome.why)
        if why:
            return Outcome(decided, why)
    return Outcome(None, (f"{node.name} asks for nothing",))


def _one(node: Member, argument: Given, facts: Facts) -> Outcome:
    if isinstance(argument, Unknown):
        return Outcome(None, argument.why)
    if not isinstance(argument, str):
        what = "something that isn't set" if argument is None else kind_of(argument)
        return Outcome(None, (f"what {node.name} makes of {what} isn't documented",))
    return _by_id(argument, facts) if node.how == "id" else _by_name(node.how, argument, facts)


def _by_id(id_: str, facts: Facts) -> Outcome:
    if id_ in facts.member_of:
        return Outcome(True, (f"they are in {facts.member_of[id_]}",))
    if facts.all_groups_known or id_ in facts.not_member_of:
        return Outcome(False, (f"they are not in {facts.not_member_of.get(id_, id_)}",))
    return Outcome(None, (f"whether they are in {id_} is not known",))


def _by_name(how: How, wanted: str, facts: Facts) -> Outcome:
    doubts: tuple[str, ...] = ()
    for name in facts.member_of.values():
        fits = fitting(how, wanted, name)
        if fits is True:
            return Outcome(True, (f"they are in {name}",))
        if isinstance(fits, Unknown):
            doubts += fits.why
    if facts.all_groups_known and not doubts:
        return Outcome(False, (f"they are in no group {NAMED[how]} {wanted}",))
    return Outcome(None, doubts or (f"whether they are in a group {NAMED[how]} {wanted} is not known",))


@lru_cache(maxsize=1 << 14)  # the same few thousand names are asked about for everybody
def fitting(how: How, wanted: str, name: str) -> bool | Unknown:
    """Does a group of this name fit what a function by name asks for?"""
    if how == "regex":
        return name_matches(wanted, name)
    one, other = folded(name), folded(wanted)
    if how == "starts":
        return surely(name.startswith(wanted), one.startswith(other), f"“{wanted}”")
    if how == "contains":
        return surely(wanted in name, other in one, f"“{wanted}”")
    return surely(name == wanted, one == other, f"“{wanted}”")
