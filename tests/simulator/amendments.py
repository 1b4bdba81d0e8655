"""Where Okta was seen to do otherwise than its description says: the whole list of what an answer may differ in.

A patch as in RFC 7396 (JSON Merge Patch) to the description; ``*`` stands for every object at that place. A recorded
answer, or one that a fact with a source is about, must need each (``test_amendments``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Patch = dict[str, Any]


@dataclass(frozen=True)
class Amendment:
    """One deviation, in words, and what it does to the description."""

    title: str
    reason: str
    patch: Patch


MAPPINGS = "/api/v1/apps/{appId}/group-push/mappings"
ERROR = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}, "description": "Error"}
NULL = {"nullable": True}
OBJECT = {"type": "object"}
BOOLEAN = {"type": "boolean"}
OVERRIDDEN = ("audienceOverride", "defaultRelayState", "recipientOverride", "ssoAcsUrlOverride")
LINK = {"$ref": "#/components/schemas/HrefObject"}


def _schema(name: str, patch: Patch) -> Patch:
    return {"components": {"schemas": {name: patch}}}


def _properties(name: str, /, **properties: Patch) -> Patch:
    return _schema(name, {"properties": properties})


def _answers(template: str, method: str, **statuses: Patch | None) -> Patch:
    responses = {status.removeprefix("s"): answer for status, answer in statuses.items()}
    return {"paths": {template: {method: {"responses": responses}}}}


def _json(schema: Patch) -> Patch:
    return {"content": {"application/json": {"schema": schema}}}


def _body(name: str) -> Patch:
    return _json({"$ref": f"#/components/schemas/{name}"})


def _everywhere(status: str) -> Patch:
    return {"paths": {"*": {"*": {"responses": {status: ERROR}}}}}


RECORDED = "recorded traffic"

AMENDMENTS = (
    # Statuses and whole bodies
    Amendment(
        "a new mapping is answered with 200",
        f"{RECORDED}: 201 was never seen (facts/okta.md §1.6)",
        _answers(MAPPINGS, "post", s201=None, s200=_body("GroupPushMapping")),
    ),
    Amendment(
        "the end of a mapping is answered with 200 and nothing",
        f"{RECORDED}: 204 was never seen (facts/okta.md §1.6)",
        _answers(f"{MAPPINGS}/{{mappingId}}", "delete", s204=None, s200={}),
    ),
    Amendment(
        "the end of a rule is answered with an empty object",
        f"{RECORDED} (facts/okta.md §1.0)",
        _answers("/api/v1/groups/rules/{groupRuleId}", "delete", s202=_json(OBJECT)),
    ),
    # Null where the description has text
    Amendment("externalId is null where nothing was provisioned", RECORDED, _properties("AppUser", externalId=NULL)),
    Amendment(
        "an app's addresses for redirects are null",
        RECORDED,
        _properties("ApplicationAccessibility", errorRedirectUrl=NULL, loginRedirectUrl=NULL),
    ),
    Amendment("an app's notes are null", RECORDED, _properties("ApplicationSettingsNotes", admin=NULL, enduser=NULL)),
    Amendment(
        "the words of an app's VPN notice are null",
        RECORDED,
        _properties("ApplicationSettingsNotificationsVpn", helpUrl=NULL, message=NULL),
    ),
    Amendment(
        "what an OpenID Connect app does not set is null",
        RECORDED,
        _properties("OpenIdConnectApplicationSettingsClient", client_uri=NULL, logo_uri=NULL),
    ),
    Amendment(
        "the sign-on settings of an app from the catalogue are null where its own apply, or absent",
        RECORDED,
        _schema(
            "SamlApplicationSettingsSignOn",
            {"required": None, "properties": dict.fromkeys(("destinationOverride", "spIssuer", *OVERRIDDEN), NULL)},
        ),
    ),
    Amendment(
        "the sign-on settings of a SAML 1.1 app are null where its own apply",
        RECORDED,
        _properties("Saml11ApplicationSettingsSignOn", **dict.fromkeys(OVERRIDDEN, NULL)),
    ),
    Amendment(
        "an app without a sign-on mode of the known kinds has null", RECORDED, _schema("ApplicationSignOnMode", NULL)
    ),
    Amendment("universalLogout is null", RECORDED, _schema("ApplicationUniversalLogout", NULL)),
    # Keys that the description does not name
    Amendment("a rule tells whether all its groups exist", RECORDED, _properties("GroupRule", allGroupsValid=BOOLEAN)),
    Amendment(
        "an app has a name, credentials and settings whatever its sign-on mode",
        RECORDED,
        _properties("Application", name={"type": "string"}, credentials=OBJECT, settings=OBJECT),
    ),
    Amendment("a group links to its owners", RECORDED, _properties("Group", _links={"properties": {"owners": LINK}})),
    Amendment(
        "an app links to its logo, its policies and its enrolment",
        RECORDED,
        _properties("ApplicationLinks", uploadLogo=LINK, policies=LINK, profileEnrollment=LINK),
    ),
    Amendment(
        "an OpenID Connect app links to its secrets",
        RECORDED,
        _properties("ApplicationLinks", clientCredentials={"type": "array", "items": LINK}),
    ),
    Amendment(
        "an app's settings have its own, and its manual provisioning",
        RECORDED,
        _properties("ApplicationSettings", app=OBJECT, manualProvisioning=BOOLEAN),
    ),
    Amendment(
        "a SAML app tells whether requests are signed",
        RECORDED,
        _properties("SamlApplicationSettingsSignOn", samlSignedRequestEnabled=BOOLEAN),
    ),
)
