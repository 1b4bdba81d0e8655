"""Comparisons, their spellings and types, what binds tighter, ternary and Elvis."""

from __future__ import annotations

from tests.expressions.row import NEVER, NO, UNKNOWN, YES, Row
from tests.expressions.sources import CONDITIONS, NOT_WRITTEN, OPERATORS, SAMPLES, SPEL, TENANTS

ROWS = (
    Row('user.department == "Engineering"', (YES, NO, UNKNOWN), CONDITIONS),
    Row("user.department == 'Engineering'", (YES, NO, UNKNOWN), OPERATORS),
    Row('user.department != "Sales"', (YES, NO, YES), CONDITIONS),
    Row('user.department != "Engineering"', (NO, YES, UNKNOWN), NOT_WRITTEN),
    Row('"Engineering" == user.department', (YES, NO, UNKNOWN), CONDITIONS),
    Row('user.department eq "Engineering"', (YES, NO, UNKNOWN), TENANTS),
    Row('user.department ne "Sales"', (YES, NO, YES), TENANTS),
    Row('user.city == "San Francisco"', (YES, NO, NO), SAMPLES),
    Row('user.city == "san francisco"', (UNKNOWN, NO, NO), NOT_WRITTEN),
    Row('user.city != "SAN FRANCISCO"', (UNKNOWN, YES, YES), NOT_WRITTEN),
    Row('user.city == " San Francisco"', NEVER, CONDITIONS),
    Row('user.city == "San  Francisco"', NEVER, CONDITIONS),
    Row("user.login == user.email", (YES, YES, YES), TENANTS),
    # Numbers
    Row("user.salary >= 1000000", (YES, NO, UNKNOWN), SAMPLES),
    Row("user.salary > 1000000 AND !user.isContractor", (YES, NO, NO), SAMPLES),
    Row("user.salary < 100000", (NO, YES, UNKNOWN), CONDITIONS),
    Row("user.salary <= 90000", (NO, YES, UNKNOWN), CONDITIONS),
    Row("user.salary == 1200000", (YES, NO, NO), CONDITIONS),
    Row("user.salary != 90000", (YES, NO, YES), CONDITIONS),
    Row("1000000 < user.salary", (YES, NO, UNKNOWN), CONDITIONS),
    Row("user.fte < 1.0", (YES, UNKNOWN, UNKNOWN), OPERATORS),
    Row("user.fte == 0.8", (YES, UNKNOWN, UNKNOWN), OPERATORS),
    Row("user.level == 4.0", (YES, NO, UNKNOWN), SPEL),
    Row("user.balance > -20", (YES, UNKNOWN, UNKNOWN), SPEL),
    Row("user.balance < 0 AND user.level == 4", (YES, NO, UNKNOWN), CONDITIONS),
    # Booleans
    Row("user.hasBadge", (YES, NO, UNKNOWN), SAMPLES),
    Row("user.isContractor == false", (YES, NO, NO), CONDITIONS),
    Row("user.isContractor == true", (NO, NO, YES), CONDITIONS),
    Row("user.isContractor != true", (YES, YES, NO), CONDITIONS),
    Row("true", (YES, YES, YES), OPERATORS),
    Row("false", NEVER, OPERATORS),
    Row("!true", NEVER, OPERATORS),
    # What binds tighter
    Row("!user.isContractor == true", (YES, UNKNOWN, NO), SPEL),
    Row('user.department == "Sales" && user.city == "Milan" || user.level == 4', (YES, NO, UNKNOWN), SPEL),
    Row('user.level == 4 || user.department == "Sales" && user.city == "Milan"', (YES, NO, UNKNOWN), SPEL),
    Row('(user.level == 4 || user.department == "Sales") && user.city == "Milan"', NEVER, SPEL),
    Row('user.department == "Sales" OR user.department == "Legal" AND user.city == "Paris"', (NO, YES, NO), SPEL),
    Row('!user.isContractor AND user.department == "Engineering" OR user.city == "Rome"', (YES, YES, NO), SPEL),
    Row('((((user.department)))) == (("Engineering"))', (YES, NO, UNKNOWN), SPEL),
    Row('user.firstName + " " + user.lastName == "Wren Tolliver"', (YES, NO, NO), OPERATORS),
    Row('"WrenTolliver" == user.firstName + user.lastName', (YES, NO, NO), OPERATORS),
    # Either, or
    Row(
        'user.isContractor ? user.city == "Rome" : user.city == "San Francisco"',
        (YES, UNKNOWN, NO),
        CONDITIONS,
    ),
    Row('(user.level == 4 ? "Sales" : "Other") == "Sales"', (YES, NO, UNKNOWN), OPERATORS),
    Row("user.level > 3 ? true : user.level > 1 ? user.city == 'Rome' : false", (YES, YES, UNKNOWN), CONDITIONS),
    Row('(user.nickName ?: "none") == "none"', (YES, NO, UNKNOWN), SPEL),
    Row("user.hasBadge ?: false", (YES, NO, UNKNOWN), SPEL),
)
