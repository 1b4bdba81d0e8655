"""The events of Okta's System Log, oldest first, by whom or what they concern and by type; and an event in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec.structs import replace

from reconciler.findings import Fact
from reconciler.model import LogEvent, Memory, OktaSnapshot

ABOUT = "System Log"
"""What a note is about when the log could not be read, or only in part."""
AUTHENTICATION = "application.integration.authentication_failure"
"""Kandji refused the token with which Okta came."""
SENT = (
    "application.provision.user.",
    "application.provision.group_push.push_memberships",
    "application.provision.group_push.pushed",
    "application.provision.group_push.updated",
)
"""Events of something that was sent to the app, or could not be; setting up a push sends nothing."""
FAILURE = "FAILURE"
SUCCESS = "SUCCESS"
WINDOW = timedelta(days=7)
"""How much of the log is kept with a run."""
_AT_LEAST = timedelta(days=1)
_OVERLAP = timedelta(hours=1)
"""Events are written down some time after they happened."""

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


def kept_since(now: datetime) -> datetime:
    """Where the kept part of the log begins: at midnight UTC, so that two runs of a quiet day keep the same."""
    return (now - WINDOW).replace(hour=0, minute=0, second=0, microsecond=0)


def ask_since(before: Memory, now: datetime) -> datetime:
    """Since when to read the log: since the last run that read it and was complete, but a day at least."""
    if before.log_read_at is None:
        return kept_since(now)
    return max(kept_since(now), min(before.log_read_at - _OVERLAP, now - _AT_LEAST))


def carried(okta: OktaSnapshot, before: Memory, *, asked: datetime, now: datetime) -> OktaSnapshot:
    """With the events that earlier runs kept of the last week, and without those of others' apps, groups and people.
    The last refusal of the token stays until something is sent with success: where nobody joins or leaves, Okta tries
    nothing, and nothing else tells of it.

    ``asked``: since when the log was read this time. The events are whole since the earlier ones are, unless this
    time's were cut off.
    """
    if okta.events is None or okta.events_since is None:
        return okta
    ours = _ours(okta, before)
    fresh = (event for event in okta.events if any(target.id in ours for target in event.targets))
    begin, since = kept_since(now), okta.events_since
    known = (*before.events, *fresh)
    events = {event.id: event for event in known if event.published >= begin}
    events |= {event.id: event for event in _refusal(known)}
    if before.events_since is not None and since <= asked:
        since = min(since, max(before.events_since, begin))
    return replace(okta, events=tuple(events[one] for one in sorted(events)), events_since=since)


def _refusal(events: Iterable[LogEvent]) -> list[LogEvent]:
    """The last refusal of the token, where nothing was sent with success since."""
    told = [
        event
        for event in events
        if event.type == AUTHENTICATION
        or (event.outcome == SUCCESS and any(_is(event.type, wanted) for wanted in SENT))
    ]
    return [event for event in sorted(told, key=_age)[-1:] if event.type == AUTHENTICATION]


def _ours(okta: OktaSnapshot, before: Memory) -> set[str]:
    """Ids of the app, and of everybody and everything that a run knows of."""
    ids = {okta.app.id, *okta.invisible_group_ids, *okta.absent_user_ids}
    for records in (okta.users, okta.app_users, okta.groups, okta.mappings, okta.rules or ()):
        ids.update(record.id for record in records)
    ids.update(user_id for _, user_id in before.pointers())
    return ids


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
