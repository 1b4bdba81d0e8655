"""The few findings that explain many: what each of them is behind, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from reconciler.findings import Kind
from reports.lines import Line, Lines
from reports.words import count


class Cause(Struct, frozen=True, kw_only=True):
    """A cause and what it explains."""

    line: Line
    kinds: tuple[tuple[str, int], ...]
    """(title, findings) of the kinds it explains, the most first."""
    groups: int
    """Distinct groups of what it explains."""
    critical: int
    """Critical findings among them: they keep their place in the table."""

    @property
    def words(self) -> str:
        """``143 findings about 143 people in 3 groups``."""
        told = count(self.line.explains, "finding")
        if self.line.explains_people:
            told += f" about {count(self.line.explains_people, 'person', 'people')}"
        return f"{told} in {count(self.groups, 'group')}" if self.groups else told


def causes(lines: Lines) -> tuple[Cause, ...]:
    """Every open finding that stands at the head of others, in the order of the table."""
    behind: dict[str, list[Line]] = {line.id: [] for line in lines.open if line.is_cause}
    for line in lines.open:
        if line.cause in behind:
            behind[line.cause].append(line)
    return tuple(_cause(line, behind[line.id]) for line in lines.open if line.is_cause)


def idle(lines: Lines, kinds: Iterable[Kind]) -> tuple[Line, ...]:
    """Open findings of kinds that are causes, behind which nothing is found: they stand all the same."""
    slugs = {kind.slug for kind in kinds if kind.explains}
    return tuple(line for line in lines.open if line.kind in slugs and not line.explains and not line.about_person)


def _cause(line: Line, explained: list[Line]) -> Cause:
    return Cause(
        line=line,
        kinds=tuple(Counter(one.title for one in explained).most_common()),
        groups=len({group_id for one in explained for group_id, _ in one.groups}),
        critical=sum(one.severity == "critical" for one in explained),
    )
