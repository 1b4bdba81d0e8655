"""What Okta sends about people: look-up, creation or adoption, profiles, deactivation.

Rests on Okta's SCIM 2.0 reference: an account is looked up by user name and adopted, or created; updates are a GET and
a PUT; an account is never deleted; nothing is sent on suspend.
"""

from __future__ import annotations

from reconciler.simulator.org.state import AppUser, Task, Waiting
from reconciler.simulator.provisioner import scim_client as wire
from reconciler.simulator.provisioner.scim_client import ScimFailure
from reconciler.simulator.provisioner.sending import Sending

EVENTS = {"provision": "user.push", "profile": "user.push_profile", "deprovision": "user.deactivate"}


class AccountTasks(Sending):
    """Tasks about accounts.

    Switches for what is not known for certain, or goes wrong here and there:
    `push_after_assignment`: who is provisioned after their group was pushed is pushed then (documented as expected);
    `push_after_reactivation`: the same for somebody who came back (documented as not happening);
    `reactivation_ends_inactive`: behind the activation of an inactive account comes a second update, which carries the
    `active: false` that was read before it. Nothing in Okta tells.
    """

    push_after_assignment: bool = True
    push_after_reactivation: bool = False
    reactivation_ends_inactive: bool = False

    def _provision(self, task: Task) -> None:
        person, assigned = self.org.users.get(task.subject), self.org.app.users.get(task.subject)
        if person is None or assigned is None or "PUSH_NEW_USERS" not in self.org.app.features:
            return
        with self._operation("lookup", person.id):
            found = self.scim.find("Users", "userName", assigned.user_name)
        assigned.external_id = self._create(assigned) if found is None else self._adopt(assigned, str(found["id"]))
        assigned.status = "PROVISIONED"
        assigned.status_changed = self.clock.now()
        self._synchronised(task, assigned)
        if self.push_after_reactivation if assigned.returned else self.push_after_assignment:
            for group in self.org.groups.values():
                if person.id in group.members and not self._races(group.id):
                    self.org.post_pushes(group.id)

    def _create(self, assigned: AppUser) -> str:
        with self._operation("create", assigned.user_id):
            scim_id = self.scim.create("Users", wire.new_user(assigned.user_id, _values(assigned)))
        self._tell("user.push", self._person(assigned.user_id))
        return scim_id

    def _adopt(self, assigned: AppUser, scim_id: str) -> str:
        with self._operation("activate", assigned.user_id):
            body = self.scim.read("Users", scim_id)
            changed = wire.changed_user(body, _values(assigned))
            self.scim.replace("Users", scim_id, changed | {"active": True})
            if self.reactivation_ends_inactive and body.get("active") is False:
                self.scim.replace("Users", scim_id, changed)
        if body.get("active") is False:
            self._tell("user.reactivate", self._person(assigned.user_id))
        self._tell("user.push_profile", self._person(assigned.user_id))
        return scim_id

    def _push_profile(self, task: Task) -> None:
        assigned, features = self.org.app.users.get(task.subject), self.org.app.features
        if assigned is None or assigned.external_id is None or "PUSH_PROFILE_UPDATES" not in features:
            return
        held_back = set(self.org.app.on_create_only)
        if "EXCLUDE_USERNAME_UPDATE_ON_PROFILE_PUSH" in features:
            held_back.add("userName")
        changed = {name: value for name, value in _values(assigned).items() if assigned.sent.get(name) != value}
        changes = {name: value for name, value in changed.items() if name not in held_back}
        with self._operation("update", task.subject):
            body = self.scim.read("Users", assigned.external_id)
            self.scim.replace("Users", assigned.external_id, wire.changed_user(body, changes))
        self._tell("user.push_profile", self._person(task.subject))
        self._synchronised(task, assigned)

    def _deprovision(self, task: Task, waiting: Waiting) -> None:
        if "PUSH_USER_DEACTIVATION" not in self.org.app.features or task.external_id is None:
            return
        if waiting.attempts > 1 and task.subject in self.org.app.users:
            # It was put off, and they were assigned again meanwhile: a retry leaves them alone, as an admin's does.
            return
        with self._operation("deactivate", task.subject):
            body = self.scim.read("Users", task.external_id)
            self.scim.replace("Users", task.external_id, body | {"active": False})
        self._tell("user.deactivate", self._person(task.subject))

    def _synchronised(self, task: Task, assigned: AppUser) -> None:
        self._failed.pop(task, None)
        assigned.sent = _values(assigned)
        assigned.last_sync = assigned.last_updated = self.clock.now()
        assigned.sync_state = "SYNCHRONIZED" if "PUSH_PROFILE_UPDATES" in self.org.app.features else "DISABLED"

    def _give_up_account(self, task: Task, waiting: Waiting, failure: ScimFailure) -> None:
        self._fail_task(task, waiting, failure)
        self._tell(EVENTS[task.kind], self._person(task.subject), failure=failure)
        self._mark(task, "ERROR")

    def _mark(self, task: Task, sync_state: str) -> None:
        assigned = self.org.app.users.get(task.subject)
        if assigned is not None and task.kind != "deprovision":
            assigned.sync_state = sync_state
            assigned.last_updated = self.clock.now()


def _values(assigned: AppUser) -> dict[str, str | None]:
    return {"userName": assigned.user_name} | assigned.profile
