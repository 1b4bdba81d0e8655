"""The table: group-rule expressions, each with the value that Okta's documentation gives it for three people.

Every value was decided by reading, before there was anything to evaluate it. Where the documentation leaves a value
open (text that differs by case alone, null where a function wants a text, another type than expected) it is UNKNOWN,
and so is all that rests on something which isn't known of the person.
"""

from __future__ import annotations

from tests.expressions import arrays, groups, limits, logic, nulls, operators, refused, strings, texts
from tests.expressions.row import NO, UNKNOWN, YES, Row
from tests.expressions.worlds import WORLDS, Known

ACCEPTED: tuple[Row, ...] = (
    *operators.ROWS,
    *logic.ROWS,
    *nulls.ROWS,
    *strings.ROWS,
    *texts.ROWS,
    *arrays.ROWS,
    *groups.ROWS,
    *limits.ROWS,
)
"""Rules that Okta takes."""
REFUSED: tuple[Row, ...] = refused.ROWS
"""Rules that Okta does not take, or whose words it knows in other places than group rules."""
ROWS = ACCEPTED + REFUSED

__all__ = ["ACCEPTED", "NO", "REFUSED", "ROWS", "UNKNOWN", "WORLDS", "YES", "Known", "Row"]
