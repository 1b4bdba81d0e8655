"""How an app, its assignments and its push mappings look in Okta's JSON: as in recorded traffic of a live org."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from reconciler.simulator.okta_shapes import IMAGES, Body, moment, user
from reconciler.simulator.org import Org
from reconciler.simulator.state import App, AppGroup, AppUser, PushMapping

UNUSED = ("middleName", "honorificPrefix", "honorificSuffix", "nickName", "primaryPhone", "locale", "timezone")
"""Attributes that an app user's profile has without a mapping: null."""


def second(at: datetime) -> str:
    """Without milliseconds, as push mappings have it."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def app(org: Org, base: str, record: App) -> Body:
    """An app made with the wizard."""
    own = f"{base}/api/v1/apps/{record.id}"
    home = f"{base}/home/{record.name}/{record.id}/aln{record.id[3:]}"
    return {
        "id": record.id,
        "orn": f"orn:okta:idp:{org.id}:apps:{record.name}:{record.id}",
        "name": record.name,
        "label": record.label,
        "status": record.status,
        "lastUpdated": moment(record.last_updated),
        "created": moment(record.created),
        "accessibility": {"selfService": False, "errorRedirectUrl": None, "loginRedirectUrl": None},
        "visibility": {
            "autoLaunch": False,
            "autoSubmitToolbar": False,
            "hide": {"iOS": False, "web": False},
            "appLinks": {f"{record.name}_link": True},
        },
        "features": list(record.features),
        "signOnMode": record.sign_on_mode,
        "credentials": {
            "userNameTemplate": {"template": "${source.login}", "type": "BUILT_IN"},
            "signing": {"kid": f"kid-{record.id}"},
        },
        "settings": {
            "app": {},
            "notifications": {"vpn": {"network": {"connection": "DISABLED"}, "message": None, "helpUrl": None}},
            "manualProvisioning": False,
            "implicitAssignment": False,
            "notes": {"admin": None, "enduser": None},
            "signOn": sign_on(),
        },
        "_links": {
            "help": {
                "href": f"{base}/app/{record.name}/{record.id}/setup/help/SAML_2_0/instructions",
                "type": "text/html",
            },
            "metadata": {"href": f"{own}/sso/saml/metadata", "type": "application/xml"},
            "uploadLogo": {"href": f"{own}/logo", "hints": {"allow": ["POST"]}},
            "appLinks": [{"name": f"{record.name}_link", "href": home, "type": "text/html"}],
            "profileEnrollment": {"href": f"{base}/api/v1/policies/rst{record.id[3:]}"},
            "policies": {"href": f"{own}/policies", "hints": {"allow": ["PUT"]}},
            "groups": {"href": f"{own}/groups"},
            "logo": [{"name": "medium", "href": f"{IMAGES}/default.png", "type": "image/png"}],
            "accessPolicy": {"href": f"{base}/api/v1/policies/rst{record.id[3:]}"},
            "users": {"href": f"{own}/users"},
            "deactivate" if record.status == "ACTIVE" else "activate": {"href": f"{own}/lifecycle/deactivate"},
        },
    }


def sign_on() -> Body:
    """SAML settings with the dummy addresses that Kandji's guide prescribes."""
    return {
        "defaultRelayState": "",
        "ssoAcsUrl": "https://localhost",
        "idpIssuer": "http://www.okta.com/${org.externalKey}",
        "audience": "https://localhost",
        "recipient": "https://localhost",
        "destination": "https://localhost",
        "subjectNameIdTemplate": "${source.login}",
        "subjectNameIdFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
        "responseSigned": True,
        "assertionSigned": True,
        "signatureAlgorithm": "RSA_SHA256",
        "digestAlgorithm": "SHA256",
        "honorForceAuthn": True,
        "authnContextClassRef": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
        "spIssuer": None,
        "requestCompressed": False,
        "attributeStatements": [],
        "inlineHooks": [],
        "assertionEncryption": {"enabled": False},
        "allowMultipleAcsEndpoints": False,
        "acsEndpoints": [],
        "samlSignedRequestEnabled": False,
        "slo": {"enabled": False},
    }


def app_user(org: Org, base: str, owner: App, record: AppUser, *, embed: bool) -> Body:
    """An assignment; with expand=user (`embed`) the whole user beside it."""
    known: Mapping[str, str | None] = dict.fromkeys(UNUSED) | record.profile
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
        "profile": {},
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
