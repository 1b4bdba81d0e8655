"""How the people of a pushed group fare, as the parts of a bar."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.findings import PushedGroup

SMALLEST = 1.6
"""Percent of a bar that even one person gets, so that they can be seen."""
PARTS = ("in step", "missing", "not assigned", "stuck", "extra")


def worst_first(groups: Iterable[PushedGroup]) -> tuple[PushedGroup, ...]:
    """By the number of people out of step, then by name."""
    return tuple(sorted(groups, key=lambda group: (-_out(group), group.name.casefold(), group.group_id)))


def shares(group: PushedGroup) -> tuple[tuple[str, float, float], ...]:
    """(part, start, width) in percent; every part that is not empty is wide enough to be seen."""
    sizes = (group.in_step, group.missing, group.not_assigned, group.stuck, group.extra)
    whole = max(sum(sizes), group.should + group.extra, 1)
    wide = [max(SMALLEST, 100 * size / whole) if size else 0.0 for size in sizes]
    if (over := sum(wide) - 100) > 0:
        largest = wide.index(max(wide))
        wide[largest] -= over
    starts = [sum(wide[:at]) for at in range(len(wide))]
    return tuple(
        (part.replace(" ", "-"), round(start, 2), round(width, 2))
        for part, start, width in zip(PARTS, starts, wide, strict=True)
        if width
    )


def _out(group: PushedGroup) -> int:
    return group.missing + group.not_assigned + group.stuck + group.extra
