"""What Okta and Kandji say, as frozen values.

Only what a check compares or a report shows is kept: raw bodies never, and nothing that moves without meaning
(``lastLogin``, ``lastSync``, ``meta.lastModified``). Ids are text, statuses are free text, times are aware UTC, and
``None`` means "the service did not say".

Of some records there are hundreds of thousands. They can't be part of a cycle, so ``gc=False`` spares the garbage
collector the way past them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

Pairs = tuple[tuple[str, str | None], ...]
"""Attribute name and value. A name that is absent was not in the answer; ``None`` was there and empty."""
Value = str | int | float | bool | tuple[str | int | float | bool, ...]
Attributes = tuple[tuple[str, Value | None], ...]
"""As ``Pairs``, with the values of any profile attribute: numbers, yes and no, and lists as well."""


# --- Okta ------------------------------------------------------------------------------------------------------------


class OktaUser(Struct, frozen=True, kw_only=True, gc=False):
    """An Okta person. ``status`` is ACTIVE, DEPROVISIONED, … or a word Okta invents tomorrow."""

    id: str
    status: str
    login: str
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    display_name: str | None = None
    created: datetime | None = None
    activated: datetime | None = None
    status_changed: datetime | None = None
    type_id: str | None = None
    realm_id: str | None = None
    attributes: Attributes = ()
    """Profile attributes that group rules name, by their Okta names. A name that is absent was not in the answer."""


class AppUser(Struct, frozen=True, kw_only=True, gc=False):
    """An assignment of the app to an Okta user; ``id`` is the *Okta user's* id.

    ``external_id`` is the SCIM id Okta learnt when it provisioned the account. ``profile`` holds the app profile keys
    that were present, under SCIM names: displayName, givenName, familyName, email, title, department.
    """

    id: str
    status: str
    scope: str | None = None
    external_id: str | None = None
    user_name: str | None = None
    sync_state: str | None = None
    created: datetime | None = None
    status_changed: datetime | None = None
    profile: Pairs = ()


class AppGroup(Struct, frozen=True, kw_only=True, gc=False):
    """A group assigned to the app."""

    id: str
    priority: int | None = None
    last_updated: datetime | None = None


class Mapping(Struct, frozen=True, kw_only=True, gc=False):
    """A group push mapping. ``target_group_id`` is the id of an Okta APP_GROUP, not of the Kandji group."""

    id: str
    source_group_id: str
    target_group_id: str | None
    status: str
    error_summary: str | None = None
    last_push: datetime | None = None
    created: datetime | None = None
    last_updated: datetime | None = None


class Rule(Struct, frozen=True, kw_only=True, gc=False):
    """A group rule. ``expression`` is text in Okta's expression language."""

    id: str
    name: str
    status: str
    expression: str | None = None
    target_group_ids: tuple[str, ...] = ()
    excluded_user_ids: tuple[str, ...] = ()
    all_groups_valid: bool | None = None
    created: datetime | None = None
    last_updated: datetime | None = None


class Group(Struct, frozen=True, kw_only=True, gc=False):
    """An Okta group: OKTA_GROUP, APP_GROUP (``source_id`` is the app it came from) or BUILT_IN."""

    id: str
    name: str
    type: str
    source_id: str | None = None
    users_count: int | None = None
    has_admin_role: bool | None = None
    created: datetime | None = None
    last_membership_updated: datetime | None = None


class Member(Struct, frozen=True, kw_only=True, gc=False):
    """Somebody in an Okta group. ``rule_ids``: () put in by hand, None not known."""

    user_id: str
    rule_ids: tuple[str, ...] | None = None


class GroupMembers(Struct, frozen=True, kw_only=True, gc=False):
    group_id: str
    members: tuple[Member, ...]


class Target(Struct, frozen=True, kw_only=True, gc=False):
    """Somebody or something an event of the System Log concerns: type User, AppUser, UserGroup, AppInstance, …"""

    type: str
    id: str
    name: str | None = None


class LogEvent(Struct, frozen=True, kw_only=True):
    """One event of Okta's System Log. ``outcome`` is SUCCESS, FAILURE, … or a word Okta invents tomorrow."""

    id: str
    published: datetime
    type: str
    """``application.provision.user.push``, …"""
    outcome: str | None = None
    reason: str | None = None
    actor: str | None = None
    """Name of who did it."""
    targets: tuple[Target, ...] = ()


