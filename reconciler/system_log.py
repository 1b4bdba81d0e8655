"""The events of Okta's System Log, oldest first, by whom or what they concern and by type; and an event in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reconciler.findings import Fact
from reconciler.model import LogEvent

FAILURE = "FAILURE"
SUCCESS = "SUCCESS"

WORDS = {
    "app.app_instance.provision_sync_job.failed": "provisioning job failed",
    "app.user_management.grouppush.mapping.okta.users.ignored": "people left out of a group push",
    "application.integration.authentication_failure": "authentication with the app failed",
    "application.integration.general_failure": "the app could not be reached or failed",
    "application.integration.rate_limit_exceeded": "the app refused for too many requests",
    "application.provision.group_push.push_memberships": "memberships pushed to the app",
    "application.provision.group_push.pushed": "group pushed to the app",
    "application.provision.group_push.removed": "pushed group removed",
    "application.provision.group_push.updated": "pushed group updated",
    "application.provision.user.activate": "account activated in the app",
    "application.provision.user.deactivate": "account deactivated in the app",
    "application.provision.user.deprovision": "account taken from the app",
    "application.provision.user.push": "user pushed to the app",
    "application.provision.user.push_profile": "profile pushed to the app",
    "application.provision.user.reactivate": "account activated in the app again",
    "application.user_membership.add": "assigned to the app",
    "application.user_membership.remove": "assignment removed",
    "group.user_membership.add": "added to a group",
    "group.user_membership.remove": "removed from a group",
    "group.user_membership.rule.add_exclusion": "excluded from a group rule",
    "group.user_membership.rule.deactivated": "group rule deactivated",
    "group.user_membership.rule.error": "group rule failed",
    "group.user_membership.rule.invalidate": "group rule became invalid",
    "user.lifecycle.deactivate": "deactivated in Okta",
    "user.lifecycle.delete.completed": "deleted in Okta",
    "user.lifecycle.suspend": "suspended in Okta",
    "user.lifecycle.unsuspend": "no longer suspended in Okta",
}
"""What the commonest types mean; any other is shown by its name.
Source: https://developer.okta.com/docs/reference/api/event-types/"""


@dataclass(frozen=True, slots=True)
class SystemLog:
    """Events, oldest first. Empty where none was read: ``OktaSnapshot.events`` tells whether that is so."""

    events: tuple[LogEvent, ...] = ()
    _by_target: Mapping[str, tuple[LogEvent, ...]] = field(default_factory=dict, repr=False)
    _by_type: Mapping[str, tuple[LogEvent, ...]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, events: Iterable[LogEvent]) -> SystemLog:
        """The log of these events, whatever their order."""
        ordered = tuple(sorted(events, key=_age))
        by_target: dict[str, list[LogEvent]] = defaultdict(list)
        by_type: dict[str, list[LogEvent]] = defaultdict(list)
        for event in ordered:
            by_type[event.type].append(event)
            for target_id in {target.id for target in event.targets}:
                by_target[target_id].append(event)
        return cls(
            events=ordered,
            _by_target={key: tuple(found) for key, found in by_target.items()},
            _by_type={key: tuple(found) for key, found in by_type.items()},
        )

    def about(self, target_id: str) -> tuple[LogEvent, ...]:
        """Events that name this user, group, mapping, rule or app by id."""
        return self._by_target.get(target_id, ())

    def of_type(self, *types: str) -> tuple[LogEvent, ...]:
        """Events of any of these types; one that ends with a full stop stands for all that begin so."""
        found = [name for name in self._by_type if any(_is(name, wanted) for wanted in types)]
        return tuple(sorted((event for name in found for event in self._by_type[name]), key=_age))


def _age(event: LogEvent) -> tuple[object, str]:
    return event.published, event.id


def _is(name: str, wanted: str) -> bool:
    return name.startswith(wanted) if wanted.endswith(".") else name == wanted


def in_words(event: LogEvent) -> str:
    """``2026-11-24 10:02 UTC  user pushed to the app: FAILURE, timed out  event 3f…``"""
    outcome = ", ".join(part for part in (event.outcome, event.reason) if part)
    told = f": {outcome}" if outcome else ""
    return f"{event.published:%Y-%m-%d %H:%M} UTC  {WORDS.get(event.type, event.type)}{told}  event {event.id}"


def fact(event: LogEvent) -> Fact:
    """An event as a line of evidence."""
    return Fact(side="okta", label="log", value=in_words(event))
