"""Healthy companies that are odder than the guide: nothing is wrong with them, and nothing above low may be found.

Each makes a company, by a seed, of so many people. What its configuration must say stands in ``company.settings``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import combinations
from typing import Any

from reconciler.simulator.company import life
from reconciler.simulator.company.build import QUIET, Step, build
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
    company.mean([owners.id])


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
    target = company.assignment or company.create_group("kandji_waves")
    for number, group in enumerate(_pushed(company)[:3], 1):
        name, condition = f"Kandji wave {number} (done)", f'isMemberOfGroup("{group.id}")'
        company.add_rule(name, condition, target, active=False, groups=frozenset({group.id}))


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
    company.settings.setdefault("match", {})["also_fed_by"] = [declared]


def _other_target_names(company: Company) -> None:
    company.org.set_rename_groups(False)
    company.assignment = company.create_group(ASSIGNMENT_GROUP)
    company.assign(company.assignment)
    company.feed(_pushed(company))
    names = {group.name: f"okta_{group.name.casefold().replace(' ', '_')}" for group in _pushed(company)}
    for group in _pushed(company):
        company.push(group, names[group.name])
    company.settings.setdefault("match", {})["names"] = names


def _no_sync_state(company: Company) -> None:
    company.org.shows_sync_state = False


def _no_last_push(company: Company) -> None:
    company.org.shows_last_push = False


def _archive_inactive(company: Company) -> None:
    """Whoever is inactive is archived, once their Mac was collected."""
    company.settle()
    company.learn_accounts()
    for entry in company.ledger.people.values():
        if entry.account == "inactive":
            if entry.id in company.devices:
                company.tenant.assign_device(company.devices.pop(entry.id), None)
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
    everybody = company.create_group("All Staff")
    if company.feeding is not None:
        company.feed([*(company.groups[group] for group in sorted(company.ledger.feeds)), everybody])
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
    company.org.add_app("Ticket Desk")
    pushed = _pushed(company)
    for number, group in enumerate(pushed[:4], 1):
        target = company.create_group(f"ticket-desk-{number}")
        condition = f'isMemberOfAnyGroup("{group.id}", "{pushed[-1].id}") OR isMemberOfGroupName("{group.name}")'
        company.add_rule(f"Ticket desk {number}", condition, target, groups=frozenset({group.id, pushed[-1].id}))


@dataclass(frozen=True, kw_only=True)
class Odd:
    """A kind of odd company: how its integration is set up (None: as usual), what is set up besides, what happens when
    the first people are there and after the busy weeks; and its tenant."""

    founded: Step | None = None
    besides: tuple[Step, ...] = ()
    staffed: tuple[Step, ...] = ()
    lived: tuple[Step, ...] = ()
    to_the_hour: bool = False
    """Whether things happen until the very moment in which it is looked at."""
    tenant: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, seed: int, people: int = 120, **more: Any) -> Company:
        """The company by that seed; further arguments are those of `build`."""
        return build(
            seed,
            people,
            9,
            (),
            founded=_one_after_the_other((self.founded or life.integrate, *self.besides)),
            staffed=_one_after_the_other(self.staffed),
            lived=_one_after_the_other(self.lived),
            quiet=timedelta(0) if self.to_the_hour else QUIET,
            **self.tenant,
            **more,
        )

    def __and__(self, other: Odd) -> Odd:
        """Odd in both ways."""
        first, last = (other, self) if self.to_the_hour else (self, other)
        return Odd(
            founded=self.founded or other.founded,
            besides=self.besides + other.besides,
            staffed=self.staffed + other.staffed,
            lived=first.lived + last.lived,
            to_the_hour=last.to_the_hour,
            tenant={**self.tenant, **other.tenant},
        )


def _one_after_the_other(steps: tuple[Step, ...]) -> Step:
    def every(company: Company) -> None:
        for step in steps:
            step(company)

    return every


ODD: dict[str, Odd] = {
    "everyone-assigned": Odd(founded=_everyone_assigned),
    "assigned-group-from-directory": Odd(founded=_assigned_from_directory),
    "windows-people-in-pushed-groups": Odd(founded=_scoped, staffed=(_windows_in_teams,)),
    "two-assigned-groups": Odd(founded=_two_assigned_groups),
    "retired-rules": Odd(besides=(_retired_rules,)),
    "leavers-lingering": Odd(lived=(_many_leave,)),
    "second-directory": Odd(lived=(_second_directory,)),
    "another-okta-declared-by-name": Odd(lived=(partial(_another_okta, declared=f"*@{OTHER_DOMAIN}"),)),
    "another-okta-declared-by-integration": Odd(lived=(partial(_another_okta, declared=OTHER_OKTA),)),
    "other-target-names": Odd(founded=_other_target_names),
    "no-sync-state": Odd(lived=(_no_sync_state,)),
    "no-last-push": Odd(lived=(_no_last_push,)),
    "no-external-id-or-department": Odd(tenant={"ignored": ("externalId", "department")}),
    "archived-people-not-listed": Odd(lived=(_archive_inactive,), tenant={"lists_archived": False}),
    "suspended-and-pending": Odd(staffed=(_suspended_and_pending,)),
    "all-staff-changes-hourly": Odd(besides=(_all_staff,), lived=(_changes_hourly,), to_the_hour=True),
    "attribute-rules": Odd(founded=_fed_by_attributes),
    "groups-in-other-apps-rules": Odd(besides=(_other_apps_rules,)),
}
"""By name: ``ODD[name](seed, people=120)`` makes the company."""

NOT_HEALTHY = frozenset(
    {
        ("another-okta-declared-by-name", "another-okta-declared-by-integration"),
        ("assigned-group-from-directory", "all-staff-changes-hourly"),
        ("all-staff-changes-hourly", "attribute-rules"),
    }
)
"""Two ways to be odd that don't go together: one Okta can't be two, and who is pushed must be assigned by something."""
PAIRS = tuple(
    (one, other)
    for one, other in combinations(ODD, 2)
    if not (ODD[one].founded and ODD[other].founded) and (one, other) not in NOT_HEALTHY
)
"""Names of two ways to be odd at once: ``(ODD[one] & ODD[other])(seed)``. No company is set up in two ways."""
