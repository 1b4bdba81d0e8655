"""What goes wrong between Okta and the SCIM server: faults switched on, and tasks that failed by them or for real."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from reconciler.simulator.org.state import Task
from reconciler.simulator.provisioner.scim_client import ScimFailure

OPERATIONS = frozenset(
    {"lookup", "create", "update", "activate", "deactivate", "push-group", "push-members", "delete-group"}
)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A switch: to these operations (see OPERATIONS) the SCIM server seems to answer `status`. `who` are Okta user ids,
    for pushes mapping ids; None is everybody. `takes_effect`: the server does what it was asked all the same. `lasts`:
    how long Okta waits for the answer. `retry_after`: what the answer asks for, in seconds."""

    operations: frozenset[str]
    status: int
    summary: str
    who: frozenset[str] | None = None
    takes_effect: bool = False
    lasts: timedelta = timedelta(0)
    retry_after: int | None = None

    def meets(self, operation: str, subject: str) -> bool:
        return operation in self.operations and (self.who is None or subject in self.who)

    def failure(self) -> ScimFailure:
        """What Okta makes of it."""
        return ScimFailure(self.status, self.summary, retry_after=self.retry_after, lasted=self.lasts)


@dataclass(frozen=True, kw_only=True)
class FailedTask:
    """A task that failed after so many attempts and waits for an admin."""

    task: Task
    summary: str
    attempts: int = 1


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How often Okta tries again what was answered with one of these statuses (0: no answer), and after how long.

    The pause is what Retry-After says in whole seconds, `pause` otherwise; it doubles with each further attempt. Okta's
    guide to the limits of a SCIM server has 429 alone, five minutes and ten attempts; that it doubles what Retry-After
    says too is not known for certain (`doubles_retry_after`).
    """

    statuses: frozenset[int] = frozenset({429})
    pause: timedelta = timedelta(minutes=5)
    attempts: int = 10
    doubles_retry_after: bool = True

    def again_after(self, failure: ScimFailure, attempts: int) -> timedelta | None:
        """How long to wait after so many attempts; None: no more."""
        if failure.status not in self.statuses or attempts >= self.attempts:
            return None
        doubled: int = 2 ** (attempts - 1)
        if failure.retry_after is None:
            return self.pause * doubled
        return timedelta(seconds=failure.retry_after) * (doubled if self.doubles_retry_after else 1)
