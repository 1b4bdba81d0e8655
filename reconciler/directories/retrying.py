"""When a request is sent again, and what its failures come to when it is not."""

from __future__ import annotations

import tenacity

from reconciler.directories.answers import Transient
from reconciler.errors import ReconcilerError, Unreachable

LOCKED_SECONDS = 180.0
"""How long a write is tried again whose target is locked by other changes.

Source: the provider that most orgs use retries 423 for as long.
"""


class Effort:
    """What one ``get`` or ``send`` has spent; bounds its retries."""

    def __init__(self) -> None:
        self.seconds = 0.0


def waited(fault: ReconcilerError | Transient, wait: float | None, effort: Effort) -> ReconcilerError | Transient:
    """The fault, with the seconds that its service asks to wait."""
    if isinstance(fault, Transient):
        fault.wait = wait
        effort.seconds += wait or 0.0
    return fault


def is_locked(state: tenacity.RetryCallState) -> bool:
    """Whether it failed because its target is busy with other changes."""
    fault = state.outcome.exception() if state.outcome is not None else None
    return isinstance(fault, Transient) and fault.error.status in (409, 423)


def lasting(last: Transient, attempts: int) -> ReconcilerError:
    """What a fault is that stayed to the last attempt."""
    error = last.error
    if isinstance(error, Unreachable):
        error.facts = (*error.facts, ("tried", f"{attempts} time{'s' if attempts != 1 else ''}"))
        if last.wait is not None and last.wait > 1:
            error.facts = (*error.facts, ("asks", f"to wait {last.wait:.0f} s"))
    return error


_jitter = tenacity.wait_random(0.0, 0.5)
_exponential = tenacity.wait_exponential(multiplier=0.5, max=30.0) + _jitter


def backoff(state: tenacity.RetryCallState) -> float:
    """Seconds before the next attempt. Where the service told when, ``Pace`` waits; only the jitter is left to add."""
    fault = state.outcome.exception() if state.outcome is not None else None
    if isinstance(fault, Transient) and fault.wait is not None:
        return _jitter(state)
    delay = fault.delay if isinstance(fault, Transient) else None
    return max(_exponential(state), (delay or 0.0) + _jitter(state))
