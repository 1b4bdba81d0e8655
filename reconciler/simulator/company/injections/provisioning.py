"""What goes wrong with assignments and what is sent because of them, beyond their being made."""

from __future__ import annotations

from dataclasses import replace

from reconciler.simulator.company.company import Company
from reconciler.simulator.company.entries import Entry, Stranger
from reconciler.simulator.company.injections.staff import fed_departments, new_name, new_team
from reconciler.simulator.company.life import WINDOWS
from reconciler.simulator.company.premises import NAMES
from reconciler.simulator.company.truth import Cause, Expected
from reconciler.simulator.org.state import FEATURES


def assigned_before_provisioning(company: Company) -> tuple[Expected, ...]:
    """Somebody starts over: provisioning off, the assigned group out of the app and in again, provisioning on. Okta
    has forgotten every account, and makes none for those who are assigned already."""
    ledger, group = company.ledger, company.assignment
    if group is None or not company.ledger.flows:
        raise LookupError("there is no assignment group to start over with, or nothing works")
    assigned, features = [company.groups[one] for one in sorted(ledger.assigned_groups)], company.org.app.features
    company.org.set_features([])
    ledger.features_off += FEATURES
    for one in assigned:
        company.org.unassign_group(one)
    ledger.assigned_groups.clear()
    company.settle()
    for one in assigned:
        company.assign(one)
    company.settle()
    company.org.set_features(features)
    ledger.features_off.clear()
    _lose_sight(company)
    cause: Cause = ("assigned-before-provisioning", f"app:{ledger.app_id}")
    stuck = [entry for entry in ledger.people.values() if entry.must_be_in and entry.assigned and not entry.provisioned]
    return (
        Expected(kind=cause[0], subject=cause[1]),
        *(Expected(kind="assignment-stuck", subject=entry.key, cause=cause) for entry in stuck),
    )


def _lose_sight(company: Company) -> None:
    """An account to which nothing points is known by the external id that it holds, else by its user name; or by an
    earlier look."""
    if company.ledger.looked_at or "externalId" not in company.ledger.ignored:
        return
    for entry in company.ledger.people.values():
        if entry.differs & NAMES and entry.account == "active" and not entry.provisioned:
            stranger = Stranger(scim_id=company.account(company.people[entry.id]))
            company.ledger.estrange(entry, stranger)


def profile_push_failed(company: Company) -> tuple[Expected, ...]:
    """Kandji refuses one profile push, and nobody tries again."""
    (person,) = company.pick(company.sound)
    with company.failing("update", "HTTP 400 Bad Request", who=[person.id]):
        company.promote(person, "Head of Everything Else")
        company.settle()
    subject = f"user:{person.id}"
    return Expected(kind="profile-push-failed", subject=subject), Expected(kind="attribute-differs", subject=subject)


def assigned_directly(company: Company) -> tuple[Expected, ...]:
    """IT assigns somebody by hand who is in an assigned group as well."""
    (person,) = company.pick(lambda entry: company.sound(entry) and entry.id not in company.ledger.direct)
    company.assign_directly(person)
    company.entry(person).kept = True
    company.settle()
    return (Expected(kind="assigned-directly", subject=f"user:{person.id}"),)


def assigned_in_no_pushed_group(company: Company) -> tuple[Expected, ...]:
    """Somebody of the warehouse is put into the assignment group by hand: assigned, and pushed in no group."""
    if company.assignment is None:
        raise LookupError("there is no assignment group to be put into")
    company.add_member(company.assignment, company.hire(company.drawn([WINDOWS])))
    company.settle()
    return (Expected(kind="assigned-in-no-pushed-group", subject=f"app:{company.ledger.app_id}"),)


def inactive_in_pushed_group(company: Company) -> tuple[Expected, ...]:
    """A new team is pushed, and somebody of it leaves, staying in the groups that they were in: the usual way."""
    people = company.pick(company.sound, 4)
    new_team(company, "Summer Project", people)
    company.wait(hours=20)
    company.leave(people[0])
    company.settle()
    groups = company.ledger.groups_of(people[0].id)
    pushed = {push.group_id for push in company.ledger.pushed()} | company.ledger.assigned_groups
    return tuple(
        Expected(kind="inactive-in-pushed-group", subject=f"group:{group}") for group in sorted(groups & pushed)
    )


def suspended_still_active(company: Company) -> tuple[Expected, ...]:
    """Somebody is suspended in Okta, which sends nothing: the usual way of things."""
    (person,) = company.pick(lambda entry: company.sound(entry) and entry.status == "ACTIVE")
    company.suspend(person)
    company.settle()
    return (Expected(kind="suspended-still-active", subject=f"user:{person.id}"),)


def external_id_shared(company: Company) -> tuple[Expected, ...]:
    """Somebody marries while Kandji refuses the new user name; a namesake who joins later under the old one is given
    the account that still has it."""
    ledger = company.ledger

    def in_place(entry: Entry) -> bool:
        """In no Kandji group whose Okta group they are not in: whose key would be told there?"""
        held = (push for push in ledger.pushes.values() if entry.key in push.held)
        return company.sound(entry) and all(entry.id in ledger.members[push.group_id] for push in held)

    (elder,) = company.pick(lambda entry: entry.status == "ACTIVE" and in_place(entry))
    account, login, last_name = company.account(elder), elder.login, elder.last_name
    with company.failing("update", "HTTP 409 Conflict", who=[elder.id]):
        company.marry(elder, *new_name(company, elder))
        company.settle()
    company.wait(hours=30)
    drawn = company.drawn(fed_departments(company))
    younger = company.hire(replace(drawn, login=login, first_name=elder.first_name, last_name=last_name))
    company.settle()
    company.share(account, elder, younger)
    return tuple(Expected(kind="external-id-shared", subject=f"user:{person.id}") for person in (elder, younger))
