"""What Okta's API does to apps: made, replaced, switched off and on, deleted, and how they provision."""

from __future__ import annotations

from typing import Any

from reconciler.simulator.okta import app_kinds as okta_app_kinds
from reconciler.simulator.okta import app_reads as okta_app_reads
from reconciler.simulator.okta.answers import invalid, refusal
from reconciler.simulator.okta.asked import Asked
from reconciler.simulator.okta.shapes import Body
from reconciler.simulator.org.state import OrgRefusal

GIVEN = ("accessibility", "visibility", "credentials", "settings")
MODES = ("SAML_2_0", "SAML_1_1", "OPENID_CONNECT", "AUTO_LOGIN")
"""Those that were recorded: how an app of another mode looks is not known here."""
SWITCHES = {
    ("create", "lifecycleCreate"): "PUSH_NEW_USERS",
    ("update", "profile"): "PUSH_PROFILE_UPDATES",
    ("update", "lifecycleDeactivate"): "PUSH_USER_DEACTIVATION",
}


def create(asked: Asked) -> Body:
    """POST /api/v1/apps: with a `name`, one of Okta's catalogue; without, one of the wizard. Provisioning can't be
    switched on through it. ACTIVE unless activate=false."""
    label = _label(asked)
    mode = asked.text("signOnMode")
    if mode not in MODES:
        raise invalid("signOnMode", "signOnMode: The sign-on mode is not supported.")
    activate = asked.flag("activate", default=True)
    name = _name(asked, mode)
    made = asked.org.add_app(label, name=name, sign_on_mode=mode, given=_given(asked))
    if not activate:
        asked.org.set_app_status("INACTIVE", app=made)
    return okta_app_kinds.app(asked.org, asked.base, made, made=True)


def _name(asked: Asked, mode: str) -> str | None:
    name = asked.text("name")
    if mode == "SAML_1_1" and name is None:
        raise invalid("name", "name: Only an app of the catalogue can have SAML 1.1.")
    if mode == "OPENID_CONNECT" and name != "oidc_client":
        raise invalid("name", "name: The name of an OpenID Connect client must be oidc_client.")
    return name


def replace(asked: Asked) -> Body:
    """PUT /api/v1/apps/{app}: label and settings. May cost the app its provisioning; another sign-on mode is refused
    with 400 E0000024."""
    owner, label = asked.app, _label(asked)
    if asked.text("signOnMode") not in (None, owner.sign_on_mode):
        text = "Bad request. This operation on app metadata is not yet supported."
        raise OrgRefusal(400, "E0000024", text)
    asked.org.update_app(owner, label, _given(asked))
    return okta_app_kinds.app(asked.org, asked.base, owner)


def delete(asked: Asked) -> None:
    """DELETE /api/v1/apps/{app}: only while INACTIVE."""
    asked.org.delete_app(asked.app)


def activate(asked: Asked) -> Body:
    """POST /api/v1/apps/{app}/lifecycle/activate"""
    asked.org.set_app_status("ACTIVE", app=asked.app)
    return {}


def deactivate(asked: Asked) -> Body:
    """POST /api/v1/apps/{app}/lifecycle/deactivate"""
    asked.org.set_app_status("INACTIVE", app=asked.app)
    return {}


def update_feature(asked: Asked) -> Body:
    """PUT …/features/{feature}: only what is said changes; 400 where the app has no provisioning."""
    owner = asked.app
    okta_app_reads.feature(asked)
    features = dict.fromkeys(owner.features)
    for place, name in SWITCHES.items():
        status = asked.text(*place, "status")
        if status not in (None, "ENABLED", "DISABLED"):
            raise invalid("status", "status: The status must be ENABLED or DISABLED.")
        if status == "ENABLED":
            features[name] = None
        elif status == "DISABLED":
            features.pop(name, None)
    asked.org.set_features(list(features), app=owner)
    return okta_app_reads.feature(asked)


def _label(asked: Asked) -> str:
    label = asked.text("label")
    if not label:
        raise invalid("label", "label: The field cannot be left blank")
    return label


def _given(asked: Asked) -> dict[str, Any]:
    given = {name: asked.within(name) for name in GIVEN}
    if not all(value is None or _objects(value) for value in given.values()):
        raise refusal("E0000003")
    return {name: value for name, value in given.items() if value is not None}


def _objects(value: Any) -> bool:
    """Whether it is an object, and so is what Okta has as objects within it."""
    inner = ("hide", "userNameTemplate", "oauthClient", "app", "notes", "signOn", "slo")
    if not isinstance(value, dict):
        return False
    return all(value.get(name) is None or _objects(value[name]) for name in inner)
