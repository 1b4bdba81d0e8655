"""Array functions: every example of the reference, then the same with attributes."""

from __future__ import annotations

from tests.expressions.row import ALWAYS, NEVER, NO, UNKNOWN, YES, Row
from tests.expressions.sources import ARRAYS, ELEMENTS, IN_RULES, NOT_WRITTEN, SPEL

ROWS = (
    Row("Arrays.contains(Arrays.add({10, 20, 30}, 40), 40)", ALWAYS, ARRAYS),
    Row("Arrays.size(Arrays.add({10, 20, 30}, 40)) == 4", ALWAYS, ARRAYS),
    Row("Arrays.contains(Arrays.remove({10, 20, 30}, 20), 20)", NEVER, ARRAYS),
    Row("Arrays.isEmpty(Arrays.clear({10, 20, 30}))", ALWAYS, ARRAYS),
    Row("Arrays.get({0, 1, 2}, 0) == 0", ALWAYS, ARRAYS),
    Row("Arrays.size(Arrays.flatten(10, {20, 30}, 40)) == 4", ALWAYS, ARRAYS),
    Row("Arrays.contains({10, 20, 30}, 10)", ALWAYS, ARRAYS),
    Row("Arrays.contains({10, 20, 30}, 50)", NEVER, ARRAYS),
    Row("Arrays.size({10, 20, 30}) == 3", ALWAYS, ARRAYS),
    Row("Arrays.size(NULL) == 0", ALWAYS, ARRAYS),
    Row("Arrays.isEmpty({10, 20})", NEVER, ARRAYS),
    Row("Arrays.isEmpty(NULL)", ALWAYS, ARRAYS),
    Row('Arrays.toCsvString({"This", "is", " a ", "test"}) == "This,is, a ,test"', ALWAYS, ARRAYS),
    Row('Arrays.contains({}, "x")', NEVER, ARRAYS),
    Row('Arrays.contains(user.favoriteColors, "blue")', (YES, NO, UNKNOWN), IN_RULES),
    Row('Arrays.contains(user.favoriteColors, "blu")', (NO, NO, UNKNOWN), ELEMENTS),
    Row('!Arrays.contains(user.favoriteColors, "red")', (YES, YES, UNKNOWN), ARRAYS),
    Row("Arrays.contains(user.officeCodes, 20)", (YES, UNKNOWN, UNKNOWN), ARRAYS),
    Row("Arrays.isEmpty(user.favoriteColors)", (NO, YES, YES), ARRAYS),
    Row("Arrays.size(user.favoriteColors) == 2", (YES, NO, NO), ARRAYS),
    Row('Arrays.size(user.favoriteColors) > 0 AND user.department == "Engineering"', (YES, NO, NO), ARRAYS),
    Row('Arrays.get(user.favoriteColors, 1) == "green"', (YES, UNKNOWN, UNKNOWN), NOT_WRITTEN),
    Row('Arrays.toCsvString(user.favoriteColors) == "blue,green"', (YES, NO, UNKNOWN), NOT_WRITTEN),
    Row('user.favoriteColors[0] == "blue"', (YES, UNKNOWN, UNKNOWN), SPEL),
    Row('{"Engineering", "Sales"}[1] == user.department', (NO, YES, NO), SPEL),
    Row('Arrays.contains({"Sales", "Legal"}, user.department)', (NO, YES, NO), ARRAYS),
    Row('Arrays.contains({"US", "CA"}, user.countryCode)', (YES, NO, UNKNOWN), ARRAYS),
)
