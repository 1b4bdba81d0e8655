"""Okta's provisioner toward an app made with the wizard: what it has to send, when, and an admin's hands.

What it sends, and which switches there are: see `account_tasks` and `group_pushes`; how it fails: `failures`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from functools import partial

import httpx

from reconciler.simulator.clock import Clock
from reconciler.simulator.org.org import Org
from reconciler.simulator.org.state import PUSHES, Person, PushMapping, Task, Waiting
from reconciler.simulator.provisioner import scim_client as wire
from reconciler.simulator.provisioner.account_tasks import AccountTasks
from reconciler.simulator.provisioner.failures import OPERATIONS, FailedTask, Fault
from reconciler.simulator.provisioner.group_pushes import GroupPushes
from reconciler.simulator.provisioner.scim_client import PATIENCE, ScimFailure


class Provisioner(AccountTasks, GroupPushes):
    """Carries out, over real SCIM requests, what the org has queued.

    It holds a bearer token of its own, as Okta does: when the tenant rotates its token, this one is dead until
    `set_token`. `deactivates_while_inactive`: an unassignment is still sent while the app is INACTIVE (not known for
    certain). `patience`: how often it tries again, and after how long.
    """

    deactivates_while_inactive: bool = True

    def __init__(self, org: Org, scim: httpx.Client, clock: Clock, token: str) -> None:
        super().__init__(org, scim, clock, token)
        clock.employ(self)

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
        return min((due for _, due in self._waiting()), default=None)

    def work(self, by: datetime) -> None:
        """Carries out what is due by then: accounts first, so that groups are pushed with them."""
        tasks = [task for task, due in self._waiting() if due <= by]
        for task in sorted(tasks, key=lambda task: task.kind in PUSHES):
            waiting = self.org.outbox.pop(task, None)
            if waiting is not None:
                waiting.attempts += 1
                self._attempt(task, waiting, self._doing(task, waiting))

    def _waiting(self) -> Iterator[tuple[Task, datetime]]:
        """Tasks that nothing holds, and when each is due: what the app held was not due before it became active."""
        for task, waiting in self.org.outbox.items():
            if not self._held(task):
                yield task, max(waiting.due, self.org.app.last_updated)

    def _doing(self, task: Task, waiting: Waiting) -> Callable[[], None]:
        doings: dict[str, Callable[[], None]] = {
            "provision": partial(self._provision, task),
            "profile": partial(self._push_profile, task),
            "deprovision": partial(self._deprovision, task, waiting),
            "push": partial(self._push_group, task, waiting),
            "delete-group": partial(self._delete_group, task),
        }
        return doings[task.kind]

    def _give_up(self, task: Task, waiting: Waiting, failure: ScimFailure) -> None:
        (self._give_up_group if task.kind in PUSHES else self._give_up_account)(task, waiting, failure)

    def _put_off(self, task: Task, failure: ScimFailure) -> None:
        if task.kind in PUSHES:
            self._tell_group(task, "group_push.mapping.update.or.delete.failed", failure)
        else:
            self._mark(task, "SYNCING")

    def _held(self, task: Task) -> bool:
        if self.org.app.status == "ACTIVE":
            return False
        return not (task.kind == "deprovision" and self.deactivates_while_inactive)

    # --- an admin's hands, and switches

    def set_token(self, token: str) -> None:
        """An admin pastes a token into Okta's provisioning settings."""
        self.scim.token = token

    def fail(
        self,
        operations: str | Collection[str],
        status: int,
        summary: str = "",
        *,
        who: Collection[str] | None = None,
        retry_after: int | None = None,
    ) -> Fault:
        """From now on these operations fail, until `heal`. `summary` defaults to "HTTP 403 Forbidden" and the like;
        `retry_after`: the seconds that such an answer asks for. Raises ValueError for an unknown operation."""
        return self._switch_on(
            Fault(
                operations=_named(operations),
                status=status,
                summary=summary or wire.told(status),
                who=None if who is None else frozenset(who),
                retry_after=retry_after,
            )
        )

    def time_out(
        self, operations: str | Collection[str], *, takes_effect: bool, who: Collection[str] | None = None
    ) -> Fault:
        """From now on these operations are not answered in time: after a minute Okta counts them as failed, whether
        it `takes_effect` or not. Raises ValueError for an unknown operation."""
        return self._switch_on(
            Fault(
                operations=_named(operations),
                status=0,
                summary="Read timed out",
                who=None if who is None else frozenset(who),
                takes_effect=takes_effect,
                lasts=PATIENCE,
            )
        )

    def _switch_on(self, fault: Fault) -> Fault:
        if not fault.operations <= OPERATIONS:
            raise ValueError(f"no such operations: {sorted(fault.operations - OPERATIONS)}")
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


def _named(operations: str | Collection[str]) -> frozenset[str]:
    return frozenset([operations] if isinstance(operations, str) else operations)
