"""What is no rule: broken, of another place, not Boolean. Never no, never an exception."""

from __future__ import annotations

from tests.expressions.row import NO, NOT_KNOWN, UNKNOWN, YES, Row
from tests.expressions.sources import CONDITIONS, GROUPS, IN_RULES, KLEENE, NOT_WRITTEN, OPERATORS, SPEL, STRINGS, USER
from tests.expressions.worlds import ENGINEERING

_BROKEN = (
    "",
    " \n\t ",
    "user.department ==",
    '== "Engineering"',
    '(user.department == "Engineering"',
    'user.department == "Engineering")',
    'user.department == "Engineering',
    "user.department == 'Engineering\"",
    "user.department == “Engineering”",
    'user.department == "Engineering" user.hasBadge',
    'user.department == "Engineering" AND',
    "AND user.hasBadge",
    "user.hasBadge AND OR user.level == 4",
    "true OR user.department ==",
    "true OR",
    "user.",
    "user.hasBadge ? true",
    "user.hasBadge;",
    "String.startsWith(user.department",
    f'isMemberOfGroup("{ENGINEERING}"',
    f'isMemberOfAnyGroup("{ENGINEERING}",)',
    'user.department === "Engineering"',
    "user.hasBadge -- the badge",
    'user.title == "a \\"quoted\\" title"',
    "\x00",
    "(" * 20_000,
    "NOT " * 10_000,
    "x" * 100_000,
    '"' * 99_999,
)
_NOT_OF_THE_LANGUAGE = (
    Row('user.department = "Engineering"', NOT_KNOWN, CONDITIONS),
    Row("user.department == Engineering", NOT_KNOWN, OPERATORS),
    Row('department == "Engineering"', NOT_KNOWN, USER),
    Row('user.profile.department == "Engineering"', NOT_KNOWN, USER),
    Row('user.department LIKE "Eng%"', NOT_KNOWN, NOT_WRITTEN),
    Row('user.department IN ("Engineering")', NOT_KNOWN, NOT_WRITTEN),
    Row('user.level == 4 XOR user.city == "Rome"', NOT_KNOWN, NOT_WRITTEN),
    Row("T(java.lang.Runtime).getRuntime() != null", NOT_KNOWN, SPEL),
    Row('#root.department == "Engineering"', NOT_KNOWN, SPEL),
    Row('new String("x") == "x"', NOT_KNOWN, SPEL),
    Row('Arrays.size(user.favoriteColors.?[#this == "blue"]) > 0', NOT_KNOWN, SPEL),
    Row('user.email.endsWith("@acme.example")', NOT_KNOWN, SPEL),
    Row('user.department == "Engineering" ? "Engineering Macs" : "Others"', NOT_KNOWN, IN_RULES),
    # No such function, or not with so many arguments
    Row('String.endsWith(user.email, "@acme.example")', NOT_KNOWN, STRINGS),
    Row('string.startsWith(user.department, "Eng")', NOT_KNOWN, STRINGS),
    Row('String.reverse(user.firstName) == "nerW"', NOT_KNOWN, STRINGS),
    Row("String.startsWith(user.department)", NOT_KNOWN, STRINGS),
    Row('String.startsWith(user.department, "E", "n")', NOT_KNOWN, STRINGS),
    Row(f'isMemberofGroup("{ENGINEERING}")', NOT_KNOWN, GROUPS),
    Row('isMemberOfGroupNameEndsWith("Macs")', NOT_KNOWN, GROUPS),
    Row("isMemberOfGroup()", NOT_KNOWN, GROUPS),
    Row("isMemberOfAnyGroup()", NOT_KNOWN, GROUPS),
    # Known to Okta elsewhere
    Row('Convert.toInt("2018") == user.yearJoined', NOT_KNOWN, IN_RULES),
    Row('Time.now() == "2026-01-01"', NOT_KNOWN, IN_RULES),
    Row('Iso3166Convert.toAlpha2("IND") == "IN"', NOT_KNOWN, IN_RULES),
    Row('Arrays.isEmpty(Groups.startsWith("OKTA", "Eng", 10))', NOT_KNOWN, GROUPS),
    Row(f'user.isMemberOf({{"group.id": "{ENGINEERING}"}})', NOT_KNOWN, IN_RULES),
    Row('user.getLinkedObject("manager").lastName == "Duvall"', NOT_KNOWN, IN_RULES),
    Row('appuser.department == "Engineering"', NOT_KNOWN, IN_RULES),
    Row('source.department == "Engineering"', NOT_KNOWN, IN_RULES),
    Row('app.domain == "acme.example"', NOT_KNOWN, IN_RULES),
    Row('org.subdomain == "acme"', NOT_KNOWN, IN_RULES),
    Row('Arrays.contains(session.amr, "mfa")', NOT_KNOWN, IN_RULES),
    Row("hasDirectoryUser()", NOT_KNOWN, IN_RULES),
    Row("hasWorkdayUser() ? true : false", NOT_KNOWN, IN_RULES),
    # Not Boolean
    Row("user.department", NOT_KNOWN, IN_RULES),
    Row("user.firstName + user.lastName", NOT_KNOWN, IN_RULES),
    Row("String.len(user.firstName)", NOT_KNOWN, IN_RULES),
    Row('"true"', NOT_KNOWN, IN_RULES),
    Row("42", NOT_KNOWN, IN_RULES),
    Row("{true}", NOT_KNOWN, IN_RULES),
    Row("!user.department", NOT_KNOWN, IN_RULES),
    Row('NOT user.city == "Rome"', NOT_KNOWN, SPEL),  # NOT binds tighter
    Row("user.department AND true", NOT_KNOWN, IN_RULES),
    Row("user.department ? true : false", NOT_KNOWN, CONDITIONS),
    # What can't be evaluated doesn't hide what can
    Row(
        'String.endsWith(user.email, "@acme.example") OR user.department == "Engineering"',
        (YES, UNKNOWN, UNKNOWN),
        KLEENE,
    ),
    Row('user.department == "Sales" OR Fancy.check(user.title)', (UNKNOWN, YES, UNKNOWN), KLEENE),
    Row('String.endsWith(user.email, ".example") AND user.department == "Sales"', (NO, UNKNOWN, NO), KLEENE),
    Row('user.department == "Sales" AND isMemberOfGroupNameEndsWith("Macs")', (NO, UNKNOWN, NO), KLEENE),
    Row('!(hasDirectoryUser() AND user.city == "Rome")', (YES, UNKNOWN, YES), KLEENE),
)

ROWS = (*(Row(text, NOT_KNOWN, SPEL) for text in _BROKEN), *_NOT_OF_THE_LANGUAGE)
