"""Who is assigned to an app: directly, or because a group is assigned. Assignments follow the groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.simulator.org.background import Background
from reconciler.simulator.org.log_targets import of_app, of_app_user, of_group, of_user
from reconciler.simulator.org.state import (
    DEPROVISIONED,
    App,
    AppGroup,
    AppUser,
    Group,
    OrgRefusal,
    Person,
    Task,
)

NOT_YET = ("STAGED", "SUSPENDED")
MEMBER = "application.user_membership."
ASSIGNED = "group.application_assignment."


class Assignments(Background):
    """Verbs about apps and their assignments, and the job that lets assignments follow.

    `app` is by default the one that is provisioned; in others assignments are made too, and nothing is sent.
    """

    def assign_user(
        self,
        person: Person,
        *,
        app: App | None = None,
        user_name: str | None = None,
        profile: Mapping[str, str | None] | None = None,
    ) -> None:
        """Directly (scope USER), at once, or when the app becomes ACTIVE; again changes what is given. `user_name` and
        `profile` stand instead of what is mapped. Raises OrgRefusal for somebody deactivated."""
        if person.status == DEPROVISIONED:
            raise OrgRefusal(403, "E0000038", "This operation is not allowed in the user's current status.")
        app = app or self.app
        app.direct.add(person.id)
        if user_name is not None or profile:
            own = app.own_values.setdefault(person.id, {})
            own.update(profile or {})
            if user_name is not None:
                own["userName"] = user_name
        self._people_to_assign[person.id] = None
        self._reconcile(app, person.id)

    def unassign_user(self, person: Person, *, app: App | None = None) -> None:
        """Takes the direct assignment away, at once; who is in an assigned group stays, with scope GROUP. One that came
        through a group alone ends, and comes back when assignments next follow the groups."""
        app = app or self.app
        app.own_values.pop(person.id, None)
        existing = app.users.get(person.id)
        if existing is not None and person.id not in app.direct:
            self._unassign(app, existing, person)
        else:
            app.direct.discard(person.id)
            self._reconcile(app, person.id)
        self._people_to_assign[person.id] = None

    def assign_group(
        self,
        group: Group,
        *,
        app: App | None = None,
        priority: int | None = None,
        profile: Mapping[str, Any] | None = None,
    ) -> AppGroup:
        """Assigns a group, behind those assigned before, or at a priority: then others move back. One that is assigned
        stays where and as it is, but for what is given."""
        app = app or self.app
        existing = app.groups.get(group.id)
        if existing is not None and priority in (None, existing.priority) and profile in (None, existing.profile):
            return existing
        if existing is not None:
            priority = priority if priority is not None else existing.priority
            profile = profile if profile is not None else existing.profile
        others = [row for row in app.groups.values() if row is not existing]
        if priority is None:
            priority = 1 + max((row.priority for row in others), default=0)
        elif any(row.priority == priority for row in others):
            for row in others:
                row.priority += row.priority >= priority
        assigned = AppGroup(group_id=group.id, priority=priority, profile=dict(profile or {}), last_updated=self.now())
        app.groups[group.id] = assigned
        self._people_to_assign.update(dict.fromkeys(group.members))
        self.log(f"{ASSIGNED}{'add' if existing is None else 'update'}", of_group(group), of_app(app))
        return assigned

    def unassign_group(self, group: Group, *, app: App | None = None) -> None:
        """Ends the assignment of a group, and of its people where no other path remains."""
        app = app or self.app
        if app.groups.pop(group.id, None) is not None:
            self.log(f"{ASSIGNED}remove", of_group(group), of_app(app))
        self._people_to_assign.update(dict.fromkeys(group.members))

    def reconcile_assignments(self) -> bool:
        """Assignments follow membership and status; queues what has to be sent. Returns whether one changed."""
        changed = False
        for user_id in self._people_to_assign.take():
            for app in self.apps.values():
                changed |= self._reconcile(app, user_id)
        return changed

    def _reconcile(self, app: App, user_id: str) -> bool:
        person = self.users.get(user_id)
        scope = self._scope(app, person) if person is not None else None
        existing = app.users.get(user_id)
        if existing is None:
            return person is not None and scope is not None and self._assign(app, person, scope)
        if person is None or scope is None:
            self._unassign(app, existing, person)
            return True
        if existing.scope != scope:
            existing.scope = scope
            existing.last_updated = self.now()
        self._follow_profile(app, person, existing)
        return False

    def _scope(self, app: App, person: Person) -> str | None:
        if person.status == DEPROVISIONED:
            return None
        if person.id in app.direct:
            return "USER"
        return "GROUP" if any(person.id in self.groups[group_id].members for group_id in app.groups) else None

    def _assign(self, app: App, person: Person, scope: str) -> bool:
        if app.status != "ACTIVE":
            return False
        now = self.now()
        provisions = app is self.app and "PUSH_NEW_USERS" in app.features
        user_name, profile = self._app_values(app, person)
        assigned = AppUser(
            user_id=person.id,
            scope=scope,
            user_name=user_name,
            profile=profile,
            status="STAGED" if provisions else "ACTIVE",
            sync_state="SYNCING" if provisions else "DISABLED",
            created=now,
            last_updated=now,
            status_changed=now,
            returned=app is self.app and person.id in self._came_back,
            waiting=provisions and self._not_yet(person),
        )
        if app is self.app:
            self._came_back.discard(person.id)
        app.users[person.id] = assigned
        self.log(f"{MEMBER}add", of_app_user(assigned), of_app(app), of_user(person))
        if provisions and not assigned.waiting:
            self.post(Task(kind="provision", subject=person.id))
        return True

    def _unassign(self, app: App, existing: AppUser, person: Person | None) -> None:
        del app.users[existing.user_id]
        self.log(f"{MEMBER}remove", of_app_user(existing), of_app(app), *([of_user(person)] if person else []))
        if app is not self.app:
            return
        if existing.external_id is not None:
            self.post(Task(kind="deprovision", subject=existing.user_id, external_id=existing.external_id))
        if person is not None and person.status != DEPROVISIONED:
            self._push_groups_of(existing.user_id)

    def _push_groups_of(self, user_id: str) -> None:
        for group in self.groups.values():
            if user_id in group.members:
                self.post_pushes(group.id)

    def _follow_profile(self, app: App, person: Person, existing: AppUser) -> None:
        if existing.waiting and not self._not_yet(person):
            existing.waiting = False
            self.post(Task(kind="provision", subject=person.id))
        user_name, profile = self._app_values(app, person)
        if (profile, user_name) == (existing.profile, existing.user_name):
            return
        existing.profile, existing.user_name = profile, user_name
        existing.last_updated = self.now()
        self.log(f"{MEMBER}update", of_app_user(existing), of_app(app), of_user(person))
        if existing.external_id is not None:
            self.post(Task(kind="profile", subject=person.id))

    def _not_yet(self, person: Person) -> bool:
        return person.status in NOT_YET and "PUSH_PENDING_USERS" not in self.app.features

    def _app_values(self, app: App, person: Person) -> tuple[str, dict[str, str | None]]:
        own = dict(app.own_values.get(person.id, {}))
        user_name = own.pop("userName", None) or person.login
        if app.sign_on_mode == "OPENID_CONNECT":
            return user_name, _claims(person) | own
        mapped = {
            "displayName": person.display_name,
            "givenName": person.first_name,
            "familyName": person.last_name,
            "email": person.email,
            "title": person.title,
            "department": person.department,
        }
        return user_name, {name: mapped[name] for name in app.attributes} | own


def _claims(person: Person) -> dict[str, str | None]:
    """What an OpenID Connect client is told of somebody; zone and language as recorded."""
    return {
        "name": f"{person.first_name} {person.last_name}",
        "given_name": person.first_name,
        "family_name": person.last_name,
        "email": person.email,
        "zoneinfo": "America/Los_Angeles",
        "locale": "en_US",
    }
