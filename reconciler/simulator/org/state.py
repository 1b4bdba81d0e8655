"""What an Okta org knows, as plain mutable records. Only the org's own verbs change them."""

from __future__ import annotations

import random
import string
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from reconciler.simulator.clock import Clock
from reconciler.simulator.org.rule_language import Value
from reconciler.simulator.org.system_log import OKTA, SUCCESS, SystemLog, Target

DEPROVISIONED = "DEPROVISIONED"
STATUSES = ("STAGED", "PROVISIONED", "ACTIVE", "RECOVERY", "PASSWORD_EXPIRED", "LOCKED_OUT", "SUSPENDED", DEPROVISIONED)

FEATURES = (
    "PUSH_NEW_USERS",
    "PUSH_USER_DEACTIVATION",
    "SCIM_PROVISIONING",
    "GROUP_PUSH",
    "REACTIVATE_USERS",
    "PUSH_PROFILE_UPDATES",
)
"""As recorded on a SCIM app."""

PUSHES = frozenset({"push", "delete-group"})
"""Kinds of tasks about groups; the others are about accounts."""

ALPHABET = string.digits + string.ascii_letters


class OrgRefusal(Exception):
    """The org refuses a verb. `code` is Okta's errorCode, `status` the HTTP status of its API for it."""

    def __init__(self, status: int, code: str, summary: str, causes: tuple[str, ...] = ()) -> None:
        super().__init__(f"{code} {summary}")
        self.status = status
        self.code = code
        self.summary = summary
        self.causes = causes


@dataclass(kw_only=True)
class Person:
    """An Okta user. `attributes` are further profile attributes; `user_type`: the id of one that isn't the default."""

    id: str
    login: str
    email: str
    first_name: str
    last_name: str
    display_name: str | None = None
    title: str | None = None
    department: str | None = None
    attributes: dict[str, Value] = field(default_factory=dict)
    user_type: str | None = None
    status: str = "ACTIVE"
    created: datetime
    activated: datetime | None = None
    status_changed: datetime | None = None
    last_login: datetime | None = None
    last_updated: datetime
    password_changed: datetime | None = None

    def profile(self) -> dict[str, Value]:
        """The profile under Okta's attribute names."""
        named: dict[str, Value] = {
            "firstName": self.first_name,
            "lastName": self.last_name,
            "displayName": self.display_name,
            "title": self.title,
            "department": self.department,
            "mobilePhone": None,
            "secondEmail": None,
            "login": self.login,
            "email": self.email,
        }
        return named | self.attributes


@dataclass(kw_only=True)
class Membership:
    """Why somebody is in a group. Nobody's hand and no rule: a rule that was deleted since brought them."""

    by_hand: bool = False
    rules: set[str] = field(default_factory=set)


@dataclass(kw_only=True)
class Group:
    """An Okta group. `source_id`: the app an APP_GROUP belongs to; `external_id`: its SCIM id, known to Okta alone.
    `membership_told`: what the API tells as ``lastMembershipUpdated``, which lags."""

    id: str
    name: str
    type: str = "OKTA_GROUP"
    description: str | None = None
    source_id: str | None = None
    external_id: str | None = None
    admin_role: bool = False
    created: datetime
    last_updated: datetime
    last_membership_updated: datetime
    members: dict[str, Membership] = field(default_factory=dict)
    membership_told: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.membership_told = self.last_membership_updated


@dataclass(kw_only=True)
class GroupRule:
    """A group rule; status ACTIVE, INACTIVE or INVALID."""

    id: str
    name: str
    expression: str
    target_group_ids: tuple[str, ...]
    excluded_user_ids: list[str] = field(default_factory=list)
    status: str = "INACTIVE"
    all_groups_valid: bool = True
    created: datetime
    last_updated: datetime


