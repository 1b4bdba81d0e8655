"""Who is missing in the Kandji group of a mapping, and who is one too many."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.simulator.company.entries import LEFT, MUST_BE_IN, Push
from reconciler.simulator.company.ledger import Ledger


def missing(ledger: Ledger, push: Push) -> set[str]:
    """Keys of those who should be in it, are not, and are active in Kandji."""
    lacking = ledger.expected(push) - push.held
    return {key for key in lacking if (person := ledger.entry(key)) is not None and person.account == "active"}


def extras(ledger: Ledger, push: Push) -> Iterator[str]:
    """Keys of those in it who are active in Kandji, and should not be in it."""
    for key in push.held:
        person = ledger.entry(key)
        if person is None:
            yield key
            continue
        belongs = person.assigned and person.id in ledger.members[push.group_id]
        if person.account == "active" and not belongs and person.status in MUST_BE_IN | LEFT:
            yield key
