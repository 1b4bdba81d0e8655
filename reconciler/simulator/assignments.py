"""Who is assigned to the app: directly, or because a group is assigned. Assignments follow the groups."""

from __future__ import annotations

from collections.abc import Collection

from reconciler.simulator.background import Background
from reconciler.simulator.state import (
    DEPROVISIONED,
    App,
    AppGroup,
    AppUser,
    Group,
    OrgRefusal,
    Person,
    Task,
)

ATTRIBUTES = ("displayName", "givenName", "familyName", "email", "title", "department")
NOT_YET = ("STAGED", "SUSPENDED")


class Assignments(Background):
    """Verbs about the app and its assignments, and the job that lets assignments follow."""

    def assign_user(self, person: Person) -> None:
        """Directly (scope USER). Raises OrgRefusal for somebody deactivated."""
        if person.status == DEPROVISIONED:
            raise OrgRefusal(403, "E0000038", "This operation is not allowed in the user's current status.")
        self.app.direct.add(person.id)
        self._people_to_assign[person.id] = None

    def unassign_user(self, person: Person) -> None:
        """Takes the direct assignment away; who is in an assigned group stays, with scope GROUP."""
        self.app.direct.discard(person.id)
        self._people_to_assign[person.id] = None

    def assign_group(self, group: Group) -> None:
        """Assigns a group, behind those assigned before; nothing happens when it is assigned."""
        if group.id in self.app.groups:
            return
        priority = 1 + max((assigned.priority for assigned in self.app.groups.values()), default=0)
        self.app.groups[group.id] = AppGroup(group_id=group.id, priority=priority, last_updated=self.now())
        self._people_to_assign.update(dict.fromkeys(group.members))

    def unassign_group(self, group: Group) -> None:
        """Ends the assignment of a group, and of its people where no other path remains."""
        self.app.groups.pop(group.id, None)
        self._people_to_assign.update(dict.fromkeys(group.members))

    def set_features(self, features: Collection[str]) -> None:
        """The app's provisioning settings, as free strings."""
        self.app.features = tuple(features)
        self.app.last_updated = self.now()

    def set_app_status(self, status: str) -> None:
        """ACTIVE or INACTIVE. Back at ACTIVE, assignments that waited are made."""
        if status not in ("ACTIVE", "INACTIVE"):
            raise ValueError(f"no such status: {status}")
        self.app.status = status
        self.app.last_updated = self.now()
        self._people_to_assign.update(dict.fromkeys(self.users))

    def set_app_attributes(self, names: Collection[str]) -> None:
        """App user attributes mapped to Kandji, out of ATTRIBUTES (default: all). One left out is neither in the
        app's schema nor in profiles nor sent."""
        unknown = set(names) - set(ATTRIBUTES)
        if unknown:
            raise ValueError(f"no such attributes: {sorted(unknown)}")
        self.app.attributes = tuple(name for name in ATTRIBUTES if name in names)
        self._people_to_assign.update(dict.fromkeys(self.app.users))

    def add_app(
        self,
        label: str,
        *,
        name: str | None = None,
        features: Collection[str] = (),
        sign_on_mode: str = "SAML_2_0",
    ) -> App:
        """Another app of the org, with nobody assigned. `name` defaults to that of an app made with the wizard."""
        now = self.now()
        word = "".join(letter for letter in label.casefold() if letter.isalnum())
        app = App(
            id=self.new_id("0oa"),
            name=name or f"acme_{word}_{len(self.apps) + 1}",
            label=label,
            sign_on_mode=sign_on_mode,
            features=tuple(features),
            attributes=ATTRIBUTES,
            created=now,
            last_updated=now,
        )
        self.apps[app.id] = app
        return app

    def reconcile_assignments(self) -> bool:
        """Assignments follow membership and status; queues what has to be sent. Returns whether one changed."""
        changed = False
        for user_id in self._people_to_assign.take():
            changed |= self._reconcile(user_id)
        return changed

    def _reconcile(self, user_id: str) -> bool:
        person = self.users.get(user_id)
        scope = self._scope(person) if person is not None else None
        existing = self.app.users.get(user_id)
        if existing is None:
            return person is not None and scope is not None and self._assign(person, scope)
        if person is None or scope is None:
            self._unassign(existing, person)
            return True
        if existing.scope != scope:
            existing.scope = scope
            existing.last_updated = self.now()
        self._follow_profile(person, existing)
        return False

    def _scope(self, person: Person) -> str | None:
        if person.status == DEPROVISIONED:
            return None
        if person.id in self.app.direct:
            return "USER"
        return "GROUP" if any(person.id in self.groups[group_id].members for group_id in self.app.groups) else None

    def _assign(self, person: Person, scope: str) -> bool:
        if self.app.status != "ACTIVE":
            return False
        now = self.now()
        provisions = "PUSH_NEW_USERS" in self.app.features
        assigned = AppUser(
            user_id=person.id,
            scope=scope,
            user_name=person.login,
            profile=self._app_profile(person),
            status="STAGED" if provisions else "ACTIVE",
            sync_state="SYNCING" if provisions else "DISABLED",
            created=now,
            last_updated=now,
            status_changed=now,
            returned=person.id in self._came_back,
            waiting=provisions and self._not_yet(person),
        )
        self._came_back.discard(person.id)
        self.app.users[person.id] = assigned
        if provisions and not assigned.waiting:
            self.post(Task(kind="provision", subject=person.id))
        return True

    def _unassign(self, existing: AppUser, person: Person | None) -> None:
        del self.app.users[existing.user_id]
        if existing.external_id is not None:
            self.post(Task(kind="deprovision", subject=existing.user_id, external_id=existing.external_id))
        if person is not None and person.status != DEPROVISIONED:
            self._push_groups_of(existing.user_id)

    def _push_groups_of(self, user_id: str) -> None:
        for group in self.groups.values():
            if user_id in group.members:
                self.post_pushes(group.id)

    def _follow_profile(self, person: Person, existing: AppUser) -> None:
        if existing.waiting and not self._not_yet(person):
            existing.waiting = False
            self.post(Task(kind="provision", subject=person.id))
        profile = self._app_profile(person)
        if (profile, person.login) == (existing.profile, existing.user_name):
            return
        existing.profile, existing.user_name = profile, person.login
        existing.last_updated = self.now()
        if existing.external_id is not None:
            self.post(Task(kind="profile", subject=person.id))

    def _not_yet(self, person: Person) -> bool:
        return person.status in NOT_YET and "PUSH_PENDING_USERS" not in self.app.features

    def _app_profile(self, person: Person) -> dict[str, str | None]:
        values = {
            "displayName": person.display_name,
            "givenName": person.first_name,
            "familyName": person.last_name,
            "email": person.email,
            "title": person.title,
            "department": person.department,
        }
        return {name: values[name] for name in self.app.attributes}
