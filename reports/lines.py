"""Findings made ready for the page: every text visible, every age counted, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from reconciler.findings import Fact, Finding
from reports.report import Report, Row
from reports.text import visible

NAME, GROUP, OKTA_ID, KANDJI_ID = "\x01", "\x02", "\x03", "\x04"
"""Stand for the line's own name, first group and ids inside of its texts. No visible text holds such a character."""
SHORT = 3
"""Shorter names are left in their sentences: they would be found inside of words."""


class Line(Struct, frozen=True, kw_only=True):
    """One finding as the page shows it."""

    id: str
    kind: str
    title: str
    severity: str
    state: str
    name: str
    key: str
    groups: tuple[tuple[str, str], ...]
    """(id, visible name)."""
    sentence: str
    """With ``NAME`` and ``GROUP`` where they stand."""
    confirm: str
    facts: tuple[Fact, ...]
    minutes: int
    """Open for so long at the run's end; for settling ones, since the youngest change, where one is known, else since
    they were seen, or seen again."""
    changed: bool
    """Whether ``minutes`` are since a change, of a settling one."""
    first_seen: datetime
    last_seen: datetime
    first_run: int
    times_seen: int
    flaps: int
    """How often it was seen fixed in thirty days, where it comes and goes; else 0."""
    accepted: str
    """Id of the acceptance it stands under."""
    cause: str | None
    explains: int
    explains_people: int
    is_cause: bool
    about_person: bool
    mend: str
    plan: str
    """How a plan would mend it, with ``NAME`` and ``GROUP`` where they stand; empty where that was not told."""

    def told(self, text: str) -> str:
        """``text`` with the stand-ins spelled out."""
        group = self.groups[0][1] if self.groups else ""
        return text.replace(NAME, self.name).replace(GROUP, group)


class Lines(Struct, frozen=True, kw_only=True):
    """All findings of a page: ``shown`` first, ``folded`` (explained by a cause), ``settling``, ``accepted``."""

    shown: tuple[Line, ...]
    folded: tuple[Line, ...]
    settling: tuple[Line, ...]
    accepted: tuple[Line, ...]

    @property
    def open(self) -> tuple[Line, ...]:
        return self.shown + self.folded

    @property
    def every(self) -> tuple[Line, ...]:
        """In the order in which the script knows them."""
        return self.open + self.settling + self.accepted


def lines(report: Report) -> Lines:
    """Causes and what has no cause are shown; what a cause explains is folded, unless it is critical."""
    make = _Maker(report)
    shown: list[Line] = []
    folded: list[Line] = []
    settling: list[Line] = []
    accepted: list[Line] = []
    standing = {row.finding.id for row in report.rows if row.explains and row.life.stands}
    for row in report.rows:
        line = make(row)
        explained = line.cause in standing
        if not row.life.stands:
            (settling if line.state == "settling" else accepted).append(line)
            continue
        (folded if explained and line.severity != "critical" else shown).append(line)
    return Lines(
        shown=tuple(shown),
        folded=tuple(folded),
        settling=tuple(settling),
        accepted=tuple(accepted),
    )


def some(report: Report, rows: Iterable[Row]) -> tuple[Line, ...]:
    return tuple(map(_Maker(report), rows))


class _Maker:
    def __init__(self, report: Report) -> None:
        self._kinds = {kind.slug: kind for kind in report.kinds}
        self._end = report.data_age_end

    def __call__(self, row: Row) -> Line:
        finding, life = row.finding, row.life
        kind = self._kinds.get(finding.kind)
        name = visible(finding.person or finding.subject.name)
        groups = tuple((group_id, visible(group)) for group_id, group in finding.groups)
        since = _changed(finding) if life.state == "settling" else life.first_seen
        return Line(
            id=finding.id,
            kind=finding.kind,
            title=kind.title if kind else finding.kind,
            severity=finding.severity,
            state=life.state,
            name=name,
            key=finding.subject.key,
            groups=groups,
            sentence=_stand_in(visible(finding.sentence), name, groups),
            confirm=_stand_in(visible(finding.confirm), name, groups) if finding.confirm else "",
            facts=tuple(_fact(fact) for fact in finding.evidence),
            minutes=max(0, int((self._end - (since or life.back_since or life.first_seen)).total_seconds() // 60)),
            changed=since is not None,
            first_seen=life.first_seen,
            last_seen=life.last_seen,
            first_run=life.first_run,
            times_seen=life.times_seen,
            flaps=life.times_fixed if life.flapping else 0,
            accepted=visible(finding.accepted) if finding.accepted else "",
            cause=finding.cause,
            explains=row.explains,
            explains_people=row.explains_people,
            is_cause=row.is_cause,
            about_person=finding.person is not None,
            mend=kind.mend if kind else "",
            plan=_stand_in(visible(row.foreseen.told), name, groups) if row.foreseen is not None else "",
        )


def _changed(finding: Finding) -> datetime | None:
    """When what a settling finding is about last changed, as far as that is known."""
    return max(filter(None, (finding.youngest, finding.group_changed)), default=None)


def _stand_in(text: str, name: str, groups: tuple[tuple[str, str], ...]) -> str:
    if len(name) >= SHORT:
        text = text.replace(name, NAME)
    if groups and len(groups[0][1]) >= SHORT:
        text = text.replace(groups[0][1], GROUP)
    return text


def _fact(fact: Fact) -> Fact:
    value = visible(fact.value) if fact.value else ""
    label = visible(fact.label)
    if (value, label) == (fact.value, fact.label):
        return fact
    return Fact(side=fact.side, label=label, value=value, good=fact.good)
