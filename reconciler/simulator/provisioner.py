"""Okta's provisioner toward an app made with the App Integration Wizard, and when its background jobs run.

Rests on Okta's SCIM 2.0 reference: an account is looked up by user name and adopted, or created; updates are a GET and
a PUT; an account is never deleted; nothing is sent on suspend; a group is replaced as a whole, with those members alone
who are in the Okta group, assigned and provisioned. What rests on nothing better than help articles is a switch.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

import httpx

from reconciler.simulator import scim_client as wire
from reconciler.simulator.clock import Clock
from reconciler.simulator.failures import OPERATIONS, FailedTask, Fault
from reconciler.simulator.org import Org
from reconciler.simulator.scim_client import ScimClient, ScimFailure
from reconciler.simulator.state import PUSHES, AppUser, Person, PushMapping, Task


class Provisioner:
    """Carries out, over real SCIM requests, what the org has queued.

    It holds a bearer token of its own, as Okta does: when the tenant rotates its token, this one is dead until
    `set_token`. Switches for what is not known for certain:
    `push_after_assignment`: who is provisioned after their group was pushed is pushed then (documented as expected);
    `push_after_reactivation`: the same for somebody who came back (documented as not happening);
    `deactivates_while_inactive`: an unassignment is still sent while the app is INACTIVE.
    """

    push_after_assignment: bool = True
    push_after_reactivation: bool = False
    deactivates_while_inactive: bool = True

    def __init__(self, org: Org, scim: httpx.Client, clock: Clock, token: str) -> None:
        self.org = org
        self.clock = clock
        self.scim = ScimClient(scim, token)
        self._faults: list[Fault] = []
        self._failed: dict[Task, FailedTask] = {}
        clock.employ(self)
        self._carry_out: dict[str, Callable[[Task], None]] = {
            "provision": self._provision,
            "profile": self._push_profile,
            "deprovision": self._deprovision,
            "push": self._push_group,
            "delete-group": self._delete_group,
        }

    # --- time

    def settle(self) -> int:
        """Time moves from one job to the next until nothing is left to do: group rules → assignments → accounts → group
        pushes, again while that brings more. About a minute of simulated time passes if there was anything to do, more
        where the SCIM server asks for patience, none otherwise. Returns how many SCIM requests were sent. Raises
        RuntimeError when it never comes to rest."""
        before = self.scim.requests
        self.clock.settle()
        return self.scim.requests - before

    def catch_up(self) -> int:
        """What is due by now is done, and no more. Returns how many SCIM requests were sent."""
        before = self.scim.requests
        self.clock.catch_up()
        return self.scim.requests - before

    def drop_pending(self) -> None:
        """An outage eats what is queued: rules and assignments settle, and what then had to be sent is never sent."""
        self.clock.settle(self.org.agenda)
        self.org.outbox.clear()

    def due(self) -> datetime | None:
        """When the next task of the outbox is due."""
        return min((waiting.due for task, waiting in self.org.outbox.items() if not self._held(task)), default=None)

    def work(self, by: datetime) -> None:
        """Carries out what is due by then: accounts first, so that groups are pushed with them."""
        due = [task for task, waiting in self.org.outbox.items() if waiting.due <= by and not self._held(task)]
        for task in sorted(due, key=lambda task: task.kind in PUSHES):
            if self.org.outbox.pop(task, None) is not None:
                self._carry_out[task.kind](task)

    def _held(self, task: Task) -> bool:
        if self.org.app.status == "ACTIVE":
            return False
        return not (task.kind == "deprovision" and self.deactivates_while_inactive)

    # --- an admin's hands, and switches

    def set_token(self, token: str) -> None:
        """An admin pastes a token into Okta's provisioning settings."""
        self.scim.token = token

    def fail(
        self, operations: str | Collection[str], status: int, summary: str = "", *, who: Collection[str] | None = None
    ) -> Fault:
        """From now on these operations fail, until `heal`. `summary` defaults to "HTTP 403 Forbidden" and the like.
        Raises ValueError for an unknown operation."""
        named = frozenset([operations] if isinstance(operations, str) else operations)
        if not named <= OPERATIONS:
            raise ValueError(f"no such operations: {sorted(named - OPERATIONS)}")
        whom = None if who is None else frozenset(who)
        fault = Fault(operations=named, status=status, summary=summary or wire.told(status), who=whom)
        self._faults.append(fault)
        return fault

    def heal(self, fault: Fault | None = None) -> None:
        """Takes one fault back, or all. What failed meanwhile stays failed until it is retried."""
        self._faults = [] if fault is None else [other for other in self._faults if other is not fault]

    @property
    def failed(self) -> tuple[FailedTask, ...]:
        """Failed tasks of people, oldest first, as Okta's Tasks page lists them."""
        return tuple(self._failed.values())

    def retry_tasks(self) -> None:
        """Failed tasks are queued again, but for deactivations of people who are assigned again."""
        failed, self._failed = self._failed, {}
        for task in failed:
            if task.kind != "deprovision" or task.subject not in self.org.app.users:
                self.org.post(task)

    def retry_groups(self) -> None:
        """ "Retry All Groups": mappings in ERROR become ACTIVE and are pushed at the next settle."""
        for mapping in self.org.app.mappings.values():
            if mapping.status == "ERROR":
                self.org.retry_mapping(mapping)

    def provision_user(self, person: Person) -> None:
        """ "Provision User", for somebody assigned before provisioning was switched on."""
        self.org.post(Task(kind="provision", subject=person.id))

    def push_now(self, mapping: PushMapping) -> None:
        """ "Push now", for a mapping that is ACTIVE or in ERROR."""
        self.org.retry_mapping(mapping)

    # --- accounts

    def _provision(self, task: Task) -> None:
        person, assigned = self.org.users.get(task.subject), self.org.app.users.get(task.subject)
        if person is None or assigned is None or "PUSH_NEW_USERS" not in self.org.app.features:
            return
        try:
            self._meet("lookup", person.id)
            found = self.scim.find("Users", "userName", assigned.user_name)
            scim_id = self._create(assigned) if found is None else self._adopt(assigned, str(found["id"]))
        except ScimFailure as failure:
            self._fail_task(task, assigned, failure)
            return
        assigned.external_id = scim_id
        assigned.status = "PROVISIONED"
        assigned.status_changed = self.clock.now()
        self._synchronised(task, assigned)
        if self.push_after_reactivation if assigned.returned else self.push_after_assignment:
            for group in self.org.groups.values():
                if person.id in group.members:
                    self.org.post_pushes(group.id)

    def _create(self, assigned: AppUser) -> str:
        self._meet("create", assigned.user_id)
        return self.scim.create("Users", wire.new_user(assigned.user_id, _values(assigned)))

    def _adopt(self, assigned: AppUser, scim_id: str) -> str:
        self._meet("activate", assigned.user_id)
        body = self.scim.read("Users", scim_id)
        changed = wire.changed_user(body, _values(assigned))
        self.scim.replace("Users", scim_id, changed | {"active": True})
        return scim_id

    def _push_profile(self, task: Task) -> None:
        assigned, features = self.org.app.users.get(task.subject), self.org.app.features
        if assigned is None or assigned.external_id is None or "PUSH_PROFILE_UPDATES" not in features:
            return
        changes = {name: value for name, value in _values(assigned).items() if assigned.sent.get(name) != value}
        if "EXCLUDE_USERNAME_UPDATE_ON_PROFILE_PUSH" in features:
            changes.pop("userName", None)
        try:
            self._meet("update", task.subject)
            body = self.scim.read("Users", assigned.external_id)
            self.scim.replace("Users", assigned.external_id, wire.changed_user(body, changes))
        except ScimFailure as failure:
            self._fail_task(task, assigned, failure)
            return
        self._synchronised(task, assigned)

    def _deprovision(self, task: Task) -> None:
        if "PUSH_USER_DEACTIVATION" not in self.org.app.features or task.external_id is None:
            return
        try:
            self._meet("deactivate", task.subject)
            body = self.scim.read("Users", task.external_id)
            self.scim.replace("Users", task.external_id, body | {"active": False})
        except ScimFailure as failure:
            self._fail_task(task, None, failure)

    def _synchronised(self, task: Task, assigned: AppUser) -> None:
        self._failed.pop(task, None)
        assigned.sent = _values(assigned)
        assigned.last_sync = assigned.last_updated = self.clock.now()
        assigned.sync_state = "SYNCHRONIZED" if "PUSH_PROFILE_UPDATES" in self.org.app.features else "DISABLED"

    def _fail_task(self, task: Task, assigned: AppUser | None, failure: ScimFailure) -> None:
        summary = "Matching user not found" if failure.status == 404 else failure.summary
        self._failed[task] = FailedTask(task=task, summary=f"Automatic provisioning failed: {summary}")
        if assigned is not None:
            assigned.sync_state = "ERROR"
            assigned.last_updated = self.clock.now()

    # --- groups

    def _push_group(self, task: Task) -> None:
        mapping = self.org.app.mappings.get(task.subject)
        source = self.org.groups.get(mapping.source_group_id) if mapping is not None else None
        if mapping is None or source is None or mapping.status != "ACTIVE":
            return
        if "GROUP_PUSH" not in self.org.app.features:
            return
        target = self.org.groups[mapping.target_group_id]
        name = source.name if self.org.app.rename_groups else target.name
        doing = "creating" if target.external_id is None else "updating"
        try:
            if target.external_id is None:
                self._meet("push-group", mapping.id)
                found = self.scim.find("Groups", "displayName", target.name)
                target.external_id = str(found["id"]) if found else self.scim.create("Groups", wire.group(name, ()))
            self._meet("push-members", mapping.id)
            self.scim.replace("Groups", target.external_id, wire.group(name, self._pushable(source.members)))
        except ScimFailure as failure:
            mapping.status = "ERROR"
            mapping.last_updated = self.clock.now()
            mapping.error_summary = (
                f"Unable to update Group Push mapping target App group {target.name}: "
                f"Error while {doing} user group {target.name}: {failure.summary}"
            )
            return
        target.name = name
        mapping.last_push = self.clock.now()

    def _pushable(self, members: Collection[str]) -> list[tuple[str, str]]:
        pushable = []
        for user_id in members:
            assigned = self.org.app.users.get(user_id)
            if assigned is not None and assigned.external_id is not None:
                pushable.append((assigned.external_id, assigned.user_name))
        return pushable

    def _delete_group(self, task: Task) -> None:
        if task.external_id is None:
            return
        try:
            self._meet("delete-group", task.subject)
            self.scim.delete("Groups", task.external_id)
        except ScimFailure as failure:
            self._fail_task(task, None, failure)

    def _meet(self, operation: str, subject: str) -> None:
        for fault in self._faults:
            if fault.meets(operation, subject):
                raise ScimFailure(fault.status, fault.summary)


def _values(assigned: AppUser) -> dict[str, str | None]:
    return {"userName": assigned.user_name} | assigned.profile
