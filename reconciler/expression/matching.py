"""Patterns: a whole-text match as Java's, carried out by RE2 in linear time; unknown where the two would differ.

Source: https://github.com/google/re2/wiki/Syntax and Java's ``java.util.regex.Pattern``. Okta's ``matches`` is
Spring's, which asks for a match of the whole text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import re2

from reconciler.expression.unknown import Unknown, unknown

LONGEST = 1000
"""Signs of a pattern that is tried: the time is bounded by pattern times text."""
PIECE = re.compile(r"\\[pP]\{[A-Z][a-z]?\}|\\.|\{\d+(?:,\d*)?\}|.", re.DOTALL)
"""One sign, an escape with its backslash, or how often something may stand."""
SPECIAL = re.compile(r"(?!\A\(\?[is]+\)(?![*+?{]))\(\?(?!:)")
"""A group that is more than a group, but for the flags i and s at the very start; the two differ on most of them."""
UNICODE = re.compile(r"\\[bBpP]|\(\?[a-z]*i")
"""Outside ASCII, Java's word boundaries, properties and ignoring of case are others than RE2's."""
ODD = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Ends of lines, which the two count differently, and what is no text."""


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Callable[[str], object] | None:
    """What matches a whole text; None for a pattern that RE2 lacks or reads otherwise than Java."""
    if (
        len(pattern) > LONGEST
        or SPECIAL.search(pattern)
        or not pattern.isprintable()
        or _otherwise(PIECE.findall(pattern))
    ):
        return None
    options = re2.Options()
    options.log_errors = False  # it would write to stderr
    options.never_capture = True  # keeping track of groups would make long patterns slow
    options.max_mem = 1 << 20
    try:
        whole: Callable[[str], object] = re2.compile(pattern, options).fullmatch
    except re2.error:
        return None
    return whole


@lru_cache(maxsize=256)
def _minds_unicode(pattern: str) -> bool:
    return bool(UNICODE.search(pattern))


def _otherwise(pieces: list[str]) -> bool:
    """Is there a sign that Java reads otherwise or refuses: a class within a class, ``&&``, an octal escape?"""
    inside = False
    for piece, after, later in zip(pieces, [*pieces[1:], ""], [*pieces[2:], "", ""], strict=False):
        if piece in ("\\C", "\\x", "\\Q") or (piece[0] == "\\" and piece[1:].isdigit()):
            return True
        if inside:
            if piece == "[" or piece == after == "&":
                return True
            inside = piece != "]"
        elif piece == "[":
            inside = True
            if after == "]" or (after == "^" and later == "]"):
                return True
        elif piece == "{":
            return True
    return False


def matches(pattern: str, text: str) -> bool | Unknown:
    """Does the pattern match the whole text?"""
    whole = _compiled(pattern)
    if whole is None:
        return unknown(f"the pattern {pattern} is one that can't be tried here")
    if ODD.search(text):
        return unknown("the text to match holds line ends or other control signs")
    if not (text.isascii() and pattern.isascii()) and _minds_unicode(pattern):
        return unknown(f"how {pattern} matches letters outside ASCII isn't documented")
    return whole(text) is not None


def name_matches(pattern: str, name: str) -> bool | Unknown:
    """The same for a group's name. Okta's own example begins with a slash and doesn't say what it stands for."""
    whole = matches(pattern, name)
    if not pattern.startswith("/"):
        return whole
    if whole == matches(pattern[1:].removesuffix("/"), name):
        return whole
    return unknown("what the slash before the pattern stands for isn't documented")
