"""Deeds that several injections share: whom to take, and people who change groups."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from reconciler.simulator.company.company import Company
from reconciler.simulator.company.entries import Entry, Push
from reconciler.simulator.company.people import NAMES, login_of
from reconciler.simulator.company.truth import Cause, Expected
from reconciler.simulator.org.state import Group, Person


def fed_departments(company: Company) -> tuple[str, ...]:
    """Departments whose people are assigned because a rule looks at their group; all, where no rule does any more."""
    fed = tuple(name for name, group in company.departments.items() if group.id in company.ledger.feeds)
    return fed or tuple(company.departments)


def healthy(company: Company, push: Push) -> bool:
    """A mapping to which nothing was done: ACTIVE, its group there, holding just whom Okta would send."""
    people = (company.ledger.people[person] for person in company.ledger.members[push.group_id])
    due = {entry.key for entry in people if entry.provisioned}
    return push.status == "ACTIVE" and push.whole and push.renamed is None and due <= push.held


def extras(company: Company, person: Person, cause: Cause | None = None) -> Iterator[Expected]:
    """Somebody should be in no group in Kandji any more, and is: one finding for each that has a mapping."""
    for push in company.ledger.pushes.values():
        if company.entry(person).key in push.held:
            yield Expected(kind="member-extra", subject=f"group:{push.group_id} user:{person.id}", cause=cause)


def _may_move(company: Company, entry: Entry) -> bool:
    return entry.status == "ACTIVE" and company.sound(entry)


def _department(company: Company, group: Group) -> str | None:
    return next((name for name, own in company.departments.items() if own.id == group.id), None)


def swap_members(company: Company, push: Push) -> tuple[Person, Person]:
    """One person joins the Okta group of a mapping and one leaves it, both staying assigned. Returns the two.

    A team's people are changed by hand; a department's change departments, so that they swap two groups.
    """
    group, ledger = company.groups[push.group_id], company.ledger
    department = _department(company, group)
    elsewhere = [name for name in fed_departments(company) if name != department]
    at_home = {company.departments[name].id for name in elsewhere}

    def joins(entry: Entry) -> bool:
        return _may_move(company, entry) and bool(ledger.groups_of(entry.id) & at_home)

    (joiner,) = company.pick(lambda entry: joins(entry) and entry.id not in ledger.members[group.id])
    if department is None:
        (leaver,) = company.pick(lambda entry: joins(entry) and entry.id in ledger.members[group.id])
        company.add_member(group, joiner)
        company.remove_member(group, leaver)
    else:
        (leaver,) = company.pick(lambda entry: _may_move(company, entry) and entry.id in ledger.members[group.id])
        company.move(joiner, department)
        company.move(leaver, company.random.choice(elsewhere))
    return joiner, leaver


def swappable(company: Company, push: Push) -> bool:
    """Whether a mapping's group can lose one and win one, and its people are assigned because a rule looks at it."""
    members = [company.ledger.people[person] for person in company.ledger.members[push.group_id]]
    at_work = [entry for entry in members if _may_move(company, entry)]
    others = [name for name in fed_departments(company) if company.departments[name].id != push.group_id]
    return healthy(company, push) and push.group_id in company.ledger.feeds and len(at_work) >= 3 and bool(others)


def team(company: Company) -> Push:
    """A healthy mapping of a group that IT fills by hand; where there is none any more, a new one is made."""
    by_hand = {group.id for group in company.by_hand}
    fitting = [push for push in company.ledger.pushed() if push.group_id in by_hand and swappable(company, push)]
    if not fitting and company.ledger.flows:
        push = new_team(company, f"Task Force {company.number()}", company.pick(company.sound, 6))
        company.by_hand.append(company.groups[push.group_id])
        return push
    return company.pick_push(lambda push: push in fitting)[0]


def memberships(company: Company) -> dict[str, set[str]]:
    """Who is in the Okta group of each mapping now, by mapping id."""
    return {push.mapping_id: set(company.ledger.members[push.group_id]) for push in company.ledger.pushed()}


def stopped(company: Company, before: Mapping[str, set[str]], cause: Cause) -> Iterator[Expected]:
    """What is to be found of the mappings in ERROR, whose groups had these members when they were last pushed."""
    for push in company.ledger.pushed("ERROR"):
        error: Cause = ("mapping-error", f"mapping:{push.mapping_id}")
        yield Expected(kind=error[0], subject=error[1], cause=cause)
        for person in sorted(before[push.mapping_id] - company.ledger.members[push.group_id]):
            subject = f"group:{push.group_id} user:{person}"
            yield Expected(kind="member-extra", subject=subject, cause=error)


def new_name(company: Company, person: Person) -> tuple[str, str]:
    """A family name that somebody could marry into, and the login that goes with it."""
    last_name = company.random.choice(company.random.choice(NAMES)[1].split("|"))
    return last_name, company.login(login_of(person.first_name, last_name))


def new_team(company: Company, name: str, people: Collection[Person], target_name: str | None = None) -> Push:
    """IT makes a group of these people, adds it to the rule and pushes it. LookupError where no rule fills a group."""
    group = company.create_group(name)
    company.feed([*(company.groups[one] for one in company.groups if one in company.ledger.feeds), group])
    for person in people:
        company.add_member(group, person)
    mapping = company.push(group, target_name)
    company.settle()
    return company.ledger.pushes[mapping.id]
