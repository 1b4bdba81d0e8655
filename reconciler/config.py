"""What an admin can set: a frozen ``Config``. ``config_file`` makes one from TOML and ``RECONCILER_…`` variables.

Every key has a default that is safe, or is asked for. Secrets are references; ``secrets`` resolves them late. A message
about a key never repeats its value, because somebody may have written a token where a reference belongs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

from reconciler import addresses

READ_SCOPES = ("okta.apps.read", "okta.groups.read", "okta.users.read")
"""The least a service app needs. With ``okta.schemas.read``, attributes are judged by the app's schema, too, and with
``okta.logs.read`` by what Okta's System Log tells."""


def _tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _in_folder(value: object, info: ValidationInfo) -> object:
    if not isinstance(value, str | Path):
        return value
    folder: Path = (info.context or {}).get("folder", Path())
    return folder / Path(value).expanduser()


def _address(value: str) -> str:
    reason = addresses.trouble(value)
    if reason:
        raise ValueError(reason)
    return value.rstrip("/")


def _org(value: str) -> str:
    reason = addresses.org_trouble(value)
    if reason:
        raise ValueError(reason)
    return value.rstrip("/")


def _variable(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", value):
        raise ValueError("must be the name of an environment variable, and this can be none: is it the secret itself?")
    return value


def _mode(value: str) -> str:
    try:
        bits = int(value, 8)
    except ValueError:
        bits = -1
    if not 0o400 <= bits <= 0o777 or not bits & 0o600 == 0o600:
        raise ValueError('must be a file mode such as "0600" or "0640", readable and writable for its owner')
    return value


Names = Annotated[tuple[str, ...], BeforeValidator(_tuple)]
File = Annotated[Path, BeforeValidator(_in_folder)]
Address = Annotated[str, AfterValidator(_address)]
Org = Annotated[str, AfterValidator(_org)]
Mode = Annotated[str, AfterValidator(_mode)]
Variable = Annotated[str, AfterValidator(_variable)]
Minutes = Annotated[int, Field(ge=0, le=7 * 24 * 60)]


class Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class Reference(Table):
    """Where a secret is kept; exactly one of its keys is set."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    env: Variable | None = Field(default=None, description="name of an environment variable")
    file: File | None = Field(default=None, description="a file that holds nothing but the secret")
    credential: str | None = Field(default=None, description="a systemd credential (in $CREDENTIALS_DIRECTORY)")
    keyring: str | None = Field(
        default=None, description="the system's keyring: service/user (needs the package keyring)"
    )
    command: Names | None = Field(default=None, description="a program and its arguments; what it prints is the secret")
    prompt: str | None = Field(default=None, description="what to ask on the terminal")

    def parts(self) -> tuple[str, str | Path | tuple[str, ...]]:
        """The one way that is set, and its value."""
        for way in type(self).model_fields:
            value = getattr(self, way)
            if value is not None:
                return way, value
        raise AssertionError("checked when the file was read: one way is set")


class Okta(Table):
    org_url: Org = Field(description="the org, e.g. https://acme.okta.com (not the -admin console)")
    app_id: str | None = Field(default=None, description="id of the SCIM app that feeds Kandji (0oa…)")
    app_label: str | None = Field(default=None, description="or its label")
    auth: Literal["token", "private_key"] = Field(
        default="token", description="API token, or service app with a private key"
    )
    token: Reference | None = Field(default=None, description="where the API token is kept")
    client_id: str | None = Field(default=None, description="of the service app, with auth = private_key")
    private_key: Reference | None = Field(default=None, description="where its RSA key is kept (PEM or JWK)")
    key_id: str | None = Field(default=None, description="kid of the key, when the key itself does not hold it")
    dpop: bool = Field(default=True, description="prove possession of the key; Okta's default for new service apps")
    scopes: Names = Field(default=READ_SCOPES, description="what the service app asks for")
    rate_share: float = Field(
        default=0.5, gt=0, le=1, description="share of each of Okta's rate limits that may be used"
    )
    admin_url: Address | None = Field(default=None, description="admin console for links; derived for *.okta.com")


class Kandji(Table):
    kind: Literal["kandji", "scim"] = Field(default="kandji", description="scim: any other SCIM 2.0 app")
    scim_url: Address = Field(description="SCIM API address, from Kandji's Integrations page")
    token: Reference = Field(description="where the SCIM token is kept: the one Okta uses; don't make a new one")
    api_url: Address | None = Field(default=None, description="REST API (Settings → Access), for devices; optional")
    api_token: Reference | None = Field(default=None, description="where the REST API token is kept")
    console_url: Address | None = Field(default=None, description="web console for links; derived for *.kandji.io")


class Store(Table):
    path: File = Field(default=Path("reconciler.db"), validate_default=True, description="the database file")


class Reports(Table):
    folder: File = Field(
        default=Path("drift-reports"), validate_default=True, description="where run and report put their pages"
    )
    mode: Mode = Field(default="0600", description="file mode of the pages")
    formats: Annotated[tuple[Literal["html", "json", "csv"], ...], BeforeValidator(_tuple)] = Field(
        default=("html", "json", "csv"), min_length=1, description="what is written there"
    )
    title: str | None = Field(default=None, description="name of the integration; derived from the two hosts")


class Scope(Table):
    groups: Names = Field(
        default=(), description="Okta groups (name or id) of those meant to be in Kandji; else all pushed"
    )


class Assignment(Table):
    group: str | None = Field(
        default=None, description="assigned group (name or id) to put people into; else the one most rules feed"
    )
    filled_by: str | None = Field(
        default=None, description="who fills the assigned groups, where group rules don't: HR's import, AD"
    )


class Match(Table):
    names: Annotated[Mapping[str, str], AfterValidator(MappingProxyType)] = Field(
        default_factory=dict,
        validate_default=True,
        description="Okta group name = Kandji group name, where they differ by design",
    )
    also_fed_by: Names = Field(
        default=(), description="who else feeds the store: user name patterns, Kandji integrations"
    )


class Compare(Table):
    attributes: Annotated[
        tuple[Literal["userName", "name", "email", "title", "department"], ...], BeforeValidator(_tuple)
    ] = Field(default=("userName", "name", "email", "title", "department"), description="attributes that are compared")


class Accept(Table):
    """Drift that somebody answers for; every pattern that is set must match."""

    reason: str = Field(min_length=1, description="why it may be so")
    owner: str = Field(min_length=1, description="who answers for it")
    until: date = Field(description="the last day on which it holds, in UTC: 2026-12-31")
    finding: str | None = Field(default=None, pattern="^F-[0-9a-f]{12}$", description="id of one finding")
    kind: str | None = Field(default=None, min_length=1, description="kind of drift, or a pattern: mapping-*")
    person: str | None = Field(default=None, min_length=1, description="login or user name, or a pattern: *@x.example")
    group: str | None = Field(default=None, min_length=1, description="name of a group, or a pattern")


class Fix(Table):
    suspended: Literal["report", "deactivate"] = Field(
        default="report", description="people suspended in Okta: only told of, or meant to be inactive in Kandji"
    )
    auto: Names = Field(default=(), description="kinds of drift that run --fix mends unattended")
    auto_removals: bool = Field(default=False, description="whether run --fix may take anything away, too")
    kandji_writes: Names = Field(
        default=(), description="kinds of drift that may be mended in Kandji itself, where Okta can't"
    )
    patience_minutes: float = Field(
        default=15.0, ge=0, le=240, description="how long apply waits for the effect of its changes to show"
    )
    plan_ttl_hours: float = Field(default=24.0, gt=0, le=168, description="age up to which a plan is applied")
    stop_after_errors: int = Field(default=3, ge=1, le=100, description="failures in a row that end an apply")


class Protect(Table):
    """Never touched, on either side."""

    people: Names = Field(default=(), description="logins or user names, or patterns: *@board.example")
    groups: Names = Field(default=(), description="names or ids of groups, or patterns")


class Guard(Table):
    max_shrink: float = Field(
        default=0.1, ge=0, lt=1, description="share of a list that may be gone since the last run without a word"
    )
    group_removals: int = Field(default=3, ge=0, description="people who may be taken out of one group, at least")
    removals: int = Field(default=5, ge=0, description="the same in the tenant, one plan and one day")
    removals_share: float = Field(default=0.1, ge=0, le=1, description="or this share of all, if that is more")
    removals_most: int = Field(default=200, ge=0, description="but never more than this")
    additions: int = Field(default=10, ge=0, description="people who may be added, at least")
    additions_share: float = Field(default=0.1, ge=0, le=1, description="or this share of all, if that is more")
    additions_most: int = Field(default=200, ge=0, description="but never more than this")


class Log(Table):
    level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="what the log file keeps")
    file: File = Field(
        default=Path("reconciler.log"), validate_default=True, description="the log file; secrets never get there"
    )


class Network(Table):
    ca: File | None = Field(default=None, description="PEM file of a private CA, instead of what the system trusts")
    concurrency: int = Field(default=6, ge=1, le=20, description="requests under way at once, per service")
    attempts: int = Field(default=6, ge=1, le=20, description="how often a failing read is tried")
    timeout_seconds: float = Field(default=70.0, gt=0, le=600, description="patience for one answer")
    total_seconds: float = Field(
        default=300.0, gt=0, le=3600, description="patience for one request with all its attempts"
    )


Judged = Literal["critical", "high", "medium", "low", "off"]


class Config(Table):
    """Everything that can be set. ``settle`` and ``severity`` are keyed by kinds of drift."""

    okta: Okta
    kandji: Kandji
    store: Store = Field(default_factory=Store)
    report: Reports = Field(default_factory=Reports)
    scope: Scope = Field(default_factory=Scope)
    assignment: Assignment = Field(default_factory=Assignment)
    match: Match = Field(default_factory=Match)
    compare: Compare = Field(default_factory=Compare)
    settle: Annotated[Mapping[str, Minutes], AfterValidator(MappingProxyType)] = Field(
        default_factory=dict,
        validate_default=True,
        description="kind of drift = minutes that a change may take before it counts",
    )
    severity: Annotated[Mapping[str, Judged], AfterValidator(MappingProxyType)] = Field(
        default_factory=dict, validate_default=True, description="kind of drift = critical, high, medium, low or off"
    )
    accept: Annotated[tuple[Accept, ...], BeforeValidator(_tuple)] = ()
    fix: Fix = Field(default_factory=Fix)
    protect: Protect = Field(default_factory=Protect)
    guard: Guard = Field(default_factory=Guard)
    log: Log = Field(default_factory=Log)
    network: Network = Field(default_factory=Network)

    def references(self) -> tuple[tuple[str, str, Reference], ...]:
        """(table, key, reference) of every secret that is used."""
        okta = ("token", self.okta.token) if self.okta.auth == "token" else ("private_key", self.okta.private_key)
        used = (("okta", *okta), ("kandji", "token", self.kandji.token), ("kandji", "api_token", self.kandji.api_token))
        return tuple((table, key, reference) for table, key, reference in used if reference is not None)

    @property
    def title(self) -> str:
        """Name of the integration: the configured one, else the two hosts."""
        return self.report.title or f"{urlsplit(self.okta.org_url).netloc} → {urlsplit(self.kandji.scim_url).netloc}"

    @property
    def admin_url(self) -> str | None:
        return self.okta.admin_url or addresses.admin_url(self.okta.org_url)

    @property
    def console_url(self) -> str | None:
        derived = addresses.console_url(self.kandji.scim_url) if self.kandji.kind == "kandji" else None
        return self.kandji.console_url or derived


def schema() -> dict[str, Any]:
    """The configuration as JSON Schema (draft 2020-12)."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Config.model_json_schema()}
