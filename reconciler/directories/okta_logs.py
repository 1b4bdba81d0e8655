"""Okta's System Log, as far as it concerns one app: provisioning, assignments, group pushes, rules and people.

Bounded queries, newest first, so that what is cut off is what is oldest. Signing in to the app would be most of its
events, so each query names the types it wants; who joined or left is asked for only of groups that matter.
Source: https://developer.okta.com/docs/reference/system-log-query/
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
from msgspec import Struct

from reconciler import model
from reconciler.directories import Progress
from reconciler.directories.answers import Answer
from reconciler.directories.http import Http
from reconciler.directories.ledger import Ledger, together
from reconciler.directories.okta_lists import telling
from reconciler.directories.okta_look_ups import quoted
from reconciler.directories.okta_pages import carry, next_link
from reconciler.directories.okta_wire import Wire, moment
from reconciler.system_log import ABOUT

SOURCE = "okta.logs"
_PAGE = 1000
_MOST_PAGES = 20
_BATCH = 30
"""Groups in one query: about 1,200 characters of address."""
_OF_APP = (
    "app.user_management.grouppush.",
    "application.lifecycle.",
    "application.provision.",
    "application.user_membership.",
    "group.application_assignment.",
)
"""Beginnings of the types of events that name the app."""
_OF_APP_EXACTLY = (
    "app.app_instance.provision_sync_job.failed",
    "application.integration.authentication_failure",
    "application.integration.general_failure",
    "application.integration.rate_limit_exceeded",
)
_OF_ANYBODY = (
    "group.lifecycle.delete",
    "group.user_membership.rule.add_exclusion",
    "group.user_membership.rule.deactivated",
    "group.user_membership.rule.error",
    "group.user_membership.rule.invalidate",
    "user.lifecycle.deactivate",
    "user.lifecycle.delete.completed",
    "user.lifecycle.reactivate",
    "user.lifecycle.suspend",
    "user.lifecycle.unsuspend",
)
"""Types of which there are few, of the whole org: whom they concern is known only when both sides are read."""
_OF_GROUPS = ("group.user_membership.add", "group.user_membership.remove")


class LogRead(Struct, frozen=True, kw_only=True):
    events: tuple[model.LogEvent, ...] | None = None
    """In order of id."""
    since: datetime | None = None
    """Since when they are whole."""


class Somebody(Wire, frozen=True, kw_only=True, gc=False):
    """An actor or a target."""

    id: str | None = None
    type: str | None = None
    alternate_id: str | None = None
    display_name: str | None = None

    @property
    def name(self) -> str | None:
        """A login or a label, else what it is called; Okta writes "unknown" where there is no such thing."""
        return next((name for name in (self.alternate_id, self.display_name) if name and name != "unknown"), None)


class Outcome(Wire, frozen=True, kw_only=True, gc=False):
    result: str | None = None
    reason: str | None = None


class Event(Wire, frozen=True, kw_only=True, gc=False):
    """``GET /logs``."""

    uuid: str
    published: str
    event_type: str
    outcome: Outcome | None = None
    actor: Somebody | None = None
    target: tuple[Somebody, ...] | None = None

    def value(self) -> model.LogEvent | None:
        """None where the time can't be read."""
        published, outcome = moment(self.published), self.outcome or Outcome()
        if published is None:
            return None
        return model.LogEvent(
            id=self.uuid,
            published=published,
            type=self.event_type,
            outcome=outcome.result,
            reason=outcome.reason,
            actor=None if self.actor is None else self.actor.name,
            targets=tuple(
                model.Target(type=one.type or "", id=one.id, name=one.name) for one in self.target or () if one.id
            ),
        )


