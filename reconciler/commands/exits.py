"""Which exit code wins when several apply."""

from __future__ import annotations

from collections.abc import Iterable

ORDER = (130, 143, 1, 2, 8, 9, 10, 4, 5, 6, 7, 3, 0)
"""Interrupted and unexpected first; then the order that the README promises."""


def first_code(codes: Iterable[int]) -> int:
    """The first of ``ORDER`` among ``codes``; 0 where there is none."""
    return min(codes, key=ORDER.index, default=0)
