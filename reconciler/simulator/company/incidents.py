"""Incidents: drift that begins on one working day, and what becomes of it on later ones.

Each is a generator: it does its harm, yields after how many working days it goes on, and mends it or does it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from reconciler.simulator.company import mends
from reconciler.simulator.company.company import Company
from reconciler.simulator.company.entries import Push
from reconciler.simulator.company.injections import carry_out
from reconciler.simulator.company.injections.accounts import inactive_in_kandji
from reconciler.simulator.company.injections.integration import provisioning_off
from reconciler.simulator.company.injections.mappings import mapping_error
from reconciler.simulator.company.injections.staff import swappable
from reconciler.simulator.company.truth import Expected
from reconciler.simulator.org.state import Person

Incident = Callable[[Company], Iterator[int]]


def lasting(slug: str) -> Incident:
    """Nobody sees to it."""

    def incident(company: Company) -> Iterator[int]:
        carry_out(company, slug)
        yield from ()

    return incident


def failed_push(company: Company) -> Iterator[int]:
    """A group push fails, is tried again two days later, and fails again for good the week after."""
    push = _push(company, carry_out(company, "mapping-error")[0])
    yield 2
    mends.push_now(company, push)
    yield 5
    if swappable(company, push):
        mapping_error(company, push)


def leaver_kept(company: Company) -> Iterator[int]:
    """Somebody left and stayed active, until an admin saw it."""
    leaver = _person(company, carry_out(company, "left-still-active")[0])
    yield 1
    mends.deactivate(company, leaver)


def forgotten_group(company: Company) -> Iterator[int]:
    """A group fell out of the rule, and with it all its people."""
    group = company.groups[_id(carry_out(company, "group-feeds-no-assignment")[0])]
    yield 2
    mends.feed_again(company, group)


def shut_out(company: Company) -> Iterator[int]:
    """Somebody's account is inactive in Kandji, is activated, and is inactive again: some script does that."""
    person = _person(company, carry_out(company, "inactive-in-kandji")[0])
    yield 1
    mends.activate(company, person)
    yield 4
    if company.sound(company.entry(person)):
        inactive_in_kandji(company, person)


def paused(company: Company) -> Iterator[int]:
    """A push was paused for the time of a clean-up, and that was forgotten for three days."""
    push = _push(company, carry_out(company, "mapping-inactive")[0])
    yield 3
    mends.resume(company, push)


def stuck(company: Company) -> Iterator[int]:
    """New people never arrived, and were provisioned by hand."""
    people = [_person(company, row) for row in carry_out(company, "assignment-stuck")]
    yield 2
    for person in people:
        mends.provision(company, person)


def switched_off(company: Company) -> Iterator[int]:
    """New accounts were switched off for a day; who joined meanwhile is provisioned by hand."""
    _, *joined = provisioning_off(company, "PUSH_NEW_USERS")
    yield 1
    mends.switch_on(company, "PUSH_NEW_USERS")
    for row in joined:
        mends.provision(company, _person(company, row))


def app_off(company: Company) -> Iterator[int]:
    """Somebody deactivated the app, and it was noticed the next morning."""
    carry_out(company, "app-inactive")
    yield 1
    mends.activate_app(company)


def pushed_by_hand(slug: str) -> Incident:
    """Something was done to a group's members in Kandji; two days later somebody pushes it anew."""

    def incident(company: Company) -> Iterator[int]:
        found = carry_out(company, slug)
        yield 2
        for push in company.ledger.pushed("ACTIVE"):
            names = (f"group:{push.group_id} ", f"mapping:{push.mapping_id}")
            if any(row.subject.startswith(names) for row in found):
                mends.push_now(company, push)

    return incident


def leftover_group(company: Company) -> Iterator[int]:
    """A group that nothing pushes is found in the first run, and goes when somebody has time."""
    scim_id = _id(carry_out(company, "group-unmanaged")[0])
    yield 9
    mends.delete_group(company, scim_id)


def _id(found: Expected) -> str:
    return found.subject.partition(":")[2]


def _push(company: Company, found: Expected) -> Push:
    return company.ledger.pushes[_id(found)]


def _person(company: Company, found: Expected) -> Person:
    return company.people[_id(found)]


BEFORE: tuple[Incident, ...] = (lasting("unmanaged-in-kandji"), leftover_group, lasting("member-not-assigned"))
"""What was wrong before anybody looked."""

PLOT: tuple[tuple[int, Incident], ...] = (
    (19, failed_push),
    (18, leaver_kept),
    (17, forgotten_group),
    (16, pushed_by_hand("member-missing")),
    (15, paused),
    (14, stuck),
    (13, app_off),
    (12, lasting("mapping-target-missing")),
    (11, shut_out),
    (11, pushed_by_hand("member-extra")),
    (10, switched_off),
    (9, pushed_by_hand("group-not-pushed")),
    (8, lasting("foreign-people")),
    (7, leaver_kept),
    (7, lasting("attribute-differs")),
    (6, lasting("group-feeds-no-assignment")),
    (5, shut_out),
    (4, lasting("missing-in-kandji")),
    (3, lasting("assignment-stuck")),
    (3, lasting("unassigned-still-active")),
    (2, lasting("left-still-active")),
    (2, lasting("mapping-inactive")),
    (1, leaver_kept),
)
"""What goes wrong, and on the how manieth working day before the last morning. On the last, what is left of what can go
wrong in Okta goes wrong as well; so every kind of drift is there in the end."""
