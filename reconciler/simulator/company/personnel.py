"""What happens to people: each deed is done in the org by its own verb, and written into the ledger."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.simulator.company.entries import Entry
from reconciler.simulator.company.people import TITLES, Profile
from reconciler.simulator.company.premises import Premises
from reconciler.simulator.org.state import Group, Person


class Personnel(Premises):
    """Deeds of HR and of IT towards people."""

    def hire(self, profile: Profile, groups: Iterable[Group] = (), status: str = "ACTIVE") -> Person:
        """Somebody joins: their department's group by its rule, these groups by hand."""
        person = self.org.add_user(
            profile.login,
            profile.first_name,
            profile.last_name,
            email=self.ink.email(profile.login),
            title=profile.title,
            department=self.ink("department", profile.department),
            status=status,
            city=profile.city,
            costCenter=profile.department,
        )
        self.people[person.id] = person
        self.ledger.people[person.id] = Entry(id=person.id, status=status, department=profile.department)
        self._into_department(person, profile.department)
        for group in groups:
            self.add_member(group, person)
        for welcome in self.welcomes:
            welcome(person, profile)
        return person

    def _into_department(self, person: Person, department: str) -> None:
        for name, group in self.departments.items():
            (self.ledger.put_in if name == department else self.ledger.take_out)(group.id, person.id)

    def add_member(self, group: Group, person: Person) -> None:
        """IT puts somebody into a group."""
        self.org.add_member(group, person)
        self.ledger.put_in(group.id, person.id)
        if group.id in self.ledger.fed:
            self.ledger.by_hand.setdefault(group.id, set()).add(person.id)

    def remove_member(self, group: Group, person: Person) -> None:
        """IT takes somebody out of a group."""
        self.org.remove_member(group, person)
        self.ledger.take_out(group.id, person.id)
        self.ledger.by_hand.get(group.id, set()).discard(person.id)

    def assign_directly(self, person: Person) -> None:
        """IT assigns somebody to the app by hand, beside all groups."""
        self.org.assign_user(person)
        self.ledger.direct.add(person.id)

    # --- profiles

    def move(self, person: Person, department: str) -> None:
        """A new department and title: out of the old department's group, into the new one's, by their rules."""
        title = self.random.choice(TITLES[department])
        if "title" in self.ledger.on_create_only:  # nobody can be given back the one that Kandji has still
            title = f"{title}, Level {self.number()}"
        title = self.ink("title", title)
        named = self.ink("department", department)
        self.org.update_profile(person, department=named, costCenter=department, title=title)
        self.entry(person).department = department
        self._into_department(person, department)
        self._edited(person, "title", "department")

    def promote(self, person: Person, title: str) -> None:
        """A new title."""
        self.org.update_profile(person, title=self.ink("title", title))
        self._edited(person, "title")

    def marry(self, person: Person, last_name: str, login: str) -> None:
        """A new family name, and with it a new login and address."""
        self.logins.add(login)
        name = f"{person.first_name} {last_name}"
        self.org.update_profile(person, last_name=last_name, display_name=name, login=login, email=login)
        self._edited(person, "name", "login", "email")

    def _edited(self, person: Person, *attributes: str) -> None:
        entry = self.entry(person)
        if not entry.provisioned:
            return
        tried = self.ledger.on("PUSH_PROFILE_UPDATES") and self.ledger.app_active
        arrived = tried and self.ledger.arrives("update", person.id)
        if tried:
            entry.refused = not arrived
        stale = {name for name in attributes if not arrived or name in self.ledger.on_create_only}
        entry.differs |= stale
        entry.differs -= set(attributes) - stale
        if self.ledger.on("PUSH_PROFILE_UPDATES") and not self.ledger.app_active:
            entry.waiting |= stale - self.ledger.on_create_only

    # --- status

    def suspend(self, person: Person) -> None:
        """Somebody is suspended; Kandji hears nothing."""
        self.org.suspend(person)
        self.entry(person).status = "SUSPENDED"

    def unsuspend(self, person: Person) -> None:
        """And is back; Kandji hears nothing of that either."""
        self.org.unsuspend(person)
        self.entry(person).status = "ACTIVE"

    def set_status(self, person: Person, status: str) -> None:
        """LOCKED_OUT, PASSWORD_EXPIRED, RECOVERY or back to ACTIVE: at work all the same."""
        self.org.set_status(person, status)
        self.entry(person).status = status

    def leave(self, person: Person) -> None:
        """HR deactivates somebody; their memberships linger."""
        self.org.deactivate(person)
        entry = self.entry(person)
        entry.status, entry.returned = "DEPROVISIONED", False
        self.ledger.direct.discard(person.id)

    def delete(self, person: Person) -> None:
        """Somebody who left is deleted from Okta for good; Kandji hears nothing."""
        self.org.delete_user(person)
        self.ledger.forget(person.id)

    def come_back(self, person: Person) -> None:
        """Somebody who left is reactivated: assigned and activated again, but their groups are not pushed again."""
        self.org.reactivate(person)
        entry = self.entry(person)
        entry.status, entry.returned = "ACTIVE", True
