"""One line of the bench's table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One promise: what was measured, against what, and the bound it must keep."""

    promise: str
    measured: float
    bound: float
    unit: str

    @property
    def kept(self) -> bool:
        return self.measured <= self.bound
