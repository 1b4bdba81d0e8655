"""``doctor``: says line by line whether a run would work, and with which code it would end if not."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Protocol

import msgspec

from reconciler.commands.exits import first_code
from reconciler.commands.forecast import Size, forecast
from reconciler.directories import Permission
from reconciler.errors import ReconcilerError
from reconciler.journal import words_of
from reconciler.model import Capabilities, Source
from reconciler.store import Store
from reconciler.store.journal import Journal

SCHEMA_VERSION = 1
SHARED = "it is the one Okta uses: making a new one in Kandji stops Okta's provisioning until Okta has it, too"
SKEW = timedelta(seconds=60)
"""Beyond this, signed requests may be refused and grace periods misjudged."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was looked at. ``code`` is the exit code that ``run`` would end with because of it."""

    name: str
    state: Literal["ok", "warning", "failed", "not checked"]
    told: str
    next: str | None = None
    code: int = 0


class OktaSide(Protocol):
    async def permissions(self) -> tuple[Permission, ...]: ...


class ScimSide(Protocol):
    async def probe(self) -> Capabilities: ...


@dataclass(frozen=True, slots=True)
class Sides:
    """Makes each side when it is looked at, so that one missing secret does not hide the others."""

    okta: Callable[[], OktaSide]
    scim: Callable[[], ScimSide]
    kandji: Callable[[], Awaitable[tuple[Permission, ...]]] | None = None
    """Asks the REST API for what it allows, where one is configured."""


@dataclass(frozen=True, slots=True)
class Told:
    """A ``Date`` header and the moment it was read: what the clocks are compared by."""

    service: str
    theirs: datetime
    ours: datetime


async def examine(sides: Sides, dates: Sequence[Told]) -> tuple[Line, ...]:
    """Secrets, permissions, TLS and SCIM: everything that needs the network. ``dates`` fills up meanwhile."""
    lines = [Line("Kandji SCIM token", "warning", SHARED)]
    lines += await _okta(sides)
    lines += await _scim(sides)
    lines += await _kandji(sides)
    lines += _clocks(dates)
    return tuple(lines)


async def _okta(sides: Sides) -> list[Line]:
    try:
        permissions = await sides.okta().permissions()
    except ReconcilerError as error:
        return [_failed("Okta", error)]
    return [_permission("Okta", permission) for permission in permissions]


def _permission(side: str, permission: Permission) -> Line:
    name = f"{side}: {permission.name}"
    if permission.allowed:
        return Line(name, "ok", permission.reason or "allowed")
    told = permission.reason or "refused"
    if permission.allowed is None:
        return Line(name, "not checked", told, next=permission.next)
    if not permission.required:
        return Line(name, "warning", f"{told}; what depends on it is not checked")
    return Line(name, "failed", told, next=permission.next, code=permission.exit_code)


async def _scim(sides: Sides) -> list[Line]:
    try:
        found = await sides.scim().probe()
    except ReconcilerError as error:
        return [_failed("Kandji SCIM", error)]
    words = {True: "yes", False: "no", None: "could not be told"}
    told = ", ".join(
        f"{name.replace('_', ' ')}: {words.get(value, value)}" for name, value in msgspec.structs.asdict(found).items()
    )
    return [Line("Kandji SCIM", "ok", "answers"), Line("SCIM abilities", "ok", told)]


async def _kandji(sides: Sides) -> list[Line]:
    if sides.kandji is None:
        return [Line("Kandji API", "not checked", "no api_url: devices and archived people are not looked at")]
    try:
        permissions = await sides.kandji()
    except ReconcilerError as error:
        # the REST API is optional: a run goes on without it
        return [Line("Kandji API", "warning", error.what, next=error.next)]
    return [_permission("Kandji API", permission) for permission in permissions]


def _clocks(dates: Sequence[Told]) -> list[Line]:
    """One line a service: by how much its clock and ours differ, judged by the smallest difference seen."""
    lines = []
    for service in dict.fromkeys(told.service for told in dates):
        skew = min(abs(told.ours - told.theirs) for told in dates if told.service == service)
        seconds = int(skew.total_seconds())
        if skew > SKEW:
            words = f"differs from this machine's by {seconds:,} seconds"
            lines.append(Line(f"{service}: clock", "warning", words, next="set this machine's clock"))
        else:
            lines.append(Line(f"{service}: clock", "ok", f"within {max(seconds, 1)} s of this machine's"))
    return lines


