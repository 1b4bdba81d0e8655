"""People of the org: joining, changing, leaving, returning."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.simulator.org.background import Background
from reconciler.simulator.org.log_targets import of_user
from reconciler.simulator.org.rule_language import Value
from reconciler.simulator.org.state import DEPROVISIONED, STATUSES, Membership, OrgRefusal, Person

NAMED = {
    "login": "login",
    "email": "email",
    "firstName": "first_name",
    "lastName": "last_name",
    "displayName": "display_name",
    "title": "title",
    "department": "department",
}
"""Fields by the names that Okta gives their attributes."""
FIELDS = tuple(NAMED.values())
TAKEN = "login: An object with this field already exists in the current organization"
NEVER_SIGNED_IN = ("STAGED", "PROVISIONED")


class People(Background):
    """Verbs about people. Each acts at once; groups by rule and assignments follow later."""

    def add_user(
        self,
        login: str,
        first_name: str,
        last_name: str,
        *,
        email: str | None = None,
        display_name: str | None = None,
        title: str | None = None,
        department: str | None = None,
        status: str = "ACTIVE",
        user_type: str | None = None,
        **attributes: Value,
    ) -> Person:
        """Somebody joins. `email` defaults to the login, `display_name` to "First Last" ("" is none); further
        attributes stand in the profile; `user_type`: the id of one that isn't the default. Raises OrgRefusal for a
        taken login and ValueError for an unknown status."""
        self._refuse_taken(login)
        if status not in STATUSES:
            raise ValueError(f"no such status: {status}")
        now = self.now()
        person = Person(
            id=self.new_id("00u"),
            login=login,
            email=email or login,
            first_name=first_name,
            last_name=last_name,
            display_name=(f"{first_name} {last_name}".strip() if display_name is None else display_name) or None,
            title=title,
            department=department,
            attributes=dict(attributes),
            user_type=user_type,
            status=status,
            created=now,
            activated=None if status == "STAGED" else now,
            status_changed=None if status == "STAGED" else now,
            last_login=None if status in NEVER_SIGNED_IN else now,
            last_updated=now,
            password_changed=None if status in NEVER_SIGNED_IN else now,
        )
        self.own_attributes |= attributes.keys()
        self.users[person.id] = person
        self._logins[login.casefold()] = person.id
        self.everyone.members[person.id] = Membership()
        self._members_changed(self.everyone)
        self._look_at([person.id])
        self.log("user.lifecycle.create", of_user(person))
        return person

    def update_profile(self, person: Person, **changes: Value) -> None:
        """Changes login, email, first_name, last_name, display_name, title, department or any other attribute."""
        fields = {name: value for name, value in changes.items() if name in FIELDS}
        self._change(person, fields, {name: value for name, value in changes.items() if name not in FIELDS})

    def write_profile(self, person: Person, profile: Mapping[str, Value], *, whole: bool = False) -> None:
        """The same under Okta's attribute names, of which null ones are taken away; `whole`: those that are not named
        too."""
        fields: dict[str, Value] = dict.fromkeys(("display_name", "title", "department")) if whole else {}
        fields |= {NAMED[name]: value for name, value in profile.items() if name in NAMED}
        if whole:
            person.attributes.clear()
        self._change(person, fields, {name: value for name, value in profile.items() if name not in NAMED})
        person.attributes = {name: value for name, value in person.attributes.items() if value is not None}

    def _change(self, person: Person, fields: Mapping[str, Value], attributes: Mapping[str, Value]) -> None:
        login = fields.get("login")
        if isinstance(login, str) and login.casefold() != person.login.casefold():
            self._refuse_taken(login)
            del self._logins[person.login.casefold()]
            self._logins[login.casefold()] = person.id
        for name, value in fields.items():
            setattr(person, name, value)
        person.attributes.update(attributes)
        self.own_attributes |= attributes.keys()
        person.last_updated = self.now()
        self._look_at([person.id])
        self.log("user.account.update_profile", of_user(person))

    def activate(self, person: Person) -> None:
        """STAGED or PROVISIONED → ACTIVE."""
        self._expect(person, *NEVER_SIGNED_IN)
        person.activated = person.activated or self.now()
        person.last_login = person.password_changed = self.now()
        self._move(person, "ACTIVE", "activate")

    def suspend(self, person: Person) -> None:
        """ACTIVE → SUSPENDED. Nothing is sent anywhere."""
        self._expect(person, "ACTIVE")
        self._move(person, "SUSPENDED", "suspend")

    def unsuspend(self, person: Person) -> None:
        """SUSPENDED → ACTIVE. Nothing is sent anywhere."""
        self._expect(person, "SUSPENDED")
        self._move(person, "ACTIVE", "unsuspend")

    def set_status(self, person: Person, status: str) -> None:
        """Among the statuses of people at work: ACTIVE, LOCKED_OUT, PASSWORD_EXPIRED, RECOVERY, PROVISIONED, STAGED.
        Raises ValueError for SUSPENDED and DEPROVISIONED, which have verbs of their own."""
        if status not in STATUSES or status in ("SUSPENDED", DEPROVISIONED):
            raise ValueError(f"{status} has its own verb, or does not exist")
        if person.status == DEPROVISIONED:
            raise self._wrong_status()
        self._move(person, status)

    def deactivate(self, person: Person) -> None:
        """→ DEPROVISIONED. Memberships stay; the assignment goes, and does not come back by itself if it was direct."""
        if person.status == DEPROVISIONED:
            raise self._wrong_status()
        for app in self.apps.values():
            app.direct.discard(person.id)
            app.own_values.pop(person.id, None)
        self._came_back.discard(person.id)
        self._move(person, DEPROVISIONED, "deactivate")

    def reactivate(self, person: Person) -> None:
        """DEPROVISIONED → ACTIVE. Assigned again through groups; their groups are not pushed again."""
        self._expect(person, DEPROVISIONED)
        self._came_back.add(person.id)
        person.activated = self.now()
        self._move(person, "ACTIVE", "reactivate")

    def delete_user(self, person: Person) -> None:
        """Only from DEPROVISIONED, for good; nothing is sent anywhere."""
        self._expect(person, DEPROVISIONED)
        self.reconcile_assignments()  # so that no assignment outlives its person
        for group in self.groups.values():
            if group.members.pop(person.id, None) is not None:
                self._members_changed(group)
        for rule in self.rules.values():
            if person.id in rule.excluded_user_ids:
                rule.excluded_user_ids.remove(person.id)
        self._look_at([person.id])
        self.log("user.lifecycle.delete.completed", of_user(person))
        del self.users[person.id], self._logins[person.login.casefold()]

    def find_user(self, id_or_login: str) -> Person | None:
        """By id, or by login in any case."""
        return self.users.get(id_or_login) or self.users.get(self._logins.get(id_or_login.casefold(), ""))

    def _refuse_taken(self, login: str) -> None:
        if self.find_user(login) is not None:
            raise OrgRefusal(400, "E0000001", "Api validation failed: login", (TAKEN,))

    def _expect(self, person: Person, *statuses: str) -> None:
        if person.status not in statuses:
            raise self._wrong_status()

    def _wrong_status(self) -> OrgRefusal:
        return OrgRefusal(403, "E0000038", "This operation is not allowed in the user's current status.")

    def _move(self, person: Person, status: str, verb: str | None = None) -> None:
        person.status = status
        person.status_changed = person.last_updated = self.now()
        self._look_at([person.id])
        if verb is not None:
            self.log(f"user.lifecycle.{verb}", of_user(person))
