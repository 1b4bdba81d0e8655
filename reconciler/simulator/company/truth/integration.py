"""The integration itself: the app, its settings, and what stops or confuses it as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reconciler.simulator.company.entries import NOT_YET, Entry
from reconciler.simulator.company.ledger import Ledger
from reconciler.simulator.company.truth.expected import Row

MISSED: dict[str, frozenset[str]] = {
    "PUSH_USER_DEACTIVATION": frozenset({"left-still-active"}),
    "PUSH_NEW_USERS": frozenset({"assignment-stuck"}),
    "GROUP_PUSH": frozenset(
        {
            "member-missing",
            "member-extra",
            "mapping-error",
            "mapping-inactive",
            "mapping-target-missing",
            "group-not-pushed",
            "mapping-stale",
        }
    ),
    "PUSH_PROFILE_UPDATES": frozenset({"attribute-differs"}),
}
"""What each setting that is off explains."""
LEAST = 5
"""So many unknown external ids are no accident."""
NAMES = frozenset({"login", "user_name"})


def rows(ledger: Ledger) -> Iterator[Row]:
    """Every finding about the app."""
    app = f"app:{ledger.app_id}"
    for feature, explains in MISSED.items():
        if not ledger.on(feature):
            yield Row(kind="provisioning-off", subject=f"{app} feature:{feature}", explains=explains)
    told = {
        "app-inactive": not ledger.app_active,
        "username-push-off": _names_differ(ledger),
        "import-on": ledger.imports,
        "credentials-refused": ledger.refused,
        "pushes-failing": ledger.pushes_failing,
        "integration-recreated": _recreated(ledger),
        "assigned-before-provisioning": _assigned_before(ledger),
    }
    yield from (Row(kind=kind, subject=app) for kind, true in told.items() if true)
    if ledger.foreign:
        strangers = ledger.strangers.values()
        # At a first look it can't be known whether somebody was Okta's once; later, who never was counts as foreign.
        foreign = {one.key for one in strangers if one.foreign or (ledger.looked_at and not one.left)}
        yield Row(kind="foreign-people", subject=app, people=frozenset(foreign))
    yield from _not_sent(ledger, app)


def _names_differ(ledger: Ledger) -> bool:
    """User names are not updated, and one really differs."""
    there = [person for person in ledger.people.values() if person.there]
    shared = any(ledger.people[one].there and ledger.people[other].there for one, other in ledger.shared)
    return "login" in ledger.on_create_only and (shared or any(person.differs & NAMES for person in there))


def _recreated(ledger: Ledger) -> bool:
    pointing = [person for person in ledger.people.values() if person.provisioned]
    gone = sum(person.account == "gone" for person in pointing)
    return gone >= LEAST and 2 * gone > len(pointing)


def _assigned_before(ledger: Ledger) -> bool:
    assigned = [person for person in ledger.people.values() if person.assigned]
    early = sum(not person.provisioned and person.status not in NOT_YET for person in assigned)
    return 2 * early > len(assigned)


def _differing(ledger: Ledger, person: Entry) -> set[str]:
    return person.differs - ledger.ignored if person.there else set()


def _not_sent(ledger: Ledger, app: str) -> Iterator[Row]:
    """One attribute differs for more than half of those who are compared."""
    compared = [person for person in ledger.people.values() if person.there and person.must_be_in]
    counts = Counter(name for person in compared for name in _differing(ledger, person))
    for name, count in counts.items():
        if 2 * count > len(compared):
            people = {person.key for person in ledger.people.values() if name in _differing(ledger, person)}
            subject = f"{app} attribute:{name}"
            yield Row(kind="attribute-not-sent", subject=subject, name=name, people=frozenset(people))
