"""Who is in which group, by id and by name, and what Okta knows of a user beside the profile."""

from __future__ import annotations

from tests.expressions.row import NEVER, NO, NOT_KNOWN, UNKNOWN, YES, Row
from tests.expressions.sources import GROUPS, INTERNAL, KLEENE, MATCHES, NOT_WRITTEN, RE2, RECORDED, TENANTS
from tests.expressions.worlds import ADMINS, ENGINEER, ENGINEERING, SALES, UNHEARD

ROWS = (
    Row(f'isMemberOfGroup("{ENGINEERING}")', (YES, NO, UNKNOWN), GROUPS),
    Row(f"isMemberOfGroup('{SALES}')", (NO, YES, UNKNOWN), GROUPS),
    Row(f'isMemberOfGroup("{ADMINS}")', (YES, UNKNOWN, NO), GROUPS),
    Row(f'isMemberOfGroup("{UNHEARD}")', (NO, UNKNOWN, UNKNOWN), GROUPS),
    Row(f'!isMemberOfGroup("{ENGINEERING}")', (NO, YES, UNKNOWN), KLEENE),
    Row(f'isMemberOfGroup("{ENGINEERING}") == true', (YES, NO, UNKNOWN), TENANTS),
    Row(f'isMemberOfGroup("{ENGINEERING}") == false', (NO, YES, UNKNOWN), TENANTS),
    Row(f'false == isMemberOfGroup("{SALES}")', (YES, NO, UNKNOWN), TENANTS),
    Row(f'isMemberOfAnyGroup("{ENGINEERING}")', (YES, NO, UNKNOWN), RECORDED),
    Row(f'isMemberOfAnyGroup("{ENGINEERING}","{SALES}")', (YES, YES, UNKNOWN), GROUPS),
    Row(f'isMemberOfAnyGroup("{ENGINEERING}", "{ADMINS}")', (YES, UNKNOWN, UNKNOWN), KLEENE),
    Row(f'isMemberOfAnyGroup("{UNHEARD}", "{ADMINS}")', (YES, UNKNOWN, UNKNOWN), KLEENE),
    Row(f'NOT isMemberOfAnyGroup("{SALES}", "{UNHEARD}")', (YES, NO, UNKNOWN), KLEENE),
    Row(f'isMemberOfGroup("{SALES}") OR isMemberOfGroup("{ENGINEERING}")', (YES, YES, UNKNOWN), GROUPS),
    Row(f'isMemberOfGroup("{ENGINEERING}") AND isMemberOfGroup("{ADMINS}")', (YES, NO, NO), KLEENE),
    Row(f'isMemberOfGroup("{ENGINEERING}") && !isMemberOfGroup("{ADMINS}")', (NO, NO, UNKNOWN), KLEENE),
    Row(f'isMemberOfGroup("{ADMINS}") AND user.department == "Engineering"', (YES, NO, NO), KLEENE),
    Row(f'isMemberOfGroup("{ENGINEERING}") ? user.level == 4 : user.level == 2', (YES, YES, UNKNOWN), TENANTS),
    Row(f'isMemberOfAnyGroup("{ENGINEERING}", "{SALES}") AND user.isContractor != true', (YES, YES, NO), TENANTS),
    Row(
        f'user.userType == "Employee" AND (user.countryCode == "US" OR user.countryCode == "CA") '
        f'AND !isMemberOfGroup("{ADMINS}")',
        (NO, NO, UNKNOWN),
        TENANTS,
    ),
    # By name: a group of that name may come from any source, so one that is known says nothing of the others
    Row('isMemberOfGroupName("Engineering Macs")', (YES, UNKNOWN, UNKNOWN), GROUPS),
    Row('isMemberOfGroupName("Sales Macs")', (NO, YES, UNKNOWN), GROUPS),
    Row('isMemberOfGroupName("Sales")', (NO, UNKNOWN, UNKNOWN), GROUPS),
    Row('isMemberOfGroupName("engineering macs")', NOT_KNOWN, NOT_WRITTEN),
    Row('isMemberOfGroupNameStartsWith("Eng")', (YES, UNKNOWN, UNKNOWN), GROUPS),
    Row('isMemberOfGroupNameStartsWith("Sales")', (NO, YES, UNKNOWN), GROUPS),
    Row('isMemberOfGroupNameStartsWith("San Fr")', (NO, UNKNOWN, UNKNOWN), GROUPS),
    Row('!isMemberOfGroupNameStartsWith("Contractors")', (YES, UNKNOWN, UNKNOWN), GROUPS),
    Row('isMemberOfGroupNameContains("admin")', (YES, UNKNOWN, UNKNOWN), GROUPS),
    Row('isMemberOfGroupNameContains(" Macs")', (YES, YES, UNKNOWN), GROUPS),
    Row('isMemberOfGroupNameContains("macs")', NOT_KNOWN, NOT_WRITTEN),
    Row('isMemberOfGroupNameRegex(".*admin.*")', (YES, UNKNOWN, UNKNOWN), GROUPS),
    Row('isMemberOfGroupNameRegex("admin")', (NO, UNKNOWN, UNKNOWN), MATCHES),
    Row('isMemberOfGroupNameRegex("(Engineering|Sales) Macs")', (YES, YES, UNKNOWN), MATCHES),
    Row('isMemberOfGroupNameRegex("(?!Contractors).*")', NOT_KNOWN, RE2),
    Row('isMemberOfGroupName("Sales Macs") OR user.department == "Engineering"', (YES, YES, UNKNOWN), KLEENE),
    Row('isMemberOfGroupName("Interns") AND user.department == "Legal"', NEVER, KLEENE),
    # Beside the profile
    Row(f'user.getInternalProperty("id") == "{ENGINEER["user_id"]}"', (YES, NO, NO), INTERNAL),
    Row('user.getInternalProperty("status") == "ACTIVE"', NOT_KNOWN, INTERNAL),
    Row('user.getInternalProperty("status") != "SUSPENDED" OR user.city == "Rome"', (UNKNOWN, YES, UNKNOWN), INTERNAL),
)
