"""What Okta's API answers about apps: who is assigned, what is pushed, how it provisions."""

from __future__ import annotations

from typing import Any

from reconciler.simulator.okta import app_kinds as okta_app_kinds
from reconciler.simulator.okta import app_shapes as okta_app_shapes
from reconciler.simulator.okta import provisioning_shapes as okta_provisioning_shapes
from reconciler.simulator.okta import shapes as okta_shapes
from reconciler.simulator.okta.answers import Paging, invalid, missing
from reconciler.simulator.okta.asked import Asked, Listing, moment_of, parsed, words
from reconciler.simulator.okta.shapes import Body


def apps(asked: Asked) -> Listing:
    """GET /api/v1/apps: `q` is the beginning of a name or label, `filter` knows id, status and name."""
    rows = [app for app in asked.org.apps.values() if asked.role.sees_app(app.id)]
    q = asked.query.get("q", "").casefold()
    rows = [app for app in rows if app.name.casefold().startswith(q) or app.label.casefold().startswith(q)]
    wanted = asked.query.get("filter")
    if wanted:
        condition = parsed(wanted, ("id", "status", "name"))
        rows = [app for app in rows if condition.meets({"id": app.id, "status": app.status, "name": app.name}.get)]
    return Listing(
        rows=rows,
        key=lambda app: app.id,
        shape=lambda app: okta_app_kinds.app(asked.org, asked.base, app),
        paging=Paging(default=20, maximum=200, open=True),
    )


def app(asked: Asked) -> Body:
    """GET /api/v1/apps/{app}"""
    return okta_app_kinds.app(asked.org, asked.base, asked.app)


def app_users(asked: Asked) -> Listing:
    """GET /api/v1/apps/{app}/users: expand=user embeds the user; `q` begins a name or address."""
    owner, embed = asked.app, asked.expands("user")
    rows = list(owner.users.values())
    q = asked.query.get("q", "").casefold()
    if q:
        rows = [
            row for row in rows if any(word.casefold().startswith(q) for word in words(asked.org.users[row.user_id]))
        ]
    return Listing(
        rows=rows,
        key=lambda row: row.user_id,
        shape=lambda row: okta_app_shapes.app_user(asked.org, asked.base, owner, row, embed=embed),
        paging=Paging(default=50, maximum=500),
    )


def app_user(asked: Asked) -> Body:
    """GET /api/v1/apps/{app}/users/{user}"""
    found = asked.app.users.get(asked.user.id)
    if found is None:
        raise missing("AppUser", asked.path["user"])
    return okta_app_shapes.app_user(asked.org, asked.base, asked.app, found, embed=asked.expands("user"))


def app_groups(asked: Asked) -> Listing:
    """GET /api/v1/apps/{app}/groups, by priority; expand=group embeds the group; `q` begins its name."""
    owner, embed = asked.app, asked.expands("group")

    def shape(row: Any) -> Body:
        body = okta_app_shapes.app_group(asked.base, owner, row)
        if embed:
            body["_embedded"] = {"group": okta_shapes.group(asked.base, asked.org.groups[row.group_id])}
        return body

    q = asked.query.get("q", "").casefold()
    rows = [row for row in owner.groups.values() if asked.org.groups[row.group_id].name.casefold().startswith(q)]
    rows.sort(key=lambda row: row.priority)
    paging = Paging(default=20, maximum=200, minimum=20)
    return Listing(rows=rows, key=lambda row: row.group_id, shape=shape, paging=paging)


def app_group(asked: Asked) -> Body:
    """GET /api/v1/apps/{app}/groups/{group}"""
    found = asked.app.groups.get(asked.path["group"])
    if found is None:
        raise missing("ApplicationGroupAssignment", asked.path["group"])
    return okta_app_shapes.app_group(asked.base, asked.app, found)


def mappings(asked: Asked) -> Listing:
    """GET …/group-push/mappings: sourceGroupId, status and lastUpdated (from then on) narrow it, and its links forget
    them."""
    owner = asked.app
    rows = list(owner.mappings.values())
    since = asked.query.get("lastUpdated")
    if since:
        earliest = moment_of("lastUpdated", since)
        rows = [row for row in rows if row.last_updated >= earliest]
    source, status = asked.query.get("sourceGroupId"), asked.query.get("status")
    rows = [row for row in rows if (not source or row.source_group_id == source) and status in (None, "", row.status)]
    forgotten = ("sourceGroupId", "status", "lastUpdated")
    return Listing(
        rows=rows,
        key=lambda row: row.id,
        shape=lambda row: okta_app_shapes.mapping(asked.org, asked.base, owner, row),
        paging=Paging(default=100, maximum=1000, lost_in_self=(*forgotten, "after"), lost_in_next=forgotten),
    )


def mapping(asked: Asked) -> Body:
    """GET …/group-push/mappings/{mapping}"""
    return okta_app_shapes.mapping(asked.org, asked.base, asked.app, asked.mapping)


def features(asked: Asked) -> list[Body]:
    """GET …/features; 400 where the app has no provisioning."""
    if not asked.app.features:
        raise invalid("", "Provisioning is not enabled for the app instance.")
    return [okta_provisioning_shapes.feature(asked.base, asked.app)]


def feature(asked: Asked) -> Body:
    """GET …/features/{feature}"""
    if asked.path["feature"] != "USER_PROVISIONING":
        raise missing("ApplicationFeature", asked.path["feature"])
    return features(asked)[0]


def connection(asked: Asked) -> Body:
    """GET …/connections/default: UNKNOWN for an app made with the wizard."""
    return okta_provisioning_shapes.connection(asked.base, asked.app)


def schema(asked: Asked) -> Body:
    """GET /api/v1/meta/schemas/apps/{app}/default"""
    return okta_provisioning_shapes.schema(asked.base, asked.app)
