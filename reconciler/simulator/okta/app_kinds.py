"""How an app looks in Okta's JSON, by the kind of app: as in recorded traffic of a live org.

Recorded were SAML apps of the wizard, SAML apps of Okta's catalogue, OpenID Connect clients, and one catalogue app
whose sign-on mode Okta tells as null.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.simulator.okta.shapes import IMAGES, Body, moment
from reconciler.simulator.org.org import Org
from reconciler.simulator.org.state import App

SAML, OPENID, OPEN_WINDOW = "SAML_2_0", "OPENID_CONNECT", "AUTO_LOGIN"
OVERRIDES = ("ssoAcsUrlOverride", "audienceOverride", "recipientOverride")


def app(org: Org, base: str, record: App, *, made: bool = False) -> Body:
    """An app. What was given when it was made or replaced stands over the defaults of its kind. A client's secret is
    told once, when it is `made`."""
    given = record.given
    saml = record.sign_on_mode.startswith("SAML")
    hide = given.get("visibility", {}).get("hide") or {}
    links = {"login": True} if record.catalogue and saml else {f"{record.name}_link": True}
    body = {
        "id": record.id,
        "orn": f"orn:okta:idp:{org.id}:apps:{record.name}:{record.id}",
        "name": record.name,
        "label": record.label,
        "status": record.status,
        "lastUpdated": moment(record.last_updated),
        "created": moment(record.created),
        "accessibility": _over(
            {"selfService": False, "errorRedirectUrl": None, "loginRedirectUrl": None}, given.get("accessibility")
        ),
        "visibility": _over({"autoLaunch": False, "autoSubmitToolbar": False}, given.get("visibility"))
        | {"hide": _over({"iOS": False, "web": False}, hide), "appLinks": links},
        "features": list(record.features),
        "signOnMode": None if record.sign_on_mode == OPEN_WINDOW else record.sign_on_mode,
        "credentials": _credentials(record, made=made),
        "settings": _settings(record),
        "_links": _links(org, base, record),
    }
    if not saml:
        body["universalLogout"] = None if record.sign_on_mode == OPENID else {"status": "UNSUPPORTED"}
    return body


def _credentials(record: App, *, made: bool) -> Body:
    given = record.given.get("credentials", {})
    template = _over({"template": "${source.login}", "type": "BUILT_IN"}, given.get("userNameTemplate"))
    signing: Body = {} if record.sign_on_mode == OPEN_WINDOW else {"kid": f"kid-{record.id}"}
    body: Body = {"userNameTemplate": template, "signing": signing}
    if record.sign_on_mode == OPENID:
        client = {
            "autoKeyRotation": True,
            "client_id": record.id,
            "token_endpoint_auth_method": "client_secret_basic",
            "pkce_required": False,
        }
        secret = {"client_secret": f"secret-{record.id}"} if made else {}
        body["oauthClient"] = _over(client, given.get("oauthClient")) | secret
    return body


def _settings(record: App) -> Body:
    given = record.given.get("settings", {})
    body: Body = {
        "app": dict(given.get("app") or {}),
        "notifications": {"vpn": {"network": {"connection": "DISABLED"}, "message": None, "helpUrl": None}},
        "manualProvisioning": False,
        "implicitAssignment": bool(given.get("implicitAssignment")),
        "notes": _over({"admin": None, "enduser": None}, given.get("notes")),
    }
    if record.sign_on_mode.startswith("SAML"):
        body["signOn"] = _sign_on(record, given.get("signOn") or {})
    else:
        body["emOptInStatus"] = "NONE"
    if record.sign_on_mode == OPENID:
        body["oauthClient"] = {"client_uri": None, "logo_uri": None, "participate_slo": False} | dict(
            given.get("oauthClient") or {}
        )
    return body


def _sign_on(record: App, given: Mapping[str, Any]) -> Body:
    if not record.catalogue:
        body = _over(wizard_sign_on(), given)
        body["spIssuer"] = body["slo"].get("issuer")
        body["slo"] = {"enabled": body["slo"].get("enabled", False)} | body["slo"]
        return body | {name: given[name] for name in ("spCertificate",) if given.get(name)}
    defaults: Body = dict.fromkeys(("defaultRelayState", *OVERRIDES))
    if record.sign_on_mode == SAML:
        defaults |= {"destinationOverride": None, "attributeStatements": []}
    return defaults | {name: value for name, value in given.items() if name in defaults and value}


def wizard_sign_on() -> Body:
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


def _links(org: Org, base: str, record: App) -> Body:
    own = f"{base}/api/v1/apps/{record.id}"
    link = "login" if record.catalogue and record.sign_on_mode.startswith("SAML") else f"{record.name}_link"
    home = f"{base}/home/{record.name}/{record.id}/aln{record.id[3:]}"
    links: Body = {
        "uploadLogo": {"href": f"{own}/logo", "hints": {"allow": ["POST"]}},
        "appLinks": [{"name": link, "href": home, "type": "text/html"}],
        "profileEnrollment": {"href": f"{base}/api/v1/policies/{org.enrolment_policy_id}"},
        "policies": {"href": f"{own}/policies", "hints": {"allow": ["PUT"]}},
        "groups": {"href": f"{own}/groups"},
        "logo": [{"name": "medium", "href": f"{IMAGES}/default.png", "type": "image/png"}],
        "accessPolicy": {"href": f"{base}/api/v1/policies/{org.access_policy_id}"},
        "users": {"href": f"{own}/users"},
    }
    verb = "deactivate" if record.status == "ACTIVE" else "activate"
    links[verb] = {"href": f"{own}/lifecycle/{verb}"}
    if record.sign_on_mode.startswith("SAML"):
        guide = f"{base}/app/{record.name}/{record.id}/setup/help/{record.sign_on_mode}/instructions"
        links["help"] = {"href": guide, "type": "text/html"}
    if record.sign_on_mode == SAML:
        links["metadata"] = {"href": f"{own}/sso/saml/metadata", "type": "application/xml"}
    if record.sign_on_mode == OPENID:
        links["clientCredentials"] = [{"name": "secrets", "href": f"{own}/credentials/secrets"}]
    return links


def _over(defaults: Body, given: Mapping[str, Any] | None) -> Body:
    """The defaults, with what is given of the same names; what is given as null or under other names is lost."""
    known = {name: value for name, value in (given or {}).items() if name in defaults and value is not None}
    return defaults | known
