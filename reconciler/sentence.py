"""The one sentence a run comes down to, the same in title, terminal, JSON and mail."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.findings import SEVERITIES, Finding, Kind
from reconciler.model import EMPTY_STORE, SHRANK, Note


def sentence(
    state: str,
    findings: Iterable[Finding],
    *,
    unread: Iterable[str] = (),
    notes: Iterable[Note] = (),
    kinds: Iterable[Kind] = (),
) -> str:
    """The one sentence a run comes down to, the same in title, terminal, JSON and mail; the first that applies.

    ``state`` is that of the run, ``unread`` the names of sources that could not be read, ``notes`` what was not
    checked: where nothing is found, that is not passed over. Settling findings are silent.
    """
    if state == "failed":
        return "The check did not run."
    if state == "incomplete":
        return f"Could not read {_listed(sorted(set(unread)) or ['a source'])}: no verdict."
    standing = [finding for finding in findings if finding.standing]
    for slugs, one, many in _SENTENCES:
        people = {key for finding in standing if finding.kind in slugs for key in finding.people}
        if people:
            return one if len(people) == 1 else many.format(n=f"{len(people):,}")
    groups = _groups(standing)
    if groups and not _grave(standing):
        return f"{_count(len(groups), 'group is', 'groups are')} out of step."
    differing = [finding for finding in standing if finding.kind == "attribute-differs"]
    others = [finding for finding in standing if finding.kind != "attribute-differs"]
    if others:
        titles = {kind.slug: kind.title for kind in kinds}
        worst = min(others, key=lambda finding: SEVERITIES.index(finding.severity))
        more = f" and {len(standing) - 1:,} more" if len(standing) > 1 else ""
        return f"{titles.get(worst.kind, worst.kind)}{more}."
    if differing:
        people_count = _count(len(differing), "person has", "people have")
        return f"{people_count} other attributes in Kandji than in Okta."
    kinds_of_notes = {note.kind for note in notes}
    if EMPTY_STORE in kinds_of_notes:
        return "Nothing is provisioned yet: Kandji has no account."
    if SHRANK in kinds_of_notes:
        return "Okta and Kandji are in step, but much is gone since the last run."
    if "check-skipped" in kinds_of_notes:
        return "Okta and Kandji are in step, as far as was checked."
    return "Okta and Kandji are in step."


def headline(findings: Iterable[Finding]) -> frozenset[str]:
    """The kinds that the sentence about these findings speaks of; empty where it speaks of none in particular."""
    standing = [finding for finding in findings if finding.standing]
    kinds = {finding.kind for finding in standing}
    for slugs in (*(slugs for slugs, _, _ in _SENTENCES), _grave(standing), _GROUP_KINDS):
        if kinds & slugs:
            return slugs
    return frozenset()


def _grave(standing: Iterable[Finding]) -> frozenset[str]:
    """Kinds of critical findings of which no sentence speaks: a token that is refused is more than a group that is out
    of step because of it."""
    told_later = _GROUP_KINDS | {"attribute-differs"}
    return frozenset(f.kind for f in standing if f.severity == "critical" and f.kind not in told_later)


def _groups(standing: Iterable[Finding]) -> frozenset[str]:
    """Ids of the groups that are out of step, each once: a renamed group stands on both sides, under its cause."""
    told = {finding.id: finding for finding in standing if finding.kind in _GROUP_KINDS}
    return frozenset(f.groups[0][0] for f in told.values() if f.groups and f.cause not in told)


_SENTENCES: tuple[tuple[frozenset[str], str, str], ...] = (
    (
        frozenset({"left-still-active"}),
        "1 person who left is still active in Kandji.",
        "{n} people who left are still active in Kandji.",
    ),
    (
        frozenset({"member-not-assigned"}),
        "1 person in pushed groups is not assigned.",
        "{n} people in pushed groups are not assigned.",
    ),
    (
        frozenset({"assignment-stuck", "missing-in-kandji"}),
        "1 person never arrived in Kandji.",
        "{n} people never arrived in Kandji.",
    ),
)
_GROUP_KINDS = frozenset(
    {
        "member-missing",
        "member-extra",
        "mapping-error",
        "mapping-inactive",
        "mapping-stale",
        "mapping-target-missing",
        "mapping-source-missing",
        "group-not-pushed",
        "group-renamed",
        "group-name-taken",
        "group-linked-wrong",
        "group-shrank",
        "group-unmanaged",
        "assignment-group-pushed",
    }
)


def _count(number: int, one: str, many: str) -> str:
    return f"1 {one}" if number == 1 else f"{number:,} {many}"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
