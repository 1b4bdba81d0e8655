"""Quotation marks, backslashes, foreign letters, white space, and patterns."""

from __future__ import annotations

from tests.expressions.row import NEVER, NO, NOT_KNOWN, UNKNOWN, YES, Row
from tests.expressions.sources import MATCHES, NOT_WRITTEN, POPULAR, RE2, SAMPLES, SPEL, TENANTS

ROWS = (
    Row("""user.motto == 'it''s "日本" time'""", (YES, UNKNOWN, UNKNOWN), SPEL),
    Row('''user.motto == "it's ""日本"" time"''', (YES, UNKNOWN, UNKNOWN), SPEL),
    Row('String.stringContains(user.motto, "it\'s")', (YES, UNKNOWN, UNKNOWN), SPEL),
    Row(r'user.domainName == "ACME\wren"', (YES, UNKNOWN, UNKNOWN), SPEL),
    Row(r'"ACME\" + String.toLowerCase(user.firstName) == user.domainName', (YES, UNKNOWN, UNKNOWN), POPULAR),
    Row('user.region == "Zürich"', (YES, UNKNOWN, UNKNOWN), TENANTS),
    Row('user.region == "Zurich"', (NO, UNKNOWN, UNKNOWN), TENANTS),
    Row('String.toUpperCase(user.region) == "ZÜRICH"', (YES, UNKNOWN, UNKNOWN), TENANTS),
    Row('String.stringContains(user.motto, "日本")', (YES, UNKNOWN, UNKNOWN), TENANTS),
    Row('user.department == "AND OR NOT true null"', NEVER, SPEL),
    Row('user.department == "user.city) || ("', NEVER, SPEL),
    Row('user.department\n\t==\r\n "Engineering"\n', (YES, NO, UNKNOWN), SPEL),
    Row('user.department=="Engineering"&&user.level==4', (YES, NO, UNKNOWN), SPEL),
    Row("!user.isContractor&&!user.hasBadge", (NO, UNKNOWN, NO), SPEL),
    Row('String.startsWith( user.department , "Eng" )', (YES, NO, UNKNOWN), SPEL),
    Row('\n  user.level == 4\n  OR (\n    user.city == "Rome"\n  )\n', (YES, YES, UNKNOWN), SPEL),
    # Patterns
    Row('user.department matches "California-[a-zA-Z]+-Sales"', NEVER, SAMPLES),
    Row("user.title matches '(?i)engineer'", (NO, UNKNOWN, UNKNOWN), SAMPLES),
    Row("user.title matches '(?i).*ENGINEER'", (YES, UNKNOWN, UNKNOWN), MATCHES),
    Row('user.department matches "Eng"', NEVER, MATCHES),
    Row(r'user.email matches ".*@acme\.example"', (YES, YES, NO), MATCHES),
    Row(r'user.email matches "[a-z]+\.[a-z]+@(acme|corp)\.example"', (YES, YES, NO), MATCHES),
    Row(r'NOT (user.email matches ".*@partner\.example")', (YES, YES, NO), MATCHES),
    Row(r'user.employeeNumber matches "\d{4}"', (YES, YES, UNKNOWN), SPEL),
    Row(r'user.employeeNumber matches "^1\d+$"', (YES, NO, UNKNOWN), MATCHES),
    Row('user.city matches "San (Francisco|Jose)"', (YES, NO, UNKNOWN), NOT_WRITTEN),
    Row('user.costCenter matches "4100-.+" AND user.level == 4', (YES, NO, UNKNOWN), MATCHES),
    Row('user.email matches "(a+)+b"', NEVER, MATCHES),
    Row('user.email matches "(?!pax).*"', NOT_KNOWN, RE2),
    Row(r'user.employeeNumber matches "(\d)\1.*"', NOT_KNOWN, RE2),
)