class App(Struct, frozen=True, kw_only=True):
    """The app through which Okta reaches Kandji. ``features`` are free strings."""

    id: str
    name: str
    label: str
    status: str
    sign_on_mode: str | None = None
    features: tuple[str, ...] = ()
    provisioning_status: str | None = None
    """Status of the provisioning connection (ENABLED, DISABLED, UNKNOWN), where the org tells it."""
    schema_attributes: tuple[str, ...] | None = None
    """Attributes that the app user schema defines (SCIM names where known); None when it could not be read."""


class OktaSnapshot(Struct, frozen=True, kw_only=True):
    org_url: str
    app: App
    users: tuple[OktaUser, ...]
    """Everybody seen: embedded in app users, as members, and looked up for Kandji accounts nobody points to."""
    app_users: tuple[AppUser, ...]
    app_groups: tuple[AppGroup, ...]
    mappings: tuple[Mapping, ...]
    rules: tuple[Rule, ...] | None
    """None where rules may not be read."""
    groups: tuple[Group, ...]
    """Groups named by assignments, mappings (source and target) and rules, as far as they are visible."""
    invisible_group_ids: tuple[str, ...]
    """Named somewhere, but not visible or deleted."""
    members: tuple[GroupMembers, ...]
    """Of every assigned and every pushed group, of those that say who is meant to be in Kandji, and of those that group
    rules ask for where they feed one of these; of the last, what may not be read is left out."""
    absent_user_ids: tuple[str, ...] = ()
    """Okta user ids that earlier runs knew and Okta now answers with 404."""
    looked_up_scim_ids: tuple[str, ...] = ()
    """Kandji accounts nobody points to, whose look-up in Okta came to an end, found or not."""
    events: tuple[LogEvent, ...] | None = None
    """The System Log's events about this app, its groups and rules, in no order; None where it was not read."""
    events_since: datetime | None = None
    """Since when the events are whole."""


# --- Kandji ----------------------------------------------------------------------------------------------------------


class ScimUser(Struct, frozen=True, kw_only=True, gc=False):
    id: str
    user_name: str | None = None
    active: bool | None = None
    external_id: str | None = None
    display_name: str | None = None
    formatted_name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    email: str | None = None
    """Primary, else the one of type work, else the first."""
    title: str | None = None
    department: str | None = None
    created: datetime | None = None


class ScimGroup(Struct, frozen=True, kw_only=True, gc=False):
    id: str
    display_name: str | None
    member_ids: tuple[str, ...] | None
    """None: the server did not say. Never the same as nobody."""
    perhaps_cut: bool = False
    """Whether the server may have cut the list off: who is in it is a member, who is not may be one, too."""


class Capabilities(Struct, frozen=True, kw_only=True):
    """What the read-only probe learnt of the SCIM server; None is "could not be told"."""

    service_provider_config: bool | None = None
    paging_honoured: bool | None = None
    page_cap: int | None = None
    cursor_paging: bool | None = None
    filter_honoured: bool | None = None
    user_name_case_exact: bool | None = None
    members_in_lists: bool | None = None
    excluded_attributes_honoured: bool | None = None
    patch_supported: bool | None = None
    etag: bool | None = None
    numeric_ids: bool | None = None


class ScimSnapshot(Struct, frozen=True, kw_only=True):
    base_url: str
    capabilities: Capabilities
    users: tuple[ScimUser, ...]
    """The list, and whoever was found by id although the list left them out."""
    groups: tuple[ScimGroup, ...]
    absent_user_ids: tuple[str, ...] = ()
    """Ids that Okta points to, or that groups name: not in the list, and 404 when read one by one."""
    absent_group_names: tuple[str, ...] = ()
    """Names that a mapping pushes to: not in the list, and nothing found by a filtered read."""


class KandjiUser(Struct, frozen=True, kw_only=True, gc=False):
    """A row of Kandji's REST ``/api/v1/users``; ``old_id`` is ``deprecated_user_id``."""

    id: str
    old_id: str | None = None
    email: str | None = None
    name: str | None = None
    active: bool | None = None
    archived: bool | None = None
    department: str | None = None
    title: str | None = None
    device_count: int | None = None
    integration_id: str | None = None
    integration_name: str | None = None
    integration_type: str | None = None


class Device(Struct, frozen=True, kw_only=True, gc=False):
    id: str
    name: str | None = None
    serial: str | None = None
    user_id: str | None = None
    user_email: str | None = None


