"""Push mappings: stopped, stale, and with something wrong at one of their two ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from reconciler.simulator.company.entries import Push
from reconciler.simulator.company.ledger import Ledger
from reconciler.simulator.company.truth.expected import Row
from reconciler.simulator.company.truth.membership import extras, missing

GRACE = timedelta(hours=2)
LEAST = 5
"""Groups with fewer members are too small to be recognised by them."""


def rows(ledger: Ledger) -> Iterator[Row]:
    """Every finding about a mapping."""
    for push in ledger.pushes.values():
        told = {
            trouble(ledger, push): True,
            "mapping-stale": _stale(ledger, push),
            "mapping-source-missing": push.source_gone and push.source_seen,  # else it may be not visible
            "group-name-taken": push.twin_of is not None,
            "group-linked-wrong": _linked_wrong(ledger, push),
        }
        yield from (_row(kind, push) for kind, true in told.items() if kind is not None and true)
        scim_id = _renamed(ledger, push)
        if scim_id is not None:
            yield _row("group-renamed", push, scim_id)


def trouble(ledger: Ledger, push: Push) -> str | None:
    """The kind of what keeps a mapping from working, the first that applies."""
    if not push.there and push.status != "INACTIVE":
        return "mapping-target-missing"
    if push.status == "ERROR":
        return "mapping-error"
    if push.status == "INACTIVE":
        return "mapping-inactive"
    return "group-not-pushed" if _not_pushed(ledger, push) else None


def _not_pushed(ledger: Ledger, push: Push) -> bool:
    expected = ledger.expected(push)
    lacks = len(expected - push.held)
    return push.comparable and lacks >= 3 and 2 * lacks >= len(expected)


def _stale(ledger: Ledger, push: Push) -> bool:
    """Its members changed long after the last push, and the two groups differ."""
    changed = ledger.changed_at.get(push.group_id)
    if push.status != "ACTIVE" or not push.there or not push.comparable or push.pushed_at is None or changed is None:
        return False
    differs = bool(missing(ledger, push)) or any(extras(ledger, push))
    return changed - push.pushed_at > GRACE and differs


def _alike(one: set[str], other: set[str]) -> float:
    """The Jaccard index of two sets; 0.5, neither like nor unlike, where one of them is small."""
    return len(one & other) / len(one | other) if min(len(one), len(other)) >= LEAST else 0.5


def _linked_wrong(ledger: Ledger, push: Push) -> bool:
    compared = push.other_name and push.there and push.comparable
    return compared and _alike(push.held, ledger.expected(push)) < 0.2


def _renamed(ledger: Ledger, push: Push) -> str | None:
    """SCIM id of its group in Kandji that has another name: known from an earlier look, or by its members."""
    if push.there:
        return push.renamed
    expected = ledger.expected(push)
    return next(
        (scim_id for scim_id, held in sorted(ledger.unmanaged_groups.items()) if _alike(held, expected) >= 0.8), None
    )


def _row(kind: str, push: Push, *groups: str) -> Row:
    return Row(kind=kind, subject=f"mapping:{push.mapping_id}", groups=frozenset({push.group_id, *groups}))
