"""Where the values of the table are written."""

from __future__ import annotations

_REFERENCE = "Okta Expression Language, https://developer.okta.com/docs/reference/okta-expression-language/"

USER = f"{_REFERENCE}#okta-user-profile"
INTERNAL = f"{_REFERENCE}#okta-user-profile (getInternalProperty)"
STRINGS = f"{_REFERENCE}#string-functions"
OLD_NAMES = f"{_REFERENCE}#string-functions (deprecated)"
ARRAYS = f"{_REFERENCE}#array-functions"
GROUPS = f"{_REFERENCE}#group-functions"
OPERATORS = f"{_REFERENCE}#constants-and-operators"
CONDITIONS = f"{_REFERENCE}#conditional-expressions"
SAMPLES = f"{_REFERENCE}#samples-using-group-rules"
MAPPINGS = f"{_REFERENCE}#samples-using-profile-mapping"
POPULAR = f"{_REFERENCE}#popular-expressions"
NULLS = f"{_REFERENCE}#conditional-expressions (null and blank)"
IN_RULES = f"{_REFERENCE}#expressions-in-group-rules"
NOT_WRITTEN = f"{_REFERENCE} says nothing about it"
ELEMENTS = (
    "Okta Support, Okta Group Rule Using Arrays.contains Against a String Array Attribute Fails to Match Substring "
    "Values, https://support.okta.com/"
)
SPEL = (
    "Spring Expression Language, of which Okta's is a subset, "
    "https://docs.spring.io/spring-framework/reference/core/expressions/language-ref.html"
)
MATCHES = "Java, Matcher.matches: the entire region, https://docs.oracle.com/en/java/javase/17/docs/api/"
RE2 = "RE2 syntax, not supported, https://github.com/google/re2/wiki/Syntax"
RECORDED = "a rule of a real org, recorded by terraform-provider-okta, test/fixtures/vcr/idaas"
TENANTS = f"the way tenants write their rules; {_REFERENCE}"
KLEENE = "Kleene's strong logic of three values: what is not known may be either"
