"""Okta's expression language as its group rules use it: read once, ask about one person at a time.

Names of functions and operators as in Okta's reference, the rest as in Spring's expression language, of which Okta's
is a subset. The org knows everything, so a condition holds or not; CanNotTell is raised where Okta's evaluation fails.
"""

from __future__ import annotations

from reconciler.simulator.org.rule_language.profile import DEFAULT_PROFILE
from reconciler.simulator.org.rule_language.reading import parse
from reconciler.simulator.org.rule_language.term import CanNotTell, NotUnderstood, Subject, Value
from reconciler.simulator.org.rule_language.tokens import attributes, literals

__all__ = ["DEFAULT_PROFILE", "CanNotTell", "NotUnderstood", "Subject", "Value", "attributes", "literals", "parse"]
