"""What Okta's API answers about groups, their members and rules, and users."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from reconciler.simulator.okta import app_kinds as okta_app_kinds
from reconciler.simulator.okta import shapes as okta_shapes
from reconciler.simulator.okta.answers import Paging, invalid, missing
from reconciler.simulator.okta.asked import Asked, Listing, parsed, words
from reconciler.simulator.okta.filters import ANY_PROFILE, Row, knows
from reconciler.simulator.okta.shapes import Body
from reconciler.simulator.org.org import Org
from reconciler.simulator.org.state import DEPROVISIONED, Group, Person

GROUP_ATTRIBUTES = (
    "id",
    "type",
    "source.id",
    "created",
    "lastUpdated",
    "lastMembershipUpdated",
    "profile.name",
    "profile.description",
)
GROUP_FILTERED = ("id", "type", "lastUpdated", "lastMembershipUpdated")
USER_ATTRIBUTES = ("id", "status", "created", "activated", "statusChanged", "lastUpdated", "type.id", ANY_PROFILE)
USER_FILTERED = (
    "id",
    "status",
    "lastUpdated",
    "profile.login",
    "profile.email",
    "profile.firstName",
    "profile.lastName",
)
"""What `search` knows, and of that what `filter` does: Okta's description of both lists."""
MOST_BY_Q, USUAL_BY_Q = 300, 10
"""Groups and users found by `q`, in one page, unless a limit is given."""


def groups(asked: Asked) -> Listing:
    """GET /api/v1/groups: search (which is late), filter, q (begins the name, one page); expand=stats embeds counts."""
    found = asked.org.found_groups if asked.query.get("search") else asked.org.groups
    rows = [row for row in found.values() if asked.sees(row)]
    for name, known in (("search", GROUP_ATTRIBUTES), ("filter", GROUP_FILTERED)):
        if wanted := asked.query.get(name):
            condition = parsed(wanted, known)
            rows = [row for row in rows if condition.meets(_group_row(row))]
    rows = _sorted(asked, rows, GROUP_ATTRIBUTES, _group_row)
    q = asked.query.get("q")
    if q:
        rows = [row for row in rows if row.name.casefold().startswith(q.casefold())]

    def shape(row: Any) -> Body:
        body = okta_shapes.group(asked.base, row)
        if asked.expands("stats"):
            body["_embedded"] = {"stats": okta_shapes.stats(asked.org, row)}
        return body

    paging = Paging(default=MOST_BY_Q if q else 10_000, maximum=10_000, single=bool(q))
    return Listing(rows=rows, key=lambda row: row.id, shape=shape, paging=paging)


def group(asked: Asked) -> Body:
    """GET /api/v1/groups/{group}; expand=stats embeds counts."""
    body = okta_shapes.group(asked.base, asked.group)
    if asked.expands("stats"):
        body["_embedded"] = {"stats": okta_shapes.stats(asked.org, asked.group)}
    return body


def members(asked: Asked) -> Listing:
    """GET /api/v1/groups/{group}/users: everybody in it by id, the deactivated too. expand=group-rules embeds the rules
    that fed each; the next link forgets it."""
    if asked.expands("group-rules") and asked.switches.group_rules == "refused":
        raise invalid("expand", "expand: The expand parameter is not supported.")
    embed = asked.expands("group-rules") and asked.switches.group_rules == "embedded"

    def shape(row: Any) -> Body:
        user_id, membership = row
        body = okta_shapes.user(asked.org, asked.base, asked.org.users[user_id])
        if embed:
            body["_embedded"] = {"group-rules": okta_shapes.rules_of(asked.org, membership)}
        return body

    most = asked.switches.members_maximum
    paging = Paging(default=most, maximum=most, lost_in_next=("expand",))
    return Listing(rows=sorted(asked.group.members.items()), key=lambda row: str(row[0]), shape=shape, paging=paging)


def group_apps(asked: Asked) -> Listing:
    """GET /api/v1/groups/{group}/apps: the apps that the group is assigned to."""
    group_id = asked.group.id
    rows = [app for app in asked.org.apps.values() if group_id in app.groups and asked.role.sees_app(app.id)]
    return Listing(
        rows=rows,
        key=lambda row: row.id,
        shape=lambda row: okta_app_kinds.app(asked.org, asked.base, row),
        paging=Paging(default=20, maximum=200),
    )


def rules_of_member(asked: Asked) -> list[Body]:
    """GET /api/v1/groups/{group}/users/{user}/group-rules: the rules that feed a membership."""
    membership = asked.group.members.get(asked.user.id)
    if membership is None:
        raise missing("User", asked.user.id)
    return okta_shapes.rules_of(asked.org, membership)


