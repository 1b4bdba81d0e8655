"""Which of the assigned groups to put people into: the one that fixes and rules feed.

Several assigned groups are normal. An Okta group fits that is not pushed and carries no admin role; built-in groups,
and those of another directory, are filled elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from reconciler.model import Group

NONE_FITS = "no assigned group fits: each is pushed, built-in, sourced elsewhere or carries an admin role"


class AssignmentTarget(Struct, frozen=True, kw_only=True):
    """``group`` is None where none fits, or where nobody can tell which: then nobody is put into any."""

    group: Group | None
    why: str
    """Why it is this one, or what to do where there is none."""
    candidates: tuple[Group, ...] = ()
    """All that fit, by name."""

    @property
    def told(self) -> str:
        """Name and id, with the reason where there was a choice; what to do where there is none."""
        if self.group is None:
            return self.why
        named = f"{self.group.name} ({self.group.id})"
        return named if len(self.candidates) == 1 else f"{named}: {self.why}"


def target(
    fit: Iterable[Group], chosen: str | None, fits: Mapping[str, bool], feeding: Mapping[str, int] | None
) -> AssignmentTarget:
    """``fits``: by id, whether the configuration's ``chosen`` stands for it; ``feeding``: by id, how many active and
    valid rules fill it, None where rules could not be read."""
    groups = tuple(sorted(fit, key=lambda group: (group.name.casefold(), group.id)))
    if chosen is not None:
        return _chosen(groups, chosen, tuple(group for group in groups if fits.get(group.id)))
    if not groups:
        return AssignmentTarget(group=None, why=NONE_FITS)
    if len(groups) == 1:
        return AssignmentTarget(group=groups[0], why="the only assigned group that fits", candidates=groups)
    if feeding is None:
        return _tie(groups, groups, "rules could not be read")
    most = max(feeding.get(group.id, 0) for group in groups)
    first = tuple(group for group in groups if feeding.get(group.id, 0) == most)
    if len(first) == 1:
        why = f"most rules feed it ({most} of {sum(feeding.get(group.id, 0) for group in groups)})"
        return AssignmentTarget(group=first[0], why=why, candidates=groups)
    rules = "one rule feeds" if most == 1 else f"{most} rules feed"
    return _tie(groups, first, f"{rules} each of {len(first)} assigned groups" if most else "no rule feeds any")


def _chosen(groups: tuple[Group, ...], chosen: str, found: tuple[Group, ...]) -> AssignmentTarget:
    if len(found) == 1:
        return AssignmentTarget(group=found[0], why="[assignment] group names it", candidates=groups)
    if found:
        return _tie(groups, found, f"[assignment] group names {len(found)} groups; give an id")
    if not groups:
        return AssignmentTarget(group=None, why=f"[assignment] group names {chosen}, and {NONE_FITS}")
    return _tie(groups, groups, f"[assignment] group names {chosen}, which is no assigned group that fits")


def _tie(groups: tuple[Group, ...], first: tuple[Group, ...], reason: str) -> AssignmentTarget:
    names = ", ".join(f"{group.name} ({group.id})" for group in first)
    return AssignmentTarget(
        group=None, why=f"choose one: [assignment] group = …, candidates: {names}; {reason}", candidates=groups
    )
