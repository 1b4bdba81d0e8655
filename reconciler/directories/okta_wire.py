"""Okta's JSON, as far as we read it, and how it becomes our own values.

Unknown keys are ignored; missing and null are alike where absence is legal; what a body must contain has no default, so
a page of another shape fails to decode. Statuses stay free text. Times are read leniently, because push mappings write
them without milliseconds and nothing hangs on one of them alone.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from msgspec import Struct, field

from reconciler import model

Time = str | int | float | None


class Wire(Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """Keys in camelCase. Nothing here can be part of a cycle, so the garbage collector need not look at it."""


class AppGroup(Wire, frozen=True, kw_only=True, gc=False):
    """``GET /apps/{id}/groups``."""

    id: str
    priority: int | None = None
    last_updated: Time = None

    def value(self) -> model.AppGroup:
        return model.AppGroup(id=self.id, priority=self.priority, last_updated=moment(self.last_updated))


class Mapping(Wire, frozen=True, kw_only=True, gc=False):
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


class RuleExpression(Wire, frozen=True, kw_only=True, gc=False):
    value: str | None = None


class Excluded(Wire, frozen=True, kw_only=True, gc=False):
    exclude: list[str] | None = None


class RulePeople(Wire, frozen=True, kw_only=True, gc=False):
    users: Excluded | None = None


class RuleConditions(Wire, frozen=True, kw_only=True, gc=False):
    expression: RuleExpression | None = None
    people: RulePeople | None = None


class RuleTargets(Wire, frozen=True, kw_only=True, gc=False):
    group_ids: list[str]


class RuleActions(Wire, frozen=True, kw_only=True, gc=False):
    assign_user_to_groups: RuleTargets


class Rule(Wire, frozen=True, kw_only=True, gc=False):
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


class GroupProfile(Wire, frozen=True, kw_only=True, gc=False):
    name: str


class GroupSource(Wire, frozen=True, kw_only=True, gc=False):
    id: str | None = None


class GroupStats(Wire, frozen=True, kw_only=True, gc=False):
    users_count: int | None = None
    has_admin_privilege: bool | None = field(name="hasAdminPrivlege", default=None)
    """Okta's own spelling."""


class GroupEmbedded(Wire, frozen=True, kw_only=True, gc=False):
    stats: GroupStats | None = None


class Group(Wire, frozen=True, kw_only=True, gc=False):
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


class App(Wire, frozen=True, kw_only=True, gc=False):
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


class Feature(Wire, frozen=True, kw_only=True, gc=False):
    """``GET /apps/{id}/features``."""

    name: str
    status: str


class Connection(Wire, frozen=True, kw_only=True, gc=False):
    """``GET /apps/{id}/connections/default``."""

    status: str


class SchemaPart(Wire, frozen=True, kw_only=True, gc=False):
    properties: dict[str, Any] | None = None


class SchemaDefinitions(Wire, frozen=True, kw_only=True, gc=False):
    base: SchemaPart | None = None
    custom: SchemaPart | None = None


class Schema(Wire, frozen=True, kw_only=True, gc=False):
    """``GET /meta/schemas/apps/{id}/default``."""

    definitions: SchemaDefinitions

    def attributes(self) -> tuple[str, ...]:
        """Names of the app user's attributes, under SCIM names where we know one, sorted."""
        parts = (self.definitions.base, self.definitions.custom)
        names = {name for part in parts if part is not None for name in part.properties or {}}
        return tuple(sorted({ALIASES.get(name, name) for name in names}))


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


ALIASES = {
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
