"""The org's System Log: what happened, to whom, whether it worked. Kept in the order in which it was written.

Names of events as in Okta's catalogue of event types; shapes as in its description of /api/v1/logs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

SUCCESS = "SUCCESS"
FAILURE = "FAILURE"


@dataclass(frozen=True, kw_only=True)
class Target:
    """Somebody or something an event is about. `type`: User, UserGroup, AppInstance, AppUser, GroupRule, …
    `alternate` is Okta's alternateId: a login for people, a label for apps."""

    id: str
    type: str
    name: str
    alternate: str = "unknown"


@dataclass(frozen=True, kw_only=True)
class LogEvent:
    """One line of the log. `number` orders it; `outcome` is SUCCESS, FAILURE, SKIPPED, …; `actor` is who did it."""

    number: int
    published: datetime
    event_type: str
    outcome: str
    reason: str | None
    actor: Target
    targets: tuple[Target, ...]


OKTA = Target(id="00uSystem", type="SystemPrincipal", name="Okta System", alternate="system@okta.com")
"""The actor of everything that Okta does by itself."""


class SystemLog:
    """What an org has written down."""

    def __init__(self) -> None:
        self.events: list[LogEvent] = []

    def write(
        self,
        published: datetime,
        event_type: str,
        targets: Sequence[Target],
        *,
        outcome: str = SUCCESS,
        reason: str | None = None,
        actor: Target = OKTA,
    ) -> LogEvent:
        """Adds a line and returns it."""
        event = LogEvent(
            number=len(self.events) + 1,
            published=published,
            event_type=event_type,
            outcome=outcome,
            reason=reason,
            actor=actor,
            targets=tuple(targets),
        )
        self.events.append(event)
        return event
