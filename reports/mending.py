"""How to mend what was found: an entry for each kind of which there is a finding, so that no page drags the rest; and
how much of it this program would mend by itself."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from reconciler.findings import How, Kind
from reports.lines import Lines
from reports.report import Report
from reports.words import count, number

MARKUP = 600
"""Bytes of an entry beside its words."""


class Entry(Struct, frozen=True, kw_only=True):
    """A kind, how many findings of it there are, settling and accepted ones too, and one to look at."""

    kind: Kind
    findings: int
    example: str
    """Id of the first finding."""

    @property
    def size(self) -> int:
        """About how many bytes it takes in a page."""
        clicks = self.kind.how.by_hand if self.kind.how is not None else (self.kind.mend,)
        told = (self.kind.means, self.kind.matters, *clicks, *(answer for _, answer in self.words))
        return MARKUP + sum(map(len, told))

    @property
    def words(self) -> tuple[tuple[str, str], ...]:
        """(question, answer) of what can be told beside the clicks."""
        how = self.kind.how
        return _answers(how) if how is not None else ()

    @property
    def explain(self) -> str:
        """The command that shows of one finding where the chain breaks."""
        return f"reconciler explain {self.example}"


def foretold(report: Report) -> str:
    """How many of the open findings a plan would mend; empty where the run did not foretell it. What is to be typed
    stands between backticks."""
    have = report.mendable
    if have is None:
        return ""
    would = f"`reconciler plan` would mend {number(have.planned)} with {count(have.changes, 'change')}"
    held = f"{number(have.withheld)} {'is' if have.withheld == 1 else 'are'} withheld"
    hand = f"{number(have.by_hand)} {'is' if have.by_hand == 1 else 'are'} to be mended by hand"
    parts = [
        would if have.planned else "`reconciler plan` would mend none",
        *([held] if have.withheld else []),
        *([hand] if have.by_hand else []),
    ]
    return f"Of {count(report.counts.open, 'finding')}, {'; '.join(parts)}."


def _answers(how: How) -> tuple[tuple[str, str], ...]:
    return (
        ("If it is meant to be so", how.if_meant),
        ("Does it mend itself", how.okta_alone),
        ("Side effects", how.side_effects),
        ("Can it be undone", how.undo),
    )


def entries(lines: Lines, kinds: Iterable[Kind]) -> tuple[Entry, ...]:
    """In the order of the catalogue."""
    sizes: dict[str, int] = {}
    first: dict[str, str] = {}
    for line in lines.every:
        sizes[line.kind] = sizes.get(line.kind, 0) + 1
        first.setdefault(line.kind, line.id)
    return tuple(
        Entry(kind=kind, findings=sizes[kind.slug], example=first[kind.slug]) for kind in kinds if kind.slug in sizes
    )
