"""Okta's JSON, as far as we read it, and how it becomes our own values.

Unknown keys are ignored; missing and null are alike where absence is legal; what a body must contain has no default, so
a page of another shape fails to decode. Statuses stay free text. Times are read leniently, because push mappings write
them without milliseconds and nothing hangs on one of them alone.
"""

from __future__ import annotations

from collections.abc import Mapping as Dict
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct, field

from reconciler import model

Time = str | int | float | None


class _Wire(Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """Keys in camelCase. Nothing here can be part of a cycle, so the garbage collector need not look at it."""


class UserProfile(_Wire, frozen=True, kw_only=True, gc=False):
    login: str
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    display_name: str | None = None


class RuleName(_Wire, frozen=True, kw_only=True, gc=False):
    id: str


class UserEmbedded(_Wire, frozen=True, kw_only=True, gc=False):
    group_rules: tuple[RuleName, ...] | None = field(name="group-rules", default=None)


class User(_Wire, frozen=True, kw_only=True, gc=False):
    """``GET /users/{id}``, ``/users``, ``/groups/{id}/users`` (there with ``_embedded["group-rules"]``)."""

    id: str
    status: str
    profile: UserProfile
    created: Time = None
    activated: Time = None
    status_changed: Time = None
    embedded: UserEmbedded | None = field(name="_embedded", default=None)

    def value(self) -> model.OktaUser:
        return model.OktaUser(
            id=self.id,
            status=self.status,
            login=self.profile.login,
            email=self.profile.email,
            first_name=self.profile.first_name,
            last_name=self.profile.last_name,
            display_name=self.profile.display_name,
            created=moment(self.created),
            activated=moment(self.activated),
            status_changed=moment(self.status_changed),
        )

    def rule_ids(self) -> tuple[str, ...] | None:
        """() put in by hand; None where the org did not say which rules brought them."""
        rules = None if self.embedded is None else self.embedded.group_rules
        if rules is None:
            return None
        return (rules[0].id,) if len(rules) == 1 else tuple(sorted([rule.id for rule in rules]))


class AppUserCredentials(_Wire, frozen=True, kw_only=True, gc=False):
    user_name: str | None = None


class AppUserEmbedded(_Wire, frozen=True, kw_only=True, gc=False):
    user: User | None = None


class AppUser(_Wire, frozen=True, kw_only=True, gc=False):
    """``GET /apps/{id}/users?expand=user``; ``id`` is the Okta user's id."""

    id: str
    status: str
    scope: str | None = None
    external_id: str | None = None
    sync_state: str | None = None
    created: Time = None
    status_changed: Time = None
    credentials: AppUserCredentials | None = None
    profile: dict[str, Any] | None = None
    embedded: AppUserEmbedded | None = field(name="_embedded", default=None)

    def value(self) -> model.AppUser:
        return model.AppUser(
            id=self.id,
            status=self.status,
            scope=self.scope,
            external_id=self.external_id or None,
            user_name=None if self.credentials is None else self.credentials.user_name,
            sync_state=self.sync_state,
            created=moment(self.created),
            status_changed=moment(self.status_changed),
            profile=scim_names(self.profile or {}),
        )

    def user(self) -> model.OktaUser | None:
        """The Okta user that ``expand=user`` embeds, where the org does."""
        return None if self.embedded is None or self.embedded.user is None else self.embedded.user.value()


class AppGroup(_Wire, frozen=True, kw_only=True, gc=False):
    """``GET /apps/{id}/groups``."""

    id: str
    priority: int | None = None
    last_updated: Time = None

    def value(self) -> model.AppGroup:
        return model.AppGroup(id=self.id, priority=self.priority, last_updated=moment(self.last_updated))


class Mapping(_Wire, frozen=True, kw_only=True, gc=False):
    """``GET /apps/{id}/group-push/mappings``. ``lastPush`` and ``errorSummary`` are absent until there is one."""

    id: str
    status: str
    source_group_id: str
    target_group_id: str | None = None
    error_summary: str | None = None
    last_push: Time = None
    created: Time = None
    last_updated: Time = None

    def value(self) -> model.Mapping:
        return model.Mapping(
            id=self.id,
            source_group_id=self.source_group_id,
            target_group_id=self.target_group_id,
            status=self.status,
            error_summary=self.error_summary,
            last_push=moment(self.last_push),
            created=moment(self.created),
            last_updated=moment(self.last_updated),
        )


class RuleExpression(_Wire, frozen=True, kw_only=True, gc=False):
    value: str | None = None


class Excluded(_Wire, frozen=True, kw_only=True, gc=False):
    exclude: list[str] | None = None


class RulePeople(_Wire, frozen=True, kw_only=True, gc=False):
    users: Excluded | None = None


class RuleConditions(_Wire, frozen=True, kw_only=True, gc=False):
    expression: RuleExpression | None = None
    people: RulePeople | None = None


class RuleTargets(_Wire, frozen=True, kw_only=True, gc=False):
    group_ids: list[str]


class RuleActions(_Wire, frozen=True, kw_only=True, gc=False):
    assign_user_to_groups: RuleTargets


class Rule(_Wire, frozen=True, kw_only=True, gc=False):
    """``GET /groups/rules``. ``allGroupsValid`` is undocumented and in every real answer."""

    id: str
    name: str
    status: str
    actions: RuleActions
    conditions: RuleConditions | None = None
    all_groups_valid: bool | None = None
    created: Time = None
    last_updated: Time = None

    def value(self) -> model.Rule:
        conditions = self.conditions or RuleConditions()
        users = None if conditions.people is None else conditions.people.users
        return model.Rule(
            id=self.id,
            name=self.name,
            status=self.status,
            expression=None if conditions.expression is None else conditions.expression.value,
            target_group_ids=tuple(self.actions.assign_user_to_groups.group_ids),
            excluded_user_ids=tuple((users and users.exclude) or ()),
            all_groups_valid=self.all_groups_valid,
            created=moment(self.created),
            last_updated=moment(self.last_updated),
        )


class GroupProfile(_Wire, frozen=True, kw_only=True, gc=False):
    name: str


class GroupSource(_Wire, frozen=True, kw_only=True, gc=False):
    id: str | None = None


class GroupStats(_Wire, frozen=True, kw_only=True, gc=False):
    users_count: int | None = None
    has_admin_privilege: bool | None = field(name="hasAdminPrivlege", default=None)
    """Okta's own spelling."""


class GroupEmbedded(_Wire, frozen=True, kw_only=True, gc=False):
    stats: GroupStats | None = None


class Group(_Wire, frozen=True, kw_only=True, gc=False):
    """``GET /groups``, ``/groups/{id}``, with ``_embedded.stats`` where ``expand=stats`` is honoured."""

    id: str
    type: str
    profile: GroupProfile
    source: GroupSource | None = None
    created: Time = None
    last_membership_updated: Time = None
    embedded: GroupEmbedded | None = field(name="_embedded", default=None)

    def value(self) -> model.Group:
        stats = (self.embedded and self.embedded.stats) or GroupStats()
        return model.Group(
            id=self.id,
            name=self.profile.name,
            type=self.type,
            source_id=None if self.source is None else self.source.id,
            users_count=stats.users_count,
            has_admin_role=stats.has_admin_privilege,
            created=moment(self.created),
            last_membership_updated=moment(self.last_membership_updated),
        )


class App(_Wire, frozen=True, kw_only=True, gc=False):
    """``GET /apps/{id}``. ``features`` are free strings; absent or null means that the org does not tell."""

    id: str
    name: str
    label: str
    status: str
    sign_on_mode: str | None = None
    features: list[str] | None = None

    def value(self) -> model.App:
        return model.App(
            id=self.id,
            name=self.name,
            label=self.label,
            status=self.status,
            sign_on_mode=self.sign_on_mode,
            features=tuple(self.features or ()),
        )


class Feature(_Wire, frozen=True, kw_only=True, gc=False):
    """``GET /apps/{id}/features``."""

    name: str
    status: str


class Connection(_Wire, frozen=True, kw_only=True, gc=False):
    """``GET /apps/{id}/connections/default``."""

    status: str


class SchemaPart(_Wire, frozen=True, kw_only=True, gc=False):
    properties: dict[str, Any] | None = None


class SchemaDefinitions(_Wire, frozen=True, kw_only=True, gc=False):
    base: SchemaPart | None = None
    custom: SchemaPart | None = None


class Schema(_Wire, frozen=True, kw_only=True, gc=False):
    """``GET /meta/schemas/apps/{id}/default``."""

    definitions: SchemaDefinitions

    def attributes(self) -> tuple[str, ...]:
        """Names of the app user's attributes, under SCIM names where we know one, sorted."""
        parts = (self.definitions.base, self.definitions.custom)
        names = {name for part in parts if part is not None for name in part.properties or {}}
        return tuple(sorted({_ALIASES.get(name, name) for name in names}))


def moment(value: Time) -> datetime | None:
    """An aware UTC time; None where there is none, or none that can be read."""
    if not isinstance(value, str) or not value:
        return None
    try:
        read = datetime.fromisoformat(value)
        if read.tzinfo is UTC:
            return read
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


PROFILE_NAMES = ("displayName", "givenName", "familyName", "email", "title", "department")
_ALIASES = {
    "display_name": "displayName",
    "name": "displayName",
    "given_name": "givenName",
    "firstName": "givenName",
    "family_name": "familyName",
    "lastName": "familyName",
    "mail": "email",
    "primaryEmail": "email",
    "jobTitle": "title",
    "job_title": "title",
}
"""App profile keys of other templates than the SCIM one (OpenID Connect's ``given_name`` was recorded)."""


def scim_names(profile: Dict[str, Any]) -> model.Pairs:
    """The compared attributes that the app profile has, in a fixed order; a SCIM name wins over its aliases."""
    found: dict[str, str | None] = {}
    for key, value in profile.items():
        name = _ALIASES.get(key, key)
        if name not in PROFILE_NAMES or (name in found and key != name):
            continue
        if value is None or isinstance(value, str):
            found[name] = value
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            found[name] = str(value)
    return tuple((name, found[name]) for name in PROFILE_NAMES if name in found)
