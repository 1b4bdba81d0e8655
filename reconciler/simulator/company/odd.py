"""Healthy companies that are odder than the guide: nothing is wrong with them, and nothing above low may be found.

Each makes a company, by a seed, of so many people. What its configuration must say stands in ``company.settings``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from reconciler.simulator.company import life
from reconciler.simulator.company.build import Step, build
from reconciler.simulator.company.company import ASSIGNMENT_GROUP, Company
from reconciler.simulator.company.people import Profile
from reconciler.simulator.org.state import Group, Person

OTHER_DIRECTORY = "Google Workspace"
OTHER_OKTA = "Okta of Fenwick & Co"
OTHER_DOMAIN = "fenwick.example"
_HOUR = timedelta(hours=1)
_TWO_DAYS = timedelta(days=2)


def _pushed(company: Company) -> list[Group]:
    return [*company.departments.values(), *company.by_hand]


def _everyone_assigned(company: Company) -> None:
    company.org.assign_group(company.org.everyone)
    company.ledger.everyone_assigned = company.ledger.filled_elsewhere = True
    for group in _pushed(company):
        company.push(group)


def _assigned_from_directory(company: Company) -> None:
    directory = company.org.add_app(company.ink("app", "corp.lindgrove.example"), name="active_directory")
    imported = company.adopt(
        company.org.create_group(company.ink("group", "Mac Users (AD)"), type="APP_GROUP", source_id=directory.id)
    )
    company.assign(imported)
    company.ledger.filled_elsewhere = True

    def welcome(person: Person, profile: Profile) -> None:
        if profile.department in company.departments:
            company.org.import_member(imported, person)
            company.ledger.put_in(imported.id, person.id)

    company.welcomes.append(welcome)
    for group in _pushed(company):
        company.push(group)


def _all_but_the_warehouse(company: Company, name: str, target: Group) -> None:
    company.add_rule(name, f'user.department != "{life.WINDOWS}"', target, but=frozenset({life.WINDOWS}))


def _fed_by_attributes(company: Company) -> None:
    """Everybody but the warehouse is brought in by an attribute; no rule looks at the pushed groups."""
    company.assignment = company.create_group(ASSIGNMENT_GROUP)
    company.assign(company.assignment)
    _all_but_the_warehouse(company, "Kandji: all but the warehouse", company.assignment)
    company.ledger.fed[company.assignment.id] = {group.id for group in company.departments.values()}
    for group in _pushed(company):
        company.push(group)


def _scoped(company: Company) -> None:
    _fed_by_attributes(company)
    owners = company.create_group("Mac Owners")
    _all_but_the_warehouse(company, "Mac owners", owners)
    company.ledger.fed[owners.id] = {group.id for group in company.departments.values()}
    company.ledger.scope = frozenset({owners.id})
    company.settings["scope"] = {"groups": [owners.name]}


def _windows_in_teams(company: Company) -> None:
    windows = [person for person in company.people.values() if person.attributes["costCenter"] == life.WINDOWS]
    for number, person in enumerate(windows):
        company.add_member(company.by_hand[number % len(company.by_hand)], person)


def _two_assigned_groups(company: Company) -> None:
    life.integrate(company)
    *others, last = _pushed(company)
    company.feed(others)
    second = company.create_group("kandji_apple_users_2")
    company.assign(second)
    company.add_rule("Kandji: the rest", f'isMemberOfAnyGroup("{last.id}")', second, groups=frozenset({last.id}))
    company.ledger.fed[second.id] = {last.id}


def _retired_rules(company: Company) -> None:
    life.integrate(company)
    if company.assignment is not None:
        for number, group in enumerate(_pushed(company)[:3], 1):
            name, condition = f"Kandji wave {number} (done)", f'isMemberOfGroup("{group.id}")'
            company.add_rule(name, condition, company.assignment, active=False, groups=frozenset({group.id}))


def _many_leave(company: Company) -> None:
    company.settle()
    leavers = company.pick(company.sound, len(company.people) // 6)
    for person in leavers:
        company.wait(minutes=7)
        company.leave(person)
    company.settle()


def _second_directory(company: Company) -> None:
    for person in list(company.people.values())[::3]:
        name = person.display_name or person.login
        company.tenant.add_directory_user(person.email, name, OTHER_DIRECTORY, active=person.status == "ACTIVE")


def _another_okta(company: Company, declared: str) -> None:
    for number in range(max(8, len(company.people) // 5)):
        login = f"colleague{number}@{OTHER_DOMAIN}"
        company.tenant.create_user(login, f"Colleague {number}", title="Partner", integration=OTHER_OKTA)
    company.settings["match"] = {"also_fed_by": [declared]}


def _other_target_names(company: Company) -> None:
    company.org.set_rename_groups(False)
    company.assignment = company.create_group(ASSIGNMENT_GROUP)
    company.assign(company.assignment)
    company.feed(_pushed(company))
    names = {group.name: f"okta_{group.name.casefold().replace(' ', '_')}" for group in _pushed(company)}
    for group in _pushed(company):
        company.push(group, names[group.name])
    company.settings["match"] = {"names": names}


def _no_sync_state(company: Company) -> None:
    company.org.shows_sync_state = False


def _no_last_push(company: Company) -> None:
    company.org.shows_last_push = False


def _archive_inactive(company: Company) -> None:
    company.settle()
    company.learn_accounts()
    for entry in company.ledger.people.values():
        if entry.account == "inactive":
            company.tenant.archive(company.account(company.people[entry.id]))


def _suspended_and_pending(company: Company) -> None:
    for _ in range(max(6, len(company.people) // 12)):
        company.hire(company.drawn(tuple(company.departments)), status="STAGED")
        company.hire(company.drawn(tuple(company.departments)), status="PROVISIONED")
        company.suspend(company.hire(company.drawn(tuple(company.departments))))
    company.settle()
    for person in company.pick(
        lambda entry: company.sound(entry) and entry.status == "ACTIVE", len(company.people) // 8
    ):
        life.suspend(company, person)
    company.settle()


def _all_staff(company: Company) -> None:
    life.integrate(company)
    everybody = company.create_group("All Staff")
    company.feed([*_pushed(company), everybody])
    company.push(everybody)
    company.welcomes.append(lambda person, _: company.add_member(everybody, person))


def _changes_hourly(company: Company) -> None:
    """The last two days before it is looked at, to within the hour; each change is through when it is."""
    company.settle()
    company.clock.advance(company.now - company.clock.now() - _TWO_DAYS)
    for hour in range(48):
        if hour % 3:
            company.hire(company.drawn((*company.departments, life.WINDOWS)))
        else:
            (person,) = company.pick(lambda entry: company.sound(entry) and entry.status == "ACTIVE")
            company.leave(person)
        company.settle()
        company.clock.advance(company.now - _TWO_DAYS + (hour + 1) * _HOUR - company.clock.now())


def _other_apps_rules(company: Company) -> None:
    life.integrate(company)
    company.org.add_app("Ticket Desk")
    pushed = _pushed(company)
    for number, group in enumerate(pushed[:4], 1):
        target = company.create_group(f"ticket-desk-{number}")
        condition = f'isMemberOfAnyGroup("{group.id}", "{pushed[-1].id}") OR isMemberOfGroupName("{group.name}")'
        company.add_rule(f"Ticket desk {number}", condition, target, groups=frozenset({group.id, pushed[-1].id}))


def _odd(
    seed: int,
    people: int = 120,
    *,
    founded: Step = life.integrate,
    staffed: Step | None = None,
    lived: Step | None = None,
    **more: Any,
) -> Company:
    return build(seed, people, 9, (), founded=founded, staffed=staffed, lived=lived, **more)


ODD: dict[str, Callable[..., Company]] = {
    "everyone-assigned": partial(_odd, founded=_everyone_assigned),
    "assigned-group-from-directory": partial(_odd, founded=_assigned_from_directory),
    "windows-people-in-pushed-groups": partial(_odd, founded=_scoped, staffed=_windows_in_teams),
    "two-assigned-groups": partial(_odd, founded=_two_assigned_groups),
    "retired-rules": partial(_odd, founded=_retired_rules),
    "leavers-lingering": partial(_odd, lived=_many_leave),
    "second-directory": partial(_odd, lived=_second_directory),
    "another-okta-declared-by-name": partial(_odd, lived=partial(_another_okta, declared=f"*@{OTHER_DOMAIN}")),
    "another-okta-declared-by-integration": partial(_odd, lived=partial(_another_okta, declared=OTHER_OKTA)),
    "other-target-names": partial(_odd, founded=_other_target_names),
    "no-sync-state": partial(_odd, lived=_no_sync_state),
    "no-last-push": partial(_odd, lived=_no_last_push),
    "no-external-id-or-department": partial(_odd, ignored=("externalId", "department")),
    "archived-people-not-listed": partial(_odd, lived=_archive_inactive, lists_archived=False),
    "suspended-and-pending": partial(_odd, staffed=_suspended_and_pending),
    "all-staff-changes-hourly": partial(_odd, founded=_all_staff, lived=_changes_hourly, quiet=timedelta(0)),
    "attribute-rules": partial(_odd, founded=_fed_by_attributes),
    "groups-in-other-apps-rules": partial(_odd, founded=_other_apps_rules),
}
"""By name: ``ODD[name](seed, people=120)`` makes the company."""
