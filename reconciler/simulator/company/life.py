"""How a company is founded, and a few weeks of its busy life in which nothing goes wrong."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import datetime

from reconciler.simulator.company.company import ASSIGNMENT_GROUP, Company
from reconciler.simulator.company.entries import Entry
from reconciler.simulator.company.people import CITIES, NAMES, TITLES, login_of
from reconciler.simulator.org.state import Group, Person

APPLE_DEPARTMENTS = tuple(department for department in TITLES if department != "Warehouse")
WINDOWS = "Warehouse"
TEAMS = ("On-call", "macOS Beta Testers", "Executive Assistants", "Works Council", "Release Crew", "Conference Rooms")


def team_names() -> Iterator[str]:
    """Names of groups that IT fills by hand, without end."""
    yield from itertools.chain.from_iterable(itertools.zip_longest(TEAMS, (f"Office {city}" for city in CITIES[:6])))
    for number in itertools.count(1):
        yield f"Project {number:02}"


def department_rule(company: Company, department: str, group: Group) -> None:
    """The rule that fills a department's group by an attribute (hostile departments differ; their cost centre not)."""
    attribute = "user.costCenter" if company.hostile else "user.department"
    expression = f'{attribute} == "{department}"'
    company.add_rule(f"Department {department}", expression, group, departments=frozenset({department}))


def make_groups(company: Company, groups: int) -> None:
    """So many groups: two in three are departments filled by rules, the others teams and offices filled by hand."""
    departments = APPLE_DEPARTMENTS[: max(1, round(groups * 2 / 3))]
    for department in departments:
        company.departments[department] = company.create_group(department)
        department_rule(company, department, company.departments[department])
    for name in itertools.islice(team_names(), groups - len(departments)):
        company.by_hand.append(company.create_group(name))


def integrate(company: Company) -> None:
    """The integration as the guide has it: one assignment group, fed by a rule from every pushed group."""
    company.assignment = company.create_group(ASSIGNMENT_GROUP)
    company.assign(company.assignment)
    pushed = [*company.departments.values(), *company.by_hand]
    company.feed(pushed)
    for group in pushed:
        company.push(group)
    retired_rule(company)


def staff(company: Company, people: int) -> None:
    """So many people; one in twelve works in the warehouse, at Windows, and is in no pushed group."""
    departments = tuple(company.departments)
    for _ in range(people):
        if company.random.random() < 1 / 12:
            company.hire(company.drawn([WINDOWS]))
            continue
        groups = [group for group in company.by_hand if company.random.random() < 0.4 / max(1, len(company.by_hand))]
        company.hire(company.drawn(departments), groups)


def hand_out_macs(company: Company) -> None:
    """Nearly everybody with an account has a Mac."""
    company.learn_accounts()
    for entry in company.ledger.people.values():
        if company.sound(entry) and entry.id not in company.devices and company.random.random() < 0.9:
            company.mac(company.people[entry.id])


def retired_rule(company: Company) -> None:
    """The rule of a pilot that ended: kept, inactive, its target assigned to nothing."""
    pilot = company.create_group("kandji_pilot")
    first = next(iter(company.departments.values()))
    expression = f'isMemberOfGroup("{first.id}")'
    company.add_rule("Kandji pilot 2024", expression, pilot, active=False, groups=frozenset({first.id}))


def weeks(company: Company, days: int = 20) -> None:
    """Working days with joiners, movers, leavers, weddings and the rest; at the end everything has settled."""
    for day in range(days):
        if day == days // 2:
            rename_team(company)
        work(company)
        company.settle()
        company.wait(hours=company.random.randint(14, 18))
    pending(company)
    company.settle()


def work(company: Company, until: datetime | None = None) -> None:
    """One working day; whatever has not happened by `until` does not happen. Changes may be on their way at its end.

    Left in peace are people to whom something else was done: what is wrong with them stays as it is.
    """
    for chance, event in _events():
        if until is not None and company.clock.now() >= until:
            return
        if company.random.random() < chance:
            event(company)
            company.wait(minutes=company.random.randint(5, 50))
            if company.random.random() < 0.5:
                company.settle()


