"""Which findings settle: their cause may still be on its way, so they are shown and not counted.

A finding settles until it has stood in two complete pulls at least its grace apart, or until what Okta and Kandji tell
of times shows that nothing younger concerns that person and group. Nothing known shows nothing. A group's own time may
be somebody else's; where the System Log is whole for a grace, it tells whose.

The first complete run is the baseline, and nothing in it settles for want of a second look; what is known to be young
does, because whoever was deactivated a minute before is no leaver who kept an account. What has been counted is not
taken back for want of one either.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec.structs import replace

from reconciler.findings import Finding
from reconciler.model import LogEvent
from reconciler.world import World, youngest

_ON_ITS_WAY = (
    "group.user_membership.",
    "application.user_membership.",
    "application.provision.",
    "user.lifecycle.",
)
"""Events after which something follows in Kandji; signing in to the app is none.
Source: https://developer.okta.com/docs/reference/api/event-types/"""
_MEMBERSHIP = "group.user_membership."
_CLOSE = timedelta(minutes=1)
"""A group's own time and its event are not from one clock."""


class Settling:
    """Judges the findings of one world."""

    def __init__(self, world: World) -> None:
        self._now = world.now
        self._first = world.before.first
        self._seen = dict(world.before.seen)
        self._settled = world.before.settling
        self._since = world.snapshot.okta.events_since
        self._events: dict[str, list[LogEvent]] = {}
        for event in world.snapshot.okta.events or ():
            if event.type.startswith(_ON_ITS_WAY):
                for target in event.targets:
                    self._events.setdefault(target.id, []).append(event)

    def judged(self, finding: Finding, grace_minutes: int) -> Finding:
        """The finding, marked where it settles.

        A change further in the future than the grace is a wrong clock, and counts for nothing.
        """
        grace = timedelta(minutes=grace_minutes)
        since = self._seen.get(finding.id)
        if since is not None and self._now - since >= grace:
            return finding
        group_changed = self._changed_for(finding, grace)
        changes = [finding.youngest, *self._events_about(finding)]
        counts = self._first or (since is not None and finding.id not in self._settled)
        if not counts:
            changes.append(group_changed)
        known = [change for change in changes if change is not None and change - self._now < grace]
        young = any(self._now - change < grace for change in known)
        shown = counts or self._shown(finding, known, group_changed)
        return replace(finding, settling=True) if young or not shown else finding

    def _shown(self, finding: Finding, known: list[datetime], group_changed: datetime | None) -> bool:
        """Whether enough is known to say that nothing younger concerns it. Nothing is on its way to an app or a rule:
        their state is what it is."""
        if finding.subject.type in ("app", "rule"):
            return True
        if finding.subject.type == "group and person":
            return group_changed is not None
        return bool(known)

    def _changed_for(self, finding: Finding, grace: timedelta) -> datetime | None:
        """When the group last changed for the very person, where the log tells; else when it changed for anybody.

        The log tells where it is whole for a grace and has that last change: events come late, and some never.
        """
        changed, person = finding.group_changed, _person_id(finding)
        if changed is None or person is None or self._since is None or self._now - self._since < grace:
            return changed
        groups = [group_id for group_id, _ in finding.groups]
        if not any(moment >= changed - _CLOSE for group_id in groups for moment in self._joined_or_left(group_id)):
            return changed
        return youngest(self._since, *self._joined_or_left(person, *groups))

    def _joined_or_left(self, target_id: str, *groups: str) -> Iterator[datetime]:
        """When the log has somebody join or leave the group, or the person join or leave one of ``groups``."""
        for event in self._events.get(target_id, ()):
            named = not groups or any(target.id in groups for target in event.targets)
            if event.type.startswith(_MEMBERSHIP) and named:
                yield event.published

    def _events_about(self, finding: Finding) -> Iterator[datetime]:
        """When something was logged of the one person it is about."""
        person = _person_id(finding)
        return (event.published for event in self._events.get(person or "", ()))


def _person_id(finding: Finding) -> str | None:
    """The Okta id of the one person a finding is about."""
    if finding.subject.type not in ("person", "group and person") or len(finding.people) != 1:
        return None
    kind, _, key = finding.people[0].partition(":")
    return key if kind == "user" else None
