"""Never set is null, cleared is "": neither is the other."""

from __future__ import annotations

from tests.expressions.row import NO, NOT_KNOWN, UNKNOWN, YES, Row
from tests.expressions.sources import IN_RULES, MAPPINGS, NOT_WRITTEN, NULLS

ROWS = (
    Row("user.nickName == null", (YES, NO, UNKNOWN), NULLS),
    Row("null == user.nickName", (YES, NO, UNKNOWN), NULLS),
    Row("user.title != null", (YES, NO, UNKNOWN), NULLS),
    Row('user.nickName == ""', (NO, NO, UNKNOWN), NULLS),
    Row('user.middleName == ""', (YES, NO, UNKNOWN), NULLS),
    Row("user.middleName == null", (NO, NO, UNKNOWN), NULLS),
    Row('user.middleName != null AND user.middleName != ""', (NO, YES, UNKNOWN), NULLS),
    Row('user.nickName == null OR user.nickName == ""', (YES, NO, UNKNOWN), NULLS),
    Row("user.costCenter == null", (NO, UNKNOWN, UNKNOWN), NULLS),
    Row("user.title == user.nickName", (NO, NO, UNKNOWN), NULLS),
    Row('user.nickName + "x" == "Ilx"', (UNKNOWN, YES, UNKNOWN), NOT_WRITTEN),
    Row("String.len(user.middleName) == 0", (YES, NO, UNKNOWN), MAPPINGS),
    Row("String.len(user.nickName) == 2", (UNKNOWN, YES, UNKNOWN), NOT_WRITTEN),
    Row('user.title != null AND !String.stringContains(user.title, "Intern")', (YES, NO, UNKNOWN), NULLS),
    Row("null", NOT_KNOWN, IN_RULES),
)