def _failed(name: str, error: ReconcilerError) -> Line:
    facts = "; ".join(f"{label} {text}" for label, text in error.facts)
    return Line(name, "failed", error.what + (f" ({facts})" if facts else ""), next=error.next, code=error.exit_code)


def look_at_files(store_path: Path, folder: Path) -> list[Line]:
    """Whether the database can be opened and its journal is whole, and whether the report folder can be written."""
    lines = []
    try:
        with Store.open(store_path) as store:
            last = store.last()
            lines.append(Line("database", "ok", f"{store_path}, {f'last run {last.id}' if last else 'no run yet'}"))
            lines += look_at_journal(store.journal)
    except ReconcilerError as error:
        lines.append(_failed("database", error))
    nearest = folder
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    if nearest.is_dir() and os.access(nearest, os.W_OK):
        lines.append(Line("report folder", "ok", str(folder)))
    else:
        lines.append(Line("report folder", "failed", f"{folder} can't be written", "make it writable", code=9))
    return lines


def look_at_journal(journal: Journal) -> list[Line]:
    """Whether the chain of events is whole, what was left half-way, and which apply did not end."""
    wrong = journal.check()
    if wrong:
        way_out = "restore the database from a copy; until then nothing tells for sure what was changed"
        return [Line("journal", "failed", f"its chain is broken: {wrong}", way_out, code=9)]
    half = journal.left_half()
    others = [apply for apply in journal.not_ended() if apply not in {left.apply for left in half}]
    return [
        Line("journal", "ok", f"the chain of {journal.count():,} events is whole"),
        *(Line("half-made change", "warning", *words_of(left)) for left in half),
        *(Line("apply", "warning", f"apply {one} did not end", "reconciler apply --resume") for one in others),
    ]


def foretell(sources: Sequence[Source], *, rate_share: float, concurrency: int) -> Line:
    """The cost of the next full pull, from the sizes the last one saw."""
    rows = {source.name: source.rows for source in sources}
    if "okta.app_users" not in rows:
        size = Size(5000, 2, 60, 200, 260, 18000, 5000, 60)
        about = "5,000 people and 60 pushed groups would take"
    else:
        size = Size(
            app_users=rows["okta.app_users"],
            app_groups=rows.get("okta.app_groups", 0),
            mappings=rows.get("okta.mappings", 0),
            rules=rows.get("okta.rules", 0),
            groups=rows.get("okta.groups", 0),
            members=rows.get("okta.members", 0),
            accounts=rows.get("scim.users", 0),
            kandji_groups=rows.get("scim.groups", 0),
            further=sum(source.requests for source in sources if source.name in ("okta.logs", "okta.rule_groups")),
        )
        about = "by the last pull's sizes, the next takes"
    cost = forecast(size, rate_share=rate_share, concurrency=concurrency)
    told = (
        f"{about} about {cost.okta:,} requests to Okta ({cost.scarce:,} of them on the app's small limit), "
        f"{cost.kandji:,} to Kandji, {cost.minutes} min"
    )
    return Line("forecast", "ok", told)


def exit_code(lines: Sequence[Line]) -> int:
    """The code that ``run`` would end with."""
    return first_code(line.code for line in lines)


def text(lines: Sequence[Line]) -> str:
    """The lines for a terminal, what to do under what failed."""
    marks = {"ok": "ok     ", "warning": "warning", "failed": "FAILED ", "not checked": "-      "}
    width = max(len(line.name) for line in lines)
    rows = []
    for line in lines:
        rows.append(f"{marks[line.state]}  {line.name.ljust(width)}  {line.told}")
        if line.next and line.state != "ok":
            rows.append(f"{'':<9}{'':<{width}}  → {line.next}")
    return "\n".join(rows)


def document(lines: Sequence[Line]) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "exit_code": exit_code(lines),
        "lines": [
            {"name": line.name, "state": line.state, "told": line.told, "next": line.next, "code": line.code}
            for line in lines
        ],
    }
