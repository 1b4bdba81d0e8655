"""How an app's assignments and its push mappings look in Okta's JSON: as in recorded traffic of a live org."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from reconciler.simulator.okta.shapes import Body, moment, user
from reconciler.simulator.org.org import Org
from reconciler.simulator.org.state import App, AppGroup, AppUser, PushMapping

UNUSED = ("middleName", "honorificPrefix", "honorificSuffix", "nickName", "primaryPhone", "locale", "timezone")
"""Attributes that an app user's profile has without a mapping: null."""
CLAIMS = (
    "street_address",
    "country",
    "website",
    "birthdate",
    "gender",
    "formatted",
    "profile",
    "locality",
    "middle_name",
    "picture",
    "nickname",
    "phone_number",
    "region",
    "postal_code",
)
"""The same of an OpenID Connect client."""


def second(at: datetime) -> str:
    """Without milliseconds, as push mappings have it."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def app_user(org: Org, base: str, owner: App, record: AppUser, *, embed: bool) -> Body:
    """An assignment; with expand=user (`embed`) the whole user beside it."""
    unused = CLAIMS if owner.sign_on_mode == "OPENID_CONNECT" else UNUSED
    known: Mapping[str, str | None] = dict.fromkeys(unused) | record.profile
    state = record.sync_state if org.shows_sync_state or record.sync_state == "ERROR" else "DISABLED"
    body: Body = {
        "id": record.user_id,
        "externalId": record.external_id,
        "created": moment(record.created),
        "lastUpdated": moment(record.last_updated),
        "scope": record.scope,
        "status": record.status,
        "statusChanged": moment(record.status_changed),
        "passwordChanged": None,
        "syncState": state,
    }
    if "PUSH_PROFILE_UPDATES" in owner.features and record.last_sync is not None:
        body["lastSync"] = moment(record.last_sync)
    body |= {
        "credentials": {"userName": record.user_name},
        "profile": known,
        "_links": {
            "app": {"href": f"{base}/api/v1/apps/{owner.id}"},
            "user": {"href": f"{base}/api/v1/users/{record.user_id}"},
        },
    }
    if embed:
        body["_embedded"] = {"user": user(org, base, org.users[record.user_id])}
    return body


def app_group(base: str, owner: App, record: AppGroup) -> Body:
    """A group assigned to an app."""
    own = f"{base}/api/v1/apps/{owner.id}"
    return {
        "id": record.group_id,
        "lastUpdated": moment(record.last_updated),
        "priority": record.priority,
        "profile": record.profile,
        "_links": {
            "app": {"href": own},
            "self": {"href": f"{own}/groups/{record.group_id}"},
            "group": {"href": f"{base}/api/v1/groups/{record.group_id}"},
        },
    }


def mapping(org: Org, base: str, owner: App, record: PushMapping) -> Body:
    """A push mapping; lastPush and errorSummary are absent where there is none."""
    body: Body = {"created": second(record.created)}
    if record.error_summary is not None:
        body["errorSummary"] = record.error_summary
    body["id"] = record.id
    if record.last_push is not None and org.shows_last_push:
        body["lastPush"] = second(record.last_push)
    return body | {
        "lastUpdated": second(record.last_updated),
        "sourceGroupId": record.source_group_id,
        "status": record.status,
        "targetGroupId": record.target_group_id,
        "_links": {
            "app": {"href": f"{base}/api/v1/apps/{owner.id}"},
            "sourceGroup": {"href": f"{base}/api/v1/groups/{record.source_group_id}"},
            "targetGroup": {"href": f"{base}/api/v1/groups/{record.target_group_id}"},
        },
    }
