"""What explains what: each finding has one cause, the first that applies.

The order is the catalogue's. Where it does not say what a cause explains, it is what comes of it by the same deed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from reconciler.simulator.company.truth.expected import Expected, Row

Way = Literal["everything", "people", "groups", "concerned"]
"""Which findings of the kinds: all, those about the same people, about the same group, or about either."""

NOT_SENT = frozenset({"assignment-stuck", "profile-push-failed", "left-still-active", "unassigned-still-active"})
"""What comes of it when nothing is sent about people."""
MEMBERS = frozenset({"member-missing", "member-extra"})

CAUSES: dict[str, tuple[Way, frozenset[str]]] = {
    "credentials-refused": ("everything", NOT_SENT | {"mapping-error"}),
    "pushes-failing": ("concerned", NOT_SENT | {"mapping-error"}),
    "app-inactive": ("everything", frozenset({"member-not-assigned", "assignment-stuck", "missing-in-kandji"})),
    "provisioning-off": ("everything", frozenset()),
    "integration-recreated": ("everything", frozenset({"missing-in-kandji", "mapping-target-missing"})),
    "foreign-people": ("people", frozenset({"unmanaged-in-kandji", "member-extra"})),
    "assigned-before-provisioning": ("everything", frozenset({"assignment-stuck"})),
    "rule-invalid": ("people", frozenset({"member-not-assigned"})),
    "rule-inactive": ("people", frozenset({"member-not-assigned"})),
    "rule-excludes-member": ("people", frozenset({"member-not-assigned"})),
    "rule-not-applied": ("people", frozenset({"member-not-assigned"})),
    "group-feeds-no-assignment": ("groups", frozenset({"member-not-assigned"})),
    "attribute-not-sent": ("people", frozenset({"attribute-differs"})),
    "left-still-active": ("people", frozenset({"member-extra"})),
    "group-name-taken": ("groups", frozenset({"mapping-error", "mapping-target-missing", *MEMBERS})),
    "group-renamed": ("groups", frozenset({"mapping-target-missing", "group-unmanaged"})),
    "mapping-error": ("groups", frozenset({"member-extra"})),
    "mapping-inactive": ("groups", frozenset({"member-extra"})),
    "mapping-stale": ("groups", MEMBERS),
    "assignment-group-pushed": ("groups", MEMBERS),
}
"""In order. A group that lacks many, or is gone, is no reason why it holds one too many; and behind any trouble of a
mapping but that nobody is called missing, so that there is nothing to explain."""

RANK = {kind: rank for rank, kind in enumerate(CAUSES)}


def folded(rows: Sequence[Row]) -> Iterator[Expected]:
    """Each with its cause; among several of one kind it is the first by name."""
    causes = sorted((row for row in rows if row.kind in CAUSES), key=_turn)
    for row in rows:
        cause = next((cause for cause in causes if _explains(cause, row)), None)
        yield Expected(kind=row.kind, subject=row.subject, cause=None if cause is None else (cause.kind, cause.subject))


def _turn(cause: Row) -> tuple[int, str, str]:
    return RANK[cause.kind], cause.name.casefold(), cause.subject


def _explains(cause: Row, row: Row) -> bool:
    way, kinds = CAUSES[cause.kind]
    if row.kind not in (kinds if cause.explains is None else cause.explains):
        return False
    return {
        "everything": True,
        "people": bool(cause.people & row.people),
        "groups": bool(cause.groups & row.groups),
        "concerned": bool(cause.people & row.people or cause.groups & row.groups),
    }[way]
