"""Drift that somebody answers for: which findings an acceptance covers, and until when.

An acceptance holds through its last day, in UTC. What an accepted cause explains is accepted with it, except what is
critical: a leaver who keeps access is never passed over because of something else that somebody accepted.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fnmatch import fnmatchcase
from hashlib import sha256

from msgspec.structs import replace

from reconciler.findings import Acceptance, Accepted, Fact, Finding
from reconciler.world import fold


def acceptance_id(*told: str | None) -> str:
    """``A-`` and eight hexadecimal digits of a hash over what an acceptance says: the same on every machine."""
    return "A-" + sha256("\n".join(text or "" for text in told).encode()).hexdigest()[:8]


def accept(
    findings: Iterable[Finding], acceptances: Iterable[Acceptance], today: date
) -> tuple[tuple[Finding, ...], tuple[Accepted, ...]]:
    """Marks what is accepted on the day ``today``, and tells of each acceptance how many findings it covers.

    A finding covered by several stands under the one that holds longest. An expired acceptance covers nothing; what it
    would cover says in its evidence that it was accepted, and until when.
    """
    ranked = sorted({one.id: one for one in acceptances}.values(), key=lambda one: (-one.until.toordinal(), one.id))
    every = [_judged(finding, ranked, today) for finding in findings]
    under = {finding.id: finding.accepted for finding in every if finding.accepted is not None}
    every = [_with_its_cause(finding, under) for finding in every]
    covered = [finding.accepted for finding in every if finding.accepted is not None]
    return tuple(every), tuple(
        Accepted(
            acceptance=one,
            findings=_expired_hits(one, every) if one.until < today else covered.count(one.id),
            expired=one.until < today,
        )
        for one in sorted(ranked, key=lambda one: (one.until, one.id))
    )


def covers(acceptance: Acceptance, finding: Finding) -> bool:
    """Whether every pattern that is set matches; names are compared without regard to case.

    A group alone does not cover what is critical about a person in it: a leaver is not a group's drift.
    """
    if acceptance.finding is not None and acceptance.finding != finding.id:
        return False
    if acceptance.kind is not None and not fnmatchcase(finding.kind, acceptance.kind):
        return False
    if acceptance.person is not None and not _any(acceptance.person, (finding.person,)):
        return False
    if acceptance.group is None:
        return True
    alone = acceptance.finding is None and acceptance.kind is None and acceptance.person is None
    if alone and finding.subject.type == "person" and finding.severity == "critical":
        return False
    return _any(acceptance.group, _groups(finding))


def _groups(finding: Finding) -> tuple[str, ...]:
    named = tuple(name for _, name in finding.groups)
    return (*named, finding.subject.name) if finding.subject.type in ("group", "mapping", "kandji group") else named


def _any(pattern: str, names: Iterable[str | None]) -> bool:
    return any(fnmatchcase(fold(name), fold(pattern)) for name in names if name is not None)


def _judged(finding: Finding, ranked: Iterable[Acceptance], today: date) -> Finding:
    match = next((one for one in ranked if covers(one, finding)), None)
    if match is None:
        return finding
    if match.until >= today:
        return replace(finding, accepted=match.id)
    told = f"until {match.until}, by {match.owner}: {match.reason}. That has expired ({match.id})"
    return replace(finding, evidence=(*finding.evidence, Fact(side="run", label=EXPIRED, value=told)))


EXPIRED = "was accepted"
"""Label of the evidence of an acceptance that has expired."""


def _with_its_cause(finding: Finding, under: dict[str, str]) -> Finding:
    if finding.accepted is not None or finding.cause is None or finding.severity == "critical":
        return finding
    return replace(finding, accepted=under.get(finding.cause))


def _expired_hits(acceptance: Acceptance, findings: Iterable[Finding]) -> int:
    """How many findings are findings again because it has expired."""
    end = f"({acceptance.id})"
    return sum(any(fact.label == EXPIRED and fact.value.endswith(end) for fact in f.evidence) for f in findings)
