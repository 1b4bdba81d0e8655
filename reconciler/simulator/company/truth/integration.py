"""The integration itself: the app, its settings, and what stops or confuses it as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from reconciler.simulator.company.entries import NOT_YET
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
ACTIONS = {
    "PUSH_USER_DEACTIVATION": "deactivate",
    "PUSH_NEW_USERS": "create",
    "GROUP_PUSH": "push-members",
    "PUSH_PROFILE_UPDATES": "update",
}
WEEK = timedelta(days=7)
LEAST = 5
"""So many unknown external ids are no accident."""
NAMES = frozenset({"login", "user_name"})


def rows(ledger: Ledger) -> Iterator[Row]:
    """Every finding about the app."""
    app = f"app:{ledger.app_id}"
    for feature, explains in MISSED.items():
        if not ledger.on(feature) and not _done_lately(ledger, feature):
            yield Row(kind="provisioning-off", subject=f"{app} feature:{feature}", explains=explains)
    told = {
        "app-inactive": not ledger.app_active,
        "username-push-off": _names_differ(ledger),
        "import-on": ledger.imports,
        "credentials-refused": ledger.refused,
        "integration-recreated": _recreated(ledger),
        "assigned-before-provisioning": _assigned_before(ledger),
    }
    yield from (Row(kind=kind, subject=app) for kind, true in told.items() if true)
    if ledger.pushes_failing:
        people = frozenset(f"user:{one}" for one in ledger.failed)
        groups = frozenset(push.group_id for push in ledger.pushed("ERROR") if push.mapping_id in ledger.failed)
        yield Row(kind="pushes-failing", subject=app, people=people, groups=groups)
    if ledger.foreign:
        strangers = ledger.strangers.values()
        # At a first look it can't be known whether somebody was Okta's once; later, who never was counts as foreign.
        foreign = {one.key for one in strangers if one.foreign or ledger.looked_at}
        yield Row(kind="foreign-people", subject=app, people=frozenset(foreign))
    yield from _not_sent(ledger, app)


def _done_lately(ledger: Ledger, feature: str) -> bool:
    """Whether the last week shows the very action that is off: then it is not known to be."""
    done = ledger.arrived_at.get(ACTIONS[feature])
    return done is not None and ledger.now() - done <= WEEK


def _names_differ(ledger: Ledger) -> bool:
    """User names are not updated, and one really differs."""
    return "login" in ledger.on_create_only and any(ledger.differing(one) & NAMES for one in ledger.people.values())


def _recreated(ledger: Ledger) -> bool:
    pointing = [person for person in ledger.people.values() if person.provisioned]
    gone = sum(person.account == "gone" for person in pointing)
    return gone >= LEAST and 2 * gone > len(pointing)


def _assigned_before(ledger: Ledger) -> bool:
    assigned = [person for person in ledger.people.values() if person.assigned]
    early = sum(not person.provisioned and person.status not in NOT_YET for person in assigned)
    return 2 * early > len(assigned)


def _not_sent(ledger: Ledger, app: str) -> Iterator[Row]:
    """One attribute differs for more than half of those who are compared."""
    compared = [person for person in ledger.people.values() if person.there and person.must_be_in]
    counts = Counter(name for person in compared for name in ledger.differing(person))
    for name, count in counts.items():
        if 2 * count > len(compared):
            people = {person.key for person in ledger.people.values() if name in ledger.differing(person)}
            subject = f"{app} attribute:{name}"
            yield Row(kind="attribute-not-sent", subject=subject, name=name, people=frozenset(people))
