"""String functions: every example of the reference, then the same with attributes."""

from __future__ import annotations

from tests.expressions.row import ALWAYS, NEVER, NO, UNKNOWN, YES, Row
from tests.expressions.sources import NOT_WRITTEN, OLD_NAMES, POPULAR, RECORDED, SAMPLES, STRINGS, TENANTS

_SWITCH = 'String.stringSwitch("First match wins", "default", "absent", "value1", "wins", "value2", "match", "value3")'

ROWS = (
    Row('String.append("This is", " a test") == "This is a test"', ALWAYS, STRINGS),
    Row('String.join(",", "This", "is", "a", "test") == "This,is,a,test"', ALWAYS, STRINGS),
    Row('String.join("", "This", "is", "a", "test") == "Thisisatest"', ALWAYS, STRINGS),
    Row('String.len("This") == 4', ALWAYS, STRINGS),
    Row('String.removeSpaces("This is a test") == "Thisisatest"', ALWAYS, STRINGS),
    Row('String.replace("This is a test", "is", "at") == "That at a test"', ALWAYS, STRINGS),
    Row('String.replaceFirst("This is a test", "is", "at") == "That is a test"', ALWAYS, STRINGS),
    Row('String.stringContains("This is a test", "test")', ALWAYS, STRINGS),
    Row('String.stringContains("This is a test", "doesn\'tExist")', NEVER, STRINGS),
    Row('String.stringSwitch("This is a test", "default", "key1", "value1") == "default"', ALWAYS, STRINGS),
    Row('String.stringSwitch("This is a test", "default", "test", "value1") == "value1"', ALWAYS, STRINGS),
    Row(f'{_SWITCH} == "value2"', ALWAYS, STRINGS),
    Row('String.stringSwitch("Substrings count", "default", "ring", "value1") == "value1"', ALWAYS, STRINGS),
    Row('String.substring("This is a test", 2, 9) == "is is a"', ALWAYS, STRINGS),
    Row('String.substringAfter("abc@okta.com", "@") == "okta.com"', ALWAYS, STRINGS),
    Row('String.substringBefore("abc@okta.com", "@") == "abc"', ALWAYS, STRINGS),
    Row('String.toUpperCase("This") == "THIS"', ALWAYS, STRINGS),
    Row('String.toLowerCase("ThiS") == "this"', ALWAYS, STRINGS),
    # startsWith, stringContains
    Row('String.startsWith(user.firstName,"andy")', NEVER, RECORDED),
    Row('String.startsWith(user.firstName,String.toLowerCase("bOb"))', NEVER, RECORDED),
    Row('String.startsWith(user.department,"engineering")', (UNKNOWN, NO, YES), RECORDED),
    Row('String.startsWith(user.department, "Eng")', (YES, NO, UNKNOWN), STRINGS),
    Row('String.startsWith(user.title, "Staff")', (YES, UNKNOWN, UNKNOWN), NOT_WRITTEN),
    Row('!String.startsWith(user.title, "Staff")', (NO, UNKNOWN, UNKNOWN), NOT_WRITTEN),
    Row('String.startsWith(user.employeeNumber,"10")', (YES, NO, UNKNOWN), RECORDED),
    Row('String.startsWith(user.email,"wren.")', (YES, NO, NO), RECORDED),
    Row('String.startsWith(user.city, "San ") OR user.isContractor', (YES, UNKNOWN, YES), NOT_WRITTEN),
    Row('String.stringContains(user.department, "Sales")', (NO, YES, NO), SAMPLES),
    Row('String.stringContains(user.firstName, "dummy")', NEVER, SAMPLES),
    Row('String.stringContains(user.email, "@acme.example")', (YES, YES, NO), STRINGS),
    Row('String.stringContains(user.email, "@ACME.example")', (UNKNOWN, UNKNOWN, NO), NOT_WRITTEN),
    Row('String.stringContains(user.title, "Engineer")', (YES, UNKNOWN, UNKNOWN), NOT_WRITTEN),
    # Texts made of texts
    Row('String.toLowerCase(user.department) == "engineering"', (YES, NO, YES), STRINGS),
    Row('String.toUpperCase(user.department) == "SALES"', (NO, YES, NO), STRINGS),
    Row('String.substringAfter(user.email, "@") == "acme.example" AND !user.isContractor', (YES, UNKNOWN, NO), STRINGS),
    Row('String.substringBefore(String.substringAfter(user.email, "@"), ".") == "acme"', (YES, YES, NO), POPULAR),
    Row('String.substring(user.employeeNumber, 0, 2) == "10"', (YES, NO, UNKNOWN), STRINGS),
    Row("String.len(user.employeeNumber) == 4", (YES, YES, UNKNOWN), STRINGS),
    Row("String.len(user.firstName) > 3", (YES, YES, NO), STRINGS),
    Row("String.len(String.removeSpaces(user.displayName)) == 12", (YES, NO, UNKNOWN), STRINGS),
    Row('String.append(user.firstName, user.lastName) == "IlseMarchetti"', (NO, YES, NO), STRINGS),
    Row('String.join(".", user.firstName, user.lastName) == "Pax.Duvall"', (NO, NO, YES), STRINGS),
    Row('String.replace(user.email, "@acme.example", "") == "wren.tolliver"', (YES, NO, NO), STRINGS),
    Row('String.replaceFirst(user.login, "e", "3") == "wr3n.tolliver@acme.example"', (YES, NO, NO), STRINGS),
    Row('String.removeSpaces(user.city) == "SanFrancisco"', (YES, NO, UNKNOWN), STRINGS),
    Row('String.toUpperCase(String.substring(user.lastName, 0, 3)) == "TOL"', (YES, NO, NO), POPULAR),
    Row(
        'String.stringSwitch(user.department, "Other", "Eng", "Builders", "Sal", "Sellers") == "Builders"',
        (YES, NO, UNKNOWN),
        NOT_WRITTEN,
    ),
    Row(
        'String.stringSwitch(user.city, "elsewhere", "San", "west", "Rome", "south") == "south"',
        (NO, YES, UNKNOWN),
        STRINGS,
    ),
    Row(
        'String.stringContains(user.login, "@acme.example") AND !String.stringContains(user.login, "svc-")',
        (YES, YES, NO),
        TENANTS,
    ),
    # Old names
    Row('toLowerCase(user.department) == "sales"', (NO, YES, NO), OLD_NAMES),
    Row('toUpperCase(user.city) == "ROME"', (NO, YES, UNKNOWN), OLD_NAMES),
    Row("substringBefore(user.email, '@') == 'wren.tolliver'", (YES, NO, NO), OLD_NAMES),
    Row("substringAfter(user.email, '@') == 'acme.example'", (YES, YES, NO), OLD_NAMES),
    Row("substring(user.firstName, 1, 3) == 'ls'", (NO, YES, NO), OLD_NAMES),
)
