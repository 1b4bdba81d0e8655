from __future__ import annotations

from typing import Literal, NamedTuple

Expected = Literal["yes", "no", "unknown"]

YES: Expected = "yes"
NO: Expected = "no"
UNKNOWN: Expected = "unknown"


class Row(NamedTuple):
    """`expected`: for the engineer, the seller and the stranger of `worlds`. `source`: where the value is written."""

    text: str
    expected: tuple[Expected, Expected, Expected]
    source: str


ALWAYS = (YES, YES, YES)
NEVER = (NO, NO, NO)
NOT_KNOWN = (UNKNOWN, UNKNOWN, UNKNOWN)