def _events() -> tuple[tuple[float, Callable[[Company], None]], ...]:
    """What may happen on a working day, and how likely it is."""
    return (
        (0.6, _join),
        (0.35, _move),
        (0.45, _leave),
        (0.4, _promote),
        (0.15, _marry),
        (0.25, _suspend),
        (0.2, _unsuspend),
        (0.3, _lock_out),
        (0.5, _join_team),
        (0.35, _leave_team),
        (0.1, _delete),
    )


def rename_team(company: Company) -> None:
    """A team gets another name, where the app lets names follow."""
    if company.by_hand and company.org.app.rename_groups:
        company.rename_group(company.by_hand[0], "On-call and Duty Desk")


def _at_work(company: Company) -> Callable[[Entry], bool]:
    return lambda entry: entry.status == "ACTIVE" and company.sound(entry) and entry.id not in company.touched


def _one(company: Company, fit: Callable[[Entry], bool]) -> Person | None:
    fitting = [entry.id for entry in company.ledger.people.values() if fit(entry)]
    return company.people[company.random.choice(fitting)] if fitting else None


def _join(company: Company) -> None:
    company.hire(company.drawn((*company.departments, WINDOWS)))


def _move(company: Company) -> None:
    person = _one(company, _at_work(company))
    if person is not None:
        company.move(person, company.random.choice(tuple(company.departments)))


def _leave(company: Company) -> None:
    person = _one(company, _at_work(company))
    if person is not None:
        company.leave(person)
        if person.id in company.devices and company.random.random() < 0.5:
            company.tenant.assign_device(company.devices.pop(person.id), None)


def _promote(company: Company) -> None:
    person = _one(company, _at_work(company))
    if person is not None:
        company.promote(person, f"Senior {company.random.choice(TITLES['Product'])}")


def _marry(company: Company) -> None:
    person = _one(company, _at_work(company))
    if person is not None and not company.hostile:
        last_name = company.random.choice(company.random.choice(NAMES)[1].split("|"))
        company.marry(person, last_name, company.login(login_of(person.first_name, last_name)))


def suspend(company: Company, person: Person) -> None:
    """Okta sends nothing for that: IT sees to the account in Kandji itself, and does so when they are back."""
    company.suspend(person)
    company.settle()
    company.tenant.deactivate_user(company.account(person))
    company.entry(person).account = "inactive"


def _suspend(company: Company) -> None:
    person = _one(company, _at_work(company))
    if person is not None:
        suspend(company, person)


def _unsuspend(company: Company) -> None:
    person = _one(company, lambda entry: entry.status == "SUSPENDED")
    if person is not None:
        company.unsuspend(person)
        if company.entry(person).account == "inactive":
            company.tenant.activate_user(company.account(person))
            company.entry(person).account = "active"


def _lock_out(company: Company) -> None:
    person = _one(company, _at_work(company))
    if person is not None:
        company.set_status(person, company.random.choice(("LOCKED_OUT", "PASSWORD_EXPIRED", "RECOVERY")))


def _join_team(company: Company) -> None:
    person = _one(company, _at_work(company))
    if person is not None and company.by_hand:
        company.add_member(company.random.choice(company.by_hand), person)


def _leave_team(company: Company) -> None:
    for group in company.random.sample(company.by_hand, len(company.by_hand)):
        members = [one for one in sorted(company.ledger.members[group.id]) if one not in company.touched]
        if len(members) > 4:
            company.remove_member(group, company.people[company.random.choice(members)])
            return


def _delete(company: Company) -> None:
    gone = _one(company, lambda one: one.status == "DEPROVISIONED" and not one.assigned and one.account != "active")
    if gone is not None:
        company.delete(gone)


def pending(company: Company) -> None:
    """Next month's joiners: one not activated, one who has not signed in yet."""
    for status in ("STAGED", "PROVISIONED"):
        company.hire(company.drawn(tuple(company.departments)), status=status)
