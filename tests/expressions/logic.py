"""AND, OR and NOT in all their spellings, over what is known and what is not."""

from __future__ import annotations

from tests.expressions.row import NEVER, NO, UNKNOWN, YES, Row
from tests.expressions.sources import CONDITIONS, KLEENE, SAMPLES, TENANTS

ROWS = (
    Row('user.department == "Engineering" AND user.city == "San Francisco"', (YES, NO, NO), CONDITIONS),
    Row('user.department == "Engineering" && user.userType == "Employee"', (YES, NO, UNKNOWN), CONDITIONS),
    Row('user.department == "Engineering" and user.level == 4', (YES, NO, UNKNOWN), TENANTS),
    Row('user.department == "Sales" OR user.city == "San Francisco"', (YES, YES, NO), CONDITIONS),
    Row('user.department == "Sales" || user.level == 4', (YES, YES, UNKNOWN), CONDITIONS),
    Row('user.department == "Sales" or user.level == 4', (YES, YES, UNKNOWN), TENANTS),
    Row("!user.isContractor", (YES, UNKNOWN, NO), SAMPLES),
    Row("NOT user.isContractor", (YES, UNKNOWN, NO), TENANTS),
    Row("not user.isContractor", (YES, UNKNOWN, NO), TENANTS),
    Row('!(user.department == "Sales")', (YES, NO, YES), CONDITIONS),
    Row('NOT (user.department == "Sales" OR user.city == "Rome")', (YES, NO, YES), CONDITIONS),
    Row("!!user.isContractor", (NO, UNKNOWN, YES), CONDITIONS),
    Row("!(!(!(user.hasBadge)))", (NO, YES, UNKNOWN), CONDITIONS),
    Row("!(user.isContractor && user.hasBadge) && user.level == 4", (YES, NO, UNKNOWN), KLEENE),
    Row('user.costCenter == "4100-EU" OR user.department == "Sales"', (YES, YES, UNKNOWN), KLEENE),
    Row('user.city == "Rome" OR user.costCenter == "4100-EU"', (YES, YES, UNKNOWN), KLEENE),
    Row('user.costCenter == "4100-EU" AND user.department == "Sales"', (NO, UNKNOWN, NO), KLEENE),
    Row('!(user.costCenter == "4100-EU")', (NO, UNKNOWN, UNKNOWN), KLEENE),
    Row('user.costCenter == "a" OR user.costCenter != "a"', (YES, UNKNOWN, UNKNOWN), KLEENE),
    Row("user.costCenter != user.division", (YES, UNKNOWN, UNKNOWN), KLEENE),
    Row("user.isContractor", (NO, UNKNOWN, YES), SAMPLES),
    Row('user.isContractor OR user.department == "Sales"', (NO, YES, YES), KLEENE),
    Row('user.isContractor AND user.department == "Engineering"', (NO, NO, UNKNOWN), KLEENE),
    Row('(user.costCenter == "x" OR true) AND user.hasBadge', (YES, NO, UNKNOWN), KLEENE),
    Row('(user.costCenter == "x" AND false) OR user.hasBadge', (YES, NO, UNKNOWN), KLEENE),
    Row('user.costCenter == "x" AND user.department == "Legal"', NEVER, KLEENE),
    # Attributes whose names begin like a word of the language
    Row('user.order == "first"', (YES, NO, UNKNOWN), TENANTS),
    Row('user.notes == "keep" AND user.android', (YES, UNKNOWN, UNKNOWN), TENANTS),
    Row('user.organization == "Acme" AND user.equipment == "laptop"', (YES, UNKNOWN, UNKNOWN), TENANTS),
    Row('user.trueName == "Wren" && user.nullable != "x"', (YES, UNKNOWN, UNKNOWN), TENANTS),
    Row('user.not_started == "soon"', (YES, UNKNOWN, UNKNOWN), TENANTS),
)
