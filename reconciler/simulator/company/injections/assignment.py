"""What goes wrong between a pushed group and an account: assignments that are not made, or not ended."""

from __future__ import annotations

from reconciler.simulator.company.company import Company
from reconciler.simulator.company.entries import Entry, Push
from reconciler.simulator.company.injections.staff import extras, fed_departments
from reconciler.simulator.company.truth import Expected
from reconciler.simulator.org.state import Person


def assignment_group_pushed(company: Company) -> tuple[Expected, ...]:
    """Somebody assigns a pushed group to the app, so that one group does both."""
    (push,) = company.pick_push(lambda push: push.group_id not in company.ledger.assigned_groups)
    company.assign(company.groups[push.group_id])
    company.settle()
    return (Expected(kind="assignment-group-pushed", subject=f"group:{push.group_id}"),)


def _by_one_rule(company: Company, entry: Entry) -> bool:
    """Whether somebody is assigned through the one assignment group that a rule fills, and through nothing else."""
    assigned = company.ledger.groups_of(entry.id) & company.ledger.assigned_groups
    return (
        company.assignment is not None and assigned == {company.assignment.id} and entry.id not in company.ledger.direct
    )


def _left_out(company: Company, push: Push) -> list[Entry]:
    """Those whom a rule without this group would no longer bring."""
    ledger = company.ledger
    members = (ledger.people[person] for person in ledger.members[push.group_id])
    return [
        entry
        for entry in members
        if company.sound(entry)
        and _by_one_rule(company, entry)
        and ledger.groups_of(entry.id) & ledger.feeds == {push.group_id}
    ]


def _mostly_left_out(company: Company, push: Push) -> bool:
    members = (company.ledger.people[person] for person in company.ledger.members[push.group_id])
    should = sum(entry.must_be_in for entry in members)
    left_out = len(_left_out(company, push))
    return push.status == "ACTIVE" and left_out >= 4 and 10 * left_out >= 6 * should


def group_feeds_no_assignment(company: Company) -> tuple[Expected, ...]:
    """The rule that fills the assignment group is written anew, and one group is forgotten."""
    (push,) = company.pick_push(lambda push: _mostly_left_out(company, push))
    left_out, feeds = _left_out(company, push), company.ledger.feeds - {push.group_id}
    company.feed([company.groups[group] for group in company.groups if group in feeds])
    company.settle()
    cause = ("group-feeds-no-assignment", f"group:{push.group_id}")
    company.touched.update(dict.fromkeys(entry.id for entry in left_out))
    return (
        Expected(kind=cause[0], subject=cause[1]),
        *(Expected(kind="member-not-assigned", subject=entry.key, cause=cause) for entry in left_out),
    )


def member_not_assigned(company: Company) -> tuple[Expected, ...]:
    """Somebody takes two people out of the assignment group by hand, and Okta excludes them from its rule."""
    ledger, group, rule = company.ledger, company.assignment, company.feeding
    if group is None or rule is None:
        raise LookupError("there is no assignment group to be taken out of")
    sources = {push.group_id for push in ledger.pushed("ACTIVE")}
    people = company.pick(
        lambda entry: (
            company.sound(entry) and _by_one_rule(company, entry) and bool(ledger.groups_of(entry.id) & sources)
        ),
        2,
    )
    for person in people:
        company.remove_member(group, person)
        ledger.excluded.add(person.id)
        ledger.rules[rule.id].excluded.add(person.id)
    company.settle()
    found: list[Expected] = []
    for person in people:
        cause = ("rule-excludes-member", f"rule:{rule.id} user:{person.id}")
        found.append(Expected(kind=cause[0], subject=cause[1]))
        found.append(Expected(kind="member-not-assigned", subject=f"user:{person.id}", cause=cause))
    return tuple(found)


def assignment_stuck(company: Company) -> tuple[Expected, ...]:
    """New people are hired while Kandji takes no accounts: for them alone, or because Okta's token is dead."""
    people = [company.hire(company.drawn(fed_departments(company))) for _ in range(company.random.randint(1, 2))]
    if not company.ledger.flows or company.random.random() < 0.5:
        with company.failing("create", "Error while creating user: HTTP 503", who=[person.id for person in people]):
            company.settle()
    else:
        healthy = company.ledger.pushed("ACTIVE")
        with company.outage():
            company.settle()
        for push in healthy:
            if push.status == "ERROR":
                company.retry(push)
        company.settle()
    return tuple(Expected(kind="assignment-stuck", subject=f"user:{person.id}") for person in people)


def _lose_deactivation(company: Company, person: Person) -> None:
    """What is queued for somebody is sent while Kandji refuses, and nobody tries again."""
    with company.failing("deactivate", "Error while updating user: HTTP 503", who=[person.id]):
        company.settle()


def left_still_active(company: Company) -> tuple[Expected, ...]:
    """Somebody leaves on the day on which Okta's token is dead, or Kandji fails just then: they stay active."""
    (person,) = company.pick(company.sound)
    company.leave(person)
    if company.ledger.flows and company.random.random() < 0.5:
        with company.outage():
            company.settle()
    else:
        _lose_deactivation(company, person)
    left = ("left-still-active", f"user:{person.id}")
    return Expected(kind=left[0], subject=left[1]), *extras(company, person, cause=left)


def unassigned_still_active(company: Company) -> tuple[Expected, ...]:
    """Somebody moves to the warehouse and leaves every pushed group, and the deactivation is lost."""
    (person,) = company.pick(lambda entry: company.sound(entry) and entry.id not in company.ledger.direct)
    sources = {push.group_id for push in company.ledger.pushed()}
    company.move(person, "Warehouse")
    for group in sorted(company.ledger.groups_of(person.id) & sources):
        company.remove_member(company.groups[group], person)
    _lose_deactivation(company, person)
    return (Expected(kind="unassigned-still-active", subject=f"user:{person.id}"),)