def rules(asked: Asked) -> Listing:
    """GET /api/v1/groups/rules: `search` is a word in the name; expand=groupIdToGroupNameMap embeds names."""
    word = asked.query.get("search", "").casefold()
    rows = [row for row in asked.org.rules.values() if word in row.name.casefold()]
    return Listing(
        rows=rows,
        key=lambda row: row.id,
        shape=lambda row: _rule(asked, row),
        paging=Paging(default=50, maximum=200),
    )


def rule(asked: Asked) -> Body:
    """GET /api/v1/groups/rules/{rule}"""
    return _rule(asked, asked.rule)


def users(asked: Asked) -> Listing:
    """GET /api/v1/users: nobody deactivated, unless there is a `search` (which is late) or a `filter`. `q` begins a
    name or address, and finds ten people unless a limit is given."""
    org, q = asked.org, asked.query.get("q", "").casefold()
    rows = list((org.found_users if asked.query.get("search") else org.users).values())
    narrowed = False
    for name, known in (("search", USER_ATTRIBUTES), ("filter", USER_FILTERED)):
        if wanted := asked.query.get(name):
            narrowed, condition = True, parsed(wanted, known)
            rows = [row for row in rows if condition.meets(_user_row(org, row))]
    if q or not narrowed:
        rows = [row for row in rows if row.status != DEPROVISIONED]
    if q:
        rows = [row for row in rows if any(word.casefold().startswith(q) for word in words(row))]
    rows = _sorted(asked, rows, USER_ATTRIBUTES, partial(_user_row, org))
    return Listing(
        rows=rows,
        key=lambda row: row.id,
        shape=lambda row: okta_shapes.user(asked.org, asked.base, row),
        paging=Paging(default=USUAL_BY_Q if q else 200, maximum=200, single=bool(q)),
    )


def user(asked: Asked) -> Body:
    """GET /api/v1/users/{user}, by id or login, deactivated or not."""
    return okta_shapes.user(asked.org, asked.base, asked.user, alone=True)


def user_groups(asked: Asked) -> Listing:
    """GET /api/v1/users/{user}/groups"""
    user_id = asked.user.id
    rows = [row for row in asked.org.groups.values() if user_id in row.members and asked.sees(row)]
    return Listing(
        rows=rows,
        key=lambda row: row.id,
        shape=lambda row: okta_shapes.group(asked.base, row),
        paging=Paging(default=200, maximum=10_000),
    )


def _rule(asked: Asked, row: Any) -> Body:
    body = okta_shapes.rule(row)
    if asked.expands("groupIdToGroupNameMap"):
        body["_embedded"] = {"groupIdToGroupNameMap": okta_shapes.group_names(asked.org, row)}
    return body


def _sorted(asked: Asked, rows: list[Any], known: tuple[str, ...], told: Callable[[Any], Row]) -> list[Any]:
    """By `sortBy` and `sortOrder`, which Okta heeds beside a `search` alone."""
    name, order = asked.query.get("sortBy"), asked.query.get("sortOrder", "asc").casefold()
    if not name or not asked.query.get("search"):
        return rows
    if not knows(known, name) or order not in ("asc", "desc"):
        raise invalid("sortBy", "sortBy: The parameter can't be sorted by.")
    return sorted(rows, key=lambda row: str(told(row)(name) or ""), reverse=order == "desc")


def _group_row(row: Group) -> Callable[[str], str | None]:
    values = {
        "id": row.id,
        "type": row.type,
        "source.id": row.source_id,
        "created": okta_shapes.moment(row.created),
        "lastUpdated": okta_shapes.moment(row.last_updated),
        "lastMembershipUpdated": okta_shapes.moment(row.membership_told),
        "profile.name": row.name,
        "profile.description": row.description,
    }
    return values.get


def _searched(value: object) -> str:
    return str(value).casefold() if isinstance(value, bool) else str(value)


def _user_row(org: Org, row: Person) -> Row:
    values = {
        "id": row.id,
        "status": row.status,
        "created": okta_shapes.moment(row.created),
        "activated": okta_shapes.moment(row.activated),
        "statusChanged": okta_shapes.moment(row.status_changed),
        "lastUpdated": okta_shapes.moment(row.last_updated),
        "type.id": row.user_type or org.user_type_id,
    }
    profile = row.profile()

    def value(name: str) -> str | tuple[str, ...] | None:
        if name in values:
            return values[name]
        found = profile.get(name.removeprefix("profile."))
        if isinstance(found, list):
            return tuple(_searched(one) for one in found)
        return None if found is None else _searched(found)

    return value
