"""The words of Okta that we know. Another one is not an error: it becomes a note, and the checks treat it with care."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from reconciler.model import Note, OktaSnapshot, OktaUser


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


USER_STATUSES = _words("ACTIVE DEPROVISIONED LOCKED_OUT PASSWORD_EXPIRED PROVISIONED RECOVERY STAGED SUSPENDED")
APP_USER_STATUSES = _words(
    "ACTIVE APPROVED DEPROVISIONED IMPLICIT IMPORTED INACTIVE MATCHED PENDING PROVISIONED REVOKED STAGED SUSPENDED "
    "UNASSIGNED"
)
SYNC_STATES = _words("DISABLED ERROR OUT_OF_SYNC SYNCHRONIZED SYNCING")
SCOPES = frozenset({"USER", "GROUP"})
MAPPING_STATUSES = _words("ACTIVE ERROR INACTIVE")
RULE_STATUSES = _words("ACTIVE INACTIVE INVALID")
GROUP_TYPES = _words("APP_GROUP BUILT_IN OKTA_GROUP")
APP_STATUSES = _words("ACTIVE DELETED INACTIVE")
FEATURES = _words(
    "AUTHN_CONTEXT AUTO_CONFIRM_IMPORTS DEFAULT_PUSH_STATUS_TO_PUSH DESKTOP_SSO DEVICE_COMPLIANCE "
    "DEVICE_FILTER_IN_SIGN_ON_RULES ENTITLEMENT_MANAGEMENT EXCHANGE_ACTIVE_SYNC "
    "EXCLUDE_USERNAME_UPDATE_ON_PROFILE_PUSH FEDERATED_PROFILE GROUP_PUSH GROUP_SYNC IDP IMPORT_NEW_USERS "
    "IMPORT_PROFILE_UPDATES IMPORT_SCHEMA_ENUM_VALUES IMPORT_SYNC IMPORT_SYNC_CONTACTS IMPORT_USER_SCHEMA "
    "IN_MEMORY_APP_USER JIT_PROVISIONING LOG_STREAMING MFA OAUTH_INTEGRATION OPP_SCIM_INCREMENTAL_IMPORTS "
    "OUTBOUND_DEL_AUTH PROFILE_MASTERING PROFILE_TEMPLATE_UPGRADE PUSH_NEW_USERS PUSH_NEW_USERS_WITHOUT_PASSWORD "
    "PUSH_NEW_USERS_WITH_HASHED_PASSWORD PUSH_PASSWORD_UPDATES PUSH_PENDING_USERS PUSH_PROFILE_UPDATES "
    "PUSH_USER_DEACTIVATION REACTIVATE_USERS REAL_TIME_SYNC SCIM_PROVISIONING SKYHOOK_SERVICE SSO "
    "SUPPRESS_ACTIVATION_EMAIL UPDATE_EXISTING_USERNAME VPN_CONFIG"
)
"""Okta's published list, and AUTO_CONFIRM_IMPORTS, which SAML apps with SCIM show without it being on the list."""


def unknown_values(snapshot: OktaSnapshot) -> tuple[Note, ...]:
    """A note for each word that Okta uses and we don't know, with how often it came."""
    app = snapshot.app
    return (
        *_unknown("app status", [app.status], APP_STATUSES, "is not taken for active"),
        *_unknown("app feature", app.features, FEATURES, "means nothing to any check"),
        *unknown_user_statuses(snapshot.users),
        *_unknown("assignment status", (u.status for u in snapshot.app_users), APP_USER_STATUSES, "counts as assigned"),
        *_unknown("assignment scope", (u.scope for u in snapshot.app_users), SCOPES, "means nothing to any check"),
        *_unknown("sync state", (u.sync_state for u in snapshot.app_users), SYNC_STATES, "means nothing to any check"),
        *_unknown("push mapping status", (m.status for m in snapshot.mappings), MAPPING_STATUSES, "is shown as it is"),
        *_unknown("group rule status", (r.status for r in snapshot.rules or ()), RULE_STATUSES, "is shown as it is"),
        *_unknown("group type", (g.type for g in snapshot.groups), GROUP_TYPES, "is shown as it is"),
    )


def unknown_user_statuses(users: Iterable[OktaUser]) -> Iterator[Note]:
    return _unknown("person status", (user.status for user in users), USER_STATUSES, "is judged neither in nor out")


def _unknown(what: str, values: Iterable[str | None], known: frozenset[str], effect: str) -> Iterator[Note]:
    seen = Counter(value for value in values if value is not None and value not in known)
    for value, times in sorted(seen.items()):
        reason = f"Okta uses a word this program does not know ({times} time{'s' if times != 1 else ''}); it {effect}"
        yield Note(kind="unknown-value", about=f"Okta {what} {value}", reason=reason)
