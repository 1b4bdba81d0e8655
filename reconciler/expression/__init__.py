"""Okta's group-rule expressions: parse them, evaluate them in three values, and tell in words what they say.

Pure and linear: nothing is fetched, nothing raises whatever the text, and patterns are matched by RE2. What is not
documented by Okta, or not known of the person, is unknown with the reason, never false.
"""

from __future__ import annotations

from reconciler.expression.about import about, brings_all
from reconciler.expression.adding import any_group_added, any_group_of, enough
from reconciler.expression.evaluate import evaluate
from reconciler.expression.parse import parse
from reconciler.expression.tree import Expression, Facts, GroupAsked, Outcome, Stance, Value
from reconciler.expression.words import words

__all__ = [
    "Expression",
    "Facts",
    "GroupAsked",
    "Outcome",
    "Stance",
    "Value",
    "about",
    "any_group_added",
    "any_group_of",
    "brings_all",
    "enough",
    "evaluate",
    "parse",
    "words",
]
