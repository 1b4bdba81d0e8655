"""People in Kandji: who has an account and should not, who has none, and what is odd about the one they have."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.simulator.company.entries import KNOWN, LEFT, Entry
from reconciler.simulator.company.ledger import Ledger
from reconciler.simulator.company.truth.assignment import pushed_groups_of, unread
from reconciler.simulator.company.truth.expected import Row


def rows(ledger: Ledger) -> Iterator[Row]:
    """Every finding about somebody's account."""
    for person in ledger.people.values():
        for kind in _kinds(ledger, person):
            yield _row(kind, person.key)
        if person.archived_with_mac is not None:
            deleted = person.status == "DELETED"
            yield _row("archived-with-device", f"account:{person.archived_with_mac}" if deleted else person.key)
    for stranger in ledger.strangers.values():
        yield _row("unmanaged-in-kandji", stranger.key)
        double = None if stranger.double is None else ledger.people[stranger.double]
        if double is not None and double.account in KNOWN:
            yield _row("duplicate-in-kandji", double.key)


def _kinds(ledger: Ledger, person: Entry) -> Iterator[str]:
    active, wanted = person.account == "active", person.must_be_in and person.provisioned
    if active and person.status in LEFT:
        yield "left-still-active"
    unassigned = person.must_be_in and not person.assigned and not unread(ledger)
    if active and unassigned and not pushed_groups_of(ledger, person):
        yield "unassigned-still-active"
    if wanted and person.account == "gone":
        yield "missing-in-kandji"
    if wanted and person.account == "inactive":
        yield "inactive-in-kandji"
    if ledger.differing(person):
        yield "attribute-differs"
    if person.mac_elsewhere and person.account in KNOWN:
        yield "device-on-other-account"


def _row(kind: str, key: str) -> Row:
    return Row(kind=kind, subject=key, people=frozenset({key}))
