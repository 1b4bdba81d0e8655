"""What Okta's API answers about the System Log: bounded queries, which end, and polling queries, which never do.

As in Okta's description of /api/v1/logs: the last seven days unless `since` says otherwise, 90 days kept, lines in the
order in which they were written.
"""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from urllib.parse import urlencode

from reconciler.simulator.okta import log_shapes as shapes
from reconciler.simulator.okta.answers import invalid
from reconciler.simulator.okta.asked import Asked, Cut, moment_of, parsed
from reconciler.simulator.okta.filters import Filter, Row
from reconciler.simulator.okta.shapes import moment
from reconciler.simulator.org.org import Org
from reconciler.simulator.org.system_log import LogEvent

RETENTION = timedelta(days=90)
USUAL = timedelta(days=7)
DEFAULT, MAXIMUM = 100, 1000
MOST_WORDS, LONGEST_WORD = 10, 40
ATTRIBUTES = (
    "uuid",
    "published",
    "eventType",
    "severity",
    "displayMessage",
    "outcome.result",
    "outcome.reason",
    *(f"{who}.{what}" for who in ("actor", "target") for what in ("id", "type", "alternateId", "displayName")),
)


def logs(asked: Asked) -> Cut:
    """GET /api/v1/logs: since, until, filter, q, limit, sortOrder, after. Ascending and without `until` it polls: there
    is always a next link, which brings what was written since."""
    order, after = asked.query.get("sortOrder", "ASCENDING"), asked.query.get("after")
    if order not in ("ASCENDING", "DESCENDING"):
        raise invalid("sortOrder", "sortOrder: The parameter must be ASCENDING or DESCENDING.")
    rising, limit = order == "ASCENDING", _limit(asked.query.get("limit"))
    past = _number(after) if after else None
    events = _matching(asked)
    if not rising:
        events.reverse()
    if past is not None:
        events = [event for event in events if (event.number > past if rising else event.number < past)]
    rows = events[:limit]
    polls = rising and "until" not in asked.query
    last = rows[-1].number if rows else past
    if last is None:
        last = len(asked.org.system_log.events)
    links = [_link(asked, {}, "self")]
    if polls or len(events) > len(rows):
        links.append(_link(asked, {"after": _cursor(last)}, "next"))
    return Cut(rows=[shapes.event(asked.org, row) for row in rows], links=links)


def _matching(asked: Asked) -> list[LogEvent]:
    org, query = asked.org, asked.query
    until = moment_of("until", query["until"]) if query.get("until") else None
    kept = org.now() - RETENTION
    since = moment_of("since", query["since"]) if query.get("since") else max(until or org.now(), kept + USUAL) - USUAL
    since = max(since, kept)
    condition = parsed(query["filter"], ATTRIBUTES) if query.get("filter") else None
    words = query.get("q", "").casefold().split()
    if len(words) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in words):
        raise invalid("q", f"q: Up to {MOST_WORDS} keywords of {LONGEST_WORD} characters.")
    return [event for event in org.system_log.events if _fits(org, event, since, until, condition, words)]


def _fits(
    org: Org, event: LogEvent, since: datetime, until: datetime | None, condition: Filter | None, words: list[str]
) -> bool:
    if event.published < since or (until is not None and event.published > until):
        return False
    row = _row(org, event)
    if condition is not None and not condition.meets(row):
        return False
    if not words:
        return True
    told = " ".join(text for name in ATTRIBUTES for text in _texts(row(name))).casefold()
    return all(word in told for word in words)


def _row(org: Org, event: LogEvent) -> Row:
    people = {"actor": (event.actor,), "target": event.targets}

    def value(name: str) -> str | tuple[str, ...] | None:
        who, _, what = name.partition(".")
        if who in people:
            words = {"alternateId": "alternate", "displayName": "name"}
            return tuple(str(getattr(one, words.get(what, what))) for one in people[who])
        values = {
            "uuid": shapes.identity(org, event),
            "published": moment(event.published),
            "eventType": event.event_type,
            "severity": shapes.severity(event),
            "displayMessage": shapes.message(event),
            "outcome.result": event.outcome,
            "outcome.reason": event.reason,
        }
        return values[name]

    return value


def _texts(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value or ()


def _limit(text: str | None) -> int:
    if not text:
        return DEFAULT
    if not text.isdecimal() or len(text) > len(str(MAXIMUM)) or int(text) > MAXIMUM:
        raise invalid("limit", f"limit: The limit must be between 0 and {MAXIMUM}.")
    return int(text)


def _cursor(number: int) -> str:
    return "+" + base64.b64encode(f"log:{number}".encode()).decode()


def _number(cursor: str) -> int:
    try:
        kind, _, number = base64.b64decode(cursor.removeprefix("+"), validate=True).decode().partition(":")
        if kind == "log":
            return int(number)
    except ValueError:
        pass
    raise invalid("after", "after: The cursor is invalid.")


def _link(asked: Asked, more: dict[str, str], relation: str) -> str:
    query = {name: value for name, value in asked.query.items() if value != ""} | more
    tail = f"?{urlencode(query)}" if query else ""
    return f'<{asked.base}/api/v1/logs{tail}>; rel="{relation}"'
