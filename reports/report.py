"""``Report``: what every format shows. A pure value; formats only spell it differently."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct

from reconciler.findings import (
    Accepted,
    Finding,
    Foreseen,
    Kind,
    Life,
    PushedGroup,
    RuleLine,
    Severity,
    Stage,
    TrendPoint,
)
from reconciler.model import Note, Run, Source

SCHEMA_VERSION = 1


class Tile(Struct, frozen=True, kw_only=True):
    severity: Severity
    count: int
    change: int | None
    """Against the last complete run before this one; None where there was none."""


class Row(Struct, frozen=True, kw_only=True):
    """A finding with its life. ``life.state`` tells open, new, settling, …"""

    finding: Finding
    life: Life
    explains: int = 0
    """How many findings it is the cause of."""
    explains_people: int = 0
    foreseen: Foreseen | None = None
    """How a plan of that run would mend it; None where that was not told."""

    @property
    def is_cause(self) -> bool:
        """Whether it stands at the head of others. Of one person's findings, which explain little but that person,
        none does."""
        return self.explains > 0 and self.finding.person is None and self.life.stands


class Counts(Struct, frozen=True, kw_only=True):
    """Findings by state. ``open`` holds new, back again and first sight too; settling and accepted stand apart."""

    open: int
    new: int
    back: int
    fixed: int
    settling: int
    accepted: int
    people: int
    """Distinct people that open findings concern."""
    causes: int
    """Open findings that explain others."""
    explained_people: int
    """Distinct people that the explained ones concern."""


class Mendable(Struct, frozen=True, kw_only=True):
    """Of the open findings, how many a plan of that run would mend, and with how many changes."""

    planned: int
    changes: int
    withheld: int
    by_hand: int


def mendable(standing: Sequence[Row]) -> Mendable | None:
    """Counted over the open findings; None where of none it was told how a plan would mend it."""
    told = [row.foreseen for row in standing if row.foreseen is not None]
    if not told:
        return None
    planned = [one for one in told if one.outcome == "planned"]
    return Mendable(
        planned=len(planned),
        changes=len({one.change for one in planned}),
        withheld=sum(one.outcome == "withheld" for one in told),
        by_hand=sum(one.outcome == "by hand" for one in told),
    )


class Report(Struct, frozen=True, kw_only=True):
    schema_version: int
    title: str
    """Name of the integration: ``acme.okta.com → acme.api.kandji.io``."""
    state: Literal["in-step", "drift", "incomplete", "failed"]
    sentence: str
    run: Run
    """The run this page is about."""
    data_run: Run | None
    """The complete run whose data is shown: ``run`` itself, or the last complete one before it, or none."""
    counts: Counts
    tiles: tuple[Tile, ...]
    strip: tuple[Run, ...]
    """The last runs up to this one, oldest first, at most thirty."""
    trend: tuple[TrendPoint, ...]
    """Open findings by severity at the last runs up to this one, oldest first, at most sixty."""
    do_next: str | None
    """A command to type."""
    new: tuple[Row, ...]
    back: tuple[Row, ...]
    fixed: tuple[Row, ...]
    rows: tuple[Row, ...]
    """Open, settling and accepted findings: causes first, then by severity, kind and name."""
    stages: tuple[Stage, ...]
    groups: tuple[PushedGroup, ...]
    rules: tuple[RuleLine, ...]
    """Group rules that feed an assigned or pushed group, by name."""
    kinds: tuple[Kind, ...]
    """Every kind that was judged, in the order of the catalogue."""
    sources: tuple[Source, ...]
    notes: tuple[Note, ...]
    accepted: tuple[Accepted, ...]
    """Every acceptance known at the run, by the day on which it ends."""
    outside_scope: int
    admin_url: str | None
    """Okta's admin console, for links; None when there is none to link to."""
    console_url: str | None
    """Kandji's console."""
    mendable: Mendable | None = None
    """None where the run did not foretell it."""
    redacted: bool = False

    @property
    def data_age_end(self) -> datetime:
        """The moment ages are counted to: the run's end."""
        return self.run.finished
