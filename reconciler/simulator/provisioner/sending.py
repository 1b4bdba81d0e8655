"""What every request of the provisioner needs: the org, the SCIM server, the faults it meets, and the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import httpx

from reconciler.simulator.clock import Clock
from reconciler.simulator.org.org import Org
from reconciler.simulator.org.state import Task, Waiting
from reconciler.simulator.org.system_log import FAILURE, Target
from reconciler.simulator.provisioner.failures import FailedTask, Fault, Patience
from reconciler.simulator.provisioner.scim_client import ScimClient, ScimFailure


class Sending:
    """One attempt at a task, and what follows when it fails.

    `races_assigned_groups`: a pushed group that is assigned too is pushed with those who were provisioned when the push
    was queued, is not pushed again when the others have followed, and keeps whom it loses (unsupported, says Okta).
    """

    patience: Patience = Patience()
    races_assigned_groups: bool = False

    def __init__(self, org: Org, scim: httpx.Client, clock: Clock, token: str) -> None:
        self.org = org
        self.clock = clock
        self.scim = ScimClient(scim, token)
        self._faults: list[Fault] = []
        self._failed: dict[Task, FailedTask] = {}

    @contextmanager
    def _operation(self, name: str, subject: str) -> Iterator[None]:
        """Around the request: raises ScimFailure where a fault is switched on, before or after it took effect."""
        fault = next((fault for fault in self._faults if fault.meets(name, subject)), None)
        if fault is not None and not fault.takes_effect:
            raise fault.failure()
        yield
        if fault is not None:
            raise fault.failure()

    def _attempt(self, task: Task, waiting: Waiting, doing: Callable[[], None]) -> None:
        try:
            doing()
        except ScimFailure as failure:
            gone_wrong = partial(self._gone_wrong, task, waiting, failure)
            if failure.lasted:
                self.org.agenda.at(self.clock.now() + failure.lasted, gone_wrong)
            else:
                gone_wrong()

    def _gone_wrong(self, task: Task, waiting: Waiting, failure: ScimFailure) -> None:
        self._tell_integration(failure)
        pause = self.patience.again_after(failure, waiting.attempts)
        if pause is None:
            self._give_up(task, waiting, failure)
            return
        waiting.due = self.clock.now() + pause
        self.org.outbox[task] = waiting
        self._put_off(task, failure)

    def _give_up(self, task: Task, waiting: Waiting, failure: ScimFailure) -> None:
        """It has failed, and an admin must act."""
        raise NotImplementedError

    def _put_off(self, task: Task, failure: ScimFailure) -> None:
        """It will be tried again."""
        raise NotImplementedError

    def _races(self, group_id: str) -> bool:
        return self.races_assigned_groups and group_id in self.org.app.groups

    def _fail_task(self, task: Task, waiting: Waiting, failure: ScimFailure) -> None:
        summary = "Matching user not found" if failure.status == 404 else failure.summary
        told = f"Automatic provisioning failed: {summary}"
        self._failed[task] = FailedTask(task=task, summary=told, attempts=waiting.attempts)

    # --- the log

    def _tell(self, event: str, *targets: Target, failure: ScimFailure | None = None) -> None:
        """Writes ``application.provision.{event}`` about the app and these targets."""
        self._log(f"application.provision.{event}", *targets, failure=failure)

    def _tell_integration(self, failure: ScimFailure) -> None:
        names = {401: "authentication_failure", 429: "rate_limit_exceeded"}
        event = names.get(failure.status, "general_failure" if failure.status < 1 or failure.status >= 500 else None)
        if event is not None:
            self._log(f"application.integration.{event}", failure=failure)

    def _log(self, event: str, *targets: Target, failure: ScimFailure | None = None) -> None:
        app = self.org.app
        about = Target(id=app.id, type="AppInstance", name=app.label), *targets
        if failure is None:
            self.org.log(event, *about)
        else:
            self.org.log(event, *about, outcome=FAILURE, reason=failure.summary)

    def _person(self, user_id: str) -> Target:
        person = self.org.users.get(user_id)
        return Target(id=user_id, type="User", name=person.login if person is not None else user_id)