class KandjiSnapshot(Struct, frozen=True, kw_only=True):
    api_url: str
    users: tuple[KandjiUser, ...]
    devices: tuple[Device, ...]


# --- One pull --------------------------------------------------------------------------------------------------------

COMPLETE = "complete"
INCOMPLETE = "incomplete"
REFUSED = "refused"
NOT_ASKED = "not asked"


class Source(Struct, frozen=True, kw_only=True):
    """How one list was read, and how it is known that it is whole.

    ``state``: complete, incomplete (the run gives no verdict), refused (an optional source, 401/403/404), not asked.
    """

    name: str
    """``okta.app_users``, ``okta.members``, ``scim.users``, …"""
    state: str
    required: bool = True
    rows: int = 0
    pages: int = 0
    requests: int = 0
    began: datetime | None = None
    ended: datetime | None = None
    how_known: str = ""
    reason: str | None = None


SHRANK = "shrank"
EMPTY_STORE = "empty"
"""Kinds of notes that tell how far a complete read is to be relied on."""
DEVICES = "devices in Kandji"
"""What a note is about where people of Kandji's REST API were read, and their devices were not."""


class Size(Struct, frozen=True, kw_only=True, order=True):
    """How large a list is, and how large it is believed to be: more, where it shrank and nobody has confirmed that."""

    source: str
    """Name of the ``Source`` it belongs to."""
    about: str
    """Id of the group whose members are meant; empty for the whole list."""
    name: str
    """For people: "members of Sales"."""
    size: int
    believed: int

    @property
    def unconfirmed(self) -> bool:
        return self.size < self.believed


class Note(Struct, frozen=True, kw_only=True, order=True):
    """Something that was not checked or is not to be relied on, and why.

    ``kind`` is ``unknown-value``, ``check-skipped``, ``shrank`` (a list that is much smaller than before) or ``empty``
    (nobody is provisioned yet).
    """

    kind: str
    about: str
    reason: str


class Snapshot(Struct, frozen=True, kw_only=True):
    """Both sides at one moment. Exists only when every required source is complete."""

    okta: OktaSnapshot
    scim: ScimSnapshot
    kandji: KandjiSnapshot | None = None
    notes: tuple[Note, ...] = ()


class Memory(Struct, frozen=True, kw_only=True):
    """What earlier complete runs learnt; ``first`` is true when there was none."""

    first: bool = True
    pointed: Pairs = ()
    """Kandji SCIM id → Okta user id of an app user that once pointed to it."""
    learnt_groups: Pairs = ()
    """Mapping id → SCIM id of the Kandji group it was last joined with."""
    known_groups: Pairs = ()
    """Okta group id → name, as a run last saw it."""
    held: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """SCIM ids of the members that a Kandji group had in the last complete run, of those groups that have lost some."""
    seen: tuple[tuple[str, datetime], ...] = ()
    """Id of a finding that stood in the last complete run → when it was first seen since it last was fixed."""
    settling: frozenset[str] = frozenset()
    """Ids of those of ``seen`` that only settled in the last complete run: they have not been counted yet."""
    sizes: tuple[Size, ...] = ()
    """Of the lists in the last complete run."""

    events: tuple[LogEvent, ...] = ()
    """Those of the System Log that the last complete run kept."""
    events_since: datetime | None = None
    """Since when these are whole."""
    log_read_at: datetime | None = None
    """When the last complete run began, if it has read the log."""

    def pointers(self) -> Iterator[tuple[str, str]]:
        """(Kandji SCIM id, Okta user id) that earlier runs saw."""
        return ((scim_id, user_id) for scim_id, user_id in self.pointed if user_id is not None)


class Run(Struct, frozen=True, kw_only=True):
    """One run of the program, as the store keeps it: everything a page needs to be made again, byte for byte."""

    id: int
    """0 until the store has given it a number."""
    started: datetime
    finished: datetime
    state: str
    """``in-step``, ``drift``, ``incomplete`` or ``failed``."""
    sentence: str
    version: str
    config_digest: str
    command_line: str
    """Redacted."""
    display: tuple[tuple[str, str], ...] = ()
    """Display settings by name: ``title``, ``admin_url``, ``console_url``, …"""
    data_digest: str | None = None
    """Hash over the snapshot's rows; None when nothing was kept."""
    reason: str | None = None
    """Why a run is incomplete or failed."""
    exit_code: int = 0
    baseline: bool = False
    """The first complete run: nothing in it is new."""
