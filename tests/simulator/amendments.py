"""Where Okta was seen to do otherwise than its description says: the whole list of what an answer may differ in.

A patch as in RFC 7396 (JSON Merge Patch) to the description; ``*`` stands for every object at that place. A recorded
answer, or one that a fact with a source is about, must need each (``test_answers``).
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.simulator.patches import (
    BOOLEAN,
    LINK,
    NULL,
    OBJECT,
    REFUSED,
    Patch,
    answers,
    every,
    everywhere,
    json_body,
    of_keys,
    properties,
    schema,
    texts,
)


@dataclass(frozen=True)
class Amendment:
    """One deviation, in words, and what it does to the description."""

    title: str
    reason: str
    patch: Patch


RECORDED = "recorded"
ERRORS = dict.fromkeys(("400", "401", "403", "404", "429"), REFUSED)
DONE = {"200": json_body(OBJECT), **ERRORS}
NO_LENGTH = {"411": {"description": "", "content": {"text/html; charset=utf-8": {}}}}
TOKEN = texts("token_type", "access_token", "scope")
TOKEN["properties"]["expires_in"] = {"type": "integer"}
OVERRIDDEN = ("audienceOverride", "defaultRelayState", "recipientOverride", "ssoAcsUrlOverride")

MAY_LACK = {
    "LogActor": ("detailEntry",),
    "LogAuthenticationContext": (
        "authenticationProvider",
        "credentialProvider",
        "credentialType",
        "interface",
        "issuer",
    ),
    "LogClient": ("id", "zone"),
    "LogOutcome": ("reason",),
    "LogTarget": ("detailEntry",),
}
LONG = {"UserProfile": ("login", "email", "firstName", "lastName", "city"), "AppUserCredentials": ("userName",)}

APP = "/api/v1/apps/{appId}"
MAPPINGS = f"{APP}/group-push/mappings"
RULES = "/api/v1/groups/rules"
RULE = f"{RULES}/{{groupRuleId}}"
RULE_WRITES = (
    (RULES, "post"),
    (RULE, "put"),
    (RULE, "delete"),
    (f"{RULE}/lifecycle/activate", "post"),
    (f"{RULE}/lifecycle/deactivate", "post"),
)


REFUSALS = (
    Amendment(
        "any request may be refused as invalid",
        "a limit beyond the maximum, a search or a body that can't be read (facts/okta.md §4)",
        everywhere("400"),
    ),
    Amendment("any request may come with a token that is not taken", "facts/okta.md §4", everywhere("401")),
    Amendment("what any path or body names may be gone", "facts/okta.md §4", everywhere("404")),
    Amendment(
        "a PUT or POST without a length is refused, by whatever stands before the API",
        "facts/okta.md §4",
        {"paths": {"*": {"put": {"responses": NO_LENGTH}, "post": {"responses": NO_LENGTH}}}},
    ),
    Amendment("rules may still be being set up", "facts/okta.md §4", every(RULE_WRITES, "409")),
    Amendment("rules are written one at a time", "facts/okta.md §1.8", every(RULE_WRITES, "423")),
)
"""Statuses of errors. In the file, hardly any operation has another than 403, 404 and 429."""

OPERATIONS = (
    Amendment(
        "tokens are granted",
        "OAuth 2.0, of which the description of the management API says nothing (facts/okta.md §2.2)",
        answers(
            "/oauth2/v1/token",
            "post",
            {"200": json_body(TOKEN), **dict.fromkeys(("400", "401"), json_body(texts("error", "error_description")))},
        ),
    ),
    Amendment(
        "an app is deactivated",
        RECORDED,
        answers(f"{APP}/lifecycle/deactivate", "post", DONE),
    ),
    Amendment(
        "an app is activated",
        "as deactivation",
        answers(f"{APP}/lifecycle/activate", "post", DONE),
    ),
    *(
        Amendment(
            f"somebody is to {verb}",
            "the links of recorded people lead there",
            answers(f"/api/v1/users/{{userId}}/lifecycle/{verb}", "post", DONE),
        )
        for verb in ("activate", "deactivate", "suspend", "unsuspend")
    ),
    Amendment(
        "the rules that fed a member are told",
        "facts/okta.md §1.0",
        answers(
            "/api/v1/groups/{groupId}/users/{userId}/group-rules",
            "get",
            {"200": json_body({"type": "array", "items": texts("id", "name")}), **ERRORS},
        ),
    ),
)
"""Operations that are not in the file."""

SEEN = (
    Amendment(
        "a new mapping is answered with 200",
        "recorded: 201 was never seen (facts/okta.md §1.6)",
        answers(MAPPINGS, "post", {"201": None, "200": json_body({"$ref": "#/components/schemas/GroupPushMapping"})}),
    ),
    Amendment(
        "the end of a mapping is answered with 200 and nothing",
        "recorded: 204 was never seen (facts/okta.md §1.6)",
        answers(f"{MAPPINGS}/{{mappingId}}", "delete", {"204": None, "200": {"description": ""}}),
    ),
    Amendment(
        "the end of a rule is answered with an empty object",
        "recorded (facts/okta.md §1.0)",
        answers(RULE, "delete", {"202": json_body(OBJECT)}),
    ),
    # Null where the description has text
    Amendment("externalId is null where nothing was provisioned", RECORDED, properties("AppUser", externalId=NULL)),
    Amendment(
        "an app's addresses for redirects are null",
        RECORDED,
        properties("ApplicationAccessibility", errorRedirectUrl=NULL, loginRedirectUrl=NULL),
    ),
    Amendment("an app's notes are null", RECORDED, properties("ApplicationSettingsNotes", admin=NULL, enduser=NULL)),
    Amendment(
        "the words of an app's VPN notice are null",
        RECORDED,
        properties("ApplicationSettingsNotificationsVpn", helpUrl=NULL, message=NULL),
    ),
    Amendment(
        "what an OpenID Connect app does not set is null",
        RECORDED,
        properties("OpenIdConnectApplicationSettingsClient", client_uri=NULL, logo_uri=NULL),
    ),
    Amendment(
        "the sign-on settings of an app from the catalogue are null where its own apply, or absent",
        RECORDED,
        schema(
            "SamlApplicationSettingsSignOn",
            {"required": None, "properties": dict.fromkeys(("destinationOverride", "spIssuer", *OVERRIDDEN), NULL)},
        ),
    ),
    Amendment(
        "the sign-on settings of a SAML 1.1 app are null where its own apply",
        RECORDED,
        properties("Saml11ApplicationSettingsSignOn", **dict.fromkeys(OVERRIDDEN, NULL)),
    ),
    Amendment(
        "an app without a sign-on mode of the known kinds has null", RECORDED, schema("ApplicationSignOnMode", NULL)
    ),
    Amendment("universalLogout is null", RECORDED, schema("ApplicationUniversalLogout", NULL)),
    Amendment(
        "a group that was never described has null",
        "no recorded group is without a description: unverified",
        properties("OktaUserGroupProfile", description=NULL),
    ),
    Amendment(
        "what a line of the System Log lacks is null", "the file's own example of an answer", of_keys(MAY_LACK, NULL)
    ),
    # Values and keys that the description does not name
    Amendment(
        "an app's features are free words",
        "facts/okta.md §1.2, §5: AUTO_CONFIRM_IMPORTS is told and not described",
        properties("Application", features={"items": {"enum": None}}),
    ),
    Amendment(
        "a group that an app brought names its source",
        "facts/okta.md §1.6, §1.7: the file has the link alone",
        properties("Group", source=texts("id")),
    ),
    Amendment(
        "the connection of an app made with the wizard has an unknown scheme",
        "facts/okta.md §1.3",
        schema("ProvisioningConnectionTokenAuthScheme", {"enum": None}),
    ),
    Amendment(
        "an app's schema defines that app's attributes",
        "facts/okta.md §1.4, profile: the file has the attributes of Okta's own people alone",
        schema("UserSchemaBaseProperties", {"additionalProperties": True}),
    ),
    Amendment(
        "people's texts may be longer than Okta takes them",
        "the simulator's own doing: some of its people have names that Okta would refuse, for a reader to survive them",
        of_keys(LONG, {"maxLength": None}),
    ),
    Amendment(
        "expand=group-rules embeds a list",
        "facts/okta.md §1.7",
        properties("User", _embedded={"additionalProperties": {"type": None, "properties": None}}),
    ),
    Amendment("a rule tells whether all its groups exist", RECORDED, properties("GroupRule", allGroupsValid=BOOLEAN)),
    Amendment(
        "an app has a name, credentials and settings whatever its sign-on mode",
        RECORDED,
        properties("Application", name={"type": "string"}, credentials=OBJECT, settings=OBJECT),
    ),
    Amendment("a group links to its owners", RECORDED, properties("Group", _links={"properties": {"owners": LINK}})),
    Amendment(
        "an app links to its logo, its policies and its enrolment",
        RECORDED,
        properties("ApplicationLinks", uploadLogo=LINK, policies=LINK, profileEnrollment=LINK),
    ),
    Amendment(
        "an OpenID Connect app links to its secrets",
        RECORDED,
        properties("ApplicationLinks", clientCredentials={"type": "array", "items": LINK}),
    ),
    Amendment(
        "an app's settings have its own, and its manual provisioning",
        RECORDED,
        properties("ApplicationSettings", app=OBJECT, manualProvisioning=BOOLEAN),
    ),
    Amendment(
        "a SAML app tells whether requests are signed",
        RECORDED,
        properties("SamlApplicationSettingsSignOn", samlSignedRequestEnabled=BOOLEAN),
    ),
)
"""Statuses, nulls and keys of answers that say yes."""

AMENDMENTS: tuple[Amendment, ...] = (*REFUSALS, *OPERATIONS, *SEEN)
