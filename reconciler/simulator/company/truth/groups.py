"""Groups in Kandji: who is in them, who is not, who can't be, and groups that nothing pushes."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.simulator.company.entries import Push
from reconciler.simulator.company.ledger import Ledger
from reconciler.simulator.company.truth.expected import Row
from reconciler.simulator.company.truth.mappings import trouble
from reconciler.simulator.company.truth.membership import extras, missing

COMPARABLE = 20
"""If more than one in so many member ids are unknown, ids can't be compared."""


def rows(ledger: Ledger) -> Iterator[Row]:
    """Every finding about a Kandji group or somebody in one."""
    for push in ledger.pushes.values():
        if push.there and push.comparable:
            yield from _members(ledger, push)
        if ledger.has_shrunk(push):
            yield _row("group-shrank", push.group_id, f"group:{push.group_id}")
    cut_off = [push for push in ledger.pushes.values() if push.cut_off and push.there]
    if len(cut_off) > 1:
        yield from (_row("group-cut-off", push.group_id, f"group:{push.group_id}") for push in cut_off)
    for scim_id in ledger.unmanaged_groups:
        yield _row("group-unmanaged", scim_id, f"kandji-group:{scim_id}")
    yield from _rosters(ledger)


def _members(ledger: Ledger, push: Push) -> Iterator[Row]:
    if trouble(ledger, push) is None:
        yield from (_member("member-missing", push, key) for key in missing(ledger, push))
    yield from (_member("member-extra", push, key) for key in extras(ledger, push))


def _rosters(ledger: Ledger) -> Iterator[Row]:
    """What every Kandji group holds of accounts that are inactive or gone."""
    held = {_spoken_of(push): (push.group_id, push.held) for push in ledger.pushes.values() if push.there}
    held |= {f"kandji-group:{scim_id}": (scim_id, keys) for scim_id, keys in ledger.unmanaged_groups.items()}
    named = set().union(*(keys for _, keys in held.values()))
    gone = {key: person.lost for key in named if (person := ledger.entry(key)) is not None and person.account == "gone"}
    for subject, (group, keys) in held.items():
        people = [person for key in keys if (person := ledger.entry(key)) is not None]
        if any(person.account == "inactive" for person in people):
            yield _row("inactive-member-lingers", group, subject)
        if COMPARABLE * len(gone) <= len(named) and not ledger.cleans_references:
            yield from (_row("member-unknown", group, f"{subject} account:{gone[key]}") for key in keys & set(gone))


def _spoken_of(push: Push) -> str:
    return f"kandji-group:{push.twin_of}" if push.ambiguous else f"group:{push.group_id}"


def _member(kind: str, push: Push, key: str) -> Row:
    people, groups = frozenset({key}), frozenset({push.group_id})
    return Row(kind=kind, subject=f"group:{push.group_id} {key}", people=people, groups=groups)


def _row(kind: str, group: str, subject: str) -> Row:
    return Row(kind=kind, subject=subject, groups=frozenset({group}))