@dataclass(kw_only=True)
class AppUser:
    """An assignment. `sent`: what the provisioner last sent. `returned`: the person came back from deactivation.
    `waiting`: the person was not yet to be provisioned (staged, suspended) when it was made."""

    user_id: str
    scope: str
    user_name: str
    profile: dict[str, str | None]
    status: str = "STAGED"
    external_id: str | None = None
    sync_state: str = "DISABLED"
    created: datetime
    last_updated: datetime
    status_changed: datetime
    last_sync: datetime | None = None
    sent: dict[str, str | None] = field(default_factory=dict)
    returned: bool = False
    waiting: bool = False


@dataclass(kw_only=True)
class AppGroup:
    """A group assigned to the app; the lower the number, the higher the priority."""

    group_id: str
    priority: int
    profile: dict[str, Any] = field(default_factory=dict)
    last_updated: datetime


@dataclass(kw_only=True)
class PushMapping:
    """A group push mapping; status ACTIVE, INACTIVE or ERROR. `target_group_id` is the id of an APP_GROUP."""

    id: str
    source_group_id: str
    target_group_id: str
    status: str = "ACTIVE"
    error_summary: str | None = None
    created: datetime
    last_updated: datetime
    last_push: datetime | None = None


@dataclass(kw_only=True)
class App:
    """An app of the org. `rename_groups`: "Rename app groups to match group name in Okta". `attributes`: those of its
    user profile, of which `on_create_only` are never updated; `direct`: Okta user ids assigned by hand; `own_values`:
    by user id, what stands in their app profile (or as `userName`) instead of what is mapped; `catalogue`: it was taken
    out of Okta's catalogue, not made with the wizard; `given`: its settings, in Okta's words."""

    id: str
    name: str
    label: str
    status: str = "ACTIVE"
    sign_on_mode: str = "SAML_2_0"
    features: tuple[str, ...] = ()
    rename_groups: bool = True
    created: datetime
    last_updated: datetime
    attributes: tuple[str, ...] = ()
    on_create_only: frozenset[str] = frozenset()
    catalogue: bool = False
    given: dict[str, Any] = field(default_factory=dict)
    direct: set[str] = field(default_factory=set)
    own_values: dict[str, dict[str, str | None]] = field(default_factory=dict)
    users: dict[str, AppUser] = field(default_factory=dict)
    groups: dict[str, AppGroup] = field(default_factory=dict)
    mappings: dict[str, PushMapping] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Task:
    """Something the provisioner still has to send.

    `kind`: provision, profile, deprovision (needs `external_id`), push (`subject` is a mapping), delete-group
    (`external_id`). `subject` is an Okta user id or a mapping id.
    """

    kind: str
    subject: str
    external_id: str | None = None


@dataclass(kw_only=True)
class Waiting:
    """How long a task has waited, and will. `attempts`: how often it was tried."""

    posted: datetime
    due: datetime
    attempts: int = 0


class State:
    """The org's memory, its ids and its log."""

    app: App
    everyone: Group

    def __init__(self, clock: Clock, seed: int | str = 0) -> None:
        self.clock = clock
        self.system_log = SystemLog()
        self.actor = OKTA
        self._ids = random.Random(f"ids {seed}")
        self.users: dict[str, Person] = {}
        self.groups: dict[str, Group] = {}
        self.rules: dict[str, GroupRule] = {}
        self.apps: dict[str, App] = {}
        self._logins: dict[str, str] = {}
        self.own_attributes: set[str] = set()
        """What the org added to the default profile: whatever anybody ever held."""
        self.unevaluated: set[tuple[str, str]] = set()
        """(rule id, user id): a switch. Okta fails to evaluate the rule for them, and leaves their membership alone."""
        self._came_back: set[str] = set()

    def new_id(self, prefix: str) -> str:
        """An id of Okta's form: the prefix of its kind, twenty characters in all."""
        return prefix + "".join(self._ids.choices(ALPHABET, k=20 - len(prefix)))

    def now(self) -> datetime:
        return self.clock.now()

    def log(self, event_type: str, *targets: Target, outcome: str = SUCCESS, reason: str | None = None) -> None:
        """Writes a line into the System Log, dated now, by whoever is at work (`actor`)."""
        self.system_log.write(self.now(), event_type, targets, outcome=outcome, reason=reason, actor=self.actor)
