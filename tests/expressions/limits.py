"""Long and deep, yet a rule that a tenant could have."""

from __future__ import annotations

from tests.expressions.row import NO, UNKNOWN, YES, Row
from tests.expressions.sources import GROUPS, SPEL, TENANTS
from tests.expressions.worlds import ENGINEERING

_IDS = ", ".join(f'"00gmany0000000000{number:03}"' for number in range(150))
_DEPARTMENTS = " OR ".join(f'user.department == "Department {number}"' for number in range(150))

ROWS = (
    Row("(" * 40 + "user.level == 4" + ")" * 40, (YES, NO, UNKNOWN), SPEL),
    Row("!" * 40 + "user.hasBadge", (YES, NO, UNKNOWN), SPEL),
    Row("NOT (" * 21 + "user.hasBadge" + ")" * 21, (NO, YES, UNKNOWN), SPEL),
    Row(f'isMemberOfAnyGroup({_IDS}, "{ENGINEERING}")', (YES, UNKNOWN, UNKNOWN), GROUPS),
    Row(f"{_DEPARTMENTS} OR user.level == 4", (YES, NO, UNKNOWN), TENANTS),
    Row(" AND ".join(["user.hasBadge"] * 150), (YES, NO, UNKNOWN), TENANTS),
)
