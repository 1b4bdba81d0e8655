"""What the templates ask for: small questions about a report, answered in words and shares, never in markup."""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar

from msgspec import Struct

from reconciler.findings import PushedGroup
from reconciler.model import COMPLETE, SHRANK, Note, Run, Source
from reports import file_name, links, trend
from reports.acceptances import AcceptanceLine, acceptance_lines
from reports.causes import Cause, causes, idle
from reports.columns import Block
from reports.groups import worst_first
from reports.lines import Line, Lines
from reports.mending import Entry, entries, foretold
from reports.report import Report
from reports.set_up import SetUpLine, set_up
from reports.text import visible
from reports.words import STATES, age, clock, count, date, listing, moment, number

NAMES_SHOWN = 3
SIGNS = {"in-step": "✓", "drift": "▲", "incomplete": "◐", "failed": "✗"}


class Changed(Struct, frozen=True, kw_only=True):
    """Findings of one kind under New, Back again or Fixed."""

    kind: str
    title: str
    severity: str
    lines: tuple[Line, ...]
    size: int


class Page(Struct, frozen=True, kw_only=True):
    groups_shown: ClassVar = 200
    settling_shown: ClassVar = 50
    notes_shown: ClassVar = 200
    causes_shown: ClassVar = 30
    idle_shown: ClassVar = 8
    rules_shown: ClassVar = 60
    rule_groups_shown: ClassVar = 12
    acceptances_shown: ClassVar = 100
    urgent_shown: ClassVar = 10
    """Rows of each table beyond which the rest is said with number and file."""

    report: Report
    lines: Lines
    static: tuple[Line, ...]
    """The findings that stand in the page as HTML."""
    html: tuple[str, ...] = ()
    """That HTML, a row each; the first ``cards`` with their evidence."""
    cards: int = 0
    new: tuple[Line, ...]
    back: tuple[Line, ...]
    fixed: tuple[Line, ...]
    by_kind: Counter[str]
    """Open findings by kind."""
    rows: Block = Block(text="{}", packed=False, findings=0)
    evidence: Block = Block(text="{}", packed=False, findings=0)

    @property
    def files(self) -> dict[str, str]:
        """The other files of this run, by format."""
        return {ending: file_name(self.report, ending) for ending in ("json", "csv")}

    @property
    def foretold(self) -> str:
        return foretold(self.report)

    @property
    def state(self) -> str:
        return STATES[self.report.state]

    @property
    def sign(self) -> str:
        return SIGNS[self.report.state]

    @property
    def data(self) -> Run | None:
        return self.report.data_run

    @property
    def old(self) -> bool:
        """Whether the data are of an earlier run."""
        return self.data is not None and self.data.id != self.report.run.id

    @property
    def data_words(self) -> str:
        if self.data is None:
            return "There are no data yet"
        if self.old:
            ago = age(self.data.finished, self.report.data_age_end)
            return f"Data of run {self.data.id}, read {moment(self.data.finished)}: {ago} old"
        began, ended = self.data.started, self.data.finished
        until = f"–{clock(ended)}" if clock(ended) != clock(began) else ""
        return f"Data read {date(began)}, {clock(began)}{until} UTC, in this run"

    @property
    def required(self) -> tuple[Source, ...]:
        return tuple(source for source in self.report.sources if source.required)

    @property
    def broken(self) -> tuple[Source, ...]:
        return tuple(source for source in self.required if source.state != COMPLETE)

    @property
    def complete(self) -> bool:
        return self.report.state in ("in-step", "drift") and not self.broken

    @property
    def completeness(self) -> str:
        if self.complete:
            return f"All {count(len(self.required), 'list')} were read whole, so what is missing is really missing."
        if self.broken:
            names = listing([*(source.name for source in self.broken[:3]), *(["others"] if self.broken[3:] else [])])
            were = "was" if len(self.broken) == 1 else "were"
            share = f"{len(self.broken)} of {count(len(self.required), 'list')}"
            return f"{names} {were} not read whole ({share}): no verdict."
        return "Nothing was read whole. No verdict."

    @property
    def facts(self) -> tuple[tuple[str, int, str], ...]:
        """(words, number, filter) of the counts in the header; old data can tell nothing new."""
        have = self.report.counts
        moved = (
            ("new", have.new, "state:new"),
            ("back again", have.back, "state:back again"),
            ("fixed", have.fixed, ""),
        )
        return (
            ("open", have.open, "state:"),
            *(() if self.old else moved),
            ("settling", have.settling, "state:settling"),
            ("accepted", have.accepted, "state:accepted"),
        )

    @property
    def strip_words(self) -> str:
        by = Counter(run.state for run in self.report.strip)
        if len(self.report.strip) == 1:
            return "This is the first run"
        parts = (f"{number(size)} {STATES.get(state, state).lower()}" for state, size in by.most_common())
        return f"Last {len(self.report.strip)} runs: {', '.join(parts)}"

    @property
    def before(self) -> Run | None:
        """The last complete run before this one."""
        whole = [run for run in self.report.strip if run.state in ("in-step", "drift") and run.id < self.report.run.id]
        return whole[-1] if whole else None

    def changed(self, given: tuple[Line, ...]) -> tuple[Changed, ...]:
        """``given`` by kind, in the order in which kinds appear."""
        by: dict[str, list[Line]] = {}
        for line in given:
            by.setdefault(line.kind, []).append(line)
        return tuple(
            Changed(
                kind=kind,
                title=found[0].title,
                severity=found[0].severity,
                lines=tuple(found[:NAMES_SHOWN]),
                size=len(found),
            )
            for kind, found in by.items()
        )

    @property
    def charts(self) -> tuple[trend.Chart, ...]:
        return trend.charts(self.report.trend)

    @property
    def gaps(self) -> tuple[float, ...]:
        return trend.gaps(self.report.trend)

    @property
    def ages(self) -> tuple[trend.Band, ...]:
        return trend.ages(self.lines.open)

    @property
    def largest_leak(self) -> int:
        return max((people for stage in self.report.stages for _, _, people in stage.leaks), default=0)

    @property
    def groups(self) -> tuple[PushedGroup, ...]:
        return worst_first(self.report.groups)

    @property
    def scoped(self) -> bool:
        """Whether some people of pushed groups are not meant to be in Kandji."""
        return any(group.outside_scope for group in self.report.groups)

    def group_link(self, group: PushedGroup) -> str | None:
        return links.okta_group(links.console(self.report.admin_url), group.group_id)

    def links(self, line: Line) -> tuple[tuple[str, str], ...]:
        """(words, address) into the consoles."""
        admin, console = links.console(self.report.admin_url), links.console(self.report.console_url)
        return links.of(line.key, line.groups, admin, console)

    @property
    def kinds_found(self) -> tuple[Entry, ...]:
        return entries(self.lines, self.report.kinds)

    @property
    def causes(self) -> tuple[Cause, ...]:
        return causes(self.lines)

    @property
    def idle_causes(self) -> tuple[Line, ...]:
        return idle(self.lines, self.report.kinds)

    @property
    def acceptances(self) -> tuple[AcceptanceLine, ...]:
        return acceptance_lines(self.report)

    @property
    def set_up(self) -> tuple[SetUpLine, ...]:
        return set_up(self.report, self.lines)

    def grace(self, slug: str) -> int:
        return next((kind.grace_minutes for kind in self.report.kinds if kind.slug == slug), 0)

    def line_of(self, finding: str | None) -> Line | None:
        """The line of a cause, if it is on this page."""
        return next((line for line in self.lines.open if line.id == finding), None) if finding else None

    def sides(self) -> tuple[tuple[str, tuple[Source, ...]], ...]:
        """Sources by service."""
        words = (("okta", "Okta"), ("scim", "Kandji, over SCIM"), ("kandji", "Kandji, over its own API"))
        by = [(title, tuple(s for s in self.report.sources if s.name.split(".")[0] == side)) for side, title in words]
        rest = tuple(s for s in self.report.sources if s.name.split(".")[0] not in dict(words))
        return tuple((title, found) for title, found in (*by, ("Other", rest)) if found)

    def skipped(self) -> tuple[Note, ...]:
        return tuple(sorted(note for note in self.report.notes if note.kind != SHRANK))

    def shrunk(self) -> tuple[Note, ...]:
        """Lists that are much smaller than before, and not confirmed to be."""
        return tuple(sorted(note for note in self.report.notes if note.kind == SHRANK))

    def settings(self) -> dict[str, Any]:
        """What the script needs to know beside the findings."""
        return {
            "end": int(self.report.data_age_end.timestamp()) // 60,
            "cards": self.cards,
            "files": self.files,
            "folded": [len(self.lines.shown), len(self.lines.open)],
            "kinds": [[entry.kind.slug, entry.kind.title, entry.kind.mend] for entry in self.kinds_found],
            "accepted": {
                visible(one.acceptance.id): visible(one.words)
                for one in self.acceptances
                if one.findings and one.state != "expired"
            },
            "admin": links.console(self.report.admin_url),
            "console": links.console(self.report.console_url),
            "evidence": self.evidence.findings,
        }
