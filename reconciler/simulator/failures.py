"""What goes wrong between Okta and the SCIM server: faults switched on, and tasks that failed by them or for real."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.simulator.state import Task

OPERATIONS = frozenset(
    {"lookup", "create", "update", "activate", "deactivate", "push-group", "push-members", "delete-group"}
)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A switch: to these operations (see OPERATIONS) the SCIM server seems to answer `status`. `who` are Okta user ids,
    for pushes mapping ids; None is everybody."""

    operations: frozenset[str]
    status: int
    summary: str
    who: frozenset[str] | None = None

    def meets(self, operation: str, subject: str) -> bool:
        return operation in self.operations and (self.who is None or subject in self.who)


@dataclass(frozen=True, kw_only=True)
class FailedTask:
    """A task that failed and waits for an admin."""

    task: Task
    summary: str
