"""Words, signs and texts of an expression, in order."""

from __future__ import annotations

import re

from reconciler.simulator.org.rule_language.term import NotUnderstood

TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"]|"")*"|'(?:[^']|'')*')|(?P<number>\d+(?:\.\d+)?)"""
    r"""|(?P<sign>==|!=|<=|>=|&&|\|\||\?:|[!<>(),+\-?:{}\[\]])|(?P<word>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*))"""
)
INTERNAL = "user.getInternalProperty"


def tokens(expression: str) -> list[str]:
    """A text keeps its quotation marks. Raises NotUnderstood for a sign that the language does not have."""
    found, at, end = [], 0, len(expression.rstrip())
    while at < end:
        match = TOKEN.match(expression, at)
        if match is None:
            raise NotUnderstood(f"can't read {expression[at : at + 40]!r}")
        found.append(match.group().strip())
        at = match.end()
    return found


def text(token: str) -> str:
    """What stands between quotation marks, of which two are one. A backslash is a backslash, as in Okta's own samples
    (``"XDOMAIN\\" + toLowerCase(user.lastName)``)."""
    return token[1:-1].replace(token[0] * 2, token[0])


def literals(expression: str) -> frozenset[str]:
    """Texts in quotation marks: among them the ids of the groups that the expression names."""
    return frozenset(text(token) for token in tokens(expression) if token[0] in "\"'")


def attributes(expression: str) -> frozenset[str]:
    """Names of the attributes that the expression looks at."""
    words = [token for token in tokens(expression) if token.startswith("user.") and token != INTERNAL]
    return frozenset(word.removeprefix("user.") for word in words)