class _LogReader:
    def __init__(self, http: Http, since: datetime, until: datetime, arrived: Callable[[int], None]) -> None:
        self._http = http
        self._span: dict[str, str | int] = {"since": _written(since), "until": _written(until)}
        self._until = until
        self._arrived = arrived
        self.since = since
        self.events: dict[str, model.LogEvent] = {}
        self.cut = False
        self.unreadable = self.pages = self.requests = 0

    async def read(self, expression: str, most_pages: int) -> None:
        """All events that fit, or the newest of them."""
        asked = {**self._span, "filter": expression, "limit": _PAGE, "sortOrder": "DESCENDING"}
        url = f"/api/v1/logs?{httpx.QueryParams(asked)}"
        oldest, places = self._until, {url}
        for _ in range(most_pages):
            answer = await self._http.get(url)
            rows, found = self._decoded(answer)
            oldest = min([oldest, *(event.published for event in found)])
            self.events.update((event.id, event) for event in found)
            self._arrived(len(self.events))
            following = next_link(answer)
            if rows == 0 or (following is None and rows < _PAGE):
                return
            if following is None or following in places:
                break
            places.add(following)
            url = carry(following, asked)
        self._cut_at(oldest)

    def _decoded(self, answer: Answer) -> tuple[int, list[model.LogEvent]]:
        """How many rows the page has, and those that can be read: one odd event hides no other."""
        self.pages, self.requests = self.pages + 1, self.requests + answer.attempts
        rows, found = answer.json_as(list[msgspec.Raw]), []
        for row in rows:
            try:
                event = msgspec.json.decode(row, type=Event).value()
            except msgspec.MsgspecError:
                event = None
            if event is None:
                self.unreadable += 1
            else:
                found.append(event)
        return len(rows), found

    def _cut_at(self, oldest: datetime) -> None:
        """Events come in the order in which they were written down, which may be some minutes after their time: so they
        are called whole since the next full hour."""
        hour = oldest.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        self.since, self.cut = max(self.since, min(hour, self._until)), True


async def read_log(
    http: Http,
    ledger: Ledger,
    *,
    app_id: str,
    group_ids: Collection[str],
    since: datetime,
    until: datetime,
    progress: Progress,
) -> LogRead:
    """The events of this time about the app, about joining and leaving these groups, and about anybody's leaving.

    At most twenty pages for each of the three. Where the log may not be read, or can't, ``events`` is None and a note
    says why.
    """
    with ledger.optional(SOURCE, ABOUT) as entry:
        reader = _LogReader(http, since, until, telling(progress, entry, None))
        await _read_all(reader, app_id, group_ids)
        entry.rows, entry.pages, entry.requests = len(reader.events), reader.pages, reader.requests
        told = f"{reader.since:%Y-%m-%d %H:%M} UTC"
        entry.how_known = f"whole since {told}: " + ("cut off there" if reader.cut else "each query to its last page")
        if reader.cut:
            ledger.note("check-skipped", ABOUT, f"it holds more than is read; what is known of it begins at {told}")
        if reader.unreadable:
            reason = f"events in a shape this program does not know, and left out: {reader.unreadable}"
            ledger.note("check-skipped", ABOUT, reason)
        events = tuple(reader.events[one] for one in sorted(reader.events))
        return LogRead(events=events, since=reader.since)
    return LogRead()


async def _read_all(reader: _LogReader, app_id: str, group_ids: Collection[str]) -> None:
    of_app = " or ".join((_either("eventType sw", _OF_APP), _either("eventType eq", _OF_APP_EXACTLY)))
    async with together() as tasks:
        tasks.create_task(reader.read(f"target.id eq {quoted(app_id)} and ({of_app})", _MOST_PAGES))
        tasks.create_task(reader.read(_either("eventType eq", _OF_ANYBODY), _MOST_PAGES))
        for expression, pages in _of_groups(sorted(group_ids)):
            tasks.create_task(reader.read(expression, pages))


def _of_groups(ids: Sequence[str]) -> Iterable[tuple[str, int]]:
    """A query for each batch of groups, with its part of the pages."""
    batches = [ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH)]
    for batch in batches:
        expression = f"({_either('eventType eq', _OF_GROUPS)}) and ({_either('target.id eq', batch)})"
        yield expression, max(1, _MOST_PAGES // len(batches))


def _either(clause: str, values: Iterable[str]) -> str:
    return " or ".join(f"{clause} {quoted(value)}" for value in values)


def _written(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.}{moment.microsecond // 1000:03d}Z"
